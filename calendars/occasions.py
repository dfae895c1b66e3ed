"""Occasions: the days before great holidays and the seasons of the year that bring a duty each time.

Governments organise education and inspection before great holidays and in seasons of many fires
(消防法 art. 31), and rules of departments name the same occasions. An occasion is a statutory
holiday, named as in `HOLIDAYS`, or a season of the division, named by its id in
`calendars/data/seasons`. Where both bear one name, such as `qingming`, the holiday is meant.
"""

import re
from collections.abc import Iterable
from datetime import date

from calendars.holidays import block_around
from calendars.periods import Frequency, Period
from calendars.seasons import Season, season_ids, season_rule
from calendars.statute import statutory_days
from calendars.workdays import WorkdayCalendar
from fireduty.errors import CalendarError, CalendarRangeError

HOLIDAYS = {
    "new_year": "元旦",
    "spring_festival": "春节",
    "qingming": "清明节",
    "labour_day": "劳动节",
    "dragon_boat": "端午节",
    "mid_autumn": "中秋节",
    "national_day": "国庆节",
}
"""The statutory holidays (全国年节及纪念日放假办法 art. 2), by their names here."""

WORKDAYS_BEFORE = 10
"""How many workdays before its block of rest the period of a holiday begins. Ours: the texts say
"before the holiday" and name no number; two working weeks hold an inspection and its mending."""

_KEY = re.compile(r"(\d{4})-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")


def known_occasions(division: str) -> tuple[str, ...]:
    """Return the names of all occasions of a division: the holidays, then its seasons.

    Raises:
        CalendarError: When the code is not six digits.
    """
    return (*HOLIDAYS, *(name for name in season_ids(division) if name not in HOLIDAYS))


def is_season(name: str) -> bool:
    """Whether an occasion is a season and no holiday, so that the data of the seasons decide its days."""
    return name not in HOLIDAYS


def occasion_title(name: str, division: str) -> str:
    """Return what an occasion is called in Chinese: 春节前, 全国消防宣传月.

    Raises:
        UnknownNameError: When it is neither a holiday nor a season of the division.
    """
    if name in HOLIDAYS:
        return f"{HOLIDAYS[name]}前"
    return season_rule(division, name).name


def occasions(names: Iterable[str], first_on: date, last_on: date, calendar: WorkdayCalendar) -> tuple[Period, ...]:
    """Return the periods of occasions that overlap a span, in the order in which they begin.

    The period of a holiday goes from `WORKDAYS_BEFORE` workdays before its block of rest up to the
    last day of the block that is sure to rest. While the notice is missing it is provisional and
    begins on the earliest day it can; the margins say how much later it may begin and end. The
    period of a season is its days. Two holidays in one block each have a period of their own.

    Args:
        names: The occasions.
        first_on: First day of the span.
        last_on: Last day of the span, included.
        calendar: The calendar of the division.

    Raises:
        CalendarError: When the division knows no occasion of a name.
        CalendarRangeError: When the span ends before it starts.
    """
    if last_on < first_on:
        message = f"the span ends on {last_on}, before it starts on {first_on}"
        raise CalendarRangeError(message, "swap the two dates")
    # The first year of the calendar has no whole window before its first holiday.
    earliest, latest = calendar.first_on.year + 1, calendar.last_on.year
    years = range(max(first_on.year - 1, earliest), min(last_on.year + 1, latest) + 1)
    found = [_occasion(name, year, calendar) for name in dict.fromkeys(names) for year in years]
    overlapping = (one for one in found if one.starts_on <= last_on and one.ends_on >= first_on)
    return tuple(sorted(overlapping, key=lambda one: (one.starts_on, one.key)))


def occasion(key: str, calendar: WorkdayCalendar) -> Period:
    """Return the period of a key such as `2027-spring-festival` or `2027-fire-month`.

    Args:
        key: The year in which the holiday's first statutory day lies or the season begins, and the
            name, with hyphens.
        calendar: The calendar of the division.

    Raises:
        CalendarError: When the key is of another form, or the division knows no such occasion.
        CalendarRangeError: When the calendar does not reach so far.
    """
    if not (match := _KEY.fullmatch(key)):
        message = f"period {key!r}: not an occasion"
        raise CalendarError(message, "write it as 2027-spring-festival")
    holiday = match[2].replace("-", "_")
    return _occasion(holiday if holiday in HOLIDAYS else match[2], int(match[1]), calendar)


def _occasion(name: str, year: int, calendar: WorkdayCalendar) -> Period:
    if not calendar.first_on.year <= year <= calendar.last_on.year:
        message = f"{name} of {year}: outside the calendar, which covers {calendar.first_on} to {calendar.last_on}"
        raise CalendarRangeError(message, "check the year")
    if name in HOLIDAYS:
        return _before_holiday(name, year, calendar)
    if name in season_ids(calendar.division):
        return _in_season(season_rule(calendar.division, name).in_year(year))
    message = f"occasion {name!r}: expected one of {', '.join(known_occasions(calendar.division))}"
    raise CalendarError(message, "correct the name; seasons are those of the division and of those above it")


def _before_holiday(name: str, year: int, calendar: WorkdayCalendar) -> Period:
    first_day = min(day.on for day in statutory_days(year) if day.name == HOLIDAYS[name])
    block = block_around(calendar, first_day)
    starts_on = calendar.bounds(block.earliest_on, -WORKDAYS_BEFORE)[0]
    latest_start = calendar.bounds(block.starts_on, -WORKDAYS_BEFORE)[1]
    return Period(
        f"{year}-{name.replace('_', '-')}",
        Frequency.OCCASION,
        starts_on,
        block.ends_on,
        provisional=block.provisional or starts_on != latest_start,
        source=calendar.explain(first_day).source,
        starts_margin=(latest_start - starts_on).days,
        ends_margin=(block.latest_on - block.ends_on).days,
    )


def _in_season(found: Season) -> Period:
    return Period(
        f"{found.starts_on.year}-{found.id}",
        Frequency.OCCASION,
        found.starts_on,
        found.ends_on,
        provisional=found.provisional,
        source=found.source,
    )
