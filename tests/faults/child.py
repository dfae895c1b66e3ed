"""The program that the fault tests kill.

Started once, it imports everything, and then forks a process for each life it is told of on its standard input, so
that a life costs milliseconds and hundreds of them can be ended. A line of JSON names the lives that are to run at
the same time; a line of JSON answers how each ended.

A life works on a data folder. It is killed from outside after a time (`kill_after`), or kills itself at a point: the
`die_at`-th one of its life, or each kind of point once in the folder's whole history (`die_anew`, at the n-th
time that kind is met within one life). Points lie before each SQL statement, before each commit, every thousand steps
of SQLite's machine inside a statement, before each word to a mail server and each note of it, and around the bytes of
an evidence file. Its
files may be limited in size (`file_limit`), or its database in pages (`page_limit`).
"""

import json
import os
import re
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any
from unittest.mock import patch

from apprise import Apprise
from sqlalchemy import Engine, event, text

from calendars.workdays import workday_calendar
from evidence.ledger import Act
from evidence.store import MEDIA_KINDS, StoredFile
from fireduty import clock, settings
from fireduty.errors import DutyStateError
from flows.catalogue import duty_texts, process_named
from models.database import Database
from models.packs import load
from models.requirements import DateRequirement, FileRequirement, NumberRequirement, Requirement
from models.states import DutyState, ReviewOutcome
from tasks import beating
from tasks.delivery import deliver_due
from tasks.district import District
from tasks.duties import find
from tasks.leases import Worker
from tasks.messages import compose
from tasks.opening import open_step
from tasks.reminding import remind_due
from tasks.reviewing import review
from tasks.submitting import submit

CHUNK = 10
"""Duties in one transaction, and bodies whose messages are composed in one: few, so that there are many."""

LONGEST_LIFE = 240
TICK = 1_000
FAILED = 3
LIVED, PASSED = "lived.txt", "passed.txt"


@dataclass(frozen=True)
class Life:
    """What a process is to do, and what will befall it."""

    work: str
    folder: str
    days: tuple[str, ...] = ()
    delivers: bool = True
    padding: int = 0
    kill_after: float | None = None
    die_at: int = 0
    die_anew: int = 0
    file_limit: int = 0
    page_limit: int = 0


@dataclass
class Lived:
    """How a life ended: by which status, after which time, and what it still could say."""

    status: int = 0
    seconds: float = 0.0
    points: int = 0
    done: int = 0
    error: str = ""


@dataclass
class Fate:
    """Watches the points of a life, and ends it at the one it was given."""

    life: Life
    met: int = 0
    before: str = ""
    times: Counter[str] = field(default_factory=Counter)
    passed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.notes = Path(self.life.folder) / PASSED
        if self.notes.exists():
            self.passed = set(self.notes.read_text(encoding="utf-8").splitlines())

    def meet(self, point: str) -> None:
        """Pass a point, or die."""
        kind = f"{self.before} -> {point}"
        self.before = point
        self.met += 1
        self.times[kind] += 1
        anew = self.life.die_anew
        if anew and self.times[kind] == anew and kind not in self.passed:
            with self.notes.open("a", encoding="utf-8") as notes:
                notes.write(f"{kind}\n")
            _die()
        if self.met == self.life.die_at:
            _die()

    def tick(self) -> int:
        """Pass a point inside a statement; it has no kind of its own."""
        self.met += 1
        if self.met == self.life.die_at:
            _die()
        return 0


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Run the lives of each line until there are no more lines."""
    # What every life would else read for itself.
    duty_texts([load("putuo-2020")])
    workday_calendar("310107")
    Apprise.instantiate("mailto://127.0.0.1:9/?mode=insecure&from=a%40district.example&to=b%40district.example")
    for line in sys.stdin:
        lives = [Life(**given) for given in json.loads(line)]
        sys.stdout.write(json.dumps([asdict(lived) for lived in _run(lives)]) + "\n")
        sys.stdout.flush()


def _run(lives: list[Life]) -> list[Lived]:
    """Fork a process for each life, kill whose time has come, and gather how they ended."""
    start = time.monotonic() + (0.01 if len(lives) > 1 else 0)
    running: dict[int, tuple[int, Life, int]] = {}
    for place, life in enumerate(lives):
        reading, writing = os.pipe()
        if (pid := os.fork()) == 0:
            os.close(reading)
            _live(life, start, writing)
        os.close(writing)
        running[pid] = (place, life, reading)
    ended: dict[int, Lived] = {}
    while running:
        for pid in list(running):
            place, life, reading = running[pid]
            seconds = time.monotonic() - start
            if life.kill_after is not None and seconds >= life.kill_after:
                # Not waited for yet, so the number is still this process's.
                os.kill(pid, signal.SIGKILL)
            if os.waitpid(pid, os.WNOHANG)[0]:
                ended[place] = _last_words(reading, seconds)
                del running[pid]
        time.sleep(0.0005)
    return [ended[place] for place in sorted(ended)]


def _last_words(reading: int, seconds: float) -> Lived:
    with os.fdopen(reading) as words:
        said = words.read()
    return Lived(**json.loads(said)) if said else Lived(-signal.SIGKILL, seconds)


def _live(life: Life, start: float, writing: int) -> None:
    """Live a life in this process, and end the process."""
    signal.alarm(LONGEST_LIFE)
    lived, fate = Lived(), Fate(life)
    try:
        if life.file_limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (life.file_limit, life.file_limit))
        time.sleep(max(0.0, start - time.monotonic()))
        with _watched(fate):
            lived.done = WORKS[life.work](life)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test is told
        lived.status, lived.error = FAILED, f"{type(error).__name__}: {error}"
    lived.points, lived.seconds = fate.met, time.monotonic() - start
    os.write(writing, json.dumps(asdict(lived)).encode())
    os._exit(0)


@contextmanager
def _watched(fate: Fate) -> Iterator[None]:
    """Lay the points."""

    def connected(connection: Any, record: Any) -> None:
        del record
        if fate.life.page_limit:
            connection.execute(f"PRAGMA max_page_count={fate.life.page_limit}")
        connection.set_progress_handler(fate.tick, TICK)

    def execute(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        del connection, cursor, others
        fate.meet(re.sub(r"\(\?(, \?)*\)", "(?)", " ".join(statement.split())))

    def commit(connection: Any) -> None:
        del connection
        fate.meet("COMMIT")

    def send_all(self: socket, data: bytes, flags: int = 0) -> None:
        fate.meet(f"SMTP {bytes(data[:5])!r}")
        send_mail(self, data, flags)

    def replace(self: Path, target: Path) -> Path:
        fate.meet("file named")
        return replace_file(self, target)

    def flush(descriptor: int) -> None:
        fate.meet("file flushed")
        flush_file(descriptor)

    def note(self: Worker, line: Mapping[str, Any]) -> None:
        fate.meet(f"noted {next(iter(line))}")
        note_down(self, line)

    send_mail, replace_file, flush_file, note_down = socket.sendall, Path.replace, os.fsync, Worker.note
    event.listen(Engine, "connect", connected)
    event.listen(Engine, "before_cursor_execute", execute)
    event.listen(Engine, "commit", commit)
    with patch.object(socket, "sendall", send_all), patch.object(Path, "replace", replace):  # noqa: SIM117
        with patch.object(os, "fsync", flush), patch.object(Worker, "note", note):
            yield


def live_days(life: Life) -> int:
    """Live through days, from the one that was not finished: open, sweep, compose, deliver."""
    folder = Path(life.folder)
    notes = folder / LIVED
    finished = notes.read_text(encoding="utf-8") if notes.exists() else ""
    with District.open(settings.load(folder)) as district:
        for day in life.days:
            if day > finished:
                _live_day(life, district, date.fromisoformat(day))
                unfinished = notes.with_suffix(".part")
                unfinished.write_text(day, encoding="utf-8")
                os.replace(unfinished, notes)  # noqa: PTH105 - Path.replace is a point
    return len(life.days)


def _live_day(life: Life, district: District, day: date) -> None:
    act = Act("system:test", clock.morning_of(day))
    opening = patch.object(beating, "open_step", partial(open_step, chunk=CHUNK))
    sweeping = patch.object(beating, "remind_due", partial(remind_due, chunk=CHUNK))
    with opening, sweeping:
        beating.beat(district, act, process_named)
    texts = duty_texts(district.regulations)
    composed = 1
    while composed:
        with district.database.transaction() as connection:
            composed = compose(connection, act, district.settings, texts, CHUNK)
    if life.delivers:
        deliver_due(district.database, act, district.settings, 100_000, lambda: act.at)


def deliver_only(life: Life) -> int:
    """Deliver run after run until the outbox is empty, by a clock that only waiting moves."""
    at = clock.morning_of(date.fromisoformat(life.days[0]))
    waited = 0.0

    def wait(seconds: float) -> None:
        nonlocal waited
        waited += seconds

    with District.open(settings.load(Path(life.folder))) as district:
        act = Act("system:test", at)
        moment = lambda: at + timedelta(seconds=waited)  # noqa: E731 - a clock
        sent, waiting = 0, text("SELECT count(*) FROM message WHERE state IN ('claimed', 'failed')")
        for _ in range(100):
            sent += deliver_due(district.database, act, district.settings, 100_000, moment, pause=wait).sent
            with district.database.reading() as connection:
                if not connection.execute(waiting).scalar_one():
                    break
            wait(61)
        return sent


def prove_duties(life: Life) -> int:
    """Take every duty to its end: submit, return each fourth once, accept; return how much of it was done here.

    What another process did a moment before is met as a refusal, and passed over.
    """
    done = 0
    with District.open(settings.load(Path(life.folder))) as district:
        (day,) = life.days
        for duty_id in _unfinished(district):
            while (state := _state(district, duty_id)) is not DutyState.ACCEPTED:
                verb = _decide if state is DutyState.SUBMITTED else partial(_submit, padding=life.padding)
                try:
                    verb(district, date.fromisoformat(day), duty_id)
                except DutyStateError:
                    continue
                done += 1
    return done


def _unfinished(district: District) -> list[int]:
    with district.database.reading() as connection:
        return list(connection.execute(text("SELECT id FROM duty WHERE state <> 'accepted' ORDER BY id")).scalars())


def _state(district: District, duty_id: int) -> DutyState:
    with district.database.reading() as connection:
        found = connection.execute(text("SELECT state FROM duty WHERE id = :id"), {"id": duty_id})
        return DutyState(found.scalar_one())


def _submit(district: District, day: date, duty_id: int, padding: int) -> None:
    with district.database.reading() as connection:
        record = find(connection, district, duty_id)
    on = record.span.clamp(day).isoformat()
    answers: dict[str, str | list[str]] = {}
    files: dict[str, list[StoredFile]] = {}
    for wanted in record.terms.evidence:
        if isinstance(wanted, FileRequirement):
            files[wanted.key] = [_file(district, wanted, duty_id, n, padding) for n in range(wanted.min_count)]
        else:
            answers[wanted.key] = _answer(wanted, on)
    with district.database.transaction() as connection:
        act = Act(f"{record.row.body_code}/responsible", clock.morning_of(day, 15))
        submit(connection, act, district, duty_id, answers, files)


def _file(district: District, wanted: FileRequirement, duty_id: int, number: int, padding: int) -> StoredFile:
    media_type = next(name for name, kind in MEDIA_KINDS.items() if kind is wanted.accept[0])
    content = f"{wanted.key} {duty_id} {number}".encode().ljust(padding)
    return StoredFile(wanted.key, media_type, len(content), district.store.put(content))


def _answer(wanted: Requirement, on: str) -> str | list[str]:
    if isinstance(wanted, DateRequirement):
        return [on]
    if isinstance(wanted, NumberRequirement):
        return str(max(wanted.minimum, 1))
    return "演练中发现的问题已经整改" * 10


def _decide(district: District, day: date, duty_id: int) -> None:
    with district.database.transaction() as connection:
        record = find(connection, district, duty_id)
        counted = text("SELECT count(*) FROM submission WHERE duty_id = :id")
        revision = connection.execute(counted, {"id": duty_id}).scalar_one()
        outcome = ReviewOutcome.RETURNED if revision == 1 and duty_id % 4 == 0 else ReviewOutcome.ACCEPTED
        act = Act(f"{record.row.supervisor_code}/liaison", clock.morning_of(day, 16))
        review(connection, act, district, duty_id, outcome, "材料不清")


def found_database(life: Life) -> int:
    """Open a database that is not there yet."""
    Database(f"sqlite:///{life.folder}/fireduty.db").close()
    return 1


WORKS: dict[str, Callable[[Life], int]] = {
    "days": live_days,
    "proofs": prove_duties,
    "deliver": deliver_only,
    "found": found_database,
}

if __name__ == "__main__":
    main()
