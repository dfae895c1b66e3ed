"""Leases: a message is in the hands of one worker at a time, and of none once that worker is dead.

A worker takes messages for a while (`lease_until`); whoever finds a lease run out may take them over. A worker also
holds a lock on a file of its own in the data folder, which the system lets go of when its process ends: so workers
beside it see at once that it is dead, and need not wait.

The worker notes in that file each attempt that it begins and what comes of it, and carries that over into the database
some messages at a time. Whoever finds it dead carries over what it had noted. A message whose attempt began and never
ended may have arrived or not: whoever takes it over seals that as `message.possible_double`, and sends it again under
the same key. Where the file cannot be seen, that is said of all messages that it was about to send.
"""

import fcntl
import json
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Row, bindparam, text

from evidence import ledger
from evidence.ledger import Act, Event, EventKind
from models.columns import Instant, instant_text
from models.database import Database

LEASE = timedelta(minutes=10)
"""Longer than any attempt takes; each message's lease begins anew when its attempt does."""

FOLDER = "workers"
"""Where in the data folder the workers' locks lie."""

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Ending:
    """How a worker ended: with its process, or with the whole machine, which may have lost its last records."""

    with_machine: bool


@dataclass
class Worker:
    """One process that delivers.

    Attributes:
        name: Unlike any other worker's, ever.
        folder: Where the workers' locks lie.
        journal: The worker's file, which is its lock and in which it notes each attempt.
        dead: The workers whose leases are void because they have ended, as far as can be seen from here.
    """

    name: str
    folder: Path
    journal: IO[str]
    dead: dict[str, Ending] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def here(cls, data: Path) -> Iterator["Worker"]:
        """Be a worker for a while."""
        folder, name = data / FOLDER, uuid.uuid4().hex
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        with path.open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            worker = cls(name, folder, lock)
            worker.note({"boot": _boot()})
            yield worker
            path.unlink(missing_ok=True)

    def take(
        self, connection: Connection, act: Act, at: datetime, resting: Sequence[str], limit: int
    ) -> list[Row[Any]]:
        """Lease up to `limit` messages whose time has come, the longest waiting first, and return them.

        Args:
            connection: A transaction.
            act: Who delivers; author of what is sealed of doubles.
            at: Now; messages are due by it, and leases run from it.
            resting: Channels that are left alone.
            limit: How many at most.
        """
        free = {"at": instant_text(at), "beyond": instant_text(at + LEASE), "dead": list(self.dead)}
        found = connection.execute(_FREE, {**free, "resting": list(resting), "limit": limit}).all()
        if not found:
            return []
        taking = {**free, "worker": self.name, "until": instant_text(at + LEASE), "ids": [row.id for row in found]}
        connection.execute(_TAKE, taking)
        taken = [*connection.execute(_TAKEN, taking)]
        self._flag_doubles(connection, act, taken, {row.id: row.leased_by for row in found})
        return taken

    def begin(self, connection: Connection, messages: Sequence[Row[Any]], at: datetime) -> list[Row[Any]]:
        """Record that attempts may begin, and return the messages that are still this worker's to send."""
        bound = {"ids": [message.id for message in messages], "worker": self.name, "until": instant_text(at + LEASE)}
        connection.execute(_BEGIN, bound)
        mine = set(connection.execute(_MINE, bound).scalars())
        return [message for message in messages if message.id in mine]

    def note(self, line: Mapping[str, Any]) -> None:
        """Note something in the journal; it survives the process, for the system has it."""
        self.journal.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.journal.flush()

    def journals(self) -> list[list[dict[str, Any]]]:
        """Return what the dead workers noted of their attempts."""
        return [_lines(self.folder / name) for name in self.dead]

    def settle(self, connection: Connection, never_begun: Collection[int]) -> None:
        """Record of messages that a dead worker might have begun that it did not."""
        if never_begun:
            connection.execute(_NOT_BEGUN, {"ids": sorted(never_begun)})

    def held(self, connection: Connection) -> set[int]:
        """Return the messages that dead workers held, as far as their journals are whole."""
        sure = [name for name, ending in self.dead.items() if not ending.with_machine]
        return set(connection.execute(_HELD, {"workers": sure}).scalars())

    def release(self, connection: Connection) -> None:
        """Give back every message that is still leased."""
        connection.execute(_RELEASE, {"worker": self.name})

    def look_round(self, connection: Connection) -> None:
        """See which workers have ended, and clear away those that left nothing behind."""
        holders = set(connection.execute(_HOLDERS, {"worker": self.name}).scalars())
        endings = {path.name: _ending(path) for path in self.folder.iterdir() if path.name != self.name}
        self.dead = {name: ending for name, ending in endings.items() if ending and name in holders}
        for name, ending in endings.items():
            if ending and name not in holders:
                (self.folder / name).unlink(missing_ok=True)

    def _flag_doubles(
        self, connection: Connection, act: Act, taken: Sequence[Row[Any]], before: dict[int, str]
    ) -> None:
        doubtful = [row for row in taken if row.begun > row.attempts or self._lost_records(connection, before[row.id])]
        if doubtful:
            ledger.append(connection, act, [_possible_double(row) for row in doubtful])
            connection.execute(_SETTLE, {"ids": [row.id for row in doubtful]})

    def _lost_records(self, connection: Connection, worker: str) -> bool:
        """Whether a worker may have begun attempts of which nothing is known: its last commits went with its machine.

        Only where the database lies on that very machine, and does not secure each commit by itself.
        """
        ending = self.dead.get(worker)
        return ending is not None and ending.with_machine and connection.dialect.name == "sqlite"


def any_due(database: Database, at: datetime) -> bool:
    """Whether any message's time has come; one probe of an index."""
    with database.reading() as connection:
        return connection.execute(_ANY, {"at": instant_text(at)}).first() is not None


def noted_messages(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return messages that a journal names."""
    return connection.execute(_NOTED, {"ids": list(ids)}).all()


def _ending(path: Path) -> Ending | None:
    """Return how a worker ended; nothing where it is alive, or cannot be seen from here."""
    try:
        with path.open("r", encoding="utf-8") as lock:
            return _ending_of(lock)
    except FileNotFoundError:
        return None


def _ending_of(lock: IO[str]) -> Ending | None:
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    return Ending(with_machine=lock.readline() != json.dumps({"boot": _boot()}) + "\n")


def _lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a journal, up to one that was broken off."""
    found: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found


def _boot() -> str:
    """Return what names this run of the machine, where the system tells."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _possible_double(message: Row[Any]) -> Event:
    payload = {
        "message": message.key,
        "recipient": message.recipient_code,
        "channel": message.channel,
        "attempt": message.attempts + 1,
    }
    return Event(EventKind.MESSAGE_POSSIBLE_DOUBLE, payload)


# A lease that runs for longer than a lease does was taken before the clock was set back.
_UNLEASED = "(leased_by = '' OR lease_until <= :at OR lease_until > :beyond OR leased_by IN :dead)"

_FREE = text(
    "SELECT id, leased_by FROM message WHERE state IN ('claimed', 'failed') AND next_attempt_at <= :at"
    f" AND channel NOT IN :resting AND {_UNLEASED} ORDER BY next_attempt_at, id LIMIT :limit"
).bindparams(bindparam("resting", expanding=True), bindparam("dead", expanding=True))

_TAKE = text(
    "UPDATE message SET leased_by = :worker, lease_until = :until"
    f" WHERE id IN :ids AND state IN ('claimed', 'failed') AND {_UNLEASED}"
).bindparams(bindparam("ids", expanding=True), bindparam("dead", expanding=True))

_TAKEN = (
    text(
        "SELECT id, key, recipient_code, channel, address, title, text, html, attempts, begun, composed_at FROM message"
        " WHERE id IN :ids AND leased_by = :worker ORDER BY next_attempt_at, id"
    )
    .bindparams(bindparam("ids", expanding=True))
    .columns(composed_at=Instant)
)

_BEGIN = text(
    "UPDATE message SET begun = attempts + 1, lease_until = :until"
    " WHERE id IN :ids AND leased_by = :worker AND state IN ('claimed', 'failed')"
).bindparams(bindparam("ids", expanding=True))
_MINE = text(
    "SELECT id FROM message WHERE id IN :ids AND leased_by = :worker AND state IN ('claimed', 'failed')"
).bindparams(bindparam("ids", expanding=True))
_HELD = text(
    "SELECT id FROM message WHERE leased_by <> '' AND leased_by IN :workers AND state IN ('claimed', 'failed')"
).bindparams(bindparam("workers", expanding=True))
_NOT_BEGUN = text("UPDATE message SET begun = attempts WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
_SETTLE = text("UPDATE message SET begun = attempts, doubles = doubles + 1 WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_RELEASE = text("UPDATE message SET leased_by = '', lease_until = NULL, begun = attempts WHERE leased_by = :worker")
_HOLDERS = text("SELECT DISTINCT leased_by FROM message WHERE leased_by <> '' AND leased_by <> :worker")
_ANY = text("SELECT 1 FROM message WHERE state IN ('claimed', 'failed') AND next_attempt_at <= :at LIMIT 1")
_NOTED = text(
    "SELECT id, key, recipient_code, channel, address, attempts, leased_by FROM message WHERE id IN :ids"
).bindparams(bindparam("ids", expanding=True))
