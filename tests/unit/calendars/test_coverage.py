"""What the calendar says of itself: its reach, its age, and the notice that is still to come."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from calendars.coverage import NextNotice, coverage
from calendars.workdays import WorkdayCalendar


@pytest.mark.parametrize(
    ("as_of", "standing"),
    [
        (date(2026, 10, 19), NextNotice.NOT_EXPECTED),
        (date(2026, 10, 20), NextNotice.MISSING),
        (date(2026, 12, 15), NextNotice.MISSING),
        (date(2026, 12, 16), NextNotice.OVERDUE),
        (date(2027, 3, 1), NextNotice.OVERDUE),
    ],
)
def test_the_next_notice_is_missing_from_20_october_and_overdue_after_15_december(
    nation: WorkdayCalendar, as_of: date, standing: NextNotice
) -> None:
    found = coverage(nation, as_of)
    assert (found.next_year, found.next_notice) == (2027, standing)
    assert (found.look_from, found.owed_by) == (date(2026, 10, 20), date(2026, 12, 15))


def test_a_notice_that_was_added_settles_it_for_a_year(
    after_2027_notice: Callable[[str], WorkdayCalendar], tmp_path: Path
) -> None:
    found = coverage(after_2027_notice("000000"), date(2026, 12, 20), tmp_path)
    assert (found.next_year, found.next_notice) == (2028, NextNotice.NOT_EXPECTED)
    assert found.confirmed_until == date(2027, 12, 28)
    assert found.newest.id == "cn-2027"


def test_reach_and_age_are_said(nation: WorkdayCalendar) -> None:
    found = coverage(nation, date(2026, 11, 21))
    assert (found.first_on, found.last_on) == (date(2018, 1, 1), date(2050, 12, 31))
    assert found.confirmed_until == date(2026, 12, 28)
    assert (found.newest.id, found.issued_days_ago) == ("cn-2026", 382)
    assert found.verified_on == date(2026, 11, 21)
    assert len(found.notices) == 11
