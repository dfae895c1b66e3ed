"""Anchors: how a regulation file says on which day something opens or is due.

Of a period: `start`, `end`, `before` (the day before the period begins), `first_week` (the Sunday after its first
weekday), or a month and day such as `03-31` (`02-29` is the last day of February); then, where needed, days to add or
take: `end-60d`.

Of an event: `event` (the day it happened), `report` (the day it was reported to us), `step.decide` (the day the step
`decide` was done) or `step.decide.deadline` (the day which that step's answer `deadline` names); then, where needed, a
limit counted from it: `event+7w` working days, `event+15d` calendar days, `event+1m` months, `event-5w` working days
before.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator

from calendars.clocks import Limit
from calendars.periods import Period

_FORM = re.compile(r"(?:(start|end|before|first_week)|(\d{2})-(\d{2}))(?:([+-]\d{1,3})d)?")
_EVENT_FORM = re.compile(r"(?:(event|report)|step\.([a-z_]+)(?:\.([a-z_]+))?)(?:([+-])([1-9]\d{0,2})([wdm]))?")
_LEAP_YEAR = 2028
_SATURDAY = 5


@dataclass(frozen=True)
class EventAnchor:
    """An anchor of an event, taken apart.

    Attributes:
        base: `event`, `report`, or the name of a step.
        of_step: Whether the base is a step.
        answer: The step's answer that names the day; empty where the day the step was done is meant.
        count: How many units after the base, negative before it.
        limit: What is counted.
    """

    base: str
    of_step: bool
    answer: str = ""
    count: int = 0
    limit: Limit = Limit.CALENDAR_DAYS


def event_anchor(text: str) -> EventAnchor | None:
    """Take an anchor of an event apart; nothing where it is one of a period."""
    match = _EVENT_FORM.fullmatch(text)
    if match is None:
        return None
    word, step, answer, sign, count, unit = match.groups()
    number = int(f"{sign}{count}") if count else 0
    return EventAnchor(word or step, word is None, answer or "", number, Limit(unit or "d"))


def _checked(text: str) -> str:
    if _EVENT_FORM.fullmatch(text):
        return text
    match = _FORM.fullmatch(text)
    if match is None:
        message = (
            "expected start, end, before, first_week or MM-DD, with +Nd or -Nd where needed; of an event: event,"
            " report, step.NAME or step.NAME.ANSWER, with +Nw, +Nd or +Nm where needed"
        )
        raise ValueError(message)
    if match[2]:
        date(_LEAP_YEAR, int(match[2]), int(match[3]))
    return text


Anchor = Annotated[str, AfterValidator(_checked)]


def resolve(anchor: str, period: Period, year: int | None = None) -> date:
    """Return the day an anchor names in a period.

    Args:
        anchor: The anchor as written in a regulation file.
        period: The period it belongs to.
        year: For a body allotted to one year of a longer cycle, that year; it then stands for the period.
    """
    starts_on, ends_on = period.starts_on, period.ends_on
    if year is not None:
        starts_on, ends_on = date(year, 1, 1), date(year, 12, 31)
    match = _FORM.fullmatch(anchor)
    assert match is not None  # noqa: S101 - anchors are checked when the regulation is loaded
    word, month, day, shift = match.groups()
    if word is None:
        base = _month_day(int(month), int(day), starts_on, ends_on)
    else:
        base = {
            "start": starts_on,
            "end": ends_on,
            "before": starts_on - timedelta(days=1),
            "first_week": _first_sunday(starts_on),
        }[word]
    return base + timedelta(days=int(shift or 0))


def margin(anchor: str, period: Period) -> int:
    """Return how many days the day an anchor names may still move, either way, with its period."""
    if anchor[0].isdigit():
        return 0
    return period.ends_margin if hangs_on_end(anchor) else period.starts_margin


def hangs_on_end(anchor: str) -> bool:
    """Whether an anchor is told from the end of its period, and not from its beginning."""
    return anchor.startswith("end")


def _month_day(month: int, day: int, starts_on: date, ends_on: date) -> date:
    """Return the day of that name in the period; where the period has none, that of its last year."""
    named = [date(year, month, min(day, monthrange(year, month)[1])) for year in {ends_on.year, starts_on.year}]
    within = [on for on in named if starts_on <= on <= ends_on]
    return max(within or named)


def _first_sunday(starts_on: date) -> date:
    """Return the end of the first week that has a weekday of the period in it."""
    weekend = 7 - starts_on.weekday() if starts_on.weekday() >= _SATURDAY else 0
    first = starts_on + timedelta(days=weekend)
    return first + timedelta(days=6 - first.weekday())
