"""Ladders as the administrator changed them: rungs that come later or sooner, or say nothing, each with the reason.

A change holds for cases that open while it is in force, whatever becomes of it later; a case that is open keeps the
ladder it was opened with. It is made for an obligation as a whole: the rungs are dated once for all bodies that share
a schedule, and one body among them has no ladder of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from evidence.ledger import Act, Event, EventKind, append
from fireduty.errors import LadderError, Problem, ReviewError
from models.columns import instant_text
from models.regulation import Obligation, Regulation, Rung
from tasks.actors import Actor
from tasks.district import District
from tasks.scope import office_code

FARTHEST = 60
"""By at most so many working days a rung is moved; ours."""

SHORTEST_REASON = 2
"""A reason must say something: at least a word."""


@dataclass(frozen=True)
class Change:
    """A change of a ladder.

    Attributes:
        rung: The rung it is about; empty for all but the opening.
        shift: By how many working days it comes later, or sooner where negative.
        silent: Whether it says nothing.
    """

    rung: str = ""
    shift: int = 0
    silent: bool = False


def overridden(
    connection: Connection, regulation: Regulation, obligation: Obligation, opened_at: datetime | str
) -> Regulation:
    """Return a regulation in which an obligation's ladder is the one for a case that opened at an instant.

    The ladders of other obligations in it are not to be used.
    """
    changes = _changes(connection, obligation.id, opened_at)
    if not changes:
        return regulation
    ladder = tuple(_changed(regulation.ladder_of(obligation), changes))
    return regulation.model_copy(update={"ladders": {**regulation.ladders, obligation.ladder: ladder}})


def change_ladder(
    connection: Connection, act: Act, district: District, obligation_id: str, wanted: Change, reason: str
) -> Sequence[Rung]:
    """Record a change of an obligation's ladder, in place of an earlier one of the same rung; return the ladder.

    Args:
        connection: The transaction.
        act: Who changes it: somebody of the fire committee's office.
        district: The district.
        obligation_id: The obligation.
        wanted: The change.
        reason: Why.

    Raises:
        UnknownNameError: If there is no such obligation in force.
        ReviewError: If the actor is not of the office.
        LadderError: If the change or the reason makes no sense.
    """
    regulation, obligation = district.obligation(obligation_id)
    _require_office(connection, act)
    rungs = regulation.ladder_of(obligation)
    if problems := [*_problems(rungs, wanted), *_missing(reason)]:
        message = f"the ladder of {obligation_id}: {len(problems)} problems"
        raise LadderError(message, problems, "`fireduty duty ladder OBLIGATION` shows its rungs.")
    _end(connection, act, obligation_id, wanted.rung)
    connection.execute(
        text(
            "INSERT INTO ladder_override (obligation_id, rung, shift, silent, reason, recorded_by, recorded_at)"
            " VALUES (:obligation, :rung, :shift, :silent, :reason, :actor, :at)"
        ),
        {
            "obligation": obligation_id,
            "rung": wanted.rung,
            "shift": wanted.shift,
            "silent": wanted.silent,
            "reason": reason.strip(),
            "actor": act.actor,
            "at": instant_text(act.at),
        },
    )
    found = overridden(connection, regulation, obligation, act.at).ladder_of(obligation)
    payload = {"obligation": obligation_id, "change": vars(wanted), "reason": reason.strip(), "ladder": _sealed(found)}
    append(connection, act, [Event(EventKind.LADDER_OVERRIDDEN, payload)])
    return found


def reset_ladder(connection: Connection, act: Act, district: District, obligation_id: str, reason: str) -> int:
    """Take back all changes of an obligation's ladder, and return how many there were.

    Raises:
        UnknownNameError: If there is no such obligation in force.
        ReviewError: If the actor is not of the office.
        LadderError: If there is nothing to take back, or no reason.
    """
    regulation, obligation = district.obligation(obligation_id)
    _require_office(connection, act)
    problems = list(_missing(reason))
    ended = 0 if problems else _end(connection, act, obligation_id)
    if not ended:
        problems = problems or [Problem("reset", "expected a change in force, there is none")]
        message = f"the ladder of {obligation_id}:"
        raise LadderError(message, problems, "`fireduty duty ladder OBLIGATION` shows it.")
    sealed = _sealed(regulation.ladder_of(obligation))
    payload = {"obligation": obligation_id, "change": "reset", "reason": reason.strip(), "ladder": sealed}
    append(connection, act, [Event(EventKind.LADDER_OVERRIDDEN, payload)])
    return ended


def describe_ladder(
    connection: Connection, district: District, obligation_id: str, at: datetime
) -> list[dict[str, Any]]:
    """Return the rungs of an obligation's ladder as the law's data has them and as they are for a case that opens now.

    Raises:
        UnknownNameError: If there is no such obligation in force.
    """
    regulation, obligation = district.obligation(obligation_id)
    changes = _changes(connection, obligation_id, at)
    now = {rung.name: rung for rung in _changed(regulation.ladder_of(obligation), changes)}
    found = []
    for rung in regulation.ladder_of(obligation):
        change = None if rung.workdays is None else changes.get(rung.name, changes.get(""))
        found.append(
            {
                "rung": rung.name,
                "audience": rung.audience.value,
                "level": rung.level.value,
                "level_zh": rung.level.chinese,
                "workdays": rung.workdays,
                "now": now[rung.name].workdays if rung.name in now else None,
                "silent": rung.name not in now,
                "reason": "" if change is None else change.reason,
                "changed_by": "" if change is None else change.recorded_by,
            }
        )
    return found


def _changes(connection: Connection, obligation_id: str, at: datetime | str) -> Mapping[str, Row[Any]]:
    """Return the changes in force at an instant, by the rung they are about."""
    statement = text(
        "SELECT * FROM ladder_override WHERE obligation_id = :id AND recorded_at <= :at"
        " AND (ended_at IS NULL OR ended_at > :at) ORDER BY id"
    )
    instant = at if isinstance(at, str) else instant_text(at)
    return {row.rung: row for row in connection.execute(statement, {"id": obligation_id, "at": instant})}


def _changed(rungs: Sequence[Rung], changes: Mapping[str, Row[Any]]) -> Iterator[Rung]:
    """Yield the rungs that speak; what is said of one rung comes before what is said of all."""
    for rung in rungs:
        change = None if rung.workdays is None else changes.get(rung.name, changes.get(""))
        if change is None or rung.workdays is None:
            yield rung
        elif not change.silent:
            yield rung.model_copy(update={"workdays": _moved(rung.workdays, change.shift)})


def _moved(workdays: int, shift: int) -> int:
    """Move a rung; a reminder stays before the planned day or on it, all others stay after the due day."""
    return min(workdays + shift, 0) if workdays <= 0 else max(workdays + shift, 1)


def _problems(rungs: Sequence[Rung], wanted: Change) -> Iterator[Problem]:
    names = [rung.name for rung in rungs if rung.workdays is not None]
    if wanted.rung and wanted.rung not in names:
        yield Problem("rung", f"expected one of {', '.join(names)}, got {wanted.rung}; the opening always speaks")
    if wanted.silent and not wanted.rung:
        yield Problem("silence", "expected the name of a rung")
    if not wanted.silent and not 0 < abs(wanted.shift) <= FARTHEST:
        yield Problem(
            "shift", f"expected 1 to {FARTHEST} working days later, or sooner with a minus, got {wanted.shift}"
        )


def _missing(reason: str) -> Iterator[Problem]:
    if len(reason.strip()) < SHORTEST_REASON:
        yield Problem("reason", "expected at least a word")


def _require_office(connection: Connection, act: Act) -> None:
    actor, office = Actor.parse(act.actor), office_code(connection)
    if actor.body_code != office:
        message = f"ladders are the administrator's: expected somebody of {office or 'the office'}, got {actor}"
        raise ReviewError(message, "Act for the fire committee's office with --as.")


def _end(connection: Connection, act: Act, obligation_id: str, rung: str | None = None) -> int:
    """End what is in force for one rung, or for all where none is named; return how many changes that were."""
    only = "" if rung is None else " AND rung = :rung"
    statement = text(f"UPDATE ladder_override SET ended_at = :at WHERE obligation_id = :id AND ended_at IS NULL{only}")
    values = {"at": instant_text(act.at), "id": obligation_id}
    return connection.execute(statement, values if rung is None else {**values, "rung": rung}).rowcount


def _sealed(ladder: Sequence[Rung]) -> list[dict[str, Any]]:
    return [{"rung": rung.name, "workdays": rung.workdays} for rung in ladder if rung.workdays is not None]
