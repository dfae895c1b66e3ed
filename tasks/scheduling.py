"""When each step of a case opens, is planned and is due, and on which days its ladder speaks.

Pure: the same obligation, period and calendar always give the same dates. Planning and opening both use it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from calendars.occasions import occasion, occasions
from calendars.periods import Frequency, Period, batch_years, period, periods
from calendars.workdays import Roll, WorkdayCalendar, workday_calendar
from models.anchors import hangs_on_end, margin, resolve
from models.regulation import Obligation, Regulation, Rung, StepTerms

LOOK_AHEAD = timedelta(days=400)
"""How far ahead of its period a case may open: duties before the year open in the autumn before it."""


CYCLES = (Frequency.EVERY_3_YEARS, Frequency.EVERY_5_YEARS)
"""The frequencies of several years, over which bodies may be spread in batches."""

ROUND = "round"
"""The variant of what is owed so long after it was last done: its bodies are those who did it on one day."""

NOBODY: Mapping[str, Period] = MappingProxyType({})
"""No body has dates of its own."""


@dataclass(frozen=True)
class Rungfall:
    """A rung on its day."""

    rung: Rung
    falls_on: date


@dataclass(frozen=True)
class StepDates:
    """The dates that the duties of one step share.

    Attributes:
        step: The step's name.
        variant: The year, where the step's bodies are spread over the years of a cycle; the code of the body, where
            it has dates of its own; `ROUND`, where the dates are of those who did it last on one day; else empty.
        subjects: Codes of the bodies allotted to the variant; empty where all are meant that no other has.
        earliest_on: The earliest day `plan_by` can turn out to be once all notices are published.
        latest_on: The latest.
        provisional: Whether any of the dates hangs on a notice that is not published yet.
        ladder: The rungs in the order of their days, the opening first.
    """

    step: str
    variant: str
    subjects: tuple[str, ...]
    opens_on: date
    plan_by: date
    due_on: date
    earliest_on: date
    latest_on: date
    provisional: bool
    ladder: tuple[Rungfall, ...]


def periods_of(
    obligation: Obligation, first_on: date, last_on: date, division: str, added: Path | None = None
) -> Sequence[Period]:
    """Return the periods of an obligation that may have dates within a span, in the order in which they begin.

    What is owed so long after it was last done has none of its own: `tasks.rolling` has its rounds.

    Args:
        obligation: The obligation.
        first_on: First day of the span.
        last_on: Its last day.
        division: Whose school terms, holidays and seasons.
        added: The folder of calendar data added after installation.
    """
    if obligation.frequency in (None, Frequency.AFTER_LAST):
        return ()
    if obligation.frequency is Frequency.OCCASION:
        return occasions(obligation.occasions, first_on, last_on + LOOK_AHEAD, workday_calendar(division, added))
    return periods(obligation.frequency, first_on, last_on + LOOK_AHEAD, division=division, added=added)


def period_of_key(obligation: Obligation, key: str, division: str, added: Path | None = None) -> Period:
    """Return the period of an obligation's case from its key, whatever its frequency.

    Args:
        obligation: The obligation.
        key: The key.
        division: Whose school terms, holidays and seasons.
        added: The folder of calendar data added after installation.

    Raises:
        CalendarError: When the key names no such period.
    """
    if obligation.frequency is Frequency.OCCASION:
        return occasion(key, workday_calendar(division, added))
    return period(key, division=division, added=added)


def case_dates(
    regulation: Regulation,
    obligation: Obligation,
    period: Period,
    calendar: WorkdayCalendar,
    concerned: Sequence[str] = (),
    since: date = date.min,
    own: Mapping[str, Period] = NOBODY,
) -> list[StepDates]:
    """Return the dates of every step of an obligation in one period, but for those due before `since`.

    Args:
        regulation: The regulation, for its ladders.
        obligation: The obligation.
        period: The period.
        calendar: The working days that hold here.
        concerned: Codes of the bodies the obligation is about, in order; used where a cycle of several years
            takes them in batches. Of a round, the bodies that owe it.
        since: The first day for which the district answers. A cycle that had begun before takes all its bodies
            in the years that are left.
        own: The period with the dates of its own, for each body that has such.
    """
    rungs = regulation.ladder_of(obligation)
    variants = _variants(obligation, period, concerned, since, own)
    found = [
        _step_dates(name, terms, variant, rungs, calendar)
        for name, terms in obligation.steps.items()
        for variant in variants
    ]
    return [dates for dates in found if dates.due_on >= since]


@dataclass(frozen=True)
class _Variant:
    """The bodies that share their dates, and the period or the year of it that gives them."""

    name: str
    bodies: tuple[str, ...]
    period: Period
    year: int | None = None


def _variants(
    obligation: Obligation, period: Period, concerned: Sequence[str], since: date, own: Mapping[str, Period]
) -> list[_Variant]:
    """Return the years of a cycle with the bodies of each; for all else an unnamed one, and those apart from it."""
    if obligation.frequency is Frequency.AFTER_LAST:
        return [_Variant(ROUND, tuple(concerned), period)]
    batched = obligation.concerns is not None and obligation.concerns.batched
    if not batched or obligation.frequency not in CYCLES:
        return [_Variant("", (), period), *(_Variant(code, (code,), one) for code, one in sorted(own.items()))]
    left = replace(period, starts_on=max(period.starts_on, date(since.year, 1, 1)))
    if left.starts_on > left.ends_on:
        return []
    allotted = batch_years(left, list(concerned))
    years = range(left.starts_on.year, left.ends_on.year + 1)
    return [
        _Variant(str(year), tuple(code for code in concerned if allotted[code] == year), period, year) for year in years
    ]


def _step_dates(
    name: str,
    terms: StepTerms,
    variant: _Variant,
    rungs: Sequence[Rung],
    calendar: WorkdayCalendar,
) -> StepDates:
    period, year = variant.period, variant.year
    opens_on = resolve(terms.opens, period, year)
    due_on = resolve(terms.due, period, year)
    moves = timedelta(days=margin(terms.due, period))
    sooner = later = moves
    if period.frequency is Frequency.OCCASION:
        # Its days are the earliest there can be, and what is due with its rest is planned before it, however long.
        sooner, later = timedelta(0), timedelta(0) if terms.due == "end" else moves
    earliest_on = calendar.roll_bounds(due_on - sooner, Roll.PRECEDING)[0]
    latest_on = calendar.roll_bounds(due_on + later, Roll.PRECEDING)[1]
    # A date that may still move is acted on by its earliest day; a step whose opening moves with it, within itself.
    together = hangs_on_end(terms.opens) == hangs_on_end(terms.due)
    planned_on = calendar.roll_bounds(due_on, Roll.PRECEDING)[0] if together else earliest_on
    plan_by = max(planned_on, opens_on)
    ladder = ladder_dates(rungs, opens_on, plan_by, due_on + moves, calendar)
    return StepDates(
        step=name,
        variant=variant.name,
        subjects=variant.bodies,
        opens_on=opens_on,
        plan_by=plan_by,
        due_on=due_on,
        earliest_on=earliest_on,
        latest_on=latest_on,
        provisional=period.provisional or earliest_on != latest_on,
        ladder=ladder,
    )


def ladder_dates(
    rungs: Sequence[Rung], opens_on: date, plan_by: date, last_on: date, calendar: WorkdayCalendar
) -> tuple[Rungfall, ...]:
    """Place the rungs: the reminders before `plan_by`, the others after the last day on which it may be due.

    Those that would come before the duty is open fall away.
    """
    placed = []
    for rung in rungs:
        if rung.workdays is None:
            placed.append(Rungfall(rung, opens_on))
            continue
        if rung.workdays > 0:
            # Nobody is called overdue a day too soon: after the due day the latest reading counts.
            falls_on = calendar.bounds(last_on, rung.workdays)[1]
        elif rung.workdays < 0:
            falls_on = calendar.bounds(plan_by, rung.workdays)[0]
        else:
            falls_on = plan_by
        if falls_on > opens_on:
            placed.append(Rungfall(rung, falls_on))
    return tuple(sorted(placed, key=lambda fall: (fall.rung.workdays is not None, fall.falls_on)))
