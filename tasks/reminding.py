"""Reminding: lets each ladder speak where its day has come, once, however late or often it is run.

What is due follows from stored dates and `as_of` alone. After an outage the highest rung whose day has come is
sent, and those it overtakes are sealed as skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from evidence.ledger import Act, Event, EventKind, append
from models.columns import instant_text
from models.database import bulk_insert
from models.regulation import Audience
from tasks import scope
from tasks.district import District

CHUNK = 5_000
"""Duties reminded in one transaction."""


@dataclass(frozen=True)
class Reminded:
    """What a sweep did: notices by rung, and rungs that were overtaken."""

    by_rung: dict[str, int]
    skipped: int = 0

    @property
    def notices(self) -> int:
        """All notices caused."""
        return sum(self.by_rung.values())


class _Move(NamedTuple):
    """Where duties standing on one rung of one schedule go."""

    to: Row[Any]
    skipped: list[str]
    next_on: str | None


def remind_due(district: District, act: Act, case_id: int | None = None, chunk: int = CHUNK) -> Reminded:
    """Send every ladder that has come to a day up to its highest rung, in chunks of one transaction each.

    Args:
        district: The district.
        act: Who sweeps, and when.
        case_id: Only this case, where given.
        chunk: How many duties make one transaction.
    """
    by_rung: dict[str, int] = {}
    skipped = 0
    while True:
        with district.database.transaction() as connection:
            duties = _due(connection, act, case_id, chunk)
            if duties:
                moves = _moves(connection, act, duties)
                skipped += sum(len(moves[duty.schedule_id, duty.rung].skipped) for duty in duties)
                _advance(connection, act, duties, moves)
                for duty in duties:
                    rung = moves[duty.schedule_id, duty.rung].to.rung
                    by_rung[rung] = by_rung.get(rung, 0) + 1
        if len(duties) < chunk:
            return Reminded(by_rung, skipped)


def any_due(connection: Connection, as_of: date) -> bool:
    """Tell by one index probe whether any ladder has come to its day."""
    statement = text("SELECT 1 FROM duty WHERE next_action_on <= :as_of LIMIT 1")
    return connection.execute(statement, {"as_of": as_of.isoformat()}).one_or_none() is not None


def _due(connection: Connection, act: Act, case_id: int | None, chunk: int) -> Sequence[Row[Any]]:
    only = "" if case_id is None else " AND case_id = :case"
    statement = text(
        "SELECT id, case_id, schedule_id, rung, body_code, supervisor_code FROM duty"
        f" WHERE next_action_on <= :as_of{only} LIMIT :chunk"
    )
    values = {"as_of": act.as_of.isoformat(), "chunk": chunk}
    return connection.execute(statement, values if case_id is None else {**values, "case": case_id}).all()


def _moves(connection: Connection, act: Act, duties: Sequence[Row[Any]]) -> dict[tuple[int, int], _Move]:
    """Return, for each rung of each schedule that duties stand on, the rung they go to."""
    schedules = sorted({duty.schedule_id for duty in duties})
    ladders: dict[int, list[Row[Any]]] = {schedule: [] for schedule in schedules}
    sql = "SELECT * FROM milestone WHERE schedule_id IN :schedules ORDER BY schedule_id, position"
    for milestone in scope.execute(connection, sql, {"schedules": schedules}):
        ladders[milestone.schedule_id].append(milestone)
    as_of = act.as_of.isoformat()
    moves = {}
    for schedule, rung in {(duty.schedule_id, duty.rung) for duty in duties}:
        ahead = [milestone for milestone in ladders[schedule] if milestone.position > rung]
        reached = [milestone for milestone in ahead if str(milestone.falls_on) <= as_of]
        later = [str(milestone.falls_on) for milestone in ahead if str(milestone.falls_on) > as_of]
        names = [milestone.rung for milestone in reached[:-1]]
        moves[schedule, rung] = _Move(reached[-1], names, min(later, default=None))
    return moves


def _advance(connection: Connection, act: Act, duties: Sequence[Row[Any]], moves: dict[tuple[int, int], _Move]) -> None:
    office = scope.office_code(connection)
    at = instant_text(act.at)
    notices, events, updates = [], [], []
    for duty_id, case_id, schedule_id, rung, body_code, supervisor_code in duties:
        to, skipped, next_on = moves[schedule_id, rung]
        recipient = recipient_of(to.audience, body_code, supervisor_code, office)
        notices.append((duty_id, to.rung, to.level, recipient, at))
        updates.append((to.position, next_on, duty_id))
        payload = {"rung": to.rung, "level": to.level, "to": recipient, "skipped": skipped}
        events.append(Event(EventKind.DUTY_REMINDED, payload, case_id, duty_id))
    columns = ("duty_id", "occasion", "level", "recipient_code", "caused_at")
    bulk_insert(connection, "notice", columns, notices)
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    connection.exec_driver_sql(
        f"UPDATE duty SET rung = {mark}, next_action_on = {mark} WHERE id = {mark}",
        updates,
    )
    append(connection, act, events)


def recipient_of(audience: str, body: str, supervisor: str | None, office: str | None) -> str:
    """Return whom a rung tells; where the register names nobody above, the office, and last the body itself.

    The office does not warn itself: its own duties climb to the body that supervises it.
    """
    if audience == Audience.BODY:
        return body
    if audience == Audience.SUPERVISOR or office == body:
        return supervisor or office or body
    return office or body
