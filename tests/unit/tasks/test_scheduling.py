"""Dates of steps: what is due is never moved, what is planned is a workday, and each ladder climbs in order."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calendars.deadlines import first_week_deadline, periodic_deadline
from calendars.periods import Frequency, Period, own_term, period, periods
from calendars.workdays import DayStatus, workday_calendar
from models.packs import load
from models.regulation import Obligation, Regulation
from tasks.scheduling import CYCLES, ROUND, StepDates, case_dates, period_of_key, periods_of

DIVISION = "310107"
CALENDAR = workday_calendar(DIVISION)
LAW = load("putuo-2020")
BY_ID = {one.id.partition(".")[2]: one for one in LAW.obligations}
SETTLED_UNTIL = date(2026, 11, 30)

obligations = st.sampled_from([one for one in LAW.obligations if one.frequency is not None])
days = st.dates(date(2021, 1, 1), date(2034, 12, 31))
codes = st.lists(st.integers(0, 99).map(lambda n: f"D{n:02}"), unique=True, max_size=30).map(sorted)


def first_period(obligation: Obligation, on: date) -> Period:
    return periods_of(obligation, on, on, DIVISION)[0]


def dates_of(
    obligation: Obligation, one: Period, concerned: list[str] | None = None, since: date = date.min
) -> list[StepDates]:
    return case_dates(LAW, obligation, one, CALENDAR, concerned or [], since)


def simple(opens: str = "start", due: str = "end", **changed: Any) -> tuple[Regulation, Obligation]:
    """Return a regulation with one obligation of one step between two anchors."""
    model = BY_ID["art9.yearly-funds"]
    terms = model.steps["fix"].model_copy(update={"opens": opens, "due": due})
    return LAW, model.model_copy(update={"steps": {"fix": terms}, **changed})


def only(opens: str, due: str, one: Period, **changed: Any) -> StepDates:
    law, obligation = simple(opens, due, frequency=one.frequency, **changed)
    [found] = case_dates(law, obligation, one, CALENDAR)
    return found


# --- every step of every obligation ----------------------------------------------------------------------------------


@given(obligations, days)
def test_what_is_planned_lies_between_opening_and_due_day(obligation: Obligation, on: date) -> None:
    for step in dates_of(obligation, first_period(obligation, on), ["D1", "D2"]):
        assert step.opens_on <= step.plan_by <= step.due_on
        assert step.earliest_on <= step.latest_on


@given(obligations, days)
def test_no_rung_falls_on_a_day_of_rest_but_the_opening(obligation: Obligation, on: date) -> None:
    for step in dates_of(obligation, first_period(obligation, on), ["D1"]):
        for fall in step.ladder[1:]:
            assert CALENDAR.status(fall.falls_on) is not DayStatus.REST


@given(obligations, days)
def test_the_ladder_begins_with_the_opening_and_climbs_strictly(obligation: Obligation, on: date) -> None:
    known = [rung.name for rung in LAW.ladder_of(obligation)]
    for step in dates_of(obligation, first_period(obligation, on), ["D1"]):
        assert step.ladder[0].rung.workdays is None
        falls = [fall.falls_on for fall in step.ladder]
        assert falls[0] == step.opens_on
        assert falls == sorted(set(falls))
        names = [fall.rung.name for fall in step.ladder]
        assert names == [name for name in known if name in names]


@given(obligations, days)
def test_nobody_is_called_overdue_before_the_due_day_is_past(obligation: Obligation, on: date) -> None:
    for step in dates_of(obligation, first_period(obligation, on), ["D1"]):
        after = {fall.rung.name: fall.falls_on for fall in step.ladder if (fall.rung.workdays or 0) > 0}
        assert {"overdue_1", "supervise_3"} <= set(after)
        assert min(after.values()) > step.due_on
        before = [fall.falls_on for fall in step.ladder if (fall.rung.workdays or 0) <= 0]
        assert max(before) <= step.plan_by


@given(obligations, st.dates(date(2021, 1, 1), date(2025, 9, 30)))
def test_in_published_years_each_rung_stands_its_number_of_workdays_away(obligation: Obligation, on: date) -> None:
    for step in dates_of(obligation, first_period(obligation, on), ["D1"]):
        if step.provisional or step.due_on > SETTLED_UNTIL:
            continue
        for fall in step.ladder[1:]:
            number = fall.rung.workdays
            assert number is not None
            if number > 0:
                assert CALENDAR.workdays_between(step.due_on, fall.falls_on) == number
            else:
                assert CALENDAR.workdays_between(fall.falls_on, step.plan_by) == -number


@given(obligations, days)
def test_the_same_question_has_the_same_answer(obligation: Obligation, on: date) -> None:
    one = first_period(obligation, on)
    assert dates_of(obligation, one, ["D1", "D2"]) == dates_of(obligation, one, ["D1", "D2"])


# --- what is due -----------------------------------------------------------------------------------------------------

OTHERS = {Frequency.SCHOOL_TERM, Frequency.DAILY, *CYCLES, Frequency.OCCASION, Frequency.AFTER_LAST}
NATURAL = [one for one in Frequency if one not in OTHERS]
natural_periods = st.builds(lambda frequency, on: periods(frequency, on, on)[0], st.sampled_from(NATURAL), days)


@given(natural_periods)
def test_the_end_of_a_natural_period_is_never_moved(one: Period) -> None:
    found = only("start", "end", one)
    assert found.due_on == one.ends_on
    expected = periodic_deadline(one, CALENDAR)
    # A week may rest as a whole; then its duty is planned for the day on which it opens.
    assert (found.due_on, found.plan_by) == (expected.due_on, max(expected.plan_by, one.starts_on))
    assert found.provisional == (expected.provisional or expected.plan_open)


@given(natural_periods)
def test_the_planned_day_is_the_last_workday_up_to_the_due_day(one: Period) -> None:
    found = only("start", "end", one)
    assert CALENDAR.status(found.plan_by) is not DayStatus.REST or found.plan_by == one.starts_on
    between = [found.plan_by + timedelta(n) for n in range(1, (found.due_on - found.plan_by).days + 1)]
    assert all(CALENDAR.status(on) is not DayStatus.WORKDAY for on in between)


@given(natural_periods)
def test_a_duty_before_the_period_is_due_the_day_before_it(one: Period) -> None:
    found = only("before-60d", "before", one)
    expected = periodic_deadline(one, CALENDAR, before=True)
    assert (found.due_on, found.plan_by) == (expected.due_on, expected.plan_by)


@given(st.integers(2021, 2040))
def test_before_the_year_means_the_last_day_of_the_year_before(year: int) -> None:
    steps = {step.step: step for step in dates_of(BY_ID["art19.hazard-survey"], period(str(year)))}
    assert steps["list"].due_on == date(year - 1, 12, 31)
    assert all(step.due_on < date(year, 1, 1) for step in steps.values())
    assert all(step.opens_on >= date(year - 1, 10, 1) for step in steps.values())


@pytest.mark.parametrize(
    ("key", "due_on", "plan_by"),
    [
        ("2026-02", date(2026, 2, 28), date(2026, 2, 28)),  # a Saturday that is worked
        ("2026-05", date(2026, 5, 31), date(2026, 5, 29)),  # a Sunday
        ("2025-05", date(2025, 5, 31), date(2025, 5, 30)),  # a Saturday
        ("2024-02", date(2024, 2, 29), date(2024, 2, 29)),
        ("2023-09", date(2023, 9, 30), date(2023, 9, 28)),  # within the holidays
        ("2025-01", date(2025, 1, 31), date(2025, 1, 27)),  # within the Spring Festival
        ("2027-02", date(2027, 2, 28), date(2027, 2, 26)),
    ],
)
def test_the_end_of_a_month_and_the_workday_before_it(key: str, due_on: date, plan_by: date) -> None:
    [step] = dates_of(BY_ID["art16.monthly-study"], period(key))
    assert (step.due_on, step.plan_by) == (due_on, plan_by)
    assert not step.provisional


# --- what is not published yet ---------------------------------------------------------------------------------------


def test_the_end_of_2027_is_provisional_and_planned_by_its_earliest_day() -> None:
    [step] = dates_of(BY_ID["art13.drill"], period("2027"))
    assert step.provisional
    assert (step.earliest_on, step.latest_on) == (date(2027, 12, 28), date(2027, 12, 31))
    assert (step.plan_by, step.due_on) == (date(2027, 12, 28), date(2027, 12, 31))


@given(obligations, st.dates(date(2027, 1, 1), date(2027, 12, 31)))
def test_a_date_of_2027_that_can_still_move_is_called_provisional(obligation: Obligation, on: date) -> None:
    for step in dates_of(obligation, first_period(obligation, on), ["D1"]):
        assert step.earliest_on <= step.latest_on
        assert step.provisional or step.earliest_on == step.latest_on == step.plan_by


def test_a_half_year_of_2026_is_settled() -> None:
    [step] = dates_of(BY_ID["art14.committee-study.street"], period("2026-H1"))
    assert not step.provisional
    assert step.earliest_on == step.latest_on == step.plan_by == date(2026, 6, 30)


def test_a_predicted_term_is_planned_by_the_earliest_day_it_can_end() -> None:
    term = period("2026-2027-T1", division=DIVISION)
    assert term.provisional
    [step] = dates_of(BY_ID["art11.class-hours"], term)
    assert step.due_on == term.ends_on
    assert step.plan_by == step.earliest_on == periodic_deadline(term, CALENDAR).plan_by
    assert step.latest_on > step.due_on - timedelta(days=term.ends_margin)
    overdue = next(fall for fall in step.ladder if fall.rung.name == "overdue_1")
    assert overdue.falls_on > term.ends_on + timedelta(days=term.ends_margin)


def test_a_published_term_is_due_on_its_last_day() -> None:
    term = period("2025-2026-T2", division=DIVISION)
    [step] = dates_of(BY_ID["art11.escape-drill"], term)
    assert not step.provisional
    assert (step.opens_on, step.due_on, step.plan_by) == (date(2026, 3, 2), date(2026, 6, 30), date(2026, 6, 30))


# --- the first lesson ------------------------------------------------------------------------------------------------

first_days = st.dates(date(2025, 8, 25), date(2025, 10, 20))


@given(first_days)
def test_the_first_lesson_falls_into_the_first_school_week(first_day: date) -> None:
    term = own_term("2025-2026-T1", first_day, date(2026, 1, 20), "校历（示例）")
    [step] = dates_of(BY_ID["art11.first-lesson"], term)
    weekday = first_day
    while weekday.isoweekday() > 5:
        weekday += timedelta(1)
    assert step.opens_on == first_day
    assert step.due_on.isocalendar()[:2] == weekday.isocalendar()[:2]
    assert step.due_on.isoweekday() == 7
    assert step.due_on == first_week_deadline(term, CALENDAR).due_on


@given(st.dates(date(2021, 9, 1), date(2034, 6, 1)))
def test_a_predicted_first_lesson_is_planned_within_its_week_and_its_bounds_are_said(on: date) -> None:
    term = first_period(BY_ID["art11.first-lesson"], on)
    [step] = dates_of(BY_ID["art11.first-lesson"], term)
    assume(step.plan_by > step.opens_on)
    assert step.earliest_on == first_week_deadline(term, CALENDAR).plan_by
    assert step.earliest_on <= step.plan_by <= step.latest_on
    assert term.starts_on <= step.plan_by <= step.due_on


# --- three years in batches ------------------------------------------------------------------------------------------

ROUNDS = BY_ID["art20.department-rounds"]


@given(st.integers(2021, 2040), codes)
def test_a_cycle_visits_every_body_once(year: int, concerned: list[str]) -> None:
    one = first_period(ROUNDS, date(year, 6, 1))
    steps = dates_of(ROUNDS, one, concerned)
    visited = Counter(code for step in steps for code in step.subjects)
    assert visited == Counter(concerned)
    assert [step.due_on for step in steps] == [date(one.starts_on.year + n, 12, 31) for n in range(3)]
    sizes = [len(step.subjects) for step in steps]
    assert max(sizes) - min(sizes) <= 1


@given(st.dates(date(2021, 1, 1), date(2040, 12, 31)), codes)
def test_a_district_that_starts_within_a_cycle_still_visits_every_body_once(since: date, concerned: list[str]) -> None:
    one = first_period(ROUNDS, since)
    steps = dates_of(ROUNDS, one, concerned, since)
    assert Counter(code for step in steps for code in step.subjects) == Counter(concerned)
    assert {step.due_on.year for step in steps} == set(range(since.year, one.ends_on.year + 1))
    assert all(step.due_on >= since for step in steps)


def test_a_cycle_that_is_past_asks_for_nothing() -> None:
    assert dates_of(ROUNDS, period("2021..2023"), ["D1"], date(2024, 1, 1)) == []


def test_a_year_of_a_cycle_is_dated_like_a_year() -> None:
    steps = dates_of(ROUNDS, period("2024..2026"), ["D1", "D2", "D3"])
    yearly = dates_of(BY_ID["art20.street-rounds"], period("2025"))[0]
    second = next(step for step in steps if step.variant == "2025")
    assert (second.opens_on, second.plan_by, second.due_on) == (yearly.opens_on, yearly.plan_by, yearly.due_on)


# --- five years, weeks, occasions, rounds -----------------------------------------------------------------------------


@given(st.integers(2021, 2040), codes)
def test_a_cycle_of_five_years_visits_every_body_once(year: int, concerned: list[str]) -> None:
    rounds = ROUNDS.model_copy(update={"frequency": Frequency.EVERY_5_YEARS})
    one = first_period(rounds, date(year, 6, 1))
    steps = dates_of(rounds, one, concerned)
    assert Counter(code for step in steps for code in step.subjects) == Counter(concerned)
    assert [step.due_on for step in steps] == [date(one.starts_on.year + n, 12, 31) for n in range(5)]
    sizes = [len(step.subjects) for step in steps]
    assert max(sizes) - min(sizes) <= 1


def test_a_duty_before_a_holiday_is_planned_for_the_last_workday_before_it() -> None:
    law, obligation = simple(frequency=Frequency.OCCASION, occasions=("spring_festival",))
    one = period_of_key(obligation, "2026-spring-festival", DIVISION)
    [found] = case_dates(law, obligation, one, CALENDAR)
    assert (found.opens_on, found.plan_by, found.due_on) == (date(2026, 2, 3), date(2026, 2, 14), date(2026, 2, 23))
    assert not found.provisional
    assert {fall.rung.name: fall.falls_on for fall in found.ladder}["overdue_1"] == date(2026, 2, 24)


def test_before_the_notice_it_is_planned_for_the_earliest_such_day() -> None:
    law, obligation = simple(frequency=Frequency.OCCASION, occasions=("qingming",))
    one = period_of_key(obligation, "2027-qingming", DIVISION)
    [found] = case_dates(law, obligation, one, CALENDAR)
    # 5 April is a Monday; the notice may take the weekend before it, but no Friday was ever taken so far ahead.
    assert found.plan_by == found.earliest_on == date(2027, 4, 2)
    assert found.latest_on == date(2027, 4, 4)
    assert found.provisional
    # Nobody is called overdue while the rest may still last.
    overdue = next(fall.falls_on for fall in found.ladder if fall.rung.name == "overdue_1")
    assert overdue > one.ends_on + timedelta(days=one.ends_margin)


@given(st.integers(2021, 2045), st.sampled_from(["new_year", "spring_festival", "mid_autumn", "fire-month"]))
def test_the_key_of_an_occasion_names_its_period(year: int, name: str) -> None:
    _, obligation = simple(frequency=Frequency.OCCASION, occasions=(name,))
    found = periods_of(obligation, date(year, 1, 1), date(year, 12, 31), DIVISION)
    assert f"{year}-{name.replace('_', '-')}" in {one.key for one in found}
    assert all(period_of_key(obligation, one.key, DIVISION) == one for one in found)


def test_what_is_counted_from_when_it_was_done_has_no_periods_of_its_own_but_keys() -> None:
    law, obligation = simple("end-30d", frequency=Frequency.AFTER_LAST, interval_months=6)
    assert periods_of(obligation, date(2027, 1, 1), date(2027, 12, 31), DIVISION) == ()
    one = period_of_key(obligation, "2027-03-05+6m", DIVISION)
    [found] = case_dates(law, obligation, one, CALENDAR, ["X-E001", "X-E002"])
    assert (found.variant, found.subjects) == (ROUND, ("X-E001", "X-E002"))
    assert (found.opens_on, found.due_on) == (date(2027, 8, 6), date(2027, 9, 5))


# --- from which day on -----------------------------------------------------------------------------------------------


@given(obligations, days)
def test_what_was_due_before_the_district_started_is_not_asked_for(obligation: Obligation, since: date) -> None:
    one = first_period(obligation, since)
    left = dates_of(obligation, one, ["D1"], since)
    assert all(step.due_on >= since for step in left)
    if obligation is not ROUNDS:
        assert left == [step for step in dates_of(obligation, one, ["D1"]) if step.due_on >= since]


@given(obligations, days, st.integers(0, 800))
def test_the_periods_of_a_span_leave_no_day_out(obligation: Obligation, on: date, length: int) -> None:
    found = periods_of(obligation, on, on + timedelta(length), DIVISION)
    assert len({one.key for one in found}) == len(found)
    if obligation.frequency not in {Frequency.SCHOOL_TERM, Frequency.OCCASION, Frequency.AFTER_LAST}:
        assert found[0].starts_on <= on
        assert found[-1].ends_on >= on + timedelta(length)
        assert all(a.ends_on + timedelta(1) == b.starts_on for a, b in pairwise(found))


def test_an_obligation_without_a_frequency_has_no_periods() -> None:
    standing = BY_ID["art13.drill"].model_copy(update={"frequency": None})
    assert periods_of(standing, date(2027, 1, 1), date(2027, 12, 31), DIVISION) == ()


def test_a_step_that_opens_just_before_it_is_due_keeps_only_the_rungs_ahead() -> None:
    found = only("end-3d", "end", period("2026-04"))
    assert [fall.rung.name for fall in found.ladder] == [
        "assigned",
        "remind_1",
        "due_0",
        "overdue_1",
        "supervise_3",
        "office_5",
    ]
    assert found.opens_on == date(2026, 4, 27)


def test_a_step_that_opens_behind_the_last_workday_is_planned_on_its_opening() -> None:
    found = only("end", "end", period("2026-05"))
    assert found.opens_on == found.plan_by == found.due_on == date(2026, 5, 31)
    assert [fall.rung.name for fall in found.ladder] == ["assigned", "overdue_1", "supervise_3", "office_5"]


def test_a_school_with_dates_of_its_own_has_a_schedule_beside_that_of_the_others() -> None:
    common = own_term("2026-2027-T1", date(2026, 9, 1), date(2027, 1, 22), "校历（示例）")
    own = own_term("2026-2027-T1", date(2026, 8, 24), date(2027, 1, 8), "校务会议决定（示例）")
    found = case_dates(LAW, BY_ID["art11.escape-drill"], common, CALENDAR, own={"X-E001": own})
    assert [(one.variant, one.subjects, one.opens_on, one.due_on) for one in found] == [
        ("", (), date(2026, 9, 1), date(2027, 1, 22)),
        ("X-E001", ("X-E001",), date(2026, 8, 24), date(2027, 1, 8)),
    ]
