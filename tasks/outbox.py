"""The outbox seen and mended by hand: how it stands, its dead letters, and having them sent after all."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, text

from evidence import ledger
from evidence.ledger import Act, Event, EventKind
from fireduty.errors import InputError, Problem
from models.columns import instant_text
from models.states import MessageState

ERRORS_SHOWN = 5
REFUSED = "cannot redeliver:"
AT_ONCE = 500
"""How many messages one statement names."""

MASK = "***"
SHOWN = 2
"""How many signs of an address are shown, so that its owner knows it and nobody else learns it."""


def outbox_state(connection: Connection) -> dict[str, Any]:
    """Return how the outbox stands, as JSON takes it.

    `messages` counts by state, `notices_waiting` those not yet in a message, `oldest_waiting` is the instant
    since which something waits (or null), `last_errors` the newest messages that failed or are dead.
    """
    states = dict.fromkeys(map(str, MessageState), 0)
    counted = connection.execute(text("SELECT state, count(*) FROM message GROUP BY state"))
    states.update({row[0]: row[1] for row in counted})
    notices = connection.execute(text("SELECT count(*), min(caused_at) FROM notice WHERE message_id IS NULL")).one()
    oldest = connection.execute(
        text("SELECT min(composed_at) FROM message WHERE state IN ('claimed', 'failed')")
    ).scalar_one()
    errors = connection.execute(
        text(
            "SELECT key, recipient_code, channel, state, attempts, last_error FROM message"
            " WHERE state IN ('failed', 'dead') ORDER BY next_attempt_at DESC, id DESC LIMIT :most"
        ),
        {"most": ERRORS_SHOWN},
    )
    return {
        "messages": states,
        "notices_waiting": notices[0],
        "oldest_waiting": min((at for at in (notices[1], oldest) if at), default=None),
        "last_errors": [dict(row) for row in errors.mappings()],
    }


def dead_letters(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the messages that cannot be delivered, the newest first, as JSON takes them; addresses are masked."""
    statement = text(
        "SELECT m.id, m.key, m.recipient_code, b.name AS recipient, m.channel, m.address, m.title, m.attempts,"
        " m.composed_at, m.last_error FROM message m LEFT JOIN body b ON b.code = m.recipient_code"
        " WHERE m.state = 'dead' ORDER BY m.id DESC LIMIT :limit"
    )
    rows = connection.execute(statement, {"limit": limit}).mappings()
    return [{**row, "address": masked(row["address"])} for row in rows]


def redeliver(connection: Connection, act: Act, numbers: Sequence[int] | None, reason: str) -> tuple[int, int]:
    """Have dead messages sent after all: those that reached a channel again, the others composed anew.

    A message that had no usable contact has no address to be sent to; its notices are told in a new message, to
    whoever is the contact now.

    Args:
        connection: A transaction.
        act: Who wants it.
        numbers: The messages, or None for all that are dead.
        reason: Why, for the record.

    Returns:
        How many are sent again, and how many are composed anew.

    Raises:
        InputError: If there is no reason, or a message is not dead; nothing is changed.
    """
    if not reason.strip():
        problem = Problem("--reason", "expected why the messages are sent again, got nothing")
        raise InputError(REFUSED, [problem], "Say what was mended, such as: mail server was replaced.")
    if numbers is not None:
        return _redeliver_some(connection, act, _named(connection, numbers), reason)
    again = anew = 0
    while rows := connection.execute(_ANY_DEAD, {"limit": AT_ONCE}).all():
        mended, fresh = _redeliver_some(connection, act, rows, reason)
        again, anew = again + mended, anew + fresh
    return again, anew


def proof_of_notice(connection: Connection, duty_id: int) -> list[dict[str, Any]]:
    """Return every notice of a duty with what became of it, oldest first, as JSON takes it.

    `answer` is what the other side said when it accepted the message (a mail server's queue id, a robot's return code),
    `sealed_seq` the ledger's entry of the last attempt's end, `doubles` how often it was sent again although it may
    have arrived.
    """
    rows = connection.execute(_PROOF, {"duty": duty_id}).mappings()
    return [{**row, "address": masked(row["address"] or "")} for row in rows]


def masked(address: str) -> str:
    """Return an address so that whoever knows it recognises it: its first signs, and the domain of a mail."""
    name, at, domain = address.partition("@")
    shown = name[:SHOWN] if len(name) > SHOWN else ""
    return f"{shown}{MASK}{at}{domain}" if address else ""


def _redeliver_some(connection: Connection, act: Act, rows: Sequence[Any], reason: str) -> tuple[int, int]:
    mended, fresh = [row for row in rows if row.channel], [row for row in rows if not row.channel]
    if mended:
        connection.execute(_AGAIN, [{"id": row.id, "at": instant_text(act.at)} for row in mended])
    if fresh:
        connection.execute(_FREE_NOTICES, [{"id": row.id} for row in fresh])
        connection.execute(_REPLACED, [{"id": row.id} for row in fresh])
    ledger.append(connection, act, [_event(row, reason.strip()) for row in rows])
    return len(mended), len(fresh)


def _named(connection: Connection, numbers: Sequence[int]) -> Sequence[Any]:
    wanted = sorted(set(numbers))
    rows = [
        row
        for first in range(0, len(wanted), AT_ONCE)
        for row in connection.execute(_NAMED, {"ids": wanted[first : first + AT_ONCE]})
    ]
    if missing := sorted(set(wanted) - {row.id for row in rows}):
        problems = [Problem(f"message {number}", "expected the number of a dead message") for number in missing]
        raise InputError(REFUSED, problems, "`fireduty message dead` lists those that can be.")
    return rows


def _event(row: Any, reason: str) -> Event:
    payload = {"message": row.key, "recipient": row.recipient_code, "channel": row.channel, "reason": reason}
    return Event(EventKind.MESSAGE_REDELIVERED, {**payload, "anew": not row.channel})


_NAMED = text("SELECT id, key, recipient_code, channel FROM message WHERE state = 'dead' AND id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_ANY_DEAD = text("SELECT id, key, recipient_code, channel FROM message WHERE state = 'dead' ORDER BY id LIMIT :limit")
_AGAIN = text(
    "UPDATE message SET state = 'claimed', attempts = 0, begun = 0, next_attempt_at = :at, leased_by = '',"
    " lease_until = NULL WHERE id = :id"
)
_FREE_NOTICES = text("UPDATE notice SET message_id = NULL WHERE message_id = :id")
_REPLACED = text("UPDATE message SET state = 'replaced' WHERE id = :id")
_PROOF = text(
    "SELECT n.occasion, n.level, n.caused_at, n.recipient_code, b.name AS recipient, m.key, m.channel, m.address,"
    " m.state, m.attempts, m.composed_at, m.sent_at, m.answer, m.sealed_seq, m.doubles,"
    " m.last_error"
    " FROM notice n LEFT JOIN body b ON b.code = n.recipient_code LEFT JOIN message m ON m.id = n.message_id"
    " WHERE n.duty_id = :duty ORDER BY n.id"
)
