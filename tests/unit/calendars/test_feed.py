"""Feeds: what is written passes five readers, is the same for the same duties, and says what may still move."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import icalendar
import ics
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from calendars.feed import Components, FeedItem, Progress, etag, folded, write_feed
from calendars.feed_check import feed_problems

AT = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)
ITEM = FeedItem(
    uid="putuo-2020.art13.drill/2027/drill/310107-U0001/@fireduty",
    on=date(2027, 12, 30),
    due_on=date(2027, 12, 31),
    title="组织有针对性的消防演练, 每年; 2027",
    description="计划完成 2027-12-30，应完成 2027-12-31\n依据：责任制实施办法 art13，佐证材料：方案、照片、签到",
    categories=("消防安全职责",),
    provisional=True,
    progress=Progress.OWED,
    sequence=0,
    created_at=AT,
    changed_at=AT,
    alarms=(AT, AT + timedelta(days=3)),
)
DONE = replace(ITEM, uid="b@fireduty", progress=Progress.DONE, done_at=AT + timedelta(hours=1), provisional=False)
WAIVED = replace(ITEM, uid="c@fireduty", progress=Progress.WAIVED)
SUBMITTED = replace(ITEM, uid="d@fireduty", progress=Progress.SUBMITTED)
SURE = replace(ITEM, uid="a@fireduty", provisional=False, sequence=2)
ALL = (ITEM, DONE, WAIVED, SUBMITTED, SURE)


def unfolded(content: bytes) -> str:
    return content.decode().replace("\r\n ", "")


def by_ical(content: bytes) -> int:
    calendar = IcsCalendarStream.calendar_from_ics(content.decode())
    return len(calendar.events) + len(calendar.todos)


def by_icalendar(content: bytes) -> int:
    calendar = icalendar.Calendar.from_ical(content)
    assert not [part.errors for part in calendar.walk() if part.errors]
    return len(calendar.walk("VEVENT")) + len(calendar.walk("VTODO"))


def by_ics(content: bytes) -> int:
    calendar = ics.Calendar(content.decode())
    return len(calendar.events) + len(calendar.todos)


def by_vobject(content: bytes) -> int:
    calendar = next(vobject.readComponents(StringIO(content.decode())))
    assert calendar.validate(raiseException=True)
    return len(calendar.contents.get("vevent", [])) + len(calendar.contents.get("vtodo", []))


@pytest.mark.parametrize("components", Components)
@pytest.mark.parametrize("read", [by_ical, by_icalendar, by_ics, by_vobject])
def test_every_reader_finds_every_duty(read: Callable[[bytes], int], components: Components) -> None:
    assert read(write_feed("普陀区教育局", ALL, components)) == len(ALL)


@pytest.mark.parametrize("components", Components)
@pytest.mark.parametrize("items", [(), ALL])
def test_our_own_check_finds_nothing(items: tuple[FeedItem, ...], components: Components) -> None:
    assert feed_problems(write_feed("普陀区教育局", items, components)) == []


def test_the_same_duties_in_any_order_give_the_same_bytes_and_etag() -> None:
    first, second = write_feed("甲", ALL), write_feed("甲", ALL[::-1])
    assert first == second
    assert etag(first) == etag(second)
    assert etag(first).startswith('"')
    assert etag(first) != etag(write_feed("甲", ALL[1:]))


def test_an_event_covers_the_day_to_act_by_and_takes_no_time() -> None:
    text = unfolded(write_feed("甲", [ITEM]))
    assert "DTSTART;VALUE=DATE:20271230\r\nDTEND;VALUE=DATE:20271231\r\n" in text
    assert "TRANSP:TRANSPARENT" in text
    assert "RRULE" not in text


@pytest.mark.parametrize(
    ("item", "event", "todo", "mark"),
    [
        (ITEM, "TENTATIVE", "NEEDS-ACTION", "【日期待定】"),
        (SURE, "CONFIRMED", "NEEDS-ACTION", ""),
        (SUBMITTED, "CONFIRMED", "IN-PROCESS", "【待审核】"),
        (DONE, "CONFIRMED", "COMPLETED", "【已办结】"),
        (WAIVED, "CANCELLED", "CANCELLED", "【不适用】"),
    ],
)
def test_status_and_title_say_how_a_duty_stands(item: FeedItem, event: str, todo: str, mark: str) -> None:
    assert f"STATUS:{event}\r\n" in unfolded(write_feed("甲", [item]))
    text = unfolded(write_feed("甲", [item], Components.TODOS))
    assert f"STATUS:{todo}\r\n" in text
    assert f"SUMMARY:{mark}组织" in text


def test_alarms_are_instants_and_only_for_what_is_owed() -> None:
    text = unfolded(write_feed("甲", [ITEM]))
    assert text.count("TRIGGER;VALUE=DATE-TIME:20270104T010000Z") == 1
    assert text.count("BEGIN:VALARM") == 2
    assert "VALARM" not in unfolded(write_feed("甲", [DONE, WAIVED, SUBMITTED]))


def test_a_todo_names_the_event_it_belongs_to() -> None:
    text = unfolded(write_feed("甲", [ITEM], Components.TODOS))
    assert f"UID:todo-{ITEM.uid}" in text
    assert f"RELATED-TO:{ITEM.uid}" in text


def test_signs_with_a_meaning_and_control_characters_do_no_harm() -> None:
    hostile = replace(ITEM, title="a,b;c\\d\r\nEND:VEVENT\x00\x07", description="BEGIN:VALARM\n" * 3)
    content = write_feed("x\r\nEND:VCALENDAR", [hostile])
    assert feed_problems(content) == []
    assert by_icalendar(content) == 1
    assert str(icalendar.Calendar.from_ical(content).walk("VEVENT")[0]["SUMMARY"]).endswith("a,b;c\\d\nEND:VEVENT")


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=400))
def test_a_folded_line_unfolds_to_itself_and_splits_no_character(text: str) -> None:
    written = folded(f"SUMMARY:{text}")
    lines = written.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode() for line in lines)
    assert written.decode().replace("\r\n ", "") == f"SUMMARY:{text}\r\n"


def test_a_thousand_duties_take_less_than_a_second_and_a_half() -> None:
    items = [replace(ITEM, uid=f"{number}@fireduty") for number in range(1000)]
    start = time.perf_counter()
    content = write_feed("甲", items)
    assert time.perf_counter() - start < 1.5
    assert feed_problems(content) == []


class TestTheCheckFinds:
    good = write_feed("甲", [ITEM])
    todo = write_feed("甲", [DONE], Components.TODOS)

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            (b"\r\n", b"\n", "does not end with CRLF"),
            (b"VERSION:2.0\r\n", b"VERSION:2.0\n", "line 2: a line end that is not CRLF"),
            (b"\r\n ", b"", "octets, at most 75"),
            (b"UID:", b"X-UID:", "VEVENT: UID is missing"),
            (b"PRODID:", b"X-PRODID:", "line 1: VCALENDAR: PRODID is missing"),
            (b"DTSTAMP:", b"X-STAMP:", "DTSTAMP is missing"),
            (b"SEQUENCE:0", b"SEQUENCE:one", "SEQUENCE:one is not a number"),
            (b"DTEND;VALUE=DATE:20271231", b"DTEND;VALUE=DATE:20271230", "not after it starts"),
            (b"DTEND;VALUE=DATE:20271231", b"DURATION:P1D\r\nDTEND;VALUE=DATE:20271231", "either DTEND or DURATION"),
            (b"STATUS:TENTATIVE", b"STATUS:COMPLETED", "STATUS:COMPLETED is not allowed"),
            (b"STATUS:TENTATIVE", b"STATUS:TENTATIVE\r\nSTATUS:CONFIRMED", "STATUS stands 2 times"),
            (b"TRIGGER;VALUE=DATE-TIME:20270104T010000Z", b"TRIGGER:-P1D", "TRIGGER is not an instant"),
            (b"ACTION:DISPLAY\r\n", b"", "VALARM: ACTION is missing"),
            (b"CREATED:20270104T010000Z", b"CREATED:20270104T010000", "not an instant in UTC"),
            (b"END:VEVENT\r\n", b"", "VEVENT is never closed|closes nothing"),
            (b"TRANSP:TRANSPARENT", b"TRANSPARENT", "not a property"),
            (b"BEGIN:VCALENDAR", b"BEGIN:VCARD", "expected BEGIN:VCALENDAR"),
            ("组".encode(), "组".encode()[:2], "not UTF-8"),
        ],
    )
    def test_what_is_damaged(self, old: bytes, new: bytes, fault: str) -> None:
        assert old in self.good
        problems = feed_problems(self.good.replace(old, new))
        assert any(part in problem for part in fault.split("|") for problem in problems), problems

    def test_a_name_that_stands_twice(self) -> None:
        event = self.good[self.good.index(b"BEGIN:VEVENT") : self.good.index(b"END:VCALENDAR")]
        doubled = self.good.replace(event, event + event)
        assert [problem for problem in feed_problems(doubled) if "stands 2 times" in problem]

    def test_a_todo_with_both_ends_or_none(self) -> None:
        due = b"DUE;VALUE=DATE:20271230"
        assert feed_problems(self.todo.replace(due, b"X-DUE:1"))
        assert feed_problems(self.todo.replace(due, due + b"\r\nDURATION:P1D"))
