"""Deadlines: from a period or an event to the day a thing is due, with ground and trace.

A deadline that a publication to come can still move is provisional and carries its earliest and
latest day. Counted from an event it is then due on the earliest; the end of a predicted term is due
on the day predicted, and planned by the earliest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from calendars.days import DayKind, DayStatus
from calendars.instruments import counts_workdays, instrument_named
from calendars.periods import Period, add_months
from calendars.workdays import Roll, WorkdayCalendar
from fireduty.errors import CalendarRangeError

__all__ = [
    "Deadline",
    "backward_workday_limit",
    "calendar_day_limit",
    "counts_workdays",
    "day_limit",
    "first_week_deadline",
    "month_limit",
    "periodic_deadline",
    "workday_limit",
    "year_limit",
]

EVENT_NOT_COUNTED = "民法典第二百零一条第一款"
CORRESPONDING_DAY = "民法典第二百零二条"
LAST_DAY_ON_REST = "民法典第二百零三条第一款"
FREQUENCY = "周期性职责，期末不顺延"

_SATURDAY = 5
_DAY = timedelta(days=1)
_WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day a thing is due, and why.

    Attributes:
        due_on: The day. While a notice is missing, the earliest it can be; for a predicted term,
            the day predicted.
        plan_by: The day to plan and remind by: the last workday not after the earliest due day.
        earliest_on: The earliest the due day can turn out to be.
        latest_on: The latest it can turn out to be.
        provisional: Whether a publication to come can move the due day.
        rule: The rule applied, such as `workdays:7`.
        ground: Its legal source.
        calendar_version: Digest of the data it was computed from.
        trace: How it was reached, line by line.
        plan_open: Whether a notice to come can move `plan_by` to a later day, though the due day
            stands.
    """

    due_on: date
    plan_by: date
    earliest_on: date
    latest_on: date
    provisional: bool
    rule: str
    ground: str
    calendar_version: str
    trace: tuple[str, ...]
    plan_open: bool = False


def periodic_deadline(
    period: Period, calendar: WorkdayCalendar, *, before: bool = False, ground: str = FREQUENCY
) -> Deadline:
    """Return when a duty owed once in a period is due: on its last day.

    The day is not moved to a workday: that would let two occurrences fall into one period.

    Args:
        period: The period.
        calendar: The calendar of the body that owes the duty.
        before: The duty is owed before the period begins: before the year 2027 is due on 31
            December 2026.
        ground: The clause, where it says more than a frequency.
    """
    if before:
        due, margin = period.starts_on - _DAY, period.starts_margin
        rule, what = f"before:{period.frequency}", f"the day before {period.key} begins"
    else:
        due, margin = period.ends_on, period.ends_margin
        rule, what = f"periodic:{period.frequency}", f"the last day of {period.key}"
    lines = [f"{_named(due)}: {what} ({period.source}), not moved to a workday"]
    return _standing(due, margin, calendar, _Reasons(rule, ground, lines))


def first_week_deadline(period: Period, calendar: WorkdayCalendar, *, ground: str = FREQUENCY) -> Deadline:
    """Return the end of the first school week of a term: the Sunday after its first weekday.

    The first fire lesson of a term is due by it.
    """
    first = period.starts_on
    if first.weekday() >= _SATURDAY:
        first += timedelta(days=7 - first.weekday())
    due = first + timedelta(days=6 - first.weekday())
    lines = [f"{_named(due)}: end of the first school week of {period.key} ({period.source})"]
    margin = period.starts_margin
    return _standing(due, margin, calendar, _Reasons("first_week", ground, lines))


def workday_limit(event_on: date, n: int, calendar: WorkdayCalendar, *, ground: str = EVENT_NOT_COUNTED) -> Deadline:
    """Return the n-th workday strictly after an event.

    The day of the event is not counted, whatever kind of day it is (民法典 art. 201(1)).

    Raises:
        CalendarRangeError: When n is not positive or the answer lies outside the years covered.
    """
    _positive(n)
    earliest, latest = calendar.bounds(event_on, n)
    lines = [
        f"{_named(event_on)}: event, not counted ({EVENT_NOT_COUNTED})",
        *_counted(calendar, _days(event_on + _DAY, latest), 1),
    ]
    return _event(earliest, latest, calendar, _Reasons(f"workdays:{n}", ground, lines))


def backward_workday_limit(event_on: date, n: int, calendar: WorkdayCalendar, *, ground: str) -> Deadline:
    """Return the n-th workday strictly before an event, the last day to act ahead of it.

    Whether the law excludes both end days is not settled (行政处罚法 art. 64(2)); acting a workday
    sooner is safe.

    Raises:
        CalendarRangeError: When n is not positive or the answer lies outside the years covered.
    """
    _positive(n)
    earliest, latest = calendar.bounds(event_on, -n)
    lines = [
        f"{_named(event_on)}: event, not counted; counting back",
        *_counted(calendar, reversed(list(_days(earliest, event_on - _DAY))), 1),
    ]
    return _event(earliest, latest, calendar, _Reasons(f"workdays_before:{n}", ground, lines))


def calendar_day_limit(
    event_on: date, n: int, calendar: WorkdayCalendar, *, ground: str = EVENT_NOT_COUNTED
) -> Deadline:
    """Return the n-th day after an event; a last day of rest moves to the next workday.

    Rest days within the period are counted (民法典 art. 201(1), 203(1)).

    Raises:
        CalendarRangeError: When n is not positive or the answer lies outside the years covered.
    """
    _positive(n)
    last = event_on + timedelta(days=n)
    return _rolled(event_on, last, calendar, _Reasons(f"calendar_days:{n}", ground))


def month_limit(event_on: date, n: int, calendar: WorkdayCalendar, *, ground: str = CORRESPONDING_DAY) -> Deadline:
    """Return the corresponding day n months after an event, or the next workday when it rests.

    Where the month has no such day, its last day stands in (民法典 art. 202, 203(1)).

    Raises:
        CalendarRangeError: When n is not positive or the answer lies outside the years covered.
    """
    _positive(n)
    last = add_months(event_on, n)
    return _rolled(event_on, last, calendar, _Reasons(f"months:{n}", ground))


def year_limit(event_on: date, n: int, calendar: WorkdayCalendar, *, ground: str = CORRESPONDING_DAY) -> Deadline:
    """Return the corresponding day n years after an event, or the next workday when it rests.

    29 February corresponds to 28 February in other years (民法典 art. 202, 203(1)).

    Raises:
        CalendarRangeError: When n is not positive or the answer lies outside the years covered.
    """
    _positive(n)
    last = add_months(event_on, 12 * n)
    return _rolled(event_on, last, calendar, _Reasons(f"years:{n}", ground))


def day_limit(event_on: date, n: int, calendar: WorkdayCalendar, instrument: str) -> Deadline:
    """Return the end of a period of n days, in workdays or calendar days as its instrument counts.

    Raises:
        CalendarError: When the instrument is not in the table.
        CalendarRangeError: When n is not positive or the answer lies outside the years covered.
    """
    ground = instrument_named(instrument).ground
    limit = workday_limit if counts_workdays(instrument, n) else calendar_day_limit
    return limit(event_on, n, calendar, ground=ground)


@dataclass(frozen=True, slots=True)
class _Reasons:
    """Why a deadline is what it is: the rule, its ground, and the lines of the trace so far."""

    rule: str
    ground: str
    lines: list[str] = field(default_factory=list)


def _standing(due: date, margin: int, calendar: WorkdayCalendar, reasons: _Reasons) -> Deadline:
    """Build the deadline of a standing duty, planned on the last workday not after it."""
    earliest, latest = due - timedelta(days=margin), due + timedelta(days=margin)
    plan_by, plan_latest = calendar.roll_bounds(earliest, Roll.PRECEDING)
    lines = reasons.lines
    if margin:
        lines.append(f"predicted: the true day lies between {earliest} and {latest}")
    if plan_by != earliest:
        lines.append(f"{_named(plan_by)}: the last workday not after {earliest}; plan by it")
    if plan_by != plan_latest:
        lines += _counted(calendar, _days(plan_by + _DAY, plan_latest), None)
    return Deadline(
        due_on=due,
        plan_by=plan_by,
        earliest_on=earliest,
        latest_on=latest,
        provisional=margin > 0,
        rule=reasons.rule,
        ground=reasons.ground,
        calendar_version=calendar.version,
        trace=tuple(lines),
        plan_open=plan_by != plan_latest,
    )


def _rolled(event_on: date, last: date, calendar: WorkdayCalendar, reasons: _Reasons) -> Deadline:
    earliest, latest = calendar.roll_bounds(last, Roll.FOLLOWING)
    reasons.lines[:] = [
        f"{_named(event_on)}: event, not counted ({EVENT_NOT_COUNTED})",
        f"{_named(last)}: last day of the period",
        *_counted(calendar, _days(last, latest - _DAY), None),
    ]
    if latest != last:
        what = "the first it can move to" if latest != earliest else "the next workday"
        reasons.lines.append(f"{_named(earliest)}: {what} ({LAST_DAY_ON_REST})")
    return _event(earliest, latest, calendar, reasons)


def _event(earliest: date, latest: date, calendar: WorkdayCalendar, reasons: _Reasons) -> Deadline:
    if earliest != latest:
        reasons.lines.append(f"provisional: between {earliest} and {latest}; act by the earliest")
    return Deadline(
        due_on=earliest,
        plan_by=earliest,
        earliest_on=earliest,
        latest_on=latest,
        provisional=earliest != latest,
        rule=reasons.rule,
        ground=reasons.ground,
        calendar_version=calendar.version,
        trace=tuple(reasons.lines),
    )


def _counted(calendar: WorkdayCalendar, days: Iterable[date], number: int | None) -> Iterator[str]:
    """Describe days in runs of one kind, numbering workdays from `number` until one is unknown."""
    explained = (calendar.explain(on) for on in days)
    for (status, kind, name, source), run in groupby(
        explained, key=lambda day: (day.status, day.kind, day.name, day.source)
    ):
        on = [day.on for day in run]
        if status is DayStatus.UNKNOWN:
            # From here on the number of a workday is itself unknown.
            number = None
        text = _kind_text(kind, name, source)
        if status is DayStatus.WORKDAY and number is not None:
            text += f", number {_range(number, number + len(on) - 1)}"
            number += len(on)
        yield f"{_range(_named(on[0]), _named(on[-1]))}: {text}"


def _kind_text(kind: DayKind, name: str, source: str) -> str:
    if kind is DayKind.ORDINARY_WEEKDAY:
        return "workday"
    if kind is DayKind.WEEKEND and not name:
        return "rest, weekend"
    words = {
        DayKind.MAKEUP_WORKDAY: "workday made up for",
        DayKind.UNPUBLISHED: "not settled, near",
    }
    return f"{words.get(kind, 'rest,')} {name} ({source})"


def _range(first: object, last: object) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _named(on: date) -> str:
    return f"{on} {_WEEKDAY_NAMES[on.weekday()]}"


def _days(first_on: date, last_on: date) -> Iterator[date]:
    for offset in range((last_on - first_on).days + 1):
        yield first_on + timedelta(days=offset)


def _positive(n: int) -> None:
    if n < 1:
        message = f"a period of {n}: expected 1 or more"
        raise CalendarRangeError(message, "give the number the clause states")
