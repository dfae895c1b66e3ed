"""How far the data reaches, how old it is, and whether the next yearly notice is owed.

The notices of 2018 to 2026 came out between 25 October and 8 December of the year before. So from 20
October on somebody must look for the next one, and after 15 December something is wrong.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from calendars.notices import NOTICES, Notice, read_notices
from calendars.sources import DATA
from calendars.workdays import WorkdayCalendar

LOOK_FROM = (10, 20)
OWED_BY = (12, 15)


class NextNotice(StrEnum):
    """Where the next yearly notice stands."""

    NOT_EXPECTED = "not_expected"
    MISSING = "missing"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a calendar knows on a day.

    Attributes:
        first_on: First day covered.
        last_on: Last day covered.
        confirmed_until: Last day settled by notices.
        notices: The notices on file, by year and day of issue.
        newest: The one issued last.
        issued_days_ago: How long ago that was.
        verified_on: The day on which all files had last been compared with the official text.
        next_year: The year whose notice is the next to come.
        look_from: The day from which somebody must look for it.
        owed_by: The day by which it must be on file.
        next_notice: Where it stands.
    """

    first_on: date
    last_on: date
    confirmed_until: date
    notices: tuple[Notice, ...]
    newest: Notice
    issued_days_ago: int
    verified_on: date
    next_year: int
    look_from: date
    owed_by: date
    next_notice: NextNotice


def coverage(calendar: WorkdayCalendar, as_of: date, added: Path | None = None) -> Coverage:
    """Return what a calendar knows on a day.

    Args:
        calendar: The calendar.
        as_of: The day.
        added: The folder of notices added after installation it was compiled with.

    Raises:
        CalendarDataError: When the data contradicts itself; names file and line.
    """
    notices = read_notices(*notice_folders(added))
    newest = max(notices, key=lambda notice: notice.issued_on)
    year = notices[-1].year + 1
    look_from, owed_by = date(year - 1, *LOOK_FROM), date(year - 1, *OWED_BY)
    return Coverage(
        first_on=calendar.first_on,
        last_on=calendar.last_on,
        confirmed_until=calendar.confirmed_until,
        notices=notices,
        newest=newest,
        issued_days_ago=(as_of - newest.issued_on).days,
        verified_on=min(notice.last_verified_on for notice in notices),
        next_year=year,
        look_from=look_from,
        owed_by=owed_by,
        next_notice=_standing(as_of, look_from, owed_by),
    )


def notice_folders(added: Path | None) -> list[Path]:
    """Return the folders of notices: the package's, and that of a folder laid out like its data."""
    return [NOTICES] if added is None else [NOTICES, added / NOTICES.relative_to(DATA)]


def _standing(as_of: date, look_from: date, owed_by: date) -> NextNotice:
    if as_of > owed_by:
        return NextNotice.OVERDUE
    return NextNotice.MISSING if as_of >= look_from else NextNotice.NOT_EXPECTED
