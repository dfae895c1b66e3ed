"""Holiday blocks: the runs of rest around statutory holidays, and the workdays before them.

Governments organise inspections before great holidays (消防法 art. 31); the notices ask the same of
every department.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from calendars.days import DayKind, DayStatus
from calendars.workdays import WorkdayCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HolidayBlock:
    """One run of days of rest that contains statutory holidays.

    Attributes:
        name: The holiday, or the holidays joined by 、 where they fall together.
        starts_on: First day that is sure to rest.
        ends_on: Last day that is sure to rest.
        earliest_on: The earliest the run can turn out to begin.
        latest_on: The latest it can turn out to end.
        provisional: Whether a notice to come can lengthen it.
    """

    name: str
    starts_on: date
    ends_on: date
    earliest_on: date
    latest_on: date
    provisional: bool


def holiday_blocks(calendar: WorkdayCalendar, first_on: date, last_on: date) -> tuple[HolidayBlock, ...]:
    """Return the holiday blocks whose first sure day of rest lies in a span, in order.

    Args:
        calendar: The calendar of the division.
        first_on: First day of the span.
        last_on: Last day of the span, included.

    Raises:
        CalendarRangeError: When the span reaches outside the years covered.
    """
    blocks: dict[date, HolidayBlock] = {}
    for on in _statutory(calendar, first_on, last_on):
        block = block_around(calendar, on)
        if first_on <= block.starts_on <= last_on:
            blocks[block.starts_on] = block
    return tuple(blocks.values())


def inspection_window(block: HolidayBlock, n: int, calendar: WorkdayCalendar) -> tuple[date, date]:
    """Return the first and the last of the n workdays before a block.

    While the block is provisional both are the earliest they can be, so that the inspection is
    never too late.

    Raises:
        CalendarRangeError: When the window reaches outside the years covered.
    """
    first_on, _ = calendar.bounds(block.earliest_on, -n)
    last_on, _ = calendar.bounds(block.earliest_on, -1)
    return first_on, last_on


def _statutory(calendar: WorkdayCalendar, first_on: date, last_on: date) -> Iterator[date]:
    # A block that begins in the span can have its statutory day some days after it.
    end = min(last_on + 10 * _DAY, calendar.last_on)
    for offset in range((end - first_on).days + 1):
        on = first_on + timedelta(days=offset)
        if calendar.explain(on).kind is DayKind.STATUTORY_HOLIDAY:
            yield on


def block_around(calendar: WorkdayCalendar, on: date) -> HolidayBlock:
    """Return the block that a statutory holiday lies in.

    Args:
        calendar: The calendar of the division.
        on: A statutory day of rest.

    Raises:
        CalendarRangeError: When the day lies outside the years covered.
    """
    starts_on, ends_on = (_reach(calendar, on, step, {DayStatus.REST}) for step in (-1, 1))
    wide = {DayStatus.REST, DayStatus.UNKNOWN}
    earliest_on, latest_on = (_reach(calendar, on, step, wide) for step in (-1, 1))
    days = (starts_on + timedelta(days=n) for n in range((ends_on - starts_on).days + 1))
    parts = (part for day in days for part in calendar.explain(day).name.split("、") if part)
    return HolidayBlock(
        name="、".join(dict.fromkeys(parts)),
        starts_on=starts_on,
        ends_on=ends_on,
        earliest_on=earliest_on,
        latest_on=latest_on,
        provisional=(earliest_on, latest_on) != (starts_on, ends_on),
    )


def _reach(calendar: WorkdayCalendar, on: date, step: int, statuses: set[DayStatus]) -> date:
    """Return the last day one comes to from `on` while every day is of one of the statuses."""
    while calendar.first_on < on < calendar.last_on:
        if calendar.status(on + step * _DAY) not in statuses:
            break
        on += step * _DAY
    return on
