"""Ladders: each rung once, however often, how late or after what outage the sweep is run."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from factories import COMMITTEE, EDUCATION, OFFICE, Size, act_on, make_district
from fakes import Desk
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.states import ReviewOutcome
from tasks.reminding import remind_due

MARCH = date(2027, 3, 1)
# art16.monthly-study in March 2027, in the ladder of monthly duties.
FALLS = {
    "remind_5": date(2027, 3, 24),
    "due_0": date(2027, 3, 31),
    "overdue_1": date(2027, 4, 1),
    "supervise_3": date(2027, 4, 12),
}
LAST = date(2027, 4, 20)
YEARLY_LADDER = [
    ("assigned", "X-R001"),
    ("remind_15", "X-R001"),
    ("remind_5", "X-R001"),
    ("remind_1", "X-R001"),
    ("due_0", "X-R001"),
    ("overdue_1", "X-R001"),
    ("supervise_3", "X-S01"),
    ("office_5", OFFICE),
]


def reached(on: date) -> list[str]:
    return [rung for rung, falls_on in FALLS.items() if falls_on <= on]


@contextmanager
def monthly() -> Iterator[Desk]:
    size = Size(departments=0, streets=1, residents=0, schools=0, units=0)
    with TemporaryDirectory() as folder, make_district(Path(folder), MARCH, size, durable=False) as district:
        yield Desk(district).only("art16.monthly-study")


def days(first_on: date, last_on: date) -> list[date]:
    return [first_on + timedelta(n) for n in range((last_on - first_on).days + 1)]


def test_each_rung_is_sent_once_to_whom_it_is_meant_for(desk: Desk) -> None:
    desk.only("art12.residents-drill")
    for on in days(date(2027, 1, 1), date(2028, 1, 31)):
        desk.beat(on)
    assert desk.notices(desk.duty("drill", "X-R001", period="2027")) == YEARLY_LADDER
    assert desk.skipped(desk.duty("drill", "X-R001", period="2027")) == []


def test_running_twice_a_day_is_running_once() -> None:
    with monthly() as once:
        for on in days(MARCH, LAST):
            once.beat(on)
        expected = once.everything()
    with monthly() as twice:
        for on in days(MARCH, LAST):
            twice.beat(on)
            again = twice.beat(on)
            assert (again.duties, again.reminded.notices, again.reminded.skipped) == (0, 0, 0)
        assert twice.everything() == expected


def test_after_an_outage_the_highest_rung_goes_out_and_the_others_are_sealed_as_skipped() -> None:
    with monthly() as desk:
        desk.beat(MARCH)
        done = desk.beat(date(2027, 4, 5))
        duty = desk.duty(period="2027-03")
        assert (done.reminded.by_rung, done.reminded.skipped) == ({"overdue_1": 1}, 2)
        assert desk.rungs(duty) == ["assigned", "overdue_1"]
        [event] = desk.events("duty.reminded", duty.id)
        assert event["body"] == {
            "level": "overdue",
            "rung": "overdue_1",
            "skipped": ["remind_5", "due_0"],
            "to": "X-S01",
        }
        desk.beat(date(2027, 4, 12))
        assert desk.rungs(duty) == ["assigned", "overdue_1", "supervise_3"]


@settings(max_examples=40)
@example({LAST})
@example(set(days(MARCH, LAST)))
@given(st.sets(st.sampled_from(days(MARCH, LAST)), min_size=1))
def test_whatever_days_are_missed_the_last_one_brings_the_same_rung_and_none_is_sent_twice(visited: set[date]) -> None:
    with monthly() as desk:
        for on in sorted(visited):
            desk.beat(on)
        duty = desk.duty(period="2027-03")
        sent, skipped = desk.rungs(duty), desk.skipped(duty)
        assert max(Counter(sent).values()) == 1
        assert sorted([*sent, *skipped]) == sorted(["assigned", *reached(max(visited))])
        assert duty.rung == len(reached(max(visited)))
        assert sent[-1] == (["assigned", *reached(max(visited))])[-1]
        assert desk.problems() == []


@settings(max_examples=25)
@given(st.sets(st.sampled_from(days(MARCH, LAST)), max_size=12))
def test_after_a_last_common_day_no_outage_leaves_a_trace_in_a_duty(visited: set[date]) -> None:
    columns = "period, d.state, rung, next_action_on, plan_by, due_on"
    sql = f"SELECT {columns} FROM duty d JOIN duty_case c ON c.id = d.case_id ORDER BY period"
    found = []
    for some in (visited, {MARCH}):
        with monthly() as desk:
            for on in sorted({*some, LAST}):
                desk.beat(on)
            found.append([tuple(row) for row in desk.rows(sql)])
    assert found[0] == found[1]


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_reminding_in_tiny_chunks_is_reminding_at_once(desk: Desk, chunk: int) -> None:
    desk.only("art13.drill").beat(date(2027, 1, 1))
    on = date(2027, 12, 7)
    done = remind_due(desk.district, act_on(on), chunk=chunk)
    assert done.by_rung == {"remind_15": len(desk.duties())}
    assert all(desk.rungs(duty) == ["assigned", "remind_15"] for duty in desk.duties())
    assert remind_due(desk.district, act_on(on), chunk=chunk).notices == 0


def test_only_the_case_that_is_asked_for_is_reminded(desk: Desk) -> None:
    desk.only("art13.drill", "art12.residents-drill").beat(date(2027, 1, 1))
    case = desk.duty(body="X-R001").case_id
    done = remind_due(desk.district, act_on(date(2027, 12, 7)), case)
    assert done.by_rung == {"remind_15": 2}


def test_a_submitted_duty_is_silent_and_so_is_an_accepted_one() -> None:
    with monthly() as desk:
        desk.beat(MARCH)
        duty = desk.duty(period="2027-03")
        desk.submit(duty, date(2027, 3, 10))
        for on in days(date(2027, 3, 11), date(2027, 4, 5)):
            desk.beat(on)
        assert desk.rungs(duty) == ["assigned"]
        desk.review(duty, date(2027, 4, 6))
        desk.beat(LAST)
        assert desk.rungs(duty) == ["assigned"]
        assert desk.notices(duty)[-1] == ("accepted:1", "X-S01")


def test_a_returned_duty_is_left_in_peace_for_three_workdays_and_then_reminded_of_where_it_stands() -> None:
    with monthly() as desk:
        desk.beat(MARCH)
        duty = desk.duty(period="2027-03")
        desk.submit(duty, date(2027, 3, 23))
        desk.review(duty, date(2027, 3, 25), ReviewOutcome.RETURNED, "缺照片")
        for on in days(date(2027, 3, 25), date(2027, 3, 29)):
            desk.beat(on)
        assert desk.rungs(duty) == ["assigned"]
        desk.beat(date(2027, 3, 30))
        assert desk.rungs(duty) == ["assigned", "remind_5"]
        desk.beat(date(2027, 3, 31))
        assert desk.rungs(duty) == ["assigned", "remind_5", "due_0"]


def test_a_return_long_before_the_next_rung_does_not_bring_it_forward() -> None:
    with monthly() as desk:
        desk.beat(MARCH)
        duty = desk.duty(period="2027-03")
        desk.submit(duty, date(2027, 3, 2))
        desk.review(duty, date(2027, 3, 3), ReviewOutcome.RETURNED, "缺照片")
        for on in days(date(2027, 3, 4), date(2027, 3, 23)):
            desk.beat(on)
        assert desk.rungs(duty) == ["assigned"]
        desk.beat(date(2027, 3, 24))
        assert desk.rungs(duty) == ["assigned", "remind_5"]


def test_a_duty_returned_behind_the_whole_ladder_stays_silent_and_open() -> None:
    with monthly() as desk:
        desk.beat(MARCH)
        desk.beat(LAST)
        duty = desk.duty(period="2027-03")
        desk.submit(duty, date(2027, 4, 21), proof=date(2027, 3, 9))
        desk.review(duty, date(2027, 4, 22), ReviewOutcome.RETURNED, "缺照片")
        desk.beat(date(2027, 6, 1))
        assert desk.duty(period="2027-03").state == "returned"
        assert desk.rungs(duty) == ["assigned", "supervise_3"]


def test_a_duty_that_is_opened_late_is_told_its_rung_at_once() -> None:
    with monthly() as desk:
        desk.beat(date(2027, 4, 1))
        duty = desk.duty(period="2027-03")
        assert desk.rungs(duty) == ["assigned", "overdue_1"]
        assert desk.skipped(duty) == ["remind_5", "due_0"]


def test_a_school_climbs_to_the_education_department(desk: Desk) -> None:
    desk.only("art11.escape-drill").beat(date(2027, 2, 22))
    desk.beat(date(2027, 7, 19))
    duty = desk.duty("drill", "X-E001", period="2026-2027-T2")
    assert desk.notices(duty)[-1] == ("supervise_3", EDUCATION)


def test_the_line_of_duty_comes_before_the_line_of_fire_and_the_parent_comes_last(desk: Desk) -> None:
    desk.write("INSERT INTO supervision VALUES ('X-U000001', 'fire', 'X-S02')")
    desk.write("INSERT INTO supervision VALUES ('X-U000002', 'fire', 'X-S02')")
    desk.write("INSERT INTO supervision VALUES ('X-U000002', 'industry', 'X-D04')")
    desk.write("INSERT INTO supervision VALUES ('X-U000003', 'industry', 'X-U000003')")
    desk.only("art13.facility-test").beat(date(2027, 1, 1))
    found = {row.body_code: row.supervisor_code for row in desk.duties() if "-U" in row.body_code}
    assert found == {
        "X-U000001": "X-S02",
        "X-U000002": "X-D04",
        "X-U000003": "X-S01",
        "X-U000004": "X-S02",
        "X-U000005": "X-S01",
    }


def test_the_office_does_not_warn_itself(desk: Desk) -> None:
    desk.only("art21.yearly-assessment").beat(date(2027, 1, 1))
    desk.beat(date(2027, 4, 12))
    desk.beat(date(2027, 4, 14))
    duty = desk.duty("method", OFFICE)
    assert desk.notices(duty)[-2:] == [("supervise_3", COMMITTEE), ("office_5", COMMITTEE)]


def test_where_the_register_names_nobody_above_the_office_is_told_and_last_the_body_itself(desk: Desk) -> None:
    desk.write("UPDATE body SET parent_code = NULL WHERE code = 'X-E001'")
    desk.write("DELETE FROM contact WHERE body_code LIKE 'X-D0%'")
    desk.write("UPDATE body SET parent_code = NULL")
    desk.write("DELETE FROM body WHERE kind = 'department'")
    desk.only("art11.escape-drill").beat(date(2027, 2, 22))
    desk.beat(date(2027, 7, 19))
    duty = desk.duty("drill", "X-E001", period="2026-2027-T2")
    assert duty.supervisor_code is None
    assert desk.notices(duty)[-1] == ("supervise_3", OFFICE)
    desk.write("UPDATE body SET kind = 'unit' WHERE code = 'X-OFFICE'")
    desk.beat(date(2027, 7, 21))
    assert desk.notices(duty)[-1] == ("office_5", "X-E001")
