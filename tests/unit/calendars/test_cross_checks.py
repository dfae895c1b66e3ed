"""Our days held against three libraries made by others; every allowed difference is listed."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
import QuantLib as ql  # noqa: N813 - its own usual name

from calendars.workdays import DayStatus, WorkdayCalendar
from fireduty.errors import UnpublishedDateError

# Before a notice both guess where we say unknown; nothing else may differ.
OPEN_IN_2026 = {date(2026, 12, day) for day in (29, 30, 31)}


def days_of(first_year: int, last_year: int) -> list[date]:
    first_on = date(first_year, 1, 1)
    return [first_on + timedelta(days=n) for n in range((date(last_year + 1, 1, 1) - first_on).days)]


def test_every_published_day_agrees_with_chinese_calendar(nation: WorkdayCalendar) -> None:
    differing = {
        on for on in days_of(2018, 2026) if (nation.status(on) is DayStatus.WORKDAY) != chinese_calendar.is_workday(on)
    }
    assert differing <= OPEN_IN_2026


def test_every_published_day_agrees_with_holidays(nation: WorkdayCalendar) -> None:
    theirs = holidays.country_holidays("CN", years=range(2017, 2028))
    differing = {
        on for on in days_of(2018, 2026) if (nation.status(on) is DayStatus.WORKDAY) != theirs.is_working_day(on)
    }
    assert differing <= OPEN_IN_2026


def test_where_holidays_guesses_2027_we_agree_or_say_unknown(nation: WorkdayCalendar) -> None:
    theirs = holidays.country_holidays("CN", years=range(2026, 2029))
    for on in days_of(2027, 2027):
        if nation.status(on) is not DayStatus.UNKNOWN:
            assert nation.is_workday(on) == theirs.is_working_day(on)


def test_limits_agree_with_holidays(nation: WorkdayCalendar) -> None:
    theirs = holidays.country_holidays("CN", years=range(2017, 2028))
    for on in days_of(2018, 2026)[::3]:
        for n in (1, 5, 7, 20):
            try:
                ours = nation.add_workdays(on, n)
            except UnpublishedDateError:
                continue
            assert ours == theirs.get_nth_working_day(on, n)


INTERBANK = ql.China(ql.China.IB)


def quantlib(on: date) -> ql.Date:
    return ql.Date(on.day, on.month, on.year)


def test_every_published_day_agrees_with_quantlib(nation: WorkdayCalendar) -> None:
    differing = {
        on
        for on in days_of(2018, 2026)
        if (nation.status(on) is DayStatus.WORKDAY) != INTERBANK.isBusinessDay(quantlib(on))
    }
    assert differing <= OPEN_IN_2026


def test_limits_agree_with_quantlib(nation: WorkdayCalendar) -> None:
    for on in days_of(2018, 2026)[1::3]:
        for n in (1, 5, 7, 20):
            try:
                ours = nation.add_workdays(on, n)
            except UnpublishedDateError:
                continue
            assert ours == INTERBANK.advance(quantlib(on), n, ql.Days).to_date()


def test_where_quantlib_has_nothing_for_2027_it_guesses_and_we_do_not(nation: WorkdayCalendar) -> None:
    # The days it takes for workdays though the statute makes them rest; the list is the allowed difference.
    differing = {
        on
        for on in days_of(2027, 2027)
        if nation.status(on) is DayStatus.REST and INTERBANK.isBusinessDay(quantlib(on))
    }
    assert differing == {
        *(date(2027, 2, day) for day in (5, 8)),
        date(2027, 4, 5),
        date(2027, 6, 9),
        date(2027, 9, 15),
        date(2027, 10, 1),
    }
    for on in days_of(2027, 2027):
        if nation.status(on) is DayStatus.WORKDAY:
            assert INTERBANK.isBusinessDay(quantlib(on))


def test_the_plain_guess_of_monday_to_friday_would_be_wrong(nation: WorkdayCalendar) -> None:
    with pytest.raises(UnpublishedDateError):
        nation.is_workday(date(2027, 2, 9))
