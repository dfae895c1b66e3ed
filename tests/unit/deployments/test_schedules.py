"""The schedules say the calendar's dates, in a form that Prefect takes."""

import inspect
from datetime import date, datetime, timedelta

import pytest
from prefect.client.schemas.schedules import RRuleSchedule

from calendars.periods import Frequency, Period
from deployments.desired import Desired, desired, flow_at
from deployments.schedules import (
    HORIZON,
    MOST_DATES,
    TIME_ZONE,
    PeriodDates,
    Timetable,
    dates_of_rule,
    timetables,
    upcoming,
)
from fireduty.clock import SHANGHAI
from tasks.district import District
from tasks.scheduling import case_dates

AS_OF = date(2026, 11, 22)
LONGEST_RULE = 6_500


@pytest.fixture(scope="module")
def wanted(district: District) -> list[Desired]:
    return desired(district, AS_OF)


def test_every_rule_is_short_enough_and_gives_its_dates_at_nine_in_shanghai(wanted: list[Desired]) -> None:
    rules = [one for deployment in wanted for one in deployment.timetables if one.dates]
    assert len(rules) > 50
    for one in rules:
        assert len(one.rule) <= LONGEST_RULE
        parsed = RRuleSchedule(rrule=one.rule, timezone=TIME_ZONE).to_rrule()
        moments = [datetime(on.year, on.month, on.day, 9, tzinfo=SHANGHAI) for on in one.dates]
        assert list(parsed) == moments
        assert dates_of_rule("DTSTART:20200101T000000\n" + one.rule) == one.dates


def test_the_longest_rule_is_taken_by_prefect() -> None:
    days = tuple(AS_OF + timedelta(days=n) for n in range(MOST_DATES))
    rule = Timetable("long", dates=days).rule
    assert len(rule) <= LONGEST_RULE
    RRuleSchedule(rrule=rule, timezone=TIME_ZONE)


def test_dates_are_those_of_the_calendar_from_the_day_on(district: District) -> None:
    for regulation in district.regulations:
        for obligation in regulation.obligations:
            for one in upcoming(district, regulation, obligation, AS_OF):
                [timetable] = timetables(obligation, [one], AS_OF)
                days = set()
                for step in case_dates(
                    regulation, obligation, one.period, district.calendar, [f"X-D0{n}" for n in range(1, 5)]
                ):
                    days |= {step.opens_on, *(fall.falls_on for fall in step.ladder)}
                assert list(timetable.dates) == sorted(on for on in days if on >= AS_OF)
                assert timetable.parameters == {"obligation": obligation.id, "period": one.period.key}


def test_every_period_within_the_horizon_has_a_schedule(district: District) -> None:
    regulation, obligation = district.obligation("putuo-2020.art11.acceptance-copy")
    found = [one.period.key for one in upcoming(district, regulation, obligation, AS_OF)]
    months = [f"{2026 + (10 + n) // 12}-{(10 + n) % 12 + 1:02}" for n in range(14)]
    assert found == months
    assert date(2027, 12, 1) <= AS_OF + HORIZON


def test_periods_that_fell_due_before_the_district_was_in_force_have_none(district: District) -> None:
    regulation, obligation = district.obligation("putuo-2020.art11.acceptance-copy")
    found = upcoming(district, regulation, obligation, date(2026, 1, 5))
    assert found[0].period.key == "2026-01"


def test_a_schedule_is_named_after_its_period_in_characters_that_prefect_takes() -> None:
    def slug(key: str) -> str:
        period = Period(key, Frequency.YEARLY, date(2027, 1, 1), date(2027, 12, 31))
        return PeriodDates(period, ()).timetable_slug

    keys = ("2027-H1", "2026-2027-T1", "2026..2028", "2027-W05", "2027-spring-festival", "2027-03-05+6m")
    slugs = ["2027-h1", "2026-2027-t1", "2026-2028", "2027-w05", "2027-spring-festival", "2027-03-05-6m"]
    assert [slug(key) for key in keys] == slugs


def test_parameters_fit_the_flow(wanted: list[Desired]) -> None:
    for deployment in wanted:
        signature = inspect.signature(flow_at(deployment.entrypoint).fn)
        # The flow of an event gets the event's number once it is reported.
        reported = Timetable("none", {"period": "E2027-0001"} if "period" in signature.parameters else {})
        for one in deployment.timetables or (reported,):
            signature.bind(**{**deployment.parameters, **one.parameters})


def test_a_day_later_nothing_but_the_day_has_changed(district: District) -> None:
    before = {one.key: one for one in desired(district, date(2026, 11, 24))}
    after = {one.key: one for one in desired(district, date(2026, 11, 25))}
    assert before.keys() == after.keys()
    for key, one in after.items():
        assert one.description == before[key].description
        assert [t.slug for t in one.timetables] == [t.slug for t in before[key].timetables]
