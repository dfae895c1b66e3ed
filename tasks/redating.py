"""Redating: new dates for an event, once a step is done, a document changes its clock, or the calendar learns more."""

from typing import Any

from sqlalchemy import Connection, Row, text

from evidence.ledger import Act
from models.states import CLOSED
from tasks import scope
from tasks.district import District
from tasks.event_dates import event_dates
from tasks.happenings import happening_of
from tasks.ladders import overridden
from tasks.moving import Moved, Reason, make_moves, moves_of


def redate_event(
    connection: Connection, act: Act, district: District, case_id: int, reason: Reason, restart: str = ""
) -> Moved:
    """Reckon the dates of all steps of an event that are not done, within the caller's transaction.

    Args:
        connection: The transaction.
        act: Who causes it, and when.
        district: The district.
        case_id: The case of the event.
        reason: What caused it.
        restart: Where given, the ladders of open duties begin anew; see `tasks.moving.moves_of`.
    """
    case = connection.execute(text("SELECT * FROM duty_case WHERE id = :id"), {"id": case_id}).one()
    regulation, obligation = district.obligation(case.obligation_id)
    happening = happening_of(connection, case, obligation)
    law = overridden(connection, regulation, obligation, case.opened_at)
    found = event_dates(law, obligation, happening, district.calendar)
    left = _unfinished(connection, case_id)
    dates = {(one.step, one.variant): one for one in found if one.step in left}
    moved = make_moves(connection, act, moves_of(connection, act, case_id, dates, restart), reason)
    _span(connection, case, [str(one.due_on) for one in found if one.step in left])
    return moved


def _unfinished(connection: Connection, case_id: int) -> set[str]:
    """Return the steps that still have a duty to open, or one that is open."""
    sql = (
        "SELECT step FROM schedule WHERE case_id = :case AND (look_on IS NOT NULL OR EXISTS (SELECT 1 FROM duty d"
        " WHERE d.schedule_id = schedule.id AND d.state NOT IN :closed))"
    )
    values = {"case": case_id, "closed": [state.value for state in CLOSED]}
    return set(scope.execute(connection, sql, values).scalars())


def _span(connection: Connection, case: Row[Any], dues: list[str]) -> None:
    """Let the case last at least as long as its steps, so that what is done meanwhile lies within it."""
    ends_on = max([str(case.ends_on), *dues])
    statement = text("UPDATE duty_case SET ends_on = :ends_on WHERE id = :id")
    connection.execute(statement, {"ends_on": ends_on, "id": case.id})
