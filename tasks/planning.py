"""Planning: every duty of a year, from the law, the register and the calendar, before anything is live."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from calendars.workdays import WorkdayCalendar
from models.process import Process, Step
from models.regulation import Obligation, Regulation
from tasks import scope
from tasks.agenda import concerned_codes, own_periods
from tasks.beating import ProcessOf
from tasks.scheduling import NOBODY, StepDates, case_dates, periods_of


@dataclass(frozen=True)
class PlannedDuty:
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
    """Return every duty of a regulation that falls due in a year, by due date, obligation and body.

    Args:
        connection: A database whose register is filled.
        regulation: The regulation.
        year: The calendar year in which the duties are due.
        calendar: The working days that hold; its division's school terms do as well.
        process_of: Gives a process by its name.
        progress: Called with each obligation's title as it is planned.
        since: The first day for which the district answers; it decides how a cycle of several years that had begun
            before is shared out.
        added: The folder of calendar data added after installation.
    """
    duties: list[PlannedDuty] = []
    binding_nobody = []
    for obligation in regulation.obligations:
        if progress:
            progress(obligation.title)
        process = process_of(obligation.flow)
        found = list(_duties_of(connection, regulation, obligation, year, calendar, process, since, added))
        duties += found
        if not found:
            binding_nobody.append(obligation.id)
    duties.sort(key=lambda duty: (duty.due_on, duty.obligation, duty.period, duty.step, duty.body, duty.subject))
    return Plan(duties, binding_nobody)


def _duties_of(
    connection: Connection,
    regulation: Regulation,
    obligation: Obligation,
    year: int,
    calendar: WorkdayCalendar,
    process: Process,
    since: date,
    added: Path | None,
) -> Iterator[PlannedDuty]:
    concerned = concerned_codes(connection, obligation)
    pairs = {step.name: _pairs(connection, obligation, step) for step in process.steps if step.name in obligation.steps}
    own = own_periods(connection, obligation, added)
    first_on, last_on = date(year, 1, 1), date(year, 12, 31)
    for period in periods_of(obligation, first_on, last_on, calendar.division, added):
        apart = own.get(period.key, NOBODY)
        found = case_dates(regulation, obligation, period, calendar, concerned, since, apart)
        for dates in found:
            if first_on <= dates.due_on <= last_on:
                for row in pairs[dates.step]:
                    if _is_for(dates, found, row.subject or row.code):
                        yield _planned(obligation, period.key, dates, row)


def _is_for(dates: StepDates, others: Sequence[StepDates], code: str) -> bool:
    """Whether a body's duty has these dates, and not those of another schedule of the step; as in opening."""
    if dates.variant:
        return code in dates.subjects
    return not any(one.step == dates.step and code in one.subjects for one in others)


def _pairs(connection: Connection, obligation: Obligation, step: Step) -> Sequence[Any]:
    """Return who acts, about whom and under whom, in one step."""
    actors = scope.actors(step, obligation)
    supervisor = scope.supervisor(obligation, obligation.steps[step.name])
    values = {**actors.values, **supervisor.values}
    subject = scope.subjects(step, obligation)
    if subject is None:
        sql = f"SELECT a.code, a.name, '' AS subject, '' AS subject_name, {supervisor.sql} AS supervisor"
        sql += f" FROM body a WHERE {actors.sql}"
    else:
        values.update(subject.values)
        sql = f"SELECT a.code, a.name, s.code AS subject, s.name AS subject_name, {supervisor.sql} AS supervisor"
        sql += f" FROM body a, body s WHERE {actors.sql} AND {subject.sql}"
    found: Sequence[Any] = scope.execute(connection, sql, values).all()
    return found


def _planned(obligation: Obligation, period: str, dates: StepDates, row: Any) -> PlannedDuty:
    return PlannedDuty(
        obligation=obligation.id,
        ref=obligation.ref,
        title=obligation.title,
        period=period,
        step=dates.step,
        body=row.code,
        body_name=row.name,
        subject=row.subject,
        subject_name=row.subject_name,
        supervisor=row.supervisor or "",
        opens_on=dates.opens_on.isoformat(),
        plan_by=dates.plan_by.isoformat(),
        due_on=dates.due_on.isoformat(),
        earliest_on=dates.earliest_on.isoformat(),
        latest_on=dates.latest_on.isoformat(),
        status="provisional" if dates.provisional else "confirmed",
    )


def as_rows(plan: Plan) -> list[dict[str, str]]:
    """Return the plan as rows for JSON and tables."""
    return [asdict(duty) for duty in plan.duties]
