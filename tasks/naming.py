"""Naming substitutes, and ending them: each recorded with its days, its reason and who said so."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from evidence.ledger import Act, Event, EventKind, append
from fireduty.errors import Problem, ReviewError, SubstituteError, UnknownNameError
from models.addresses import is_address
from models.columns import instant_text
from tasks.actors import Actor, require_body
from tasks.scope import office_code
from tasks.substitutes import IN_FORCE, MEANWHILE, Substitution, read_substitutes

SHORTEST_REASON = 2
"""A reason must say something: at least a word."""


def name_substitute(connection: Connection, act: Act, wanted: Substitution) -> int:
    """Record a substitute, and return its number.

    Args:
        connection: The transaction.
        act: Who names it: somebody of the body itself, or of the committee's office.
        wanted: Who stands in for whom, when and why.

    Raises:
        UnknownNameError: If a body is not in the register.
        SubstituteError: If the actor may not, the dates or the reason are wrong, another stands in on one of the
            days already, or the substitutes would go round in a circle.
    """
    for code in (wanted.place.body_code, wanted.by.body_code):
        require_body(connection, code)
    _require_right(connection, Actor.parse(act.actor), wanted.place.body_code)
    if problems := list(_problems(wanted)):
        message = f"substitute for {wanted.place}: {len(problems)} problems"
        raise SubstituteError(message, problems, "Nothing was recorded; mend these and name it again.")
    present = _meanwhile(connection, wanted)
    _refuse_overlap(present, wanted)
    _refuse_circle(present, wanted)
    number = _insert(connection, act, wanted)
    append(connection, act, [Event(EventKind.SUBSTITUTE_NAMED, {"id": number, **_payload(wanted)})])
    return number


def end_substitute(connection: Connection, act: Act, number: int, last_on: date, reason: str) -> Substitution:
    """Let a substitute end, and return it as it was.

    Args:
        connection: The transaction.
        act: Who ends it.
        number: Its number.
        last_on: The last day on which it still holds; yesterday at the earliest. Before its first day it never held.
        reason: Why.

    Raises:
        UnknownNameError: If there is none of that number.
        SubstituteError: If the actor may not, or the day does not fit.
    """
    found = _numbered(connection, number)
    _require_right(connection, Actor.parse(act.actor), found.place.body_code)
    yesterday = act.as_of - timedelta(days=1)
    if not yesterday <= last_on <= found.last_on:
        expected = f"expected a day from {yesterday} to {found.until_on or 'any later one'}, got {last_on}"
        hint = "What was done in somebody's place is not undone; a substitute is made longer by naming another."
        raise SubstituteError(f"substitute {number}:", [Problem("on", expected)], hint)
    if len(reason.strip()) < SHORTEST_REASON:
        problem = Problem("reason", "expected at least a word")
        raise SubstituteError(f"substitute {number}:", [problem], "Say why with --reason.")
    connection.execute(
        text("UPDATE substitute SET until_on = :on WHERE id = :id"), {"on": last_on.isoformat(), "id": number}
    )
    payload = {"id": number, "body": str(found.place), "last_on": last_on.isoformat(), "reason": reason.strip()}
    append(connection, act, [Event(EventKind.SUBSTITUTE_ENDED, payload)])
    return found


def list_substitutes(connection: Connection, on: date | None = None, body_code: str = "") -> Sequence[Substitution]:
    """Return the substitutes in order, only those in force on a day or of one body where asked for."""
    parts = ["1 = 1", *([] if on is None else [IN_FORCE]), *(["s.body_code = :body"] if body_code else [])]
    given = {"on": None if on is None else on.isoformat(), "body": body_code or None}
    values = {name: value for name, value in given.items() if value is not None}
    return read_substitutes(connection, " AND ".join(parts), values)


def _numbered(connection: Connection, number: int) -> Substitution:
    for found in read_substitutes(connection, "s.id = :id", {"id": number}):
        return found
    message = f"substitute {number}: there is none of that number"
    raise UnknownNameError(message, "`fireduty register substitute list` shows those that exist.")


def _require_right(connection: Connection, actor: Actor, body_code: str) -> None:
    office = office_code(connection)
    if actor.body_code not in (body_code, office):
        message = (
            f"substitutes in {body_code}: expected somebody of that body or of {office or 'the office'}, got {actor}"
        )
        raise ReviewError(message, "The body itself names its substitutes, or the fire committee's office does.")


def _problems(wanted: Substitution) -> Iterator[Problem]:
    if wanted.until_on is not None and wanted.until_on < wanted.from_on:
        yield Problem("until", f"expected a day from {wanted.from_on} on, got {wanted.until_on}")
    if len(wanted.reason.strip()) < SHORTEST_REASON:
        yield Problem("reason", "expected at least a word, such as 休假 or 空缺")
    if wanted.ends_chain and not wanted.address:
        yield Problem(
            "by", f"expected another role than {wanted.place}, or an address of somebody outside the register"
        )
    if wanted.address and not is_address(wanted.channel, wanted.address):
        yield Problem("address", f"expected an address on the channel {wanted.channel}, got {wanted.address!r}")


def _meanwhile(connection: Connection, wanted: Substitution) -> Sequence[Substitution]:
    """Return all who stand in for somebody on one of the days; what ended before it began never does."""
    values = {"from": wanted.from_on.isoformat(), "until": wanted.last_on.isoformat()}
    return read_substitutes(connection, MEANWHILE, values)


def _refuse_overlap(present: Sequence[Substitution], wanted: Substitution) -> None:
    for other in present:
        if other.place == wanted.place:
            days = f"{other.from_on} to {other.until_on or 'an open end'}"
            problem = Problem(
                "from", f"expected days without a substitute, got {days}: {other.by} (number {other.number})"
            )
            hint = f"End it first: fireduty register substitute end {other.number} --on DATE --reason … --as …"
            raise SubstituteError(f"substitute for {wanted.place}:", [problem], hint)


def _refuse_circle(present: Sequence[Substitution], wanted: Substitution) -> None:
    if wanted.ends_chain:
        return
    for circle in _ways(present, wanted, (wanted.place, wanted.by)):
        drawn = " → ".join(map(str, circle))
        problem = Problem("by", f"expected somebody who is there, got a circle: {drawn}")
        hint = "Somebody in this row must be there on these days; name them as the substitute."
        raise SubstituteError(f"substitute for {wanted.place}:", [problem], hint)


def _ways(present: Sequence[Substitution], span: Substitution, way: tuple[Actor, ...]) -> Iterator[tuple[Actor, ...]]:
    """Yield each way from substitute to substitute, on days they share, that comes back to where it began."""
    for link in present:
        if link.place != way[-1] or link.from_on > span.last_on or link.last_on < span.from_on:
            continue
        if link.by == way[0]:
            yield (*way, link.by)
        elif link.by not in way:
            days = replace(span, from_on=max(link.from_on, span.from_on), until_on=min(link.last_on, span.last_on))
            yield from _ways(present, days, (*way, link.by))


def _insert(connection: Connection, act: Act, wanted: Substitution) -> int:
    statement = text(
        "INSERT INTO substitute (body_code, role, by_body_code, by_role, channel, address, from_on, until_on, reason,"
        " recorded_by, recorded_at) VALUES (:body, :role, :by_body, :by_role, :channel, :address, :from, :until,"
        " :reason, :actor, :at) RETURNING id"
    )
    values = {
        "body": wanted.place.body_code,
        "role": wanted.place.role.value,
        "by_body": wanted.by.body_code,
        "by_role": wanted.by.role.value,
        "channel": wanted.channel,
        "address": wanted.address,
        "from": wanted.from_on.isoformat(),
        "until": None if wanted.until_on is None else wanted.until_on.isoformat(),
        "reason": wanted.reason.strip(),
        "actor": act.actor,
        "at": instant_text(act.at),
    }
    return int(connection.execute(statement, values).scalar_one())


def _payload(wanted: Substitution) -> dict[str, Any]:
    """Return what the ledger says of it: no address, but whether there is one."""
    return {
        "body": str(wanted.place),
        "by": str(wanted.by),
        "own_address": bool(wanted.address),
        "from_on": wanted.from_on.isoformat(),
        "until_on": "" if wanted.until_on is None else wanted.until_on.isoformat(),
        "reason": wanted.reason.strip(),
    }
