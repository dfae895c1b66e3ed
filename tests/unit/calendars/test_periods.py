"""Periods: their keys, their spans, and month arithmetic that never drifts."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.periods import Frequency, Period, add_months, after_last, batch_years, own_term, period, periods
from fireduty.errors import CalendarError, CalendarRangeError

D = date.fromisoformat
OTHERS = {Frequency.SCHOOL_TERM, Frequency.OCCASION, Frequency.AFTER_LAST}
NATURAL = [frequency for frequency in Frequency if frequency not in OTHERS]


@pytest.mark.parametrize(
    ("key", "frequency", "starts_on", "ends_on"),
    [
        ("2027", "yearly", "2027-01-01", "2027-12-31"),
        ("2027-H1", "half_yearly", "2027-01-01", "2027-06-30"),
        ("2027-H2", "half_yearly", "2027-07-01", "2027-12-31"),
        ("2027-Q1", "quarterly", "2027-01-01", "2027-03-31"),
        ("2027-Q3", "quarterly", "2027-07-01", "2027-09-30"),
        ("2027-Q4", "quarterly", "2027-10-01", "2027-12-31"),
        ("2028-02", "monthly", "2028-02-01", "2028-02-29"),
        ("2027-03", "monthly", "2027-03-01", "2027-03-31"),
        ("2027-03-05", "daily", "2027-03-05", "2027-03-05"),
        ("2027-W05", "weekly", "2027-02-01", "2027-02-07"),
        ("2026-W53", "weekly", "2026-12-28", "2027-01-03"),
        ("2025-W01", "weekly", "2024-12-30", "2025-01-05"),
        ("2026..2028", "every_3_years", "2026-01-01", "2028-12-31"),
        ("2026..2030", "every_5_years", "2026-01-01", "2030-12-31"),
        ("2027-03-05+6m", "after_last", "2027-03-05", "2027-09-05"),
        ("2026-08-31+6m", "after_last", "2026-08-31", "2027-02-28"),
        ("2024-02-29+36m", "after_last", "2024-02-29", "2027-02-28"),
        ("2025-2026-T2", "school_term", "2026-03-02", "2026-06-30"),
    ],
)
def test_a_key_names_its_span(key: str, frequency: str, starts_on: str, ends_on: str) -> None:
    found = period(key, division="310107")
    assert (found.key, found.frequency) == (key, frequency)
    assert (found.starts_on, found.ends_on) == (D(starts_on), D(ends_on))


@pytest.mark.parametrize(
    "key",
    ["", "27", "2027-H3", "2027-Q5", "2027-13", "2027-00", "2027-02-30", "0000", "2026..2029",
     "2026-2027-T3", "2026-2028-T1", "2027-1", "soon", "2027-H1 ", "2027-W53", "2027-W00", "2027-w05",
     "2026..2031", "2027-02-30+6m", "2027-03-05+0m", "2027-03-05+6", "2027-spring-festival", "9999-12-31+12m"],
)  # fmt: skip
def test_a_wrong_key_is_refused_with_help(key: str) -> None:
    with pytest.raises(CalendarError) as refusal:
        period(key)
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("frequency", "keys"),
    [
        ("daily", ["2026-12-31", "2027-01-01"]),
        ("monthly", ["2026-12", "2027-01"]),
        ("continuous", ["2026-12", "2027-01"]),
        ("quarterly", ["2026-Q4", "2027-Q1"]),
        ("half_yearly", ["2026-H2", "2027-H1"]),
        ("yearly", ["2026", "2027"]),
        ("weekly", ["2026-W53"]),
        ("every_3_years", ["2024..2026", "2027..2029"]),
        ("every_5_years", ["2026..2030"]),
        ("school_term", ["2026-2027-T1"]),
    ],
)
def test_every_period_that_overlaps_a_span_is_listed(frequency: str, keys: list[str]) -> None:
    found = periods(Frequency(frequency), D("2026-12-31"), D("2027-01-01"), division="110000")
    assert [one.key for one in found] == keys
    assert {one.frequency for one in found} == {frequency}


def test_a_year_of_terms_has_the_end_of_one_and_the_whole_of_another() -> None:
    found = periods(Frequency.SCHOOL_TERM, D("2025-01-01"), D("2025-12-31"), division="310113")
    assert [one.key for one in found] == ["2024-2025-T1", "2024-2025-T2", "2025-2026-T1"]


def test_a_cycle_begins_in_the_year_it_is_counted_from() -> None:
    found = periods(Frequency.EVERY_3_YEARS, D("2022-05-01"), D("2027-05-01"), cycle_from=2020)
    assert [one.key for one in found] == ["2020..2022", "2023..2025", "2026..2028"]


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(CalendarRangeError, match="before it starts"):
        periods(Frequency.YEARLY, D("2027-01-01"), D("2026-12-31"))


@given(
    frequency=st.sampled_from(NATURAL),
    first_on=st.dates(date(2018, 1, 1), date(2050, 1, 1)),
    days=st.integers(0, 800),
)
def test_natural_periods_follow_without_gap_and_cover_the_span(frequency: Frequency, first_on: date, days: int) -> None:
    last_on = first_on + timedelta(days=days)
    found = periods(frequency, first_on, last_on)
    assert found[0].starts_on <= first_on <= found[0].ends_on
    assert found[-1].starts_on <= last_on <= found[-1].ends_on
    for before, after in pairwise(found):
        assert after.starts_on == before.ends_on + timedelta(days=1)
    assert len({one.key for one in found}) == len(found)
    for one in found[:20]:
        assert (period(one.key).starts_on, period(one.key).ends_on) == (one.starts_on, one.ends_on)


@given(first_on=st.dates(date(2018, 1, 1), date(2050, 1, 1)), days=st.integers(0, 800))
def test_weeks_are_those_of_iso_8601(first_on: date, days: int) -> None:
    for one in periods(Frequency.WEEKLY, first_on, first_on + timedelta(days=days)):
        year, week, weekday = one.starts_on.isocalendar()
        assert (one.key, weekday) == (f"{year}-W{week:02}", 1)
        assert (one.ends_on - one.starts_on).days == 6


def test_five_year_cycles_are_the_national_plans() -> None:
    found = periods(Frequency.EVERY_5_YEARS, D("2020-12-31"), D("2031-01-01"))
    assert [one.key for one in found] == ["2016..2020", "2021..2025", "2026..2030", "2031..2035"]


@pytest.mark.parametrize("frequency", [Frequency.OCCASION, Frequency.AFTER_LAST])
def test_what_the_calendar_alone_cannot_tell_is_refused_with_help(frequency: Frequency) -> None:
    with pytest.raises(CalendarError, match="no periods of the calendar") as refusal:
        periods(frequency, D("2027-01-01"), D("2027-12-31"))
    assert "calendars.occasions" in refusal.value.hint


@given(on=st.dates(date(2018, 1, 1), date(2050, 1, 1)), months=st.integers(1, 120))
def test_a_round_ends_on_the_corresponding_day_and_its_key_says_so(on: date, months: int) -> None:
    found = after_last(on, months)
    assert (found.starts_on, found.ends_on) == (on, add_months(on, months))
    assert period(found.key) == found


class TestMonths:
    @pytest.mark.parametrize(
        ("on", "n", "then"),
        [
            ("2026-08-31", 6, "2027-02-28"),
            ("2026-08-31", 12, "2027-08-31"),
            ("2026-08-31", 18, "2028-02-29"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-29"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-01-15", -1, "2025-12-15"),
            ("2026-12-01", 1, "2027-01-01"),
            ("2026-05-05", 0, "2026-05-05"),
        ],
    )
    def test_are_counted_from_the_anchor(self, on: str, n: int, then: str) -> None:
        assert add_months(D(on), n) == D(then)

    @given(on=st.dates(date(2018, 1, 1), date(2050, 1, 1)), n=st.integers(-200, 200))
    def test_keep_the_day_or_end_the_month(self, on: date, n: int) -> None:
        then = add_months(on, n)
        assert (then.year * 12 + then.month) - (on.year * 12 + on.month) == n
        assert then.day == on.day or (then + timedelta(days=1)).day == 1

    def test_beyond_the_years_are_refused(self) -> None:
        with pytest.raises(CalendarRangeError):
            add_months(D("2026-01-01"), 12 * 9000)


class TestBatches:
    def test_every_body_gets_a_year(self) -> None:
        members = [f"school-{n}" for n in range(100)]
        years = batch_years(period("2026..2028"), members)
        assert list(years) == members
        assert set(years.values()) == {2026, 2027, 2028}

    @given(members=st.lists(st.text(max_size=5), unique=True))
    def test_are_even(self, members: list[str]) -> None:
        years = list(batch_years(period("2026..2028"), members).values())
        sizes = [years.count(year) for year in (2026, 2027, 2028)]
        assert sum(sizes) == len(members)
        assert max(sizes) - min(sizes) <= 1

    def test_a_new_body_at_the_end_moves_no_other(self) -> None:
        before = batch_years(period("2026..2028"), ["a", "b", "c", "d"])
        after = batch_years(period("2026..2028"), ["a", "b", "c", "d", "e"])
        assert before.items() <= after.items()


class TestOwnTerms:
    def test_come_as_the_school_gives_them(self) -> None:
        found = own_term("2026-2027-T1", D("2026-08-31"), D("2027-01-15"), "校务会议决定")
        assert isinstance(found, Period)
        assert (found.provisional, found.source) == (False, "校务会议决定")

    def test_that_end_before_they_start_are_refused(self) -> None:
        with pytest.raises(CalendarRangeError, match="before it starts"):
            own_term("2026-2027-T1", D("2027-01-15"), D("2026-08-31"), "校务会议决定")

    def test_outside_their_academic_year_are_refused(self) -> None:
        with pytest.raises(CalendarRangeError, match="outside the academic year"):
            own_term("2026-2027-T1", D("2025-09-01"), D("2026-01-15"), "校务会议决定")

    def test_need_the_key_of_a_term(self) -> None:
        with pytest.raises(CalendarError, match="not a school term"):
            own_term("2027", D("2027-01-01"), D("2027-06-30"), "校务会议决定")
