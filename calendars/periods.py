"""The periods in which duties recur, and arithmetic with months.

A natural period is the calendar's own: a month, a half-year. A standing duty is owed once in each;
its end is never moved to a workday, for 民法典 art. 203 moves the end of a term that runs from an
event, not of a frequency.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from pathlib import Path

from fireduty.errors import CalendarError, CalendarRangeError


class Frequency(StrEnum):
    """How often a duty recurs."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    SCHOOL_TERM = "school_term"
    EVERY_3_YEARS = "every_3_years"
    EVERY_5_YEARS = "every_5_years"
    CONTINUOUS = "continuous"
    OCCASION = "occasion"
    """Before each of certain holidays, or in each of certain seasons."""
    AFTER_LAST = "after_last"
    """So many months after it was last done."""


@dataclass(frozen=True, slots=True)
class Period:
    """One occurrence of a frequency.

    Attributes:
        key: Its name: `2027`, `2027-H1`, `2027-Q3`, `2027-03`, `2027-W05`, `2027-03-05`,
            `2026-2027-T1`, `2026..2028`, `2026..2030`, `2027-spring-festival`, `2027-03-05+6m`.
        frequency: The frequency it belongs to.
        starts_on: First day.
        ends_on: Last day, included.
        provisional: Whether the days are a prediction that a publication to come will settle.
        source: What the days rest on.
        starts_margin: How many days the true start may lie from `starts_on`, either way.
        ends_margin: How many days the true end may lie from `ends_on`, either way.
    """

    key: str
    frequency: Frequency
    starts_on: date
    ends_on: date
    provisional: bool = False
    source: str = "公历"
    starts_margin: int = 0
    ends_margin: int = 0


def periods(
    frequency: Frequency,
    first_on: date,
    last_on: date,
    *,
    division: str = "000000",
    stage: str = "compulsory",
    cycle_from: int = 2021,
    added: Path | None = None,
) -> tuple[Period, ...]:
    """Return every period of a frequency that overlaps a span, in order.

    Args:
        frequency: How often; a continuous duty is proved month by month.
        first_on: First day of the span.
        last_on: Last day of the span, included.
        division: Whose school terms, as a GB/T 2260 code.
        stage: Whose school terms: `compulsory` or `non_compulsory`.
        cycle_from: A year in which a cycle of several years begins. 2021 begins a cycle of three
            years and the national plan of 2021 to 2025, whose five years are those of the cycle.
        added: A folder laid out as `calendars/data` with school terms added after installation.

    Raises:
        CalendarRangeError: When the span ends before it starts.
        CalendarError: For an occasion, which takes its name (`calendars.occasions`), and for what is
            counted from when it was last done (`after_last`).
    """
    if last_on < first_on:
        message = f"the span ends on {last_on}, before it starts on {first_on}"
        raise CalendarRangeError(message, "swap the two dates")
    frequency = Frequency(frequency)
    if frequency is Frequency.SCHOOL_TERM:
        found = _terms(division, stage, range(first_on.year - 1, last_on.year + 1), added)
        return tuple(t for t in found if t.starts_on <= last_on and t.ends_on >= first_on)
    if frequency in _CYCLES:
        return tuple(_cycles(frequency, first_on, last_on, cycle_from))
    if frequency in (Frequency.OCCASION, Frequency.AFTER_LAST):
        message = f"{frequency} has no periods of the calendar"
        raise CalendarError(message, "ask calendars.occasions, or say when it was last done")
    return tuple(_natural(frequency, first_on, last_on))


def period(
    key: str,
    *,
    division: str = "000000",
    stage: str = "compulsory",
    added: Path | None = None,
) -> Period:
    """Return the period of a key.

    A key of a month is read as a monthly period, also where a continuous duty is proved by it. The
    key of an occasion needs a calendar of working days: `calendars.occasions.occasion` reads it.

    Raises:
        CalendarError: When the key is of no known form or names no existing date.
    """
    for pattern, build in _FORMS:
        if match := pattern.fullmatch(key):
            try:
                return build(match)
            except ValueError as error:
                message = f"period {key!r}: no such date: {error}"
                raise CalendarError(message, "correct the key") from error
    if match := _TERM.fullmatch(key):
        return _published_term(match, division, stage, added)
    message = f"period {key!r}: unknown form"
    hint = (
        "use 2027, 2027-H1, 2027-Q3, 2027-03, 2027-W05, 2027-03-05, 2026-2027-T1, 2026..2028, 2026..2030"
        " or 2027-03-05+6m"
    )
    raise CalendarError(message, hint)


def own_term(key: str, starts_on: date, ends_on: date, source: str) -> Period:
    """Return a term with a school's own dates, which come before those of its division.

    Args:
        key: Such as `2026-2027-T1`.
        starts_on: First school day.
        ends_on: Last school day.
        source: Who set the dates, and in what document.

    Raises:
        CalendarError: When the key is not that of a term.
        CalendarRangeError: When the term ends before it starts, or lies outside its academic year.
    """
    match = _TERM.fullmatch(key)
    if not match or int(match[2]) != int(match[1]) + 1:
        message = f"period {key!r}: not a school term"
        raise CalendarError(message, "write it as 2026-2027-T1")
    if ends_on < starts_on:
        message = f"{key}: ends on {ends_on}, before it starts on {starts_on}"
        raise CalendarRangeError(message, "swap the two dates, or correct the year")
    if not (starts_on.year in (int(match[1]), int(match[2])) and ends_on.year <= int(match[2])):
        message = f"{key}: {starts_on} to {ends_on} lies outside the academic year"
        raise CalendarRangeError(message, "correct the year")
    return Period(key, Frequency.SCHOOL_TERM, starts_on, ends_on, source=source)


def after_last(done_on: date, months: int) -> Period:
    """Return the time in which what was done on a day is to be done again.

    Args:
        done_on: When it was last done, or from when on it is owed.
        months: After how many months at the latest; due on the corresponding day.

    Raises:
        CalendarRangeError: When the year leaves 1 to 9999.
    """
    key = f"{done_on}+{months}m"
    source = f"上次完成之日起{months}个月"
    return Period(key, Frequency.AFTER_LAST, done_on, add_months(done_on, months), source=source)


def batch_years(period: Period, members: Sequence[str]) -> dict[str, int]:
    """Allot every body of a cycle a year, evenly, none left out.

    The years are dealt out in turn by the order of the members, so that a body added at the end
    changes nobody else's year. A name given twice counts once.

    Args:
        period: The cycle; every year it touches is dealt.
        members: The bodies, in an order the caller keeps.
    """
    first, count = period.starts_on.year, period.ends_on.year - period.starts_on.year + 1
    return {name: first + turn % count for turn, name in enumerate(dict.fromkeys(members))}


def add_months(d: date, n: int) -> date:
    """Return the corresponding day n months later, or the last day of that month when it has none.

    Always count from the anchor: 31 August plus 6 months is 28 February, plus 12 is 31 August again
    (民法典 art. 202).

    Raises:
        CalendarRangeError: When the year leaves 1 to 9999.
    """
    years, month = divmod(d.year * 12 + d.month - 1 + n, 12)
    if not MINYEAR <= years <= MAXYEAR:
        message = f"{n} months from {d}: no such year"
        raise CalendarRangeError(message, "check the number of months")
    return date(years, month + 1, min(d.day, monthrange(years, month + 1)[1]))


def _natural(frequency: Frequency, first_on: date, last_on: date) -> Iterator[Period]:
    if frequency is Frequency.DAILY:
        for offset in range((last_on - first_on).days + 1):
            yield _day(first_on + timedelta(days=offset))
        return
    if frequency is Frequency.WEEKLY:
        monday = first_on - timedelta(days=first_on.weekday())
        for offset in range(0, (last_on - monday).days + 1, _WEEK):
            yield _week(monday + timedelta(days=offset))
        return
    length = _MONTHS[frequency]
    start = date(first_on.year, (first_on.month - 1) // length * length + 1, 1)
    while start <= last_on:
        yield _months(frequency, start, length)
        start = add_months(start, length)


def _months(frequency: Frequency, start: date, length: int) -> Period:
    number = (start.month - 1) // length + 1
    key = _KEYS[frequency].format(year=start.year, number=number)
    return Period(key, frequency, start, add_months(start, length) - timedelta(days=1))


def _day(on: date) -> Period:
    return Period(on.isoformat(), Frequency.DAILY, on, on)


def _week(monday: date) -> Period:
    # The week has the year of its Thursday, as ISO 8601 (GB/T 7408) counts weeks.
    year, number, _ = monday.isocalendar()
    ends_on = monday + timedelta(days=_WEEK - 1)
    return Period(f"{year:04}-W{number:02}", Frequency.WEEKLY, monday, ends_on)


def _cycles(frequency: Frequency, first_on: date, last_on: date, cycle_from: int) -> Iterator[Period]:
    length = _CYCLES[frequency]
    start = first_on.year - (first_on.year - cycle_from) % length
    for year in range(start, last_on.year + 1, length):
        yield _cycle(frequency, year)


def _cycle(frequency: Frequency, year: int) -> Period:
    last = year + _CYCLES[frequency] - 1
    return Period(f"{year}..{last}", frequency, date(year, 1, 1), date(last, 12, 31))


def _published_term(match: re.Match[str], division: str, stage: str, added: Path | None) -> Period:
    year, number = int(match[1]), int(match[3])
    if int(match[2]) != year + 1:
        message = f"period {match[0]!r}: an academic year is two years in a row"
        raise CalendarError(message, f"did you mean {year}-{year + 1}-T{number}?")
    return next(t for t in _terms(division, stage, [year], added) if t.key == match[0])


def _terms(division: str, stage: str, years: Iterable[int], added: Path | None) -> Iterator[Period]:
    # Terms read YAML files; other periods need none, so the reader is loaded only here.
    from calendars.terms import term  # noqa: PLC0415

    for year in years:
        for number in (1, 2):
            found = term(division, year, number, stage, added)
            yield Period(
                found.key,
                Frequency.SCHOOL_TERM,
                found.starts_on,
                found.ends_on,
                provisional=found.provisional,
                source=found.source,
                starts_margin=found.starts_margin,
                ends_margin=found.ends_margin,
            )


def _parsed_cycle(match: re.Match[str]) -> Period:
    first, last = int(match[1]), int(match[2])
    for frequency, length in _CYCLES.items():
        if last - first + 1 == length:
            return _cycle(frequency, first)
    message = f"a cycle has {' or '.join(map(str, _CYCLES.values()))} years, not {last - first + 1}"
    raise ValueError(message)


_WEEK = 7
_CYCLES = {Frequency.EVERY_3_YEARS: 3, Frequency.EVERY_5_YEARS: 5}
_MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.CONTINUOUS: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: 12,
}
_KEYS = {
    Frequency.MONTHLY: "{year:04}-{number:02}",
    Frequency.CONTINUOUS: "{year:04}-{number:02}",
    Frequency.QUARTERLY: "{year:04}-Q{number}",
    Frequency.HALF_YEARLY: "{year:04}-H{number}",
    Frequency.YEARLY: "{year:04}",
}
_TERM = re.compile(r"(\d{4})-(\d{4})-T([12])")
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Period]], ...] = (
    (re.compile(r"(\d{4})"), lambda m: _months(Frequency.YEARLY, date(int(m[1]), 1, 1), 12)),
    (
        re.compile(r"(\d{4})-H([12])"),
        lambda m: _months(Frequency.HALF_YEARLY, date(int(m[1]), int(m[2]) * 6 - 5, 1), 6),
    ),
    (
        re.compile(r"(\d{4})-Q([1-4])"),
        lambda m: _months(Frequency.QUARTERLY, date(int(m[1]), int(m[2]) * 3 - 2, 1), 3),
    ),
    (
        re.compile(r"(\d{4})-(\d{2})"),
        lambda m: _months(Frequency.MONTHLY, date(int(m[1]), int(m[2]), 1), 1),
    ),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), lambda m: _day(date.fromisoformat(m[0]))),
    (re.compile(r"(\d{4})-W(\d{2})"), lambda m: _week(date.fromisocalendar(int(m[1]), int(m[2]), 1))),
    (
        re.compile(r"(\d{4}-\d{2}-\d{2})\+([1-9]\d{0,2})m"),
        lambda m: after_last(date.fromisoformat(m[1]), int(m[2])),
    ),
    (re.compile(r"(\d{4})\.\.(\d{4})"), _parsed_cycle),
)
