"""When each step of an event is due: counted from the day it happened, or from what earlier steps settled.

Pure: the same event always gives the same dates. As long as the step that a date hangs on is not done, the date is a
forecast from that step's own due day, and provisional.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from calendars.clocks import Limit, Pause, running_limit
from calendars.deadlines import Deadline
from calendars.workdays import WorkdayCalendar
from models.anchors import EventAnchor, event_anchor
from models.regulation import Obligation, Regulation
from tasks.scheduling import StepDates, ladder_dates


@dataclass(frozen=True)
class Extension:
    """More time for one step.

    Attributes:
        on: The day it was approved.
        until_on: The day by which the step is due instead.
    """

    on: date
    until_on: date


@dataclass(frozen=True)
class Happening:
    """What is known of an event.

    Attributes:
        event_on: The day it happened, or will happen.
        reported_on: The day it was reported to us.
        done: The day each step was done, by the step's name.
        answers: The days that steps named, by step and key.
        pauses: When the clock stood still.
        extensions: More time, by the step's name.
    """

    event_on: date
    reported_on: date
    done: Mapping[str, date] = field(default_factory=dict)
    answers: Mapping[tuple[str, str], date] = field(default_factory=dict)
    pauses: Sequence[Pause] = ()
    extensions: Mapping[str, Extension] = field(default_factory=dict)


@dataclass(frozen=True)
class _Day:
    """A day, and whether all that it hangs on has come to pass."""

    on: date
    settled: bool


def event_dates(
    regulation: Regulation, obligation: Obligation, happening: Happening, calendar: WorkdayCalendar
) -> list[StepDates]:
    """Return the dates of every step of an event.

    Raises:
        CalendarRangeError: If a date lies outside the years the calendar covers.
    """
    rungs = regulation.ladder_of(obligation)
    dates: dict[str, StepDates] = {}
    for name, terms in obligation.steps.items():
        opens = _base(_anchor(terms.opens), happening, dates)
        opens_on = running_limit(opens.on, *_limit(terms.opens), calendar, happening.pauses).due_on
        base = _base(_anchor(terms.due), happening, dates)
        limit = deadline(obligation, name, base.on, happening, calendar)
        settled = base.settled and opens.settled
        dates[name] = StepDates(
            step=name,
            variant="",
            subjects=(),
            opens_on=opens_on,
            plan_by=limit.due_on,
            due_on=limit.due_on,
            earliest_on=limit.earliest_on,
            latest_on=limit.latest_on,
            provisional=limit.provisional or not settled,
            ladder=ladder_dates(rungs, opens_on, limit.due_on, limit.latest_on, calendar),
        )
    return list(dates.values())


def deadline(
    obligation: Obligation, step: str, base_on: date, happening: Happening, calendar: WorkdayCalendar
) -> Deadline:
    """Return by when a step is due and how that was reached, counted from the day its anchor names."""
    found = running_limit(base_on, *_limit(obligation.steps[step].due), calendar, happening.pauses)
    extension = happening.extensions.get(step)
    if extension is None:
        return found
    # What stopped the clock after more time was given moves the new day too.
    later = sum(
        ((one.until_on - one.from_on) for one in happening.pauses if extension.on <= one.from_on <= extension.until_on),
        timedelta(),
    )
    until_on = extension.until_on + later
    return Deadline(
        due_on=until_on,
        plan_by=until_on,
        earliest_on=until_on,
        latest_on=until_on,
        provisional=False,
        rule=f"extended:{extension.on}",
        ground=found.ground,
        calendar_version=calendar.version,
        trace=(*found.trace, f"{until_on}: given more time on {extension.on}"),
    )


def explain(
    regulation: Regulation, obligation: Obligation, happening: Happening, calendar: WorkdayCalendar
) -> dict[str, Deadline]:
    """Return how the due day of each step was reached, by the step's name."""
    dates = {one.step: one for one in event_dates(regulation, obligation, happening, calendar)}
    bases = {name: _base(_anchor(terms.due), happening, dates).on for name, terms in obligation.steps.items()}
    return {name: deadline(obligation, name, bases[name], happening, calendar) for name in obligation.steps}


def bases(obligation: Obligation, step: str) -> set[str]:
    """Return the steps that must be done before a step has a date of its own."""
    terms = obligation.steps[step]
    anchors = map(event_anchor, (terms.opens, terms.due))
    return {anchor.base for anchor in anchors if anchor is not None and anchor.of_step}


def pauses_of(stops: Sequence[tuple[date, bool]]) -> tuple[Pause, ...]:
    """Pair the days on which a clock was stopped (true) and restarted (false); one still stopped is left out."""
    ordered = sorted(stops, key=lambda stop: stop[0])
    firsts = [on for on, stopped in ordered if stopped]
    seconds = [on for on, stopped in ordered if not stopped]
    return tuple(Pause(first, second) for first, second in zip(firsts, seconds, strict=False))


def latest_extensions(found: Sequence[tuple[str, Extension]]) -> dict[str, Extension]:
    """Return the extension that holds for each step: the one approved last."""
    return dict(sorted(found, key=lambda one: one[1].on))


def _anchor(text: str) -> EventAnchor:
    found = event_anchor(text)
    assert found is not None  # noqa: S101 - checked when the regulation is loaded
    return found


def _limit(text: str) -> tuple[int, Limit]:
    anchor = _anchor(text)
    return anchor.count, anchor.limit


def _base(anchor: EventAnchor, happening: Happening, dates: Mapping[str, StepDates]) -> _Day:
    """Return the day an anchor counts from; where it is not known yet, the day on which its step is due."""
    if not anchor.of_step:
        return _Day(happening.event_on if anchor.base == "event" else happening.reported_on, settled=True)
    known = happening.answers.get((anchor.base, anchor.answer)) if anchor.answer else happening.done.get(anchor.base)
    return _Day(dates[anchor.base].due_on, settled=False) if known is None else _Day(known, settled=True)
