"""Clocks: a limit is stopped, goes on, or is lengthened only by a document with a reason and an approver."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from evidence.ledger import Act, Event, EventKind, append
from evidence.store import StoredFile
from fireduty.errors import EventError, UnknownNameError
from models.columns import instant_text
from models.events import ClockAct
from tasks.actors import Actor, require_body
from tasks.district import District
from tasks.events import find_event
from tasks.moving import Reason
from tasks.redating import redate_event

SHORTEST_REASON = 2
"""A reason must say something: at least a word."""

_EVENTS = {
    ClockAct.PAUSE: EventKind.CLOCK_PAUSED,
    ClockAct.RESUME: EventKind.CLOCK_RESUMED,
    ClockAct.EXTEND: EventKind.CLOCK_EXTENDED,
}


@dataclass(frozen=True)
class Decision:
    """What a document decides about the clock of an event.

    Attributes:
        number: The number of the event.
        kind: What it does.
        on: The first day that is not counted, or again is; for more time, the day of the approval.
        document: The document, in the evidence store.
        reason: Why.
        approver: Who approved it, as `<body code>/<role>`.
        document_number: The document's official number, where it has one.
        step: For more time, the step.
        until_on: For more time, the day by which it is due instead.
    """

    number: str
    kind: ClockAct
    on: date
    document: StoredFile
    reason: str
    approver: str
    document_number: str = ""
    step: str = ""
    until_on: date | None = None


def change_clock(connection: Connection, act: Act, district: District, given: Decision) -> str:
    """Stop, restart or lengthen the clock of an event, within the caller's transaction; return the ledger's hash.

    While a clock stands still nothing opens and no ladder speaks. When it goes on, or there is more time, the ladders
    of open duties begin anew on the new dates.

    Raises:
        UnknownNameError: If there is no such event or approver.
        EventError: If the clock is not in the state the decision supposes, the approver owes the duty, the reason is
            missing, or the dates do not fit.
    """
    case = find_event(connection, given.number)
    _require_reason(given)
    _require_approver(connection, case, given)
    _require_fit(connection, case, given, act.as_of)
    _insert(connection, act, case.id, given)
    paused = given.on if given.kind is ClockAct.PAUSE else None if given.kind is ClockAct.RESUME else case.paused_on
    connection.execute(
        text("UPDATE duty_case SET paused_on = :on WHERE id = :id"),
        {"on": None if paused is None else str(paused), "id": case.id},
    )
    if given.kind is ClockAct.PAUSE:
        silent = text("UPDATE duty SET next_action_on = NULL WHERE case_id = :id")
        connection.execute(silent, {"id": case.id})
    head = append(connection, act, [Event(_EVENTS[given.kind], _payload(given), case.id)])
    if given.kind is not ClockAct.PAUSE:
        _go_on(connection, act, district, case, given)
    return head.hash


def _go_on(connection: Connection, act: Act, district: District, case: Row[Any], given: Decision) -> None:
    changes = connection.execute(
        text("SELECT count(*) FROM clock_change WHERE case_id = :id"), {"id": case.id}
    ).scalar_one()
    reason = Reason(f"clock-{changes}", given.document_number or given.document.name)
    redate_event(connection, act, district, case.id, reason, restart=f".{changes + 1}")


def _require_reason(given: Decision) -> None:
    if len(given.reason.strip()) < SHORTEST_REASON:
        message = f"event {given.number}: changing its clock needs a reason"
        raise EventError(message, "Say why with --reason.")


def _require_approver(connection: Connection, case: Row[Any], given: Decision) -> None:
    approver = Actor.parse(given.approver)
    require_body(connection, approver.body_code)
    bound = connection.execute(
        text("SELECT body_code FROM case_party WHERE case_id = :id AND party IN ('bound', 'concerned')"),
        {"id": case.id},
    ).scalars()
    if approver.body_code in set(bound):
        message = f"event {given.number}: {approver.body_code} has to act itself and cannot approve more time"
        raise EventError(message, "Name somebody of the supervising body with --approver.")


def _require_fit(connection: Connection, case: Row[Any], given: Decision, as_of: date) -> None:
    if case.closed_at is not None:
        message = f"event {given.number}: it is closed"
        raise EventError(message, "A hazard that came back is taken up again by `fireduty event report --reopens`.")
    paused_on = None if case.paused_on is None else date.fromisoformat(str(case.paused_on))
    faults = {
        ClockAct.PAUSE: paused_on is not None and f"its clock stands still since {paused_on}",
        ClockAct.RESUME: paused_on is None and "its clock is running",
        ClockAct.EXTEND: paused_on is not None and f"its clock stands still since {paused_on}; let it go on first",
    }
    if fault := faults[given.kind]:
        message = f"event {given.number}: {fault}"
        raise EventError(message, f"`fireduty event show {given.number}` shows its clock.")
    first = paused_on if paused_on is not None else date.fromisoformat(str(case.reported_on))
    if not first <= given.on <= as_of:
        message = f"event {given.number}: expected a day from {first} to today, {as_of}, got {given.on}"
        raise EventError(message, "A clock is changed as of the day the document was approved.")
    if given.kind is ClockAct.EXTEND:
        _require_longer(connection, case, given)


def _require_longer(connection: Connection, case: Row[Any], given: Decision) -> None:
    statement = text("SELECT step, due_on FROM schedule WHERE case_id = :id")
    dues = {row.step: str(row.due_on) for row in connection.execute(statement, {"id": case.id})}
    if given.step not in dues:
        message = f"event {given.number}: step {given.step!r}: expected one of {', '.join(dues)}"
        raise UnknownNameError(message, "Name it with --step.")
    if given.until_on is None or str(given.until_on) <= dues[given.step]:
        message = f"event {given.number}: expected a day after {dues[given.step]}, when {given.step} is due now"
        raise EventError(message, "Give the new day with --until.")


def _insert(connection: Connection, act: Act, case_id: int, given: Decision) -> None:
    statement = text(
        "INSERT INTO clock_change (case_id, kind, step, begins_on, until_on, document, document_name, number, reason,"
        " approver, recorded_at) VALUES (:case, :kind, :step, :on, :until, :document, :name, :number, :reason,"
        " :approver, :at)"
    )
    values = {
        "case": case_id,
        "kind": given.kind.value,
        "step": given.step,
        "on": given.on.isoformat(),
        "until": None if given.until_on is None else given.until_on.isoformat(),
        "document": given.document.digest,
        "name": given.document.name,
        "number": given.document_number,
        "reason": given.reason.strip(),
        "approver": given.approver,
        "at": instant_text(act.at),
    }
    connection.execute(statement, values)


def _payload(given: Decision) -> dict[str, Any]:
    return {
        "number": given.number,
        "on": given.on.isoformat(),
        "step": given.step,
        "until_on": "" if given.until_on is None else given.until_on.isoformat(),
        "document": given.document.digest,
        "document_number": given.document_number,
        "reason": given.reason.strip(),
        "approver": given.approver,
    }
