"""Workdays of one division: what is known of a day, and counting in workdays.

The calendar is compiled once: one byte for each day, and two rank and select tables, one that takes
every unknown day for a workday and one that takes it for rest. Where both give one answer, the
answer holds whatever is published later.
"""

from array import array
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from calendars.days import Day, DayKind, DayStatus, KnownDays, Layer
from fireduty.errors import CalendarRangeError, UnpublishedDateError

__all__ = [
    "Day",
    "DayKind",
    "DayStatus",
    "Layer",
    "Roll",
    "WorkdayCalendar",
    "reload_calendars",
    "workday_calendar",
]

_REST, _WORKDAY, _UNKNOWN = 0, 1, 2
_STATUS = (DayStatus.REST, DayStatus.WORKDAY, DayStatus.UNKNOWN)
_SATURDAY = 5
_DAY = timedelta(days=1)


class Roll(StrEnum):
    """Where a date goes that does not fall on a workday.

    The modified forms turn back at the end of the month (or its beginning), so that the month is
    kept.
    """

    UNADJUSTED = "unadjusted"
    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"
    MODIFIED_PRECEDING = "modified_preceding"


class _Count:
    """Workdays counted under one reading of the unknown days."""

    __slots__ = ("rank", "select")

    def __init__(self, working: Iterator[bool]) -> None:
        # rank[i]: workdays up to and including day i; select[k]: the day of workday k.
        self.rank = array("H")
        self.select = array("H")
        for index, works in enumerate(working):
            if works:
                self.select.append(index)
            self.rank.append(len(self.select))

    def step(self, index: int, n: int) -> int:
        """Return the day of the n-th workday strictly after a day, or before it when n < 0."""
        if n > 0:
            return self.select[self.rank[index] + n - 1]
        position = (self.rank[index - 1] if index else 0) + n
        if position < 0:
            raise IndexError
        return self.select[position]


class _Tables:
    """The compiled form of what is known; divisions of the same data share one."""

    __slots__ = ("dates", "flags", "possible", "sure")

    def __init__(self, known: KnownDays) -> None:
        ordinals = range(known.first_on.toordinal(), known.last_on.toordinal() + 1)
        self.dates = tuple(map(date.fromordinal, ordinals))
        self.flags = bytes(self._flag(known.special.get(on), on) for on in self.dates)
        self.sure = _Count(flag == _WORKDAY for flag in self.flags)
        self.possible = _Count(flag != _REST for flag in self.flags)

    @staticmethod
    def _flag(day: Day | None, on: date) -> int:
        if day is not None:
            return _STATUS.index(day.status)
        return _REST if on.weekday() >= _SATURDAY else _WORKDAY


_tables = lru_cache(maxsize=16)(_Tables)


class WorkdayCalendar:
    """Workdays of one division at one version of the data. Immutable.

    Attributes:
        division: The GB/T 2260 code asked for.
        fallback: The code whose calendar is used instead when `division` is not known, else None.
        version: Digest of the data files the calendar was compiled from.
        first_on: First day covered.
        last_on: Last day covered.
        confirmed_until: Last day settled by notices: 28 December of the last published year,
            because the next notice can still change 29 to 31 December; earlier where a local notice
            is missing.
    """

    def __init__(self, division: str, known: KnownDays, fallback: str | None = None) -> None:
        """Compile a calendar; `workday_calendar` does so from the data files."""
        self.division = division
        self.fallback = fallback
        self.version = known.version
        self.first_on, self.last_on = known.first_on, known.last_on
        self.confirmed_until = known.confirmed_until
        self._special = known.special
        tables = _tables(known)
        self._origin = known.first_on.toordinal()
        self._dates, self._flags = tables.dates, tables.flags
        self._sure, self._possible = tables.sure, tables.possible
        self._length = len(self._flags)

    def status(self, d: date) -> DayStatus:
        """Return what is known of a day.

        Raises:
            CalendarRangeError: When the day lies outside the years covered.
        """
        return _STATUS[self._flags[self._index(d)]]

    def is_workday(self, d: date) -> bool:
        """Say whether people work on a day.

        Raises:
            UnpublishedDateError: When a notice to come decides it.
            CalendarRangeError: When the day lies outside the years covered.
        """
        flag = self._flags[self._index(d)]
        if flag == _UNKNOWN:
            message = f"{d}: not settled whether it is a workday: {self.explain(d).source}"
            raise UnpublishedDateError(message, self._hint())
        return flag == _WORKDAY

    def explain(self, d: date) -> Day:
        """Return a day with its kind, the document that decides it and the layer it stands in.

        Raises:
            CalendarRangeError: When the day lies outside the years covered.
        """
        on = self._dates[self._index(d)]
        if on in self._special:
            return self._special[on]
        if on.weekday() >= _SATURDAY:
            status, kind = DayStatus.REST, DayKind.WEEKEND
        else:
            status, kind = DayStatus.WORKDAY, DayKind.ORDINARY_WEEKDAY
        return Day(on, status, kind, "", "国务院关于职工工作时间的规定第七条", Layer.WEEK)

    def add_workdays(self, d: date, n: int) -> date:
        """Return the n-th workday strictly after a day, or strictly before it when n is negative.

        Whether `d` itself is a workday does not matter: the day of the event is not counted (民法典
        art. 201(1)). With n = 0 the day itself is returned as it is.

        Raises:
            UnpublishedDateError: When the answer depends on a notice to come; `bounds` still
                answers.
            CalendarRangeError: When the answer lies outside the years covered.
        """
        earliest, latest = self.bounds(d, n)
        if earliest != latest:
            message = f"{n} workdays from {d}: between {earliest} and {latest}"
            raise UnpublishedDateError(message, self._hint())
        return earliest

    def bounds(self, d: date, n: int) -> tuple[date, date]:
        """Return the earliest and the latest day `add_workdays` can turn out to be.

        Raises:
            CalendarRangeError: When either lies outside the years covered.
        """
        index = self._index(d)
        if n == 0:
            return self._dates[index], self._dates[index]
        try:
            near, far = self._possible.step(index, n), self._sure.step(index, n)
        except IndexError:
            what = f"{n} workdays from {d}"
            raise self._outside(what) from None
        if n > 0:
            return self._dates[near], self._dates[far]
        return self._dates[far], self._dates[near]

    def roll(self, d: date, convention: Roll) -> date:
        """Return the workday a date goes to.

        Raises:
            UnpublishedDateError: When the answer depends on a notice to come; `roll_bounds` still
                answers.
            CalendarRangeError: When the answer lies outside the years covered.
        """
        earliest, latest = self.roll_bounds(d, convention)
        if earliest != latest:
            message = f"{d} rolled {convention}: between {earliest} and {latest}"
            raise UnpublishedDateError(message, self._hint())
        return earliest

    def roll_bounds(self, d: date, convention: Roll) -> tuple[date, date]:
        """Return the earliest and the latest day `roll` can turn out to be.

        Raises:
            CalendarRangeError: When either lies outside the years covered.
        """
        on = self._dates[self._index(d)]
        if convention is Roll.UNADJUSTED:
            return on, on
        step = 1 if convention in (Roll.FOLLOWING, Roll.MODIFIED_FOLLOWING) else -1
        found = self._candidates(on, step)
        if convention in (Roll.MODIFIED_FOLLOWING, Roll.MODIFIED_PRECEDING):
            kept = [day for day in found if (day.year, day.month) == (on.year, on.month)]
            if len(kept) < len(found):
                found = kept + self._candidates(on - step * _DAY, -step)
        return min(found), max(found)

    def workdays_between(self, a: date, b: date) -> int:
        """Return how many workdays lie after `a` up to and including `b`; undoes `add_workdays`.

        Negative when `b` is the earlier one; then the workdays from `b` on and before `a` are
        counted.

        Raises:
            UnpublishedDateError: When an unknown day lies between.
            CalendarRangeError: When either day lies outside the years covered.
        """
        least, most = self.count_bounds(a, b)
        if least != most:
            least, most = sorted((abs(least), abs(most)))
            message = f"workdays between {a} and {b}: from {least} to {most}"
            raise UnpublishedDateError(message, self._hint())
        return least

    def count_bounds(self, a: date, b: date) -> tuple[int, int]:
        """Return the least and the most workdays that can lie after `a` up to and including `b`.

        When `b` is the earlier one both are negative, and the days from `b` on and before `a` are counted.

        Raises:
            CalendarRangeError: When either day lies outside the years covered.
        """
        start, end = self._index(a), self._index(b)
        sure, possible = self._sure.rank, self._possible.rank
        if end < start:
            # Shifted by one day, for here the earlier end is counted and the later is not.
            low, high, sign = end - 1, start - 1, -1
        else:
            low, high, sign = start, end, 1
        before = (sure[low], possible[low]) if low >= 0 else (0, 0)
        return sign * (sure[high] - before[0]), sign * (possible[high] - before[1])

    def _candidates(self, on: date, step: int) -> list[date]:
        """Return the unknown days met on the way to the first sure workday, and that workday."""
        found = []
        while (flag := self._flags[self._index(on)]) != _WORKDAY:
            if flag == _UNKNOWN:
                found.append(on)
            on += step * _DAY
        return [*found, on]

    def _index(self, d: date) -> int:
        index = d.toordinal() - self._origin
        if 0 <= index < self._length:
            return index
        raise self._outside(str(d))

    def _outside(self, what: str) -> CalendarRangeError:
        message = f"{what}: outside the calendar, which covers {self.first_on} to {self.last_on}"
        return CalendarRangeError(message, "check the year")

    def _hint(self) -> str:
        return (
            f"days are settled until {self.confirmed_until}; act by the earliest date, "
            "and add the notice once it is published"
        )


@cache
def workday_calendar(division: str, added: Path | None = None) -> WorkdayCalendar:
    """Return the calendar of a division, compiled once.

    Args:
        division: GB/T 2260 code. One that is not known falls back to its prefecture, province or
            the nation, and the calendar says so in `fallback`.
        added: A folder laid out as `calendars/data` with notices added after installation. After
            adding to it call `workday_calendar.cache_clear()`.

    Raises:
        CalendarError: When the code is not six digits.
        CalendarDataError: When the data contradicts itself; names file and line.
    """
    # Reading YAML is put off until a calendar is asked for, so that importing this module stays
    # cheap.
    from calendars import divisions, layers  # noqa: PLC0415
    from calendars.sources import DATA  # noqa: PLC0415

    used = divisions.known(division)
    fallback = None if used == division else used
    roots = [DATA] if added is None else [DATA, added]
    return WorkdayCalendar(division, layers.known_days(used, *roots), fallback)


def reload_calendars() -> None:
    """Forget every calendar and school term read, so that files added since are taken up."""
    from calendars import layers, own_terms, terms  # noqa: PLC0415 - as in `workday_calendar`

    layers.forget()
    terms.school_year.cache_clear()
    own_terms.own_terms.cache_clear()
    workday_calendar.cache_clear()
