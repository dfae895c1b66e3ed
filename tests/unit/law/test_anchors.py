"""Anchors: on which day of a period something opens or is due."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from calendars.deadlines import first_week_deadline, periodic_deadline
from calendars.periods import Frequency, Period, add_months, own_term, period, periods
from calendars.workdays import workday_calendar
from models.anchors import Anchor, hangs_on_end, margin, resolve

CALENDAR = workday_calendar("310107")
CHECKED = TypeAdapter(Anchor)
NATURAL = [one for one in Frequency if one not in {Frequency.SCHOOL_TERM, Frequency.OCCASION, Frequency.AFTER_LAST}]

days = st.dates(date(2021, 1, 1), date(2030, 12, 31))
natural_periods = st.builds(lambda frequency, on: periods(frequency, on, on)[0], st.sampled_from(NATURAL), days)
shifts = st.integers(-400, 400)
months_and_days = st.dates(date(2028, 1, 1), date(2028, 12, 31)).map(lambda on: f"{on:%m-%d}")


@given(natural_periods)
def test_start_and_end_are_the_first_and_the_last_day(one: Period) -> None:
    assert resolve("start", one) == one.starts_on
    assert resolve("end", one) == one.ends_on


@given(natural_periods)
def test_before_is_the_day_a_duty_before_the_period_is_due(one: Period) -> None:
    assert resolve("before", one) == periodic_deadline(one, CALENDAR, before=True).due_on


@given(natural_periods)
def test_the_first_week_ends_on_the_sunday_after_the_first_weekday(one: Period) -> None:
    found = resolve("first_week", one)
    assert found == first_week_deadline(one, CALENDAR).due_on
    assert found.isoweekday() == 7
    weekdays = [one.starts_on + timedelta(n) for n in range((found - one.starts_on).days + 1)]
    assert any(on.isoweekday() <= 5 for on in weekdays)


@pytest.mark.parametrize(
    ("first_day", "sunday"),
    [
        (date(2027, 9, 1), date(2027, 9, 5)),
        (date(2027, 9, 5), date(2027, 9, 12)),
        (date(2027, 9, 4), date(2027, 9, 12)),
        (date(2027, 9, 6), date(2027, 9, 12)),
    ],
)
def test_a_term_that_begins_on_a_weekend_has_its_first_week_after_it(first_day: date, sunday: date) -> None:
    term = own_term("2027-2028-T1", first_day, date(2028, 1, 20), "校历（示例）")
    assert resolve("first_week", term) == sunday


@given(natural_periods, st.sampled_from(["start", "end", "before", "first_week"]), st.integers(-999, 999))
def test_days_are_added_and_taken_as_they_are(one: Period, word: str, shift: int) -> None:
    assert resolve(f"{word}{shift:+d}d", one) == resolve(word, one) + timedelta(shift)


@given(st.integers(2021, 2040), months_and_days)
def test_a_month_and_day_lie_in_the_year(year: int, anchor: str) -> None:
    found = resolve(anchor, period(str(year)))
    assert found.year == year
    assert found == add_months(date(2028, *map(int, anchor.split("-"))), 12 * (year - 2028))


@pytest.mark.parametrize(("year", "day"), [(2027, 28), (2028, 29), (2100, 28)])
def test_the_last_day_of_february_is_written_as_the_29th(year: int, day: int) -> None:
    assert resolve("02-29", period(str(year))) == date(year, 2, day)


@pytest.mark.parametrize(("anchor", "on"), [("10-31", date(2026, 10, 31)), ("01-10", date(2027, 1, 10))])
def test_a_month_and_day_of_a_term_lie_in_the_year_in_which_the_term_has_them(anchor: str, on: date) -> None:
    term = own_term("2026-2027-T1", date(2026, 9, 1), date(2027, 1, 22), "校历（示例）")
    assert resolve(anchor, term) == on


@given(st.integers(2021, 2030), st.sampled_from(["start", "end", "before", "06-30", "end-30d"]))
def test_a_body_allotted_to_one_year_of_a_cycle_has_that_year_for_its_period(year: int, anchor: str) -> None:
    cycle = periods(Frequency.EVERY_3_YEARS, date(year, 1, 1), date(year, 1, 1))[0]
    assert resolve(anchor, cycle, year) == resolve(anchor, period(str(year)))


@pytest.mark.parametrize("anchor", ["start", "end", "before", "first_week", "end-60d", "start+5d", "12-31", "02-29"])
def test_these_are_anchors(anchor: str) -> None:
    assert CHECKED.validate_python(anchor) == anchor


@pytest.mark.parametrize(
    "anchor",
    [
        "",
        "begin",
        "end-",
        "end-5",
        "end 5d",
        "END",
        "end-1000d",
        "02-30",
        "13-01",
        "00-10",
        "2-28",
        "31",
        "end-5d ",
        "end\n",
    ],
)
def test_these_are_none(anchor: str) -> None:
    with pytest.raises(ValidationError):
        CHECKED.validate_python(anchor)


@given(natural_periods, st.sampled_from(["start", "end", "before", "first_week", "06-30", "end-9d"]))
def test_a_natural_period_does_not_move(one: Period, anchor: str) -> None:
    assert margin(anchor, one) == 0


@given(natural_periods, st.integers(1, 20), st.integers(1, 20), st.sampled_from(["start", "end", "before+2d", "06-30"]))
def test_an_anchor_moves_with_the_edge_it_hangs_on(one: Period, starts: int, ends: int, anchor: str) -> None:
    assume(starts != ends)
    moving = replace(one, starts_margin=starts, ends_margin=ends)
    expected = {"start": starts, "before+2d": starts, "end": ends, "06-30": 0}[anchor]
    assert margin(anchor, moving) == expected
    assert hangs_on_end(anchor) == (anchor == "end")
