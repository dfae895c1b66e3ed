"""Reading events: all of them, and one with its parties, its clock, its steps and its whole record."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from models.events import ClockAct
from models.regulation import Obligation
from models.states import DutyState
from tasks.district import District
from tasks.event_dates import explain
from tasks.events import find_event
from tasks.happenings import happening_of

_LIST = """
    SELECT c.period AS number, c.obligation_id, c.event_on, c.reported_on, c.note, c.reference, c.paused_on,
           c.closed_at,
           (SELECT min(b.name) FROM case_party p JOIN body b ON b.code = p.body_code
            WHERE p.case_id = c.id AND p.party = 'bound') AS body,
           (SELECT count(*) FROM duty d WHERE d.case_id = c.id AND d.state NOT IN ('accepted', 'waived')) AS unfinished,
           (SELECT min(d.due_on) FROM duty d
            WHERE d.case_id = c.id AND d.state NOT IN ('accepted', 'waived')) AS due_on
    FROM duty_case c
"""


def list_events(
    connection: Connection, as_of: date, obligation: str = "", body: str = "", *, unfinished: bool = False
) -> list[dict[str, Any]]:
    """Return events, the newest first.

    Args:
        connection: A connection for reading.
        as_of: The day from which overdue is judged.
        obligation: Only events of this obligation, where given.
        body: Only events in which this body has a part, where given.
        unfinished: Only events that are not closed.
    """
    parts = ["c.event_on IS NOT NULL"]
    if obligation:
        parts.append("c.obligation_id = :obligation")
    if body:
        parts.append("EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = c.id AND p.body_code = :body)")
    if unfinished:
        parts.append("c.closed_at IS NULL")
    statement = text(f"{_LIST} WHERE {' AND '.join(parts)} ORDER BY c.id DESC")
    given = {name: value for name, value in (("obligation", obligation), ("body", body)) if value}
    return [_listed(row, as_of) for row in connection.execute(statement, given)]


def _listed(row: Row[Any], as_of: date) -> dict[str, Any]:
    found: dict[str, Any] = {name: None if value is None else str(value) for name, value in row._mapping.items()}
    found["unfinished"] = row.unfinished
    overdue = row.due_on is not None and row.paused_on is None and str(row.due_on) < as_of.isoformat()
    found["overdue"] = overdue
    found["state_zh"] = "已结" if row.closed_at else "中止计时" if row.paused_on else "逾期" if overdue else "办理中"
    return found


def timeline(connection: Connection, district: District, number: str, step_names: dict[str, str]) -> dict[str, Any]:
    """Return one event whole.

    Args:
        connection: A connection for reading.
        district: The district.
        number: The event's number.
        step_names: The Chinese name of each step of its process.

    Raises:
        UnknownNameError: If there is none of that number.
    """
    case = find_event(connection, number)
    regulation, obligation = district.obligation(case.obligation_id)
    happening = happening_of(connection, case, obligation)
    limits = explain(regulation, obligation, happening, district.calendar)
    steps = _steps(connection, case.id, obligation, step_names)
    for step in steps:
        step["reckoned"] = list(limits[step["step"]].trace)
        step["rule"] = limits[step["step"]].rule
    return {
        "number": number,
        "obligation": obligation.id,
        "title": obligation.title,
        "ref": obligation.ref,
        "regulation": regulation.title,
        "event": obligation.event,
        "event_on": str(case.event_on),
        "reported_on": str(case.reported_on),
        "note": case.note,
        "reference": case.reference,
        "paused_on": None if case.paused_on is None else str(case.paused_on),
        "closed_at": None if case.closed_at is None else str(case.closed_at),
        "parties": _parties(connection, case.id),
        "clock": _clock(connection, case.id),
        "steps": steps,
        "before": _earlier(connection, case),
        "history": case_history(connection, case.id),
    }


def case_history(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    """Return all ledger entries of a case, oldest first."""
    statement = text("SELECT entry FROM ledger WHERE case_id = :case ORDER BY seq")
    return [json.loads(entry) for entry in connection.execute(statement, {"case": case_id}).scalars()]


def _steps(
    connection: Connection, case_id: int, obligation: Obligation, step_names: dict[str, str]
) -> list[dict[str, Any]]:
    statement = text(
        "SELECT s.step, s.due_on, s.provisional, s.look_on, d.id AS duty, d.state, d.claimed_on, d.due_on AS owed_on,"
        " b.name AS body FROM schedule s LEFT JOIN duty d ON d.schedule_id = s.id LEFT JOIN body b ON b.code ="
        " d.body_code WHERE s.case_id = :case ORDER BY s.id, d.id"
    )
    rows = connection.execute(statement, {"case": case_id}).all()
    order = list(obligation.steps)
    return [
        {
            "step": row.step,
            "name": step_names.get(row.step, row.step),
            "body": row.body,
            "duty": row.duty,
            "due_on": str(row.owed_on or row.due_on),
            "forecast": bool(row.provisional) and row.duty is None,
            "state": row.state,
            "state_zh": _state(row),
            "claimed_on": None if row.claimed_on is None else str(row.claimed_on),
            "late": row.claimed_on is not None and str(row.claimed_on) > str(row.owed_on),
        }
        for row in sorted(rows, key=lambda row: order.index(row.step))
    ]


def _state(row: Row[Any]) -> str:
    if row.duty is not None:
        return DutyState(row.state).chinese
    return "未开立" if row.look_on is not None else "不需办理"


def _parties(connection: Connection, case_id: int) -> list[dict[str, str]]:
    statement = text(
        "SELECT p.party, p.body_code, b.name FROM case_party p JOIN body b ON b.code = p.body_code"
        " WHERE p.case_id = :case ORDER BY p.party, p.body_code"
    )
    return [dict(row._mapping) for row in connection.execute(statement, {"case": case_id})]


def _clock(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    statement = text("SELECT * FROM clock_change WHERE case_id = :case ORDER BY id")
    rows: Sequence[Row[Any]] = connection.execute(statement, {"case": case_id}).all()
    found = [{name: None if value is None else str(value) for name, value in row._mapping.items()} for row in rows]
    return [{**one, "kind_zh": ClockAct(str(one["kind"])).chinese} for one in found]


def _earlier(connection: Connection, case: Row[Any]) -> list[dict[str, str]]:
    """Return the events that this one takes up again, the latest first."""
    found = []
    seen = case.reopens_id
    while seen is not None:
        row = connection.execute(text("SELECT * FROM duty_case WHERE id = :id"), {"id": seen}).one()
        found.append({"number": row.period, "event_on": str(row.event_on), "note": row.note})
        seen = row.reopens_id
    return found
