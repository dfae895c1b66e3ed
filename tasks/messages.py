"""Composing messages: all notices that wait for one body become one text to one contact of it.

A message is composed in the same transaction that takes its notices, and lies in the outbox from then on;
`tasks.delivery` carries it. The wording is in `tasks/templates/`: Chinese first, English second, plain text.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment
from sqlalchemy import Boolean, Connection, Date, Row, text

from calendars.workdays import workday_calendar
from evidence import ledger
from evidence.ledger import Act, Event, EventKind, Head
from fireduty.errors import CalendarRangeError
from fireduty.settings import Settings
from models.columns import instant_text
from models.database import bulk_insert
from models.states import AWAITING_BODY, DutyState, MessageState
from tasks import wording
from tasks.addressees import Reach, reaches
from tasks.district import added_folder
from tasks.forms import PLAIN, Form, Words, form_of, write
from tasks.scope import Condition, execute, with_lists

MOST_LISTED = PLAIN.most_listed
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
    level: str = "information"
    workdays_left: tuple[int, int] | None = None

    @property
    def shared(self) -> tuple[Any, ...]:
        """What items that are told together have in common; they then differ in their bodies only."""
        when = (_ORDER[self.urgency], self.due_on, self.plan_by, self.provisional)
        what = (self.obligation.title, self.obligation.ref, self.step.name, self.period)
        return (*when, *what, self.own, self.state, self.occasions, self.reason, self.level)


@dataclass(frozen=True)
class _Draft:
    """A message before it lies in the outbox."""

    key: str
    recipient: str
    channel: str
    address: str
    title: str
    text: str
    html: str
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
    connection: Connection,
    act: Act,
    settings: Settings,
    obligations: Mapping[str, DutyText],
    limit: int,
    now: Condition | None = None,
) -> int:
    """Compose one message for each of up to `limit` bodies for which notices wait; return how many.

    A body without a usable contact gets its message too, already dead: it is seen, and nothing is lost. Where a
    condition on duties `d` and cases `c` is given, only notices that meet it are told now; the others wait on.
    """
    recipients = _waiting_recipients(connection, limit, now)
    if not recipients:
        return 0
    span = {"first": recipients[0], "last": recipients[-1]}
    reached = reaches(connection, recipients, settings, act.as_of)
    witness = ledger.head(connection)
    manner = Manner.of(settings, act.as_of)
    drafts = [
        _draft(tuple(rows), reached[code], obligations, act.as_of, witness, manner)
        for code, rows in groupby(_waiting_notices(connection, span, now), lambda row: row.recipient_code)
        if code in reached  # another process may have put in notices meanwhile; the next round has them
    ]
    _put_into_outbox(connection, act, drafts)
    ledger.append(connection, act, (reached[draft.recipient].mark(draft.event()) for draft in drafts))
    return len(drafts)


def message_key(address: str, notice_ids: Iterable[int]) -> str:
    """Return what makes a message the same one, however often it is composed or sent."""
    named = "\n".join([address, *map(str, sorted(notice_ids))])
    return hashlib.sha256(named.encode()).hexdigest()[:40]


def _waiting_recipients(connection: Connection, limit: int, now: Condition | None) -> Sequence[str]:
    only = ("", {}) if now is None else (f" AND {now.sql}", now.values)
    duties = "" if now is None else " JOIN duty d ON d.id = n.duty_id JOIN duty_case c ON c.id = d.case_id"
    sql = (
        f"SELECT DISTINCT n.recipient_code FROM notice n{duties} WHERE n.message_id IS NULL{only[0]}"
        " ORDER BY n.recipient_code LIMIT :limit"
    )
    found: Sequence[str] = execute(connection, sql, {"limit": limit, **only[1]}).scalars().all()
    return found


# A review belongs to the notice whose occasion names its revision, such as `returned:2`.
_NOTICES = """
    SELECT n.id, n.recipient_code, n.occasion, n.level, n.duty_id, d.step, d.body_code, d.state, d.plan_by, d.due_on,
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
"""


def _waiting_notices(connection: Connection, span: Mapping[str, str], now: Condition | None) -> Iterable[Row[Any]]:
    chosen = now or Condition("1 = 1")
    values = {**span, **chosen.values}
    statement = with_lists(f"{_NOTICES} AND {chosen.sql} ORDER BY n.recipient_code, n.duty_id, n.id", values)
    return connection.execute(statement.columns(plan_by=Date, due_on=Date, event_on=Date, provisional=Boolean), values)


def _draft(
    rows: Sequence[Row[Any]],
    reach: Reach,
    obligations: Mapping[str, DutyText],
    as_of: date,
    witness: Head,
    manner: "Manner",
) -> _Draft:
    channel, address, error = reach.channel, reach.address, reach.error
    notice_ids = tuple(row.id for row in rows)
    # What has no address was composed before if it is composed again: then it is another message.
    key = message_key(address or f"{rows[0].recipient_code} {witness.seq}", notice_ids)
    items = [
        item_of(tuple(of_duty), obligations, as_of, manner) for _, of_duty in groupby(rows, lambda row: row.duty_id)
    ]
    recipient = rows[0].recipient + reach.note(rows[0].recipient_code)
    form = form_of(manner.settings, channel)
    words = render(items, recipient, key, as_of, witness, form, manner.folder)
    return _Draft(key, rows[0].recipient_code, channel, address, *words, notice_ids, error)


def item_of(rows: Sequence[Row[Any]], obligations: Mapping[str, DutyText], as_of: date, manner: "Manner") -> Item:
    """Return what a message says of one duty, from the rows of its waiting notices."""
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
        level=wording.pressing(each.level for each in rows),
        workdays_left=manner.workdays_left(row.due_on),
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


@dataclass(frozen=True)
class Manner:
    """How the messages of one day are written: the settings, the templates in place of ours, the working days."""

    settings: Settings
    workdays_left: Callable[[date], tuple[int, int] | None]

    @classmethod
    def of(cls, settings: Settings, as_of: date) -> "Manner":
        """Return the manner of a day."""
        calendar = workday_calendar(settings.division, added_folder(settings.folder))

        @cache
        def left(due_on: date) -> tuple[int, int] | None:
            try:
                return calendar.count_bounds(as_of, due_on)
            except CalendarRangeError:
                return None

        return cls(settings, left)

    @property
    def folder(self) -> Path:
        """Where the templates lie that were set in place of ours."""
        return self.settings.folder / wording.OWN_FOLDER


def render(
    items: Sequence[Item],
    recipient: str,
    key: str,
    as_of: date,
    witness: Head,
    form: Form = PLAIN,
    folder: Path | None = None,
    environment: Environment | None = None,
) -> Words:
    """Return the words of a message in the form of its channel.

    Args:
        items: What it tells.
        recipient: Whom it addresses.
        key: What makes it the same message.
        as_of: The day it is written.
        witness: The ledger's head, for its foot.
        form: The form of its channel.
        folder: Where the templates lie that were set in place of ours.
        environment: Templates that are tried, in place of all others.
    """
    fill = partial(wording.render, folder=folder) if environment is None else partial(wording.tried, environment)
    ordered = sorted(items, key=lambda item: (*item.shared, item.duty_id))
    blocks = [tuple(told) for _, told in groupby(ordered, lambda item: item.shared)]
    counts = [(urgency, sum(map(len, told))) for urgency, told in grouped(blocks)]
    facts = {"counts": counts, "first": ordered[0], "total": len(ordered), "recipient": recipient}
    return write(form, blocks, {**facts, "key": key, "as_of": as_of, "witness": witness}, grouped, fill)


def grouped(blocks: Sequence[Sequence[Item]]) -> list[tuple[Urgency, tuple[Sequence[Item], ...]]]:
    """Return blocks of items by urgency, in the order they are told."""
    return [(urgency, tuple(told)) for urgency, told in groupby(blocks, lambda block: block[0].urgency)]


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
        (
            d.key,
            d.recipient,
            d.channel,
            d.address,
            d.title,
            d.text,
            d.html,
            states[bool(d.error)],
            0,
            0,
            0,
            at,
            at,
            d.error,
        )
        for d in drafts
    ]
    further = ("composed_at", "next_attempt_at", "last_error", "answer", "leased_by")
    bulk_insert(connection, "message", (*columns, *further), [(*row, "", "") for row in rows])
    statement = text("UPDATE notice SET message_id = (SELECT id FROM message WHERE key = :key) WHERE id = :id")
    claims = [{"key": draft.key, "id": notice_id} for draft in drafts for notice_id in draft.notice_ids]
    connection.execute(statement, claims)
