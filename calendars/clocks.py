"""Limits from an event whose clock a document may stop: days while it stands still are not counted.

A clock stops on the first day of a pause and counts again from the day it is resumed. A pause that begins after the
limit has run out changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from calendars.deadlines import (
    Deadline,
    backward_workday_limit,
    calendar_day_limit,
    month_limit,
    workday_limit,
)
from calendars.periods import add_months
from calendars.workdays import Roll, WorkdayCalendar

AHEAD = "事前办理，提前量为本系统设定"
SAME_DAY = "当日办理"

_DAY = timedelta(days=1)


class Limit(StrEnum):
    """What a limit counts."""

    WORKDAYS = "w"
    CALENDAR_DAYS = "d"
    MONTHS = "m"


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """A time in which the clock stands still.

    Attributes:
        from_on: The first day that is not counted.
        until_on: The first day that is counted again.
    """

    from_on: date
    until_on: date


def running_limit(
    event_on: date, count: int, limit: Limit, calendar: WorkdayCalendar, pauses: Sequence[Pause] = ()
) -> Deadline:
    """Return the end of a limit counted from an event.

    Args:
        event_on: The day of the event; not counted.
        count: How many units after it; negative before it, zero on the day itself.
        limit: What is counted.
        calendar: The working days that hold.
        pauses: When the clock stood still; limits before the event know none.

    Raises:
        CalendarRangeError: When the answer lies outside the years covered.
    """
    if count <= 0:
        return _before(event_on, -count, limit, calendar)
    if limit is Limit.WORKDAYS:
        return _workdays(event_on, count, calendar, sorted(pauses))
    last = add_months(event_on, count) if limit is Limit.MONTHS else event_on + count * _DAY
    moved = _moved(event_on, last, sorted(pauses))
    if moved == last:
        counted = month_limit if limit is Limit.MONTHS else calendar_day_limit
        return counted(event_on, count, calendar)
    found = calendar_day_limit(event_on, (moved - event_on).days, calendar)
    rule = f"{'months' if limit is Limit.MONTHS else 'calendar_days'}:{count}"
    return replace(found, rule=rule, trace=(*_stopped(pauses), *found.trace))


def _before(event_on: date, count: int, limit: Limit, calendar: WorkdayCalendar) -> Deadline:
    if count and limit is Limit.WORKDAYS:
        return backward_workday_limit(event_on, count, calendar, ground=AHEAD)
    day = add_months(event_on, -count) if limit is Limit.MONTHS else event_on - count * _DAY
    earliest, latest = calendar.roll_bounds(day, Roll.PRECEDING) if count else (day, day)
    return Deadline(
        due_on=earliest,
        plan_by=earliest,
        earliest_on=earliest,
        latest_on=latest,
        provisional=earliest != latest,
        rule="same_day" if not count else f"{limit.name.lower()}_before:{count}",
        ground=AHEAD if count else SAME_DAY,
        calendar_version=calendar.version,
        trace=(f"{event_on}: event", f"{earliest}: the last workday not after {day}" if count else f"{day}: that day"),
    )


def _workdays(event_on: date, count: int, calendar: WorkdayCalendar, pauses: Sequence[Pause]) -> Deadline:
    """Count up to each pause, and on from the day after it as from an event."""
    start, left = event_on, count
    taken = []
    for pause in pauses:
        if pause.until_on <= start + _DAY:
            continue
        if pause.from_on > workday_limit(start, left, calendar).earliest_on:
            break
        before = max(pause.from_on - _DAY, start)
        left -= calendar.count_bounds(start, before)[0]
        start = pause.until_on - _DAY
        taken.append(pause)
    found = workday_limit(start, left, calendar)
    if not taken:
        return found
    lines = (f"{event_on}: event; {count - left} of {count} workdays had passed", *_stopped(taken))
    return replace(found, rule=f"workdays:{count}", trace=(*lines, *found.trace))


def _moved(event_on: date, last: date, pauses: Sequence[Pause]) -> date:
    for pause in pauses:
        from_on = max(pause.from_on, event_on + _DAY)
        if from_on <= last and pause.until_on > from_on:
            last += pause.until_on - from_on
    return last


def _stopped(pauses: Sequence[Pause]) -> tuple[str, ...]:
    return tuple(f"{one.from_on} to {one.until_on - _DAY}: the clock stands still, not counted" for one in pauses)
