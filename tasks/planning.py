"""Planning: every duty of a year, from the law, the register and the calendar, before anything is live."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from calendars.periods import Frequency, Period
from calendars.workdays import WorkdayCalendar
from models.process import Process, Step
from models.regulation import Obligation, Regulation
from tasks import scope
from tasks.agenda import concerned_codes, own_periods
from tasks.beating import ProcessOf
from tasks.rolling import chain
from tasks.scheduling import NOBODY, ROUND, StepDates, case_dates, periods_of

Pair = tuple[str, str, str, str, str]
"""Who acts, by code and name, about whom, by code and name, and under whom; empty where there is nobody."""

Pairs = Mapping[str, Sequence[Pair]]
"""Who acts in each step, about whom and under whom."""

Key = tuple[str, str, str, str]
"""Due day, obligation, period and step, which order a plan."""


class PlannedDuty(NamedTuple):
    """One duty that a year will bring.

    Attributes:
        body: Code of the body that acts.
        subject: Code of the body it is about, where there is one.
        supervisor: Code of the body that reviews.
        status: `confirmed`, or `provisional` where a date hangs on a notice that is not published yet.
        earliest_on: The earliest day `plan_by` can turn out to be.
        latest_on: The latest.
    """

    obligation: str
    ref: str
    title: str
    period: str
    step: str
    body: str
    body_name: str
    subject: str
    subject_name: str
    supervisor: str
    opens_on: str
    plan_by: str
    due_on: str
    earliest_on: str
    latest_on: str
    status: str

    def as_row(self) -> dict[str, str]:
        """Return the duty as a row for JSON and tables."""
        return self._asdict()


Blocks = dict[Key, list[list[PlannedDuty]]]
_BODY_AND_SUBJECT = itemgetter(5, 7)


@dataclass(frozen=True)
class Plan:
    """The duties of a year, and the obligations that bind nobody in this register."""

    duties: list[PlannedDuty]
    binding_nobody: list[str]


def plan_year(
    connection: Connection,
    regulation: Regulation,
    year: int,
    calendar: WorkdayCalendar,
    process_of: ProcessOf,
    progress: Callable[[str], None] | None = None,
    since: date = date.min,
    added: Path | None = None,
) -> Plan:
    """Return every duty of a regulation that falls due in a year, by due date, obligation and body; none of events.

    What is owed so long after it was last done is planned as if it were done on each of its due days, counted from the
    first day for which the district answers; a body that does it sooner owes it again sooner.

    Args:
        connection: A database whose register is filled.
        regulation: The regulation.
        year: The calendar year in which the duties are due.
        calendar: The working days that hold; its division's school terms do as well.
        process_of: Gives a process by its name.
        progress: Called with each obligation's title as it is planned.
        since: The first day for which the district answers; it decides how a cycle of several years that had begun
            before is shared out, and from when on rounds count. Left out, they count from the day on which the
            regulation came into force.
        added: The folder of calendar data added after installation.
    """
    blocks: Blocks = defaultdict(list)
    binding_nobody = []
    for obligation in regulation.obligations:
        if obligation.frequency is None:
            continue  # nobody can plan an event
        if progress:
            progress(obligation.title)
        pairs = _all_pairs(connection, obligation, process_of(obligation.flow))
        for key, block in _blocks_of(connection, regulation, obligation, year, calendar, pairs, since, added):
            blocks[key].append(block)
        if not any(pairs.values()):
            binding_nobody.append(obligation.id)
    return Plan(_in_order(blocks), binding_nobody)


def _in_order(blocks: Blocks) -> list[PlannedDuty]:
    """Put blocks behind each other; bodies within one are in order already, so that half a million need no sorting."""
    duties: list[PlannedDuty] = []
    for key in sorted(blocks):
        block, *others = blocks[key]
        for other in others:
            block = sorted([*block, *other], key=_BODY_AND_SUBJECT)
        duties += block
    return duties


def _blocks_of(
    connection: Connection,
    regulation: Regulation,
    obligation: Obligation,
    year: int,
    calendar: WorkdayCalendar,
    pairs: Pairs,
    since: date,
    added: Path | None,
) -> Iterator[tuple[Key, list[PlannedDuty]]]:
    """Yield the duties of each step in each period, in the order of their bodies."""
    concerned = concerned_codes(connection, obligation)
    own = own_periods(connection, obligation, added)
    first_on, last_on = date(year, 1, 1), date(year, 12, 31)
    for period in _periods(regulation, obligation, (first_on, last_on), calendar.division, since, added):
        apart = own.get(period.key, NOBODY)
        found = case_dates(regulation, obligation, period, calendar, concerned, since, apart)
        for dates in found:
            if first_on <= dates.due_on <= last_on:
                rows = pairs[dates.step]
                if len(found) > len(pairs) or dates.variant:
                    rows = [row for row in rows if _is_for(dates, found, row[2] or row[0])]
                key = (dates.due_on.isoformat(), obligation.id, period.key, dates.step)
                yield key, _planned(obligation, period.key, dates, rows)


def _periods(
    regulation: Regulation,
    obligation: Obligation,
    span: tuple[date, date],
    division: str,
    since: date,
    added: Path | None,
) -> Iterable[Period]:
    """Return the periods that may have duties in a span; rounds count from the day on which the first begins."""
    if obligation.frequency is Frequency.AFTER_LAST:
        return chain(obligation, regulation.effective_on if since == date.min else since, span[1])
    return periods_of(obligation, *span, division, added)


def _is_for(dates: StepDates, others: Sequence[StepDates], code: str) -> bool:
    """Whether a body's duty has these dates, and not those of another schedule of the step; as in opening."""
    if dates.variant == ROUND:
        return True  # all go round together, as long as each does it on its due day
    if dates.variant:
        return code in dates.subjects
    return not any(one.step == dates.step and code in one.subjects for one in others)


def _all_pairs(connection: Connection, obligation: Obligation, process: Process) -> Pairs:
    return {step.name: _pairs(connection, obligation, step) for step in process.steps if step.name in obligation.steps}


def _pairs(connection: Connection, obligation: Obligation, step: Step) -> Sequence[Pair]:
    """Return who acts, about whom and under whom, in one step."""
    actors = scope.actors(step, obligation)
    supervisor = scope.supervisor(obligation, obligation.steps[step.name])
    values = {**actors.values, **supervisor.values}
    subject = scope.subjects(step, obligation)
    above = f"COALESCE({supervisor.sql}, '') AS supervisor"
    if subject is None:
        sql = f"SELECT a.code, a.name, '' AS subject, '' AS subject_name, {above}"
        sql += f" FROM body a WHERE {actors.sql}"
    else:
        values.update(subject.values)
        sql = f"SELECT a.code, a.name, s.code AS subject, s.name AS subject_name, {above}"
        sql += f" FROM body a, body s WHERE {actors.sql} AND {subject.sql}"
    order = f"{sql} ORDER BY a.code{'' if subject is None else ', s.code'}"
    return [tuple(row) for row in scope.execute(connection, order, values)]


def _planned(obligation: Obligation, period: str, dates: StepDates, rows: Sequence[Pair]) -> list[PlannedDuty]:
    """Return one duty for each pair; they share all but who acts."""
    head = (obligation.id, obligation.ref, obligation.title, period, dates.step)
    days = (dates.opens_on, dates.plan_by, dates.due_on, dates.earliest_on, dates.latest_on)
    tail = (*(day.isoformat() for day in days), "provisional" if dates.provisional else "confirmed")
    return [PlannedDuty(*head, *row, *tail) for row in rows]


def as_rows(plan: Plan) -> list[dict[str, str]]:
    """Return the plan as rows for JSON and tables."""
    return [duty.as_row() for duty in plan.duties]
