"""Limits whose clock is stopped: days while it stands still are not counted, and nothing else changes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.clocks import Limit, Pause, running_limit
from calendars.deadlines import calendar_day_limit, month_limit, workday_limit
from calendars.workdays import workday_calendar

CALENDAR = workday_calendar("310107")
DAYS = st.dates(date(2025, 1, 2), date(2026, 6, 30))
COUNTS = st.integers(1, 30)
LENGTHS = st.integers(1, 60)


@given(DAYS, COUNTS)
def test_without_a_pause_a_limit_is_the_ordinary_one(on: date, count: int) -> None:
    assert running_limit(on, count, Limit.WORKDAYS, CALENDAR) == workday_limit(on, count, CALENDAR)
    assert running_limit(on, count, Limit.CALENDAR_DAYS, CALENDAR) == calendar_day_limit(on, count, CALENDAR)
    assert running_limit(on, 1, Limit.MONTHS, CALENDAR) == month_limit(on, 1, CALENDAR)


@given(DAYS, COUNTS, st.integers(1, 20), LENGTHS)
def test_the_workdays_outside_the_pause_are_as_many_as_the_limit(on: date, count: int, after: int, length: int) -> None:
    pause = Pause(on + timedelta(days=after), on + timedelta(days=after + length))
    due = running_limit(on, count, Limit.WORKDAYS, CALENDAR, [pause]).due_on
    counted = [
        day
        for day in (on + timedelta(days=n) for n in range(1, (due - on).days + 1))
        if CALENDAR.is_workday(day) and not pause.from_on <= day < pause.until_on
    ]
    assert len(counted) == count
    assert counted[-1] == due


@given(DAYS, COUNTS, st.integers(1, 20), LENGTHS, st.sampled_from(list(Limit)))
def test_a_pause_never_shortens_a_limit(on: date, count: int, after: int, length: int, limit: Limit) -> None:
    number = 1 if limit is Limit.MONTHS else count
    pause = Pause(on + timedelta(days=after), on + timedelta(days=after + length))
    plain = running_limit(on, number, limit, CALENDAR)
    assert running_limit(on, number, limit, CALENDAR, [pause]).due_on >= plain.due_on


@given(DAYS, COUNTS, LENGTHS)
def test_a_pause_after_the_limit_has_run_out_changes_nothing(on: date, count: int, length: int) -> None:
    plain = running_limit(on, count, Limit.WORKDAYS, CALENDAR)
    first = plain.due_on + timedelta(days=1)
    assert running_limit(on, count, Limit.WORKDAYS, CALENDAR, [Pause(first, first + timedelta(length))]) == plain


# Reckoned by hand with the State Council's notices for 2026.
@pytest.mark.parametrize(
    ("on", "count", "limit", "pauses", "due"),
    [
        ("2026-11-02", 7, "w", [("2026-11-05", "2026-11-16")], "2026-11-20"),
        ("2026-11-02", 7, "w", [("2026-11-05", "2026-11-06"), ("2026-11-09", "2026-11-11")], "2026-11-16"),
        ("2026-09-16", 15, "d", [("2026-09-20", "2026-09-25")], "2026-10-08"),
        ("2026-09-16", 15, "d", [("2026-09-20", "2026-10-15")], "2026-10-26"),
        ("2026-08-31", 1, "m", [("2026-09-10", "2026-09-20")], "2026-10-10"),
        ("2026-10-12", -3, "w", [("2026-10-01", "2026-10-12")], "2026-10-08"),
        ("2026-10-04", 0, "d", [], "2026-10-04"),
        ("2026-10-12", -5, "d", [], "2026-09-30"),
        ("2026-12-07", -1, "m", [], "2026-11-06"),
    ],
)
def test_limits_reckoned_by_hand(on: str, count: int, limit: str, pauses: list[tuple[str, str]], due: str) -> None:
    stops = [Pause(date.fromisoformat(first), date.fromisoformat(second)) for first, second in pauses]
    assert str(running_limit(date.fromisoformat(on), count, Limit(limit), CALENDAR, stops).due_on) == due


def test_the_trace_says_when_the_clock_stood_still() -> None:
    pause = Pause(date(2026, 11, 5), date(2026, 11, 16))
    found = running_limit(date(2026, 11, 2), 7, Limit.WORKDAYS, CALENDAR, [pause])
    assert found.rule == "workdays:7"
    assert found.trace[:2] == (
        "2026-11-02: event; 2 of 7 workdays had passed",
        "2026-11-05 to 2026-11-15: the clock stands still, not counted",
    )
