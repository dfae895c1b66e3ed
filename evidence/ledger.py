"""The ledger (存证账): every change as an event, each sealed to the one before.

This is the one interface through which anything is recorded. `append` runs inside the caller's transaction, so
that a change and its event are committed together or not at all.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from evidence.canonical import encode, refuse_ambiguous
from fireduty import clock
from fireduty.errors import InputError, Problem
from models.columns import instant_text
from models.database import bulk_insert, prepared

GENESIS = "0" * 64
"""What the first event names as its predecessor."""

_KNOWN = "fireduty.ledger.head"

FORMAT = 1
"""The version of an entry's shape."""

MAXIMUM_ENTRY_BYTES = 65_535
"""An entry's greatest length; C2SP tlog-tiles counts it in sixteen bits."""


class EventKind(StrEnum):
    """The closed vocabulary of events: what it is about, then what happened to it."""

    REGISTER_IMPORTED = "register.imported"
    SUBSTITUTE_NAMED = "substitute.named"
    SUBSTITUTE_ENDED = "substitute.ended"
    CONTACT_BOUNCED = "contact.bounced"
    CONTACT_MENDED = "contact.mended"
    LADDER_OVERRIDDEN = "ladder.overridden"
    CASE_OPENED = "case.opened"
    CASE_CLOSED = "case.closed"
    EVENT_REPORTED = "event.reported"
    STEP_LEFT_OUT = "step.left_out"
    CLOCK_PAUSED = "clock.paused"
    CLOCK_RESUMED = "clock.resumed"
    CLOCK_EXTENDED = "clock.extended"
    DUTY_OPENED = "duty.opened"
    DUTY_REMINDED = "duty.reminded"
    DUTY_SUBMITTED = "duty.submitted"
    DUTY_ACCEPTED = "duty.accepted"
    DUTY_RETURNED = "duty.returned"
    MESSAGE_COMPOSED = "message.composed"
    MESSAGE_SENT = "message.sent"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_DEAD = "message.dead"
    MESSAGE_POSSIBLE_DOUBLE = "message.possible_double"
    MESSAGE_REDELIVERED = "message.redelivered"
    RUN_FINISHED = "run.finished"
    DEPLOYMENTS_APPLIED = "deployments.applied"
    CALENDAR_NOTICE_ADDED = "calendar.notice_added"
    CALENDAR_TERMS_ADDED = "calendar.terms_added"
    CASE_RESCHEDULED = "case.rescheduled"
    DUTY_RESCHEDULED = "duty.rescheduled"
    FEED_OPENED = "feed.opened"
    FEED_REVOKED = "feed.revoked"
    TEMPLATE_SET = "template.set"
    ASSESSMENT_SEALED = "assessment.sealed"


@dataclass(frozen=True)
class Act:
    """Who does something, and when: the author of the events it causes.

    Attributes:
        actor: `system:<part>`, or `<body code>/<role>` for a person acting for a body.
        at: The instant at which it is recorded.
        run_id: The Prefect flow run in which it happens, empty outside of one.
    """

    actor: str
    at: datetime
    run_id: str = ""

    @property
    def as_of(self) -> date:
        """The date of the act where duties are owed."""
        return clock.local_date(self.at)


@dataclass(frozen=True)
class Event:
    """Something that happened, before it is sealed."""

    kind: EventKind
    payload: Mapping[str, Any]
    case_id: int | None = None
    duty_id: int | None = None


@dataclass(frozen=True)
class Head:
    """The newest sealed event: how many there are, and the hash of the last."""

    seq: int = 0
    hash: str = GENESIS


@dataclass
class _Seal:
    """The chain while a row of events is appended to it."""

    head: Head
    rows: list[tuple[int, str, int | None, int | None, str, str]] = field(default_factory=list)

    def add(self, event: Event, envelope: dict[str, Any]) -> None:
        seq = self.head.seq + 1
        entry = {
            **envelope,
            "body": event.payload,
            "kind": event.kind.value,
            "prev": self.head.hash,
            "seq": seq,
        }
        if event.case_id is not None:
            entry["case"] = event.case_id
        if event.duty_id is not None:
            entry["duty"] = event.duty_id
        written = encode(entry)
        if len(written) > MAXIMUM_ENTRY_BYTES:
            fault = Problem(event.kind.value, f"expected at most {MAXIMUM_ENTRY_BYTES} bytes, got {len(written)}")
            message = "the record of this act would be too long:"
            raise InputError(message, [fault], "Hand in shorter texts or fewer files, or put the text into a file.")
        sealed = hashlib.sha256(written).hexdigest()
        self.rows.append((seq, entry["kind"], event.case_id, event.duty_id, written.decode(), sealed))
        self.head = Head(seq, sealed)


def head(connection: Connection) -> Head:
    """Return the newest sealed event."""
    found = connection.execute(
        prepared("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1", "seq", "hash")
    ).one_or_none()
    return Head() if found is None else Head(found.seq, found.hash)


def _head_within(connection: Connection) -> Head:
    """Return the newest event as this transaction knows it: what it has appended itself it need not look up again."""
    transaction, known = connection.info.get(_KNOWN, (None, Head()))
    return known if transaction is not None and transaction is connection.get_transaction() else head(connection)


def append(connection: Connection, act: Act, events: Iterable[Event]) -> Head:
    """Seal events to the end of the ledger, within the caller's transaction.

    Payloads of many alike events are checked once: the first of each kind must be canonical, the others are
    taken to have its shape.

    Raises:
        ValueError: If a payload holds anything but text, whole numbers, booleans, lists and objects.
        InputError: If an entry would be longer than the ledger's format allows.
    """
    seal = _Seal(_head_within(connection))
    envelope = {"actor": act.actor, "at": instant_text(act.at), "v": FORMAT}
    if act.run_id:
        envelope["run"] = act.run_id
    checked: set[EventKind] = set()
    for event in events:
        if event.kind not in checked:
            refuse_ambiguous(event.payload)
            checked.add(event.kind)
        seal.add(event, envelope)
    columns = ("seq", "kind", "case_id", "duty_id", "entry", "hash")
    bulk_insert(connection, "ledger", columns, seal.rows)
    connection.info[_KNOWN] = (connection.get_transaction(), seal.head)
    return seal.head


def history(connection: Connection, duty_id: int) -> Sequence[dict[str, Any]]:
    """Return all events of one duty, oldest first, as they are sealed."""
    statement = text("SELECT entry FROM ledger WHERE duty_id = :duty ORDER BY seq")
    return [json.loads(entry) for entry in connection.execute(statement, {"duty": duty_id}).scalars()]
