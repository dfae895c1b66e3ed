"""Composing messages: all notices that wait for one body become one text to one contact of it.

A message is composed in the same transaction that takes its notices, and lies in the outbox from then on;
`tasks.delivery` carries it. The wording is in `tasks/templates/`: Chinese first, English second, plain text.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Row, text

from evidence import ledger
from evidence.ledger import Act, Event, EventKind, Head
from fireduty.settings import Settings
from models.columns import instant_text
from models.database import bulk_insert
from models.states import AWAITING_BODY, DutyState, MessageState
from tasks import wording
from tasks.addressees import Reach, reaches

MOST_LISTED = 200
"""How many bodies with the same duty a message lists; of the rest a supervisor is told the number."""


@dataclass(frozen=True)
class StepText:
    """What a message says about one step.

    Attributes:
        name: The step in Chinese.
        proof: What proof is wanted, in Chinese, one entry a requirement.
    """

    name: str
    proof: tuple[str, ...] = ()


@dataclass(frozen=True)
class DutyText:
    """What a message says about one obligation; the caller takes it from the regulation.

    Attributes:
        title: The obligation in Chinese.
        english: The obligation in English.
        regulation: Title of the regulation.
        ref: The clause.
        steps: What is said about each step, by its name in the process.
    """

    title: str
    english: str
    regulation: str
    ref: str
    steps: Mapping[str, StepText]


LONGEST_NOTE = 200
"""How much a message says of what happened; the rest is on the event's own page."""


class Urgency(StrEnum):
    """The groups of a message, the most urgent first."""

    OVERDUE = "overdue"
    RETURNED = "returned"
    DUE = "due"
    NEW = "new"
    BELOW = "below"
    OTHER = "other"
    SETTLED = "settled"


_ORDER = {urgency: place for place, urgency in enumerate(Urgency)}


@dataclass(frozen=True)
class Item:
    """One duty in a message, with all that its waiting notices say about it."""

    urgency: Urgency
    duty_id: int
    obligation: DutyText
    step: StepText
    period: str
    plan_by: date
    due_on: date
    provisional: bool
    state: DutyState
    occasions: tuple[str, ...]
    reason: str
    own: bool
    body: str
    subject: str
    event_on: date | None = None
    note: str = ""

    @property
    def shared(self) -> tuple[Any, ...]:
        """What items that are told together have in common; they then differ in their bodies only."""
        when = (_ORDER[self.urgency], self.due_on, self.plan_by, self.provisional)
        what = (self.obligation.title, self.obligation.ref, self.step.name, self.period)
        return (*when, *what, self.own, self.state, self.occasions, self.reason)


@dataclass(frozen=True)
class _Draft:
    """A message before it lies in the outbox."""

    key: str
    recipient: str
    channel: str
    address: str
    title: str
    text: str
    notice_ids: tuple[int, ...]
    error: str

    def event(self) -> Event:
        """What the ledger says of it: no address and no text, but the digest of the text."""
        payload: dict[str, Any] = {
            "message": self.key,
            "recipient": self.recipient,
            "channel": self.channel,
            "notices": len(self.notice_ids),
            "text_sha256": hashlib.sha256(self.text.encode()).hexdigest(),
        }
        if not self.error:
            return Event(EventKind.MESSAGE_COMPOSED, payload)
        return Event(EventKind.MESSAGE_DEAD, {**payload, "attempts": 0, "error": self.error})


def compose(
    connection: Connection, act: Act, settings: Settings, obligations: Mapping[str, DutyText], limit: int
) -> int:
    """Compose one message for each of up to `limit` bodies for which notices wait; return how many.

    A body without a usable contact gets its message too, already dead: it is seen, and nothing is lost.
    """
    recipients = _waiting_recipients(connection, limit)
    if not recipients:
        return 0
    span = {"first": recipients[0], "last": recipients[-1]}
    reached = reaches(connection, recipients, settings, act.as_of)
    witness = ledger.head(connection)
    drafts = [
        _draft(tuple(rows), reached[code], obligations, act.as_of, witness)
        for code, rows in groupby(_waiting_notices(connection, span), lambda row: row.recipient_code)
    ]
    _put_into_outbox(connection, act, drafts)
    ledger.append(connection, act, (draft.event() for draft in drafts))
    return len(drafts)


def message_key(address: str, notice_ids: Iterable[int]) -> str:
    """Return what makes a message the same one, however often it is composed or sent."""
    named = "\n".join([address, *map(str, sorted(notice_ids))])
    return hashlib.sha256(named.encode()).hexdigest()[:40]


def _waiting_recipients(connection: Connection, limit: int) -> Sequence[str]:
    statement = text(
        "SELECT DISTINCT recipient_code FROM notice WHERE message_id IS NULL ORDER BY recipient_code LIMIT :limit"
    )
    return connection.execute(statement, {"limit": limit}).scalars().all()


# A review belongs to the notice whose occasion names its revision, such as `returned:2`.
_NOTICES = text("""
    SELECT n.id, n.recipient_code, n.occasion, n.duty_id, d.step, d.body_code, d.state, d.plan_by, d.due_on,
           c.obligation_id, c.period, c.event_on, c.note, sch.provisional, b.name AS body,
           COALESCE(recipient.name, n.recipient_code) AS recipient,
           COALESCE(s.name, d.subject_code) AS subject, COALESCE(r.reason, '') AS reason
    FROM notice n
    JOIN duty d ON d.id = n.duty_id
    JOIN duty_case c ON c.id = d.case_id
    JOIN schedule sch ON sch.id = d.schedule_id
    JOIN body b ON b.code = d.body_code
    LEFT JOIN body s ON s.code = d.subject_code
    LEFT JOIN body recipient ON recipient.code = n.recipient_code
    LEFT JOIN submission u
        ON u.duty_id = d.id AND n.occasion IN ('returned:' || u.revision, 'accepted:' || u.revision)
    LEFT JOIN review r ON r.submission_id = u.id
    WHERE n.message_id IS NULL AND n.recipient_code BETWEEN :first AND :last
    ORDER BY n.recipient_code, n.duty_id, n.id
""").columns(plan_by=Date, due_on=Date, event_on=Date, provisional=Boolean)


def _waiting_notices(connection: Connection, span: Mapping[str, str]) -> Iterable[Row[Any]]:
    return connection.execute(_NOTICES, span)


def _draft(
    rows: Sequence[Row[Any]],
    reach: Reach,
    obligations: Mapping[str, DutyText],
    as_of: date,
    witness: Head,
) -> _Draft:
    channel, address, error = reach.channel, reach.address, reach.error
    notice_ids = tuple(row.id for row in rows)
    # What has no address was composed before if it is composed again: then it is another message.
    key = message_key(address or f"{rows[0].recipient_code} {witness.seq}", notice_ids)
    items = [_item(tuple(of_duty), obligations, as_of) for _, of_duty in groupby(rows, lambda row: row.duty_id)]
    title, body = render(items, rows[0].recipient + reach.note(rows[0].recipient_code), key, as_of, witness)
    return _Draft(key, rows[0].recipient_code, channel, address, title, body, notice_ids, error)


def _item(rows: Sequence[Row[Any]], obligations: Mapping[str, DutyText], as_of: date) -> Item:
    row = rows[-1]
    # A pack may have dropped an obligation whose duties still run; its id is better than no message.
    obligation = obligations.get(row.obligation_id) or DutyText(row.obligation_id, row.obligation_id, "", "", {})
    return Item(
        urgency=min((_urgency(each, as_of) for each in rows), key=_ORDER.__getitem__),
        duty_id=row.duty_id,
        obligation=obligation,
        step=obligation.steps.get(row.step, StepText(row.step)),
        period=row.period,
        plan_by=row.plan_by,
        due_on=row.due_on,
        event_on=row.event_on,
        note=row.note[:LONGEST_NOTE],
        provisional=row.provisional,
        state=DutyState(row.state),
        occasions=tuple(each.occasion for each in rows),
        reason=next((each.reason for each in reversed(rows) if each.reason), ""),
        own=row.body_code == row.recipient_code,
        body=row.body,
        subject=row.subject,
    )


def _urgency(row: Row[Any], as_of: date) -> Urgency:
    """Tell the group from the state and the dates as they are now; the occasion only tells what is new."""
    occasion = row.occasion.partition(":")[0]
    overdue = row.due_on < as_of
    if row.state not in AWAITING_BODY:
        return Urgency.SETTLED
    if row.body_code != row.recipient_code:
        return Urgency.BELOW if overdue else Urgency.OTHER
    if overdue:
        return Urgency.OVERDUE
    if occasion == "returned" or row.state == DutyState.RETURNED:
        return Urgency.RETURNED
    return Urgency.NEW if occasion == "assigned" else Urgency.DUE


def render(items: Sequence[Item], recipient: str, key: str, as_of: date, witness: Head) -> tuple[str, str]:
    """Return the title and the text of a message."""
    ordered = sorted(items, key=lambda item: (*item.shared, item.duty_id))
    blocks = [tuple(told) for _, told in groupby(ordered, lambda item: item.shared)]
    groups = [(urgency, tuple(told)) for urgency, told in groupby(blocks, lambda block: block[0].urgency)]
    counts = [(urgency, sum(map(len, told))) for urgency, told in groups]
    title = wording.render("title.txt.j2", {"counts": counts, "first": ordered[0], "total": len(ordered)})
    facts = {"groups": groups, "most_listed": MOST_LISTED, "recipient": recipient}
    body = wording.render("message.txt.j2", {**facts, "key": key, "as_of": as_of, "witness": witness})
    return " ".join(title.split()), body


def _put_into_outbox(connection: Connection, act: Act, drafts: Sequence[_Draft]) -> None:
    at = instant_text(act.at)
    columns = (
        "key",
        "recipient_code",
        "channel",
        "address",
        "title",
        "text",
        "html",
        "state",
        "attempts",
        "begun",
        "doubles",
    )
    states = {True: MessageState.DEAD.value, False: MessageState.CLAIMED.value}
    rows = [
        (d.key, d.recipient, d.channel, d.address, d.title, d.text, "", states[bool(d.error)], 0, 0, 0, at, at, d.error)
        for d in drafts
    ]
    further = ("composed_at", "next_attempt_at", "last_error", "answer", "leased_by")
    bulk_insert(connection, "message", (*columns, *further), [(*row, "", "") for row in rows])
    statement = text("UPDATE notice SET message_id = (SELECT id FROM message WHERE key = :key) WHERE id = :id")
    claims = [{"key": draft.key, "id": notice_id} for draft in drafts for notice_id in draft.notice_ids]
    connection.execute(statement, claims)
