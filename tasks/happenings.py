"""What the tables know of an event: which steps are done, what they named, when its clock stood still."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from models.anchors import event_anchor
from models.events import ClockAct
from models.process import When
from models.regulation import Obligation
from models.states import DutyState
from tasks.event_dates import Extension, Happening, pauses_of


def happening_of(connection: Connection, case: Row[Any], obligation: Obligation) -> Happening:
    """Return what is known of the event of a case."""
    changes = connection.execute(
        text("SELECT * FROM clock_change WHERE case_id = :case ORDER BY id"), {"case": case.id}
    ).all()
    stops = [(_day(one.begins_on), one.kind == ClockAct.PAUSE) for one in changes if one.kind != ClockAct.EXTEND]
    more = {
        one.step: Extension(_day(one.begins_on), _day(one.until_on)) for one in changes if one.kind == ClockAct.EXTEND
    }
    return Happening(
        event_on=_day(case.event_on),
        reported_on=_day(case.reported_on),
        done=_done(connection, case.id),
        answers=_answered_days(connection, case.id, obligation),
        pauses=pauses_of(stops),
        extensions=more,
    )


def is_taken(connection: Connection, case_id: int, when: When) -> bool:
    """Whether a branch is taken: whether the accepted answers of its step are so."""
    return any(found.get(when.key) == when.value for found in _accepted(connection, case_id, when.step))


def _done(connection: Connection, case_id: int) -> dict[str, date]:
    """Return the day on which each step was done of which every duty is closed."""
    statement = text(
        "SELECT step, max(claimed_on) AS day FROM duty WHERE case_id = :case GROUP BY step"
        " HAVING sum(CASE WHEN state IN ('accepted', 'waived') THEN 0 ELSE 1 END) = 0 AND max(claimed_on) IS NOT NULL"
    )
    return {row.step: _day(row.day) for row in connection.execute(statement, {"case": case_id})}


def _answered_days(connection: Connection, case_id: int, obligation: Obligation) -> dict[tuple[str, str], date]:
    """Return the days that accepted answers name, as far as an anchor asks for them; the last of several."""
    anchors = [event_anchor(anchor) for terms in obligation.steps.values() for anchor in (terms.opens, terms.due)]
    asked = {(one.base, one.answer) for one in anchors if one is not None and one.answer}
    found = {}
    for step, key in asked:
        named = [max(given[key]) for given in _accepted(connection, case_id, step) if given.get(key)]
        if named:
            found[step, key] = _day(max(named))
    return found


def _accepted(connection: Connection, case_id: int, step: str) -> list[Mapping[str, Any]]:
    """Return the answers of a step's accepted duties."""
    statement = text(
        "SELECT s.answers FROM duty d JOIN submission s ON s.duty_id = d.id WHERE d.case_id = :case AND d.step = :step"
        " AND d.state = :accepted AND s.revision = (SELECT max(o.revision) FROM submission o WHERE o.duty_id = d.id)"
    )
    values = {"case": case_id, "step": step, "accepted": DutyState.ACCEPTED.value}
    return [json.loads(answers) for answers in connection.execute(statement, values).scalars()]


def _day(value: Any) -> date:
    return date.fromisoformat(str(value))
