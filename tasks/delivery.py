"""Delivery: what lies in the outbox is carried to its channel, after the commit that put it there.

A worker leases some messages and sends them one at a time. It notes each attempt in its journal (`tasks.leases`),
before and after, and records what came of them some at a time: a commit after each would be most of the time. A process
that is killed between the server's acceptance and the note leaves that one message begun and not ended: it is sent
again, and sealed as a possible double. That window cannot be closed; the message's key, the same each time, is what the
double is recognised by.

That records survive a power cut is seen to with every page of messages (`PAGE`). A machine that fails so may have sent
up to a page of which nothing is known; all of it is sealed as possible doubles.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Protocol, Self

from sqlalchemy import Connection, Row, bindparam, text

from evidence import ledger
from evidence.ledger import Act, Event, EventKind
from fireduty.errors import DeliveryError, TooFastError
from fireduty.settings import Settings
from models.columns import instant_of, instant_text
from models.database import Database
from models.states import MessageState
from tasks.leases import LEASE, Worker, any_due, noted_messages
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

TURN = 20
"""How many messages one commit is for; what came of each is noted in the worker's journal meanwhile."""

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

    @classmethod
    def of(cls, message: Row[Any], noted: Mapping[str, Any]) -> Self:
        """Return an outcome as it was noted."""
        closed = noted["closed_until"]
        until = instant_of(closed) if closed else None
        return cls(message, instant_of(noted["at"]), noted["answer"], noted["error"], until)

    def as_noted(self) -> dict[str, Any]:
        """Return the outcome as the journal keeps it."""
        closed = instant_text(self.closed_until) if self.closed_until else ""
        told = {"at": instant_text(self.at), "answer": self.answer, "error": self.error, "closed_until": closed}
        return {"ended": self.message.id, "attempts": self.message.attempts, **told}

    def bound(self, seq: int) -> dict[str, Any]:
        """Return the outcome as the statement that records it takes it."""
        return {
            "id": self.message.id,
            "before": self.message.attempts,
            "state": self.state.value,
            "attempt": self.attempt,
            "again": instant_text(self.next_attempt_at),
            "error": self.error,
            "answer": self.answer,
            "sent": instant_text(self.at) if self.state is MessageState.SENT else None,
            "seq": seq,
        }

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
    if not any_due(database, max(act.at, now_at())):
        return DeliveryResult()
    with ExitStack() as stack:
        carrier = courier or stack.enter_context(_channels(settings))
        worker = stack.enter_context(Worker.here(settings.folder))
        with database.transaction() as connection:
            worker.look_round(connection)
            _carry_over(connection, act, worker)
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

    def _send(self, page: Sequence[Row[Any]]) -> None:
        """Send a page, some messages at a time: one commit records what came of some and that others may begin."""
        ended: list[_Outcome] = []
        with self.database.quick_transactions() as connection:
            for some in self._by_turns(page):
                with connection.begin():
                    self._record(connection, ended)
                    begun = self.worker.begin(connection, self._with_tokens(connection, some), self.moment())
                ended = self._attempt_some(begun)
            with connection.begin():
                self._record(connection, ended)

    def _attempt_some(self, begun: Sequence[Row[Any]]) -> list[_Outcome]:
        """Attempt messages, as long as the lease of their turn is safe."""
        until, ended = self.moment() + LEASE / 2, []
        for message in begun:
            if self.moment() > until:
                break
            if message.channel not in self._resting:
                ended.append(self._attempt(message))
        return ended

    def _by_turns(self, page: Sequence[Row[Any]]) -> Iterator[Sequence[Row[Any]]]:
        """Yield messages by turns; those to a destination with a limit singly, as a token is used when it is taken."""
        turn: list[Row[Any]] = []
        for message in page:
            limited = Bucket.of(self.settings, message.channel, message.address) is not None
            if turn and (limited or len(turn) >= TURN):
                yield turn
                turn = []
            turn.append(message)
            if limited:
                yield turn
                turn = []
        if turn:
            yield turn

    def _with_tokens(self, connection: Connection, messages: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Take a token for each message whose destination has a limit; put off those for which there is none."""
        at, sendable = self.moment(), []
        for message in messages:
            bucket = Bucket.of(self.settings, message.channel, message.address)
            until = at if bucket is None else self.waits.get(bucket.destination, at)
            if bucket is not None and until <= at and not bucket.take(connection, at):
                until = self.waits[bucket.destination] = bucket.next_at(connection, at)
            if bucket is not None and until > at:
                self.waiting[bucket.destination] += 1
                connection.execute(_PUT_OFF, {"id": message.id, "until": instant_text(until)})
            elif message.channel not in self._resting:
                sendable.append(message)
        return sendable

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
        self.worker.note({"begun": message.id, "attempts": message.attempts})
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
        self.worker.note(outcome.as_noted())
        self.counts[outcome.state] += 1
        return outcome

    def _record(self, connection: Connection, outcomes: Sequence[_Outcome]) -> None:
        _record(connection, self.act, outcomes)
        for outcome in outcomes:
            message, until = outcome.message, outcome.closed_until
            bucket = Bucket.of(self.settings, message.channel, message.address) if until else None
            if bucket is not None and until is not None:
                bucket.close(connection, outcome.at, until)
                self.waits[bucket.destination] = until


def _record(connection: Connection, act: Act, outcomes: Sequence[_Outcome]) -> None:
    """Record what came of attempts, each with its event; what another process has recorded stands as it is."""
    if not outcomes:
        return
    rows = connection.execute(_STATES, {"ids": [outcome.message.id for outcome in outcomes]})
    states = {row.id: row.attempts for row in rows}
    for at, told in groupby(outcomes, key=lambda outcome: outcome.at):
        new = [outcome for outcome in told if states.get(outcome.message.id) == outcome.message.attempts]
        if new:
            head = ledger.append(connection, replace(act, at=at), [outcome.event() for outcome in new])
            first = head.seq - len(new) + 1
            connection.execute(_OUTCOME, [outcome.bound(first + place) for place, outcome in enumerate(new)])


def _carry_over(connection: Connection, act: Act, worker: Worker) -> None:
    """Record what dead workers noted of their attempts and had not carried over themselves."""
    held, begun = worker.held(connection), set[int]()
    for journal in worker.journals():
        ended = [line for line in journal if "ended" in line]
        begun |= {line["begun"] for line in journal if "begun" in line}
        for first in range(0, len(ended), PAGE):
            lines = ended[first : first + PAGE]
            rows = noted_messages(connection, [line["ended"] for line in lines])
            # What it carried over itself has more attempts by now; what somebody redelivered is nobody's.
            messages = {(row.id, row.attempts): row for row in rows if row.leased_by in worker.dead}
            known = [(messages.get((line["ended"], line["attempts"])), line) for line in lines]
            _record(connection, act, [_Outcome.of(message, line) for message, line in known if message is not None])
    worker.settle(connection, held - begun)


def _channels(settings: Settings) -> Any:
    # Imported here, for Apprise is slow to import and most runs find the outbox empty.
    from tasks.channels import Channels  # noqa: PLC0415

    return Channels(settings.channels, settings.gateways)


_PUT_OFF = text("UPDATE message SET next_attempt_at = :until, leased_by = '', lease_until = NULL WHERE id = :id")
_STATES = text("SELECT id, attempts FROM message WHERE id IN :ids AND state IN ('claimed', 'failed')").bindparams(
    bindparam("ids", expanding=True)
)
_OUTCOME = text(
    "UPDATE message SET state = :state, attempts = :attempt, begun = :attempt, next_attempt_at = :again,"
    " last_error = :error, answer = :answer, sent_at = :sent, leased_by = '', lease_until = NULL,"
    " sealed_seq = :seq"
    " WHERE id = :id AND state IN ('claimed', 'failed') AND attempts = :before"
)
