"""Drafting reports from the record: who reports what to whom, figures, charts, document. Nothing is changed by it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from calendars.periods import Period, period, periods
from fireduty.errors import DutyStateError, UnknownNameError
from fireduty.settings import ADMINISTRATION
from models.kinds import BodyKind
from models.process import Process
from models.regulation import Obligation, Regulation
from tasks.actors import require_body
from tasks.district import District
from tasks.duties import find
from tasks.reporting.charts import shares, stacked
from tasks.reporting.fields import Head, fields
from tasks.reporting.figures import ESCALATED, Count, Figures, NumberSum, Scope, Tally, Trace, counted, figures
from tasks.reporting.kinds import ReportKind, kind_of, requirement_for
from tasks.reporting.official import period_text
from tasks.reporting.statuses import Status
from tasks.reporting.templating import fill, template_in_force
from tasks.scope import belongs, codes, office_code

ProcessNamed = Callable[[str], Process]


@dataclass(frozen=True)
class Order:
    """Which report is to be drafted.

    Attributes:
        kind: The report.
        regulation: The text that demands it.
        obligation: Its obligation.
        signer: The code of the body that reports.
        period: The period.
        duty_id: The duty it is handed in for, if any.
        requirement: Under which key it is handed in for that duty.
        hands_in: The code of the body that hands it in: the committee's office, where it drafts for the government.
    """

    kind: ReportKind
    regulation: Regulation
    obligation: Obligation
    signer: str
    period: Period
    duty_id: int | None = None
    requirement: str = ""
    hands_in: str = ""


@dataclass(frozen=True)
class Draft:
    """A report that was drafted.

    Attributes:
        order: What was drafted.
        title: Its heading.
        content: The docx file.
        figures: What it rests on.
        fields: What it says, by field.
    """

    order: Order
    title: str
    content: bytes
    figures: Figures
    fields: dict[str, Any]


def order_for_duty(connection: Connection, district: District, duty_id: int) -> Order:
    """Return the report that proves a duty.

    Raises:
        UnknownNameError: If there is no such duty.
        DutyStateError: If no report proves its step.
    """
    record = find(connection, district, duty_id)
    kind = kind_of(record.obligation.flow, record.row.step)
    key = requirement_for(record.terms)
    if kind is None or not key or record.obligation.frequency is None:
        message = f"duty {duty_id}: no report is its proof, it is step {record.row.step} of {record.obligation.flow}"
        fitting = "; ".join(f"{one.value}: {one.flow}, {' or '.join(one.steps)}" for one in ReportKind)
        raise DutyStateError(message, f"Reports are drafted for {fitting}.")
    owing = codes(connection, belongs("a", record.obligation.binds), "a")
    signer = record.row.body_code if record.row.body_code in owing else next(iter(owing), record.row.body_code)
    of, owing_body = period(record.row.period), record.row.body_code
    return Order(kind, record.regulation, record.obligation, signer, of, duty_id, key, owing_body)


def order_for_period(
    connection: Connection, district: District, kind: ReportKind, key: str, signer: str = "", regulation: str = ""
) -> Order:
    """Return a report for a period, without a duty.

    Args:
        connection: The database.
        district: The district.
        kind: The report.
        key: The period's key, such as `2027` or `2027-H1`; only who owes the report as often as that is meant.
        signer: The body that reports; may be left out where only one body owes this report.
        regulation: The id of the text that demands it; may be left out where only one does.

    Raises:
        UnknownNameError: If no such report is demanded here, or several bodies owe it.
    """
    if signer:
        require_body(connection, signer)
    wanted = period(key)
    owing: list[tuple[Regulation, Obligation, str]] = []
    for law in district.regulations:
        for obligation in law.obligations:
            fits = obligation.flow == kind.flow and obligation.frequency is wanted.frequency
            if fits and regulation in ("", law.id):
                bound = codes(connection, belongs("a", obligation.binds), "a")
                owing += [(law, obligation, code) for code in bound if signer in ("", code)]
    if len(owing) != 1:
        names = ", ".join(dict.fromkeys(f"{code} ({law.id})" for law, _, code in owing)) or "nobody"
        message = f"report {kind.value} of {key}: expected one body that owes it, got {names}"
        raise UnknownNameError(message, "Name the body with --body and the text with --regulation, or give a duty.")
    [(law, obligation, code)] = owing
    return Order(kind, law, obligation, code, wanted)


def draft(
    connection: Connection,
    district: District,
    order: Order,
    as_of: date,
    named: ProcessNamed,
    number: str = "",
) -> Draft:
    """Draft a report from the record as it stands.

    Args:
        connection: The database.
        district: The district.
        order: Which report.
        as_of: The day it is drafted.
        named: Returns the process of a name.
        number: The document number it will have, where one is given.

    Raises:
        InputError: If the template in force cannot be filled in.
    """
    signer = require_body(connection, order.signer)
    head = Head(
        order.kind,
        order.regulation,
        order.obligation.ref,
        order.period,
        signer,
        order.obligation.recipient,
        as_of,
        number,
    )
    scope = scope_of(connection, district, order, as_of)
    found = figures(connection, scope)
    values = _fields(connection, head, found, named)
    template = template_in_force(connection, district, order.kind)
    return Draft(order, head.title.replace("\n", ""), fill(template, {**values, **_charts(found, head)}), found, values)


def scope_of(connection: Connection, district: District, order: Order, as_of: date) -> Scope:
    """Return what a report counts: all duties here under the law, or those below and supervised by its body."""
    obligations = {one.id: one for law in district.regulations if law.id != ADMINISTRATION for one in law.obligations}
    top = "" if order.signer in _above_the_office(connection) else order.signer
    return Scope(obligations, order.period.starts_on, order.period.ends_on, as_of, top)


def previous(of: Period) -> Period:
    """Return the period before a natural one."""
    day = of.starts_on - timedelta(days=1)
    return periods(of.frequency, day, day)[0]


def sample_fields(
    connection: Connection, district: District, kind: ReportKind, as_of: date, named: ProcessNamed
) -> Any:
    """Return fields as a draft has them, from the first obligation here, to try a template with."""
    law = district.regulations[0]
    obligation = law.obligations[0]
    head = Head(kind, law, obligation.ref, period(str(as_of.year)), "示例", "示例", as_of)
    scope = Scope({obligation.id: obligation}, date(as_of.year, 1, 1), date(as_of.year, 12, 31), as_of)
    return _fields(connection, head, _sample(scope), named)


def _sample(scope: Scope) -> Figures:
    """Return figures with one of everything, so that each field of a template is filled in at least once."""
    [name] = scope.obligations
    step, on = next(iter(scope.obligations[name].steps)), scope.first_on
    overdue = {"id": 1, "body": "示例", "obligation": name, "due_on": on, "reached": 1}
    return Figures(
        scope=scope,
        counts=[Count(name, step, BodyKind.UNIT, f"{on:%Y-%m}", Status.OVERDUE, 1)],
        bodies=1,
        returns=1,
        escalations=dict.fromkeys(ESCALATED, (1, 1)),
        numbers=[NumberSum("示例", "家", 1, 1, (name,))],
        overdue=[overdue],
        traces=[Trace(name, step, Status.OVERDUE, 1, ((1, 1),))],
    )


def _above_the_office(connection: Connection) -> set[str]:
    """Return the committee's office and all bodies above it: each of them answers for the whole district."""
    sql = (
        "WITH RECURSIVE above(code) AS (SELECT CAST(:office AS VARCHAR(40)) UNION SELECT b.parent_code FROM body b"
        " JOIN above ON b.code = above.code WHERE b.parent_code IS NOT NULL) SELECT code FROM above"
    )
    found = connection.execute(text(sql), {"office": office_code(connection)}).scalars()
    return {str(code) for code in found if code is not None}


def _fields(connection: Connection, head: Head, found: Figures, named: ProcessNamed) -> dict[str, Any]:
    before = previous(head.period)
    earlier = replace(found.scope, first_on=before.starts_on, last_on=before.ends_on)
    tally: dict[Any, int] = {}
    for one in counted(connection, earlier):
        tally[one.status] = tally.get(one.status, 0) + one.duties
    return fields(head, found, Tally(tally), before, named)


def _charts(found: Figures, head: Head) -> dict[str, tuple[bytes, str]]:
    """Return the charts with the words that stand for them where they cannot be seen."""
    name = period_text(head.period)
    months = {f"{int(month[5:])}月": tally for month, tally in found.by_month().items()}
    kinds = {kind.chinese: tally for kind, tally in found.by_kind().items()}
    by_month = "，".join(f"{month}{tally.owed}项" for month, tally in months.items())
    by_kind = "，".join(f"{kind}{tally.rate}%" for kind, tally in kinds.items() if tally.rate is not None)
    return {
        "chart_months": (stacked(months), f"柱状图：{name}各月到期任务数。{by_month}。"),
        "chart_kinds": (shares(kinds), f"条形图：{name}各类责任主体按期办结率。{by_kind or '尚无已到期任务'}。"),
    }
