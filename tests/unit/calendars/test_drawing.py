"""A drawn month: each day in its column, every special day with a sign and its reason."""

from datetime import date

import pytest

from calendars.drawing import days_of_month, heading, reasons, sign, weeks
from calendars.workdays import WorkdayCalendar
from fireduty.errors import CalendarRangeError


def lines(calendar: WorkdayCalendar, year: int, month: int) -> list[str]:
    return ["".join(cell.text for cell in week) for week in weeks(days_of_month(calendar, year, month))]


def test_october_2026_has_seven_days_of_rest_and_a_make_up_saturday(nation: WorkdayCalendar) -> None:
    drawn = lines(nation, 2026, 10)
    assert drawn[0].split() == ["1休", "2休", "3休", "4休"]
    assert drawn[1].split() == ["5休", "6休", "7休", "8", "9", "10班", "11休"]
    assert [line for line in reasons(days_of_month(nation, 2026, 10)) if line.startswith("班")] == [
        "班 10日：国庆节调休上班（国办发明电〔2025〕7号）"
    ]


def test_february_2027_shows_what_is_not_settled(nation: WorkdayCalendar) -> None:
    drawn = lines(nation, 2027, 2)
    assert drawn[0].split() == ["1", "2", "3？", "4？", "5休", "6休", "7休"]
    told = list(reasons(days_of_month(nation, 2027, 2)))
    assert told[0].startswith("？ 3日至4日：春节前后，尚未确定")
    assert told[1].startswith("休 5日至8日：春节放假")


def test_columns_stand_under_their_weekdays(nation: WorkdayCalendar) -> None:
    for year, month in ((2026, 2), (2026, 3), (2027, 8)):
        for week in weeks(days_of_month(nation, year, month)):
            assert len(week) == 7
            for column, cell in enumerate(week):
                assert cell.day is None or cell.day.on.weekday() == column
    assert heading().split() == ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]


def test_every_day_that_is_no_ordinary_workday_has_a_sign_of_its_own(nation: WorkdayCalendar) -> None:
    for day in days_of_month(nation, 2027, 2) + days_of_month(nation, 2026, 10):
        assert (sign(day) == "　") == (day.kind.value == "ordinary_weekday")


def test_a_month_outside_the_years_covered_is_refused(nation: WorkdayCalendar) -> None:
    with pytest.raises(CalendarRangeError, match="2018-01-01 to 2050-12-31"):
        days_of_month(nation, 2051, 1)
    assert days_of_month(nation, 2050, 12)[-1].on == date(2050, 12, 31)
