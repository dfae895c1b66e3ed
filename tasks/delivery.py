"""Delivery: what lies in the outbox is carried to its channel, after the commit that put it there.

A worker leases some messages and sends them one at a time. Between two of them it commits once: what came of the
one, and that the other begins. A process that is killed between the server's acceptance and the record leaves
that one message begun and not ended: it is sent again, and sealed as a possible double. That window cannot be
closed; the message's key, the same each time, is what the double is recognised by.

Those commits survive the process; that they survive a power cut is seen to with every page of messages (`PAGE`), for a
wait on the disk after each would be most of the time. A machine that fails so may have sent up to a page of which
nothing is known; all of it is sealed as possible doubles.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Row, text

from evidence import ledger
from evidence.ledger import Act, Event, EventKind
from fireduty.errors import DeliveryError, TooFastError
from fireduty.settings import Settings
from models.columns import instant_text
from models.database import Database
from models.states import MessageState
from tasks.leases import Worker
from tasks.tokens import Bucket

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long a message rests after each failure; the failure after the last makes it dead."""

MOST_ATTEMPTS = len(BACK_OFF) + 1
JITTER = 0.25
"""By up to which part a rest is lengthened, so that what failed together is not tried again together."""

FAILURES_IN_A_ROW = 5
"""After so many on one channel it rests until the next run: its server is taken to be down."""

PAGE = 100
"""How many messages are leased at once, and held in memory."""

LONGEST_PAUSES = timedelta(minutes=4)
"""How long a run waits for tokens in all: less than the five minutes until the next run."""


@dataclass(frozen=True)
class DeliveryResult:
    """What a run of delivery did.

    Attributes:
        sent: Messages that were accepted.
        failed: Messages that rest until they are tried again.
        dead: Messages that were tried for the last time.
        waiting: Messages that wait because their destination is sent to as fast as it may be.
        resting: Channels that failed so often in a row that the run left their other messages alone.
    """

    sent: int = 0
    failed: int = 0
    dead: int = 0
    waiting: int = 0
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
    html: str = ""


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
    closed_until: datetime | None = None

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
        if self.state is not MessageState.FAILED:
            return self.at
        rested = self.at + rest(self.message.key, self.attempt)
        return max(rested, self.closed_until or rested)

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


def deliver_due(
    database: Database,
    act: Act,
    settings: Settings,
    limit: int,
    now_at: Callable[[], datetime],
    *,
    courier: Courier | None = None,
    pause: Callable[[float], object] | None = None,
) -> DeliveryResult:
    """Send up to `limit` messages whose time has come, the longest waiting first.

    Several processes may deliver for a district at a time: each message is leased by one of them.

    Args:
        database: The district's database.
        act: Who delivers; events bear the instant of their recording.
        settings: The channels, and how fast they may be sent to.
        limit: How many messages to try at most.
        now_at: Tells the instant at which something was sent; never read as earlier than the act.
        courier: Carries the letters in place of the configured channels.
        pause: Waits for so many seconds; where given, a run waits a few minutes for destinations to take more.
    """
    if not _any_due(database, max(act.at, now_at())):
        return DeliveryResult()
    with ExitStack() as stack:
        carrier = courier or stack.enter_context(_channels(settings))
        worker = stack.enter_context(Worker.here(settings.folder))
        with database.transaction() as connection:
            worker.look_round(connection)
        run = _Run(database, act, settings, limit, lambda: max(act.at, now_at()), carrier, worker)
        run.send_pages()
        while pause is not None and run.pause(pause):
            run.send_pages()
    return run.result()


def rest(key: str, attempt: int) -> timedelta:
    """Return how long a message rests after an attempt of it failed; for the same message always the same."""
    share = int(key[:8], 16) / 0xFFFFFFFF
    return timedelta(seconds=round(BACK_OFF[attempt - 1].total_seconds() * (1 + JITTER * share)))


@dataclass
class _Run:
    """One delivery: what it works with, and what it counts."""

    database: Database
    act: Act
    settings: Settings
    limit: int
    moment: Callable[[], datetime]
    carrier: Courier
    worker: Worker
    counts: Counter[MessageState] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    waits: dict[str, datetime] = field(default_factory=dict)
    waiting: Counter[str] = field(default_factory=Counter)
    paused: timedelta = timedelta()

    def result(self) -> DeliveryResult:
        return DeliveryResult(
            sent=self.counts[MessageState.SENT],
            failed=self.counts[MessageState.FAILED],
            dead=self.counts[MessageState.DEAD],
            waiting=self.waiting.total(),
            resting=self._resting,
        )

    def send_pages(self) -> None:
        while page := self._next_page():
            self._send(page)

    def _next_page(self) -> list[Row[Any]]:
        """Give back what is left of a page and lease the next, in the one commit that waits for the disk."""
        at, room = self.moment(), min(PAGE, self.limit - self.counts.total())
        with self.database.transaction() as connection:
            self.worker.release(connection)
            return self.worker.take(connection, replace(self.act, at=at), at, self._resting, room) if room > 0 else []

    def pause(self, wait: Callable[[float], object]) -> bool:
        """Wait until a destination takes more; return whether there is any use in going on."""
        backs = [until for name, until in self.waits.items() if self.waiting[name]]
        if not backs or self.counts.total() >= self.limit:
            return False
        until = min(backs)
        span = max(until - self.moment(), timedelta(seconds=1))
        if self.paused + span > LONGEST_PAUSES:
            return False
        wait(span.total_seconds())
        self.paused += span
        if until > self.moment():
            return False
        for name in [name for name, back in self.waits.items() if back <= self.moment()]:
            del self.waits[name], self.waiting[name]
        return True

    @property
    def _resting(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, count in self.failures.items() if count >= FAILURES_IN_A_ROW))

    def _send(self, page: list[Row[Any]]) -> None:
        """Send a page: between two messages one commit records the end of the one and the beginning of the other."""
        ended: _Outcome | None = None
        with self.database.quick_transactions() as connection:
            for message in page:
                if message.channel in self._resting:
                    continue
                self._announce(message.channel)
                with connection.begin():
                    self._record(connection, ended)
                    begun = self._begin(connection, message)
                ended = self._attempt(message) if begun else None
            with connection.begin():
                self._record(connection, ended)

    def _announce(self, channel: str) -> None:
        """Let the other side get ready while this one records, where the courier knows how."""
        announce = getattr(self.carrier, "announce", None)
        if announce is not None:
            announce(channel)

    def _begin(self, connection: Connection, message: Row[Any]) -> bool:
        """Take a token for a message and record that its attempt begins; put it off where there is none."""
        at = self.moment()
        bucket = Bucket.of(self.settings, message.channel, message.address)
        if bucket is not None:
            until = self.waits.get(bucket.destination, at)
            if until <= at and not bucket.take(connection, at):
                until = self.waits[bucket.destination] = bucket.next_at(connection, at)
            if until > at:
                self.waiting[bucket.destination] += 1
                connection.execute(_PUT_OFF, {"id": message.id, "until": instant_text(until)})
                return False
        return self.worker.begin(connection, message, at)

    def _attempt(self, message: Row[Any]) -> _Outcome:
        letter = Letter(
            key=message.key,
            channel=message.channel,
            address=message.address,
            title=message.title,
            text=message.text,
            composed_at=message.composed_at,
            html=message.html,
        )
        try:
            answer = self.carrier.send(letter)
        except TooFastError as error:
            at = self.moment()
            outcome = _Outcome(message, at, error=error.message, closed_until=at + timedelta(seconds=error.seconds))
        except DeliveryError as error:
            outcome = _Outcome(message, self.moment(), error=error.message or "not accepted")
            self.failures[message.channel] += 1
        else:
            outcome = _Outcome(message, self.moment(), answer=answer)
            self.failures[message.channel] = 0
        self.counts[outcome.state] += 1
        return outcome

    def _record(self, connection: Connection, outcome: _Outcome | None) -> None:
        if outcome is None:
            return
        message, sent = outcome.message, outcome.state is MessageState.SENT
        bound = {
            "id": message.id,
            "before": message.attempts,
            "state": outcome.state.value,
            "attempt": outcome.attempt,
            "again": instant_text(outcome.next_attempt_at),
            "error": outcome.error,
            "answer": outcome.answer,
            "sent": instant_text(outcome.at) if sent else None,
        }
        # No row is met if another process recorded the same attempt; its record stands.
        if connection.execute(_OUTCOME, bound).rowcount:
            ledger.append(connection, replace(self.act, at=outcome.at), [outcome.event()])
        bucket = Bucket.of(self.settings, message.channel, message.address) if outcome.closed_until else None
        if bucket is not None and outcome.closed_until is not None:
            bucket.close(connection, outcome.at, outcome.closed_until)
            self.waits[bucket.destination] = outcome.closed_until


def _channels(settings: Settings) -> Any:
    # Imported here, for Apprise is slow to import and most runs find the outbox empty.
    from tasks.channels import Channels  # noqa: PLC0415

    return Channels(settings.channels, settings.gateways)


def _any_due(database: Database, at: datetime) -> bool:
    with database.reading() as connection:
        return connection.execute(_ANY, {"at": instant_text(at)}).first() is not None


_ANY = text("SELECT 1 FROM message WHERE state IN ('claimed', 'failed') AND next_attempt_at <= :at LIMIT 1")
_PUT_OFF = text("UPDATE message SET next_attempt_at = :until, leased_by = '', lease_until = NULL WHERE id = :id")
_OUTCOME = text(
    "UPDATE message SET state = :state, attempts = :attempt, begun = :attempt, next_attempt_at = :again,"
    " last_error = :error, answer = :answer, sent_at = :sent, leased_by = '', lease_until = NULL,"
    " sealed_seq = (SELECT COALESCE(max(seq), 0) + 1 FROM ledger)"
    " WHERE id = :id AND state IN ('claimed', 'failed') AND attempts = :before"
)
