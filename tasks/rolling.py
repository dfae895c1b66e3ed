"""Rounds: what is owed again so many months after it was last done, by each body in its own time.

A round is the case of all bodies that did it last on one day. Its period begins on that day and ends on the
corresponding day so many months later; its schedules are allotted to these bodies alone. When a body's duty is
accepted, the agenda is read anew, and the body goes into the round of the day on which it did it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from calendars.periods import Frequency, Period, after_last, period
from evidence.ledger import EventKind
from fireduty.clock import local_date
from models.columns import instant_of
from models.database import bulk_insert
from models.regulation import Obligation
from models.states import CLOSED
from tasks import scope

Rounds = dict[Period, list[str]]
"""The bodies that go into each round."""


def due_rounds(connection: Connection, obligation: Obligation, in_force_on: date) -> Rounds:
    """Return the rounds into which bodies go now: those that never did it, and those that have done their last round.

    One that has done it, or was spared it, is in the round of that day; one that never did it, in that of the day on
    which the district began to answer, or of the day on which it joined the register.

    Args:
        connection: The transaction in which they are opened.
        obligation: An obligation of the frequency `after_last`.
        in_force_on: The first day for which the district answers.
    """
    starts: dict[date, list[str]] = {}
    first_on = None
    for row in _without_round(connection, obligation):
        if row.starts_on is None:
            first_on = first_on or _first_start(connection, in_force_on)
            starts.setdefault(first_on, []).append(row.code)
        else:
            starts.setdefault(_done_on(row), []).append(row.code)
    return {after_last(start, _interval(obligation)): starts[start] for start in sorted(starts)}


def join_round(connection: Connection, case_id: int, codes: Sequence[str], as_of: date) -> None:
    """Let bodies into a round that others opened; its steps are looked at again, also where the others are through."""
    schedules = connection.execute(text("SELECT id FROM schedule WHERE case_id = :case"), {"case": case_id}).scalars()
    rows = [(schedule, code) for schedule in schedules.all() for code in codes]
    bulk_insert(connection, "allotment", ("schedule_id", "body_code"), rows)
    looking = text(
        "UPDATE schedule SET look_on = CASE WHEN opens_on > :as_of THEN opens_on ELSE :as_of END WHERE case_id = :case"
    )
    connection.execute(looking, {"case": case_id, "as_of": as_of.isoformat()})


def chain(obligation: Obligation, first_on: date, last_on: date) -> Iterator[Period]:
    """Yield the rounds that begin in a span, as if each were done on its due day.

    Args:
        obligation: An obligation of the frequency `after_last`.
        first_on: The day on which the first begins.
        last_on: The last day on which one may begin.
    """
    start = first_on
    while start <= last_on:
        found = after_last(start, _interval(obligation))
        yield found
        start = found.ends_on


def current_rounds(connection: Connection, obligation: Obligation, in_force_on: date) -> list[Period]:
    """Return the rounds that are open; before any was, the first one there will be."""
    statement = text("SELECT period, closed_at FROM duty_case WHERE obligation_id = :id ORDER BY starts_on, period")
    known = connection.execute(statement, {"id": obligation.id}).all()
    if not known:
        return [after_last(in_force_on, _interval(obligation))]
    return [period(row.period) for row in known if row.closed_at is None]


def ask_for_next_round(connection: Connection, obligation: Obligation, as_of: date) -> None:
    """Have the next heartbeat open what follows a round; nothing for an obligation of another frequency."""
    if obligation.frequency is not Frequency.AFTER_LAST:
        return
    statement = text("UPDATE agenda SET next_on = :as_of WHERE obligation_id = :id AND next_on > :as_of")
    connection.execute(statement, {"as_of": as_of.isoformat(), "id": obligation.id})


def _without_round(connection: Connection, obligation: Obligation) -> Iterable[Row[Any]]:
    """Return each bound body that is in no round, or whose last round is over, with the days of that.

    A round is over for a body when its duty in the last step is closed, be it one it acts in or one about it.
    """
    bound = scope.belongs("a", obligation.binds)
    party = "CASE WHEN d.subject_code = '' THEN d.body_code ELSE d.subject_code END"
    # Body and round are joined as one word: over the two of them SQLite would look through each round for each body.
    sql = (
        "WITH entered AS (SELECT l.body_code AS code, max(c.starts_on) AS starts_on FROM duty_case c"
        " JOIN schedule s ON s.case_id = c.id AND s.step = :last JOIN allotment l ON l.schedule_id = s.id"
        " WHERE c.obligation_id = :obligation GROUP BY l.body_code),"
        f" ended AS (SELECT {party} || ' ' || c.starts_on AS part, max(c.ends_on) AS ends_on,"
        " max(d.claimed_on) AS claimed_on FROM duty_case c"
        " JOIN duty d ON d.case_id = c.id AND d.step = :last AND d.state IN :closed"
        " WHERE c.obligation_id = :obligation GROUP BY 1)"
        " SELECT a.code, entered.starts_on, ended.ends_on, ended.claimed_on FROM body a"
        " LEFT JOIN entered ON entered.code = a.code"
        " LEFT JOIN ended ON ended.part = entered.code || ' ' || entered.starts_on"
        f" WHERE {bound.sql} AND (entered.code IS NULL OR ended.part IS NOT NULL) ORDER BY a.code"
    )
    values = {
        "obligation": obligation.id,
        "last": list(obligation.steps)[-1],
        "closed": [state.value for state in CLOSED],
        **bound.values,
    }
    found: Sequence[Row[Any]] = scope.execute(connection, sql, values).all()
    return found


def _done_on(row: Row[Any]) -> date:
    """Return the day from which the next round of a body runs.

    A round that was spared it counts as done on its last day. Each round begins after the one before, whatever day
    was claimed, so that no round comes twice.
    """
    done_on = row.ends_on if row.claimed_on is None else row.claimed_on
    return max(date.fromisoformat(str(done_on)), date.fromisoformat(str(row.starts_on)) + timedelta(days=1))


def _first_start(connection: Connection, in_force_on: date) -> date:
    """Return the day from which those count that never did it.

    It is the first day for which the district answers; once it is at work, the day of the last import of the register,
    for whoever is without a round then came with it.
    """
    first = connection.execute(text("SELECT min(opened_at) FROM duty_case")).scalar_one()
    statement = text("SELECT entry FROM ledger WHERE kind = :kind ORDER BY seq DESC LIMIT 1")
    entry = connection.execute(statement, {"kind": EventKind.REGISTER_IMPORTED.value}).scalar_one_or_none()
    imported_at = "" if entry is None else str(json.loads(entry)["at"])
    if first is None or imported_at <= str(first):
        return in_force_on
    return max(in_force_on, local_date(instant_of(imported_at)))


def _interval(obligation: Obligation) -> int:
    assert obligation.interval_months is not None  # noqa: S101 - checked when the regulation is loaded
    return obligation.interval_months
