"""Delivery: what lies in the outbox is carried to its channel, after the commit that put it there.

One message at a time: it is sent, and what came of it is recorded in a transaction of its own before the next
is sent. A process that is killed between the server's acceptance and the record sends that one message again.
That window cannot be closed; the message's key, the same each time, is what the double is recognised by.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Row, bindparam, text

from evidence import ledger
from evidence.ledger import Act, Event, EventKind
from fireduty.errors import DeliveryError
from fireduty.settings import Settings
from models.columns import Instant, instant_text
from models.database import Database
from models.states import MessageState

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long a message rests after each failure; the failure after the last makes it dead."""

MOST_ATTEMPTS = len(BACK_OFF) + 1
JITTER = 0.25
"""By up to which part a rest is lengthened, so that what failed together is not tried again together."""

FAILURES_IN_A_ROW = 5
"""After so many on one channel it rests until the next run: its server is taken to be down."""

PAGE = 100
"""How many messages are held in memory."""

ERRORS_SHOWN = 5


@dataclass(frozen=True)
class DeliveryResult:
    """What a run of delivery did.

    Attributes:
        sent: Messages that were accepted.
        failed: Messages that rest until they are tried again.
        dead: Messages that were tried for the last time.
        resting: Channels that failed so often in a row that the run left their other messages alone.
    """

    sent: int = 0
    failed: int = 0
    dead: int = 0
    resting: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A message as it is handed to a channel; its key is the same however often it is handed over."""

    key: str
    channel: str
    address: str
    title: str
    text: str
    composed_at: datetime


class Courier(Protocol):
    """Whoever carries letters; `tasks.channels.Channels` in earnest."""

    def send(self, letter: Letter) -> str:
        """Carry a letter, and return the other side's answer or raise DeliveryError."""


@dataclass(frozen=True)
class _Outcome:
    """What came of one attempt."""

    message: Row[Any]
    at: datetime
    answer: str = ""
    error: str = ""

    @property
    def attempt(self) -> int:
        return int(self.message.attempts) + 1

    @property
    def state(self) -> MessageState:
        if not self.error:
            return MessageState.SENT
        return MessageState.DEAD if self.attempt >= MOST_ATTEMPTS else MessageState.FAILED

    @property
    def next_attempt_at(self) -> datetime:
        return self.at + rest(self.message.key, self.attempt) if self.state is MessageState.FAILED else self.at

    def event(self) -> Event:
        payload: dict[str, Any] = {
            "message": self.message.key,
            "recipient": self.message.recipient_code,
            "channel": self.message.channel,
        }
        if self.state is MessageState.SENT:
            return Event(EventKind.MESSAGE_SENT, {**payload, "attempt": self.attempt, "answer": self.answer})
        payload["error"] = self.error
        if self.state is MessageState.DEAD:
            return Event(EventKind.MESSAGE_DEAD, {**payload, "attempts": self.attempt})
        again_at = instant_text(self.next_attempt_at)
        return Event(EventKind.MESSAGE_FAILED, {**payload, "attempt": self.attempt, "next_attempt_at": again_at})


@dataclass
class _Run:
    """The running counts of one delivery."""

    counts: Counter[MessageState] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def resting(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, count in self.failures.items() if count >= FAILURES_IN_A_ROW))

    def count(self, outcome: _Outcome) -> None:
        self.counts[outcome.state] += 1
        channel = outcome.message.channel
        self.failures[channel] = self.failures[channel] + 1 if outcome.error else 0


def deliver_due(
    database: Database,
    act: Act,
    settings: Settings,
    limit: int,
    now_at: Callable[[], datetime],
    *,
    courier: Courier | None = None,
) -> DeliveryResult:
    """Send up to `limit` messages whose time has come by `act.at`, the longest waiting first.

    Only one process may deliver for a district at a time; a message recorded by another meanwhile is not
    recorded twice, but was sent twice.

    Args:
        database: The district's database.
        act: Who delivers; messages are due by its instant, while events bear the instant of their recording.
        settings: The channels.
        limit: How many messages to try at most.
        now_at: Tells the instant at which something was sent; never read as earlier than the act.
        courier: Carries the letters in place of the configured channels.
    """
    run = _Run()
    with _carrier(settings, courier) as carrier:
        while page := _due(database, act, run.resting, min(PAGE, limit - run.counts.total())):
            for message in page:
                if message.channel not in run.resting:
                    outcome = _attempt(carrier, message, lambda: max(act.at, now_at()))
                    _record(database, act, outcome)
                    run.count(outcome)
    return DeliveryResult(
        sent=run.counts[MessageState.SENT],
        failed=run.counts[MessageState.FAILED],
        dead=run.counts[MessageState.DEAD],
        resting=run.resting,
    )


def rest(key: str, attempt: int) -> timedelta:
    """Return how long a message rests after an attempt of it failed; for the same message always the same."""
    share = int(key[:8], 16) / 0xFFFFFFFF
    return timedelta(seconds=round(BACK_OFF[attempt - 1].total_seconds() * (1 + JITTER * share)))


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


def _carrier(settings: Settings, courier: Courier | None) -> AbstractContextManager[Courier]:
    if courier is not None:
        return nullcontext(courier)
    # Imported here, for Apprise is slow to import and most runs find the outbox empty.
    from tasks.channels import Channels  # noqa: PLC0415

    return Channels(settings.channels)


_DUE = (
    text(
        "SELECT id, key, recipient_code, channel, address, title, text, attempts, composed_at FROM message"
        " WHERE state IN ('claimed', 'failed') AND next_attempt_at <= :at AND channel NOT IN :resting"
        " ORDER BY next_attempt_at, id LIMIT :limit"
    )
    .bindparams(bindparam("resting", expanding=True))
    .columns(composed_at=Instant)
)


def _due(database: Database, act: Act, resting: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    with database.reading() as connection:
        bound = {"at": instant_text(act.at), "resting": list(resting), "limit": limit}
        return connection.execute(_DUE, bound).all()


def _attempt(courier: Courier, message: Row[Any], moment: Callable[[], datetime]) -> _Outcome:
    letter = Letter(
        key=message.key,
        channel=message.channel,
        address=message.address,
        title=message.title,
        text=message.text,
        composed_at=message.composed_at,
    )
    try:
        answer = courier.send(letter)
    except DeliveryError as error:
        return _Outcome(message, moment(), error=error.message or "not accepted")
    return _Outcome(message, moment(), answer=answer)


_OUTCOME = text(
    "UPDATE message SET state = :state, attempts = :attempt, next_attempt_at = :again, last_error = :error,"
    " sent_at = :sent WHERE id = :id AND state IN ('claimed', 'failed') AND attempts = :before"
)


def _record(database: Database, act: Act, outcome: _Outcome) -> None:
    sent = instant_text(outcome.at) if outcome.state is MessageState.SENT else None
    bound = {
        "id": outcome.message.id,
        "before": outcome.message.attempts,
        "state": outcome.state.value,
        "attempt": outcome.attempt,
        "again": instant_text(outcome.next_attempt_at),
        "error": outcome.error,
        "sent": sent,
    }
    with database.transaction() as connection:
        # No row is met if another process recorded the same attempt; its record stands.
        if connection.execute(_OUTCOME, bound).rowcount:
            ledger.append(connection, replace(act, at=outcome.at), [outcome.event()])
