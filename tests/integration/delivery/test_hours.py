"""Ordinary messages keep to working hours of working days; what is urgent goes out at once."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from factories import act_on, make_district
from fakes import Desk
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from calendars.workdays import workday_calendar
from fireduty.clock import SHANGHAI
from fireduty.settings import Settings
from models.columns import instant_of
from models.notices import Message
from tasks.hours import hold_back, is_open, opens_at, urgent
from tasks.messages import compose

CALENDAR = workday_calendar("310107")
SETTINGS = Settings(folder=Path("nowhere"), in_force_on=date(2026, 1, 1))
DAILY, MONTHLY = "putuo-2020.art13.control-room", "putuo-2020.art16.monthly-study"
MONDAY, WEDNESDAY, SATURDAY = date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 6)


def at(day: str, hour: str = "12:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at("2026-08-05"), True),
        (at("2026-08-05", "08:29:59"), False),
        (at("2026-08-05", "08:30"), True),
        (at("2026-08-05", "17:30"), False),
        (at("2026-08-08"), False),  # a Saturday
        (at("2026-10-10"), True),  # a Saturday that is worked, by the notice for 2026
        (at("2026-10-05"), False),  # a Monday within the holiday of National Day
        (at("2027-10-04"), True),  # a Monday of which only the notice for 2027 can tell
        (at("2027-10-09"), False),  # a Saturday that it may make a working day
    ],
)
def test_hours_are_those_of_days_that_are_worked(moment: datetime, expected: bool) -> None:
    assert is_open(CALENDAR, SETTINGS, moment) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at("2026-08-05", "07:00"), at("2026-08-05", "08:30")),
        (at("2026-08-05", "10:00"), at("2026-08-05", "10:00")),
        (at("2026-08-07", "17:30"), at("2026-08-10", "08:30")),
        (at("2026-09-30", "18:00"), at("2026-10-08", "08:30")),
    ],
)
def test_the_next_opening_passes_over_nights_and_holidays(moment: datetime, expected: datetime) -> None:
    assert opens_at(CALENDAR, SETTINGS, moment) == expected


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), st.times(), st.times())  # noqa: DTZ001 - zoned below
def test_at_the_next_opening_hours_are_open_and_never_before(moment: datetime, one: time, other: time) -> None:
    began, ended = (part.replace(microsecond=0) for part in sorted((one, other)))
    settings = SETTINGS.model_copy(update={"works_from": began, "works_until": ended})
    asked = moment.replace(tzinfo=SHANGHAI, microsecond=0)
    opening = opens_at(CALENDAR, settings, asked)
    assert opening >= asked
    assert is_open(CALENDAR, settings, opening)
    assert opening == asked or not is_open(CALENDAR, settings, opening - timedelta(seconds=1))


def test_hours_that_begin_and_end_alike_last_the_whole_working_day() -> None:
    whole = SETTINGS.model_copy(update={"works_from": time(9), "works_until": time(9)})
    assert is_open(CALENDAR, whole, at("2026-08-05", "23:59"))
    assert opens_at(CALENDAR, whole, at("2026-08-08")) == at("2026-08-10", "00:00")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Sit down at a district in which February was left undone, and only two streets and a unit are told of it."""
    with make_district(tmp_path / "data", date(2027, 2, 1), durable=False) as district:
        desk = Desk(district).only("art13.control-room", "art16.monthly-study")
        desk.beat(MONDAY)
        desk.write("DELETE FROM notice WHERE recipient_code NOT IN ('X-S01', 'X-S02', 'X-U000001')")
        yield desk


def compose_urgent(desk: Desk, on: date, hour: int = 12) -> int:
    now = urgent(desk.district.regulations, CALENDAR, on)
    with desk.district.database.transaction() as connection:
        return compose(connection, act_on(on, hour=hour), desk.district.settings, {}, 1000, now)


def told(desk: Desk) -> set[str]:
    sql = "SELECT DISTINCT c.obligation_id FROM notice n JOIN duty d ON d.id = n.duty_id JOIN duty_case c"
    return {row.obligation_id for row in desk.rows(f"{sql} ON c.id = d.case_id WHERE n.message_id IS NOT NULL")}


def event(desk: Desk, due_on: date, state: str = "open") -> None:
    """Make the duties of the monthly study those of an event with a limit."""
    desk.write("UPDATE duty_case SET event_on = '2027-03-01' WHERE obligation_id = :name", name=MONTHLY)
    sql = (
        "UPDATE duty SET due_on = :due, state = :state WHERE case_id IN (SELECT id FROM duty_case WHERE event_on > '')"
    )
    desk.write(sql, due=due_on.isoformat(), state=state)


def test_duties_of_every_day_and_of_all_times_go_out_at_once_and_nothing_else(desk: Desk) -> None:
    assert compose_urgent(desk, SATURDAY) == 1
    assert told(desk) == {DAILY}
    with desk.district.database.transaction() as connection:
        assert compose(connection, act_on(date(2027, 3, 8)), desk.district.settings, {}, 1000) == 2
    assert told(desk) == {DAILY, MONTHLY}


@pytest.mark.parametrize(
    ("due_on", "state", "goes"),
    [
        (date(2027, 3, 5), "open", True),  # two working days ahead of Wednesday
        (date(2027, 3, 8), "open", False),
        (date(2027, 3, 1), "returned", True),
        (date(2027, 3, 5), "accepted", False),
    ],
)
def test_an_event_is_urgent_within_two_working_days_of_its_limit(
    desk: Desk, due_on: date, state: str, goes: bool
) -> None:
    event(desk, due_on, state)
    compose_urgent(desk, WEDNESDAY, 20)
    assert (MONTHLY in told(desk)) is goes


def test_what_was_composed_already_is_held_back_until_the_hours_begin_unless_urgent(desk: Desk) -> None:
    with desk.district.database.transaction() as connection:
        assert compose(connection, act_on(MONDAY), desk.district.settings, {}, 1000) == 3
    evening = act_on(WEDNESDAY, hour=20)
    opening = opens_at(CALENDAR, SETTINGS, evening.at)
    now = urgent(desk.district.regulations, CALENDAR, WEDNESDAY)
    with desk.district.database.transaction() as connection:
        assert hold_back(connection, evening, opening, now) == 2
        assert hold_back(connection, evening, opening, now) == 0
    waits = {row.recipient_code: row.next_attempt_at for row in desk.rows("SELECT * FROM message")}
    held = {code for code, due in waits.items() if instant_of(due) == opening}
    assert held == {"X-S01", "X-S02"}
    assert set(waits) - held == {"X-U000001"}


def test_a_message_that_a_worker_has_in_hand_is_left_to_it(desk: Desk) -> None:
    night = act_on(WEDNESDAY, hour=20)
    who = {"key": "k", "recipient_code": "X-S01", "channel": "email", "address": "a@b.example", "leased_by": "w1"}
    row = Message(**who, title="", text="", composed_at=night.at, next_attempt_at=night.at)  # type: ignore[arg-type]
    with desk.district.database.transaction() as connection, Session(connection) as session:
        session.add(row)
        session.flush()
    with desk.district.database.transaction() as connection:
        now = urgent(desk.district.regulations, CALENDAR, WEDNESDAY)
        assert hold_back(connection, night, opens_at(CALENDAR, SETTINGS, night.at), now) == 0
