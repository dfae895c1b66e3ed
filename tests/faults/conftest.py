"""Districts whose processes are killed, and what must be true of a district at every moment."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from factories import Size, make_district

from evidence.verify import verify
from fireduty.settings import load, save
from models.database import Database
from tasks.mailbox import DUPLICATES, Mailbox

ROUNDS_VARIABLE = "FIREDUTY_FAULT_ROUNDS"
KILLED = -9
SIZE = Size(units=80)
IN_FORCE_ON = date(2027, 1, 1)
DAYS = ("2027-01-01", "2027-02-01", "2027-12-07", "2027-12-28")
"""Opening; the first ladders run out; every unit is reminded; every unit again, with one rung overtaken."""

TALLY: Counter[str] = Counter()
"""Lives, kills and mails that came twice, for the line at the end."""

STATE_AFTER = {
    "duty.opened": "open",
    "duty.submitted": "submitted",
    "duty.returned": "returned",
    "duty.accepted": "accepted",
}


@dataclass(frozen=True)
class Ended:
    """How a life ended."""

    status: int
    seconds: float
    points: int
    done: int
    error: str

    @property
    def killed(self) -> bool:
        return self.status == KILLED


@dataclass
class Nursery:
    """The program that lives lives."""

    process: subprocess.Popen[str]

    def together(self, *lives: dict[str, Any]) -> list[Ended]:
        """Run lives at the same time, to the end of each."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(lives, default=str) + "\n")
        self.process.stdin.flush()
        ended = [Ended(**found) for found in json.loads(self.process.stdout.readline())]
        TALLY["lives"] += len(ended)
        TALLY["killed"] += sum(life.killed for life in ended)
        return ended

    def live(self, work: str, folder: Path, days: Sequence[str], **fate: Any) -> Ended:
        """Run one life to its end."""
        (ended,) = self.together({"work": work, "folder": folder, "days": days, **fate})
        return ended

    def finish(self, work: str, folder: Path, days: Sequence[str], **manner: Any) -> Ended:
        """Run a life that nothing befalls."""
        ended = self.live(work, folder, days, **manner)
        assert (ended.status, ended.error) == (0, "")
        return ended


@dataclass(frozen=True)
class Outcome:
    """What a district came to, by what its rows mean and not by their numbers; doubled rows would show.

    Attributes:
        cases: Obligation and period, with the instant of closing.
        duties: Each duty with its supervisor, state, rung and next day of action.
        notices: Duty, occasion and recipient.
        histories: What happened to each duty, as sealed.
        messages: For each message, its recipient and notices.
        head: The last hash of the ledger: the same only where all happened in the same order.
    """

    cases: list[Any]
    duties: list[Any]
    notices: list[Any]
    histories: list[Any]
    messages: list[Any]
    head: str


@dataclass(frozen=True)
class Record:
    """The rows of a data folder, read from a copy, so that looking at a database mends nothing in it."""

    folder: Path
    database: sqlite3.Connection
    problems: list[str]
    head: str

    def rows(self, statement: str) -> list[Any]:
        return self.database.execute(statement).fetchall()

    def scalar(self, statement: str) -> Any:
        return self.database.execute(statement).fetchone()[0]

    def outcome(self) -> Outcome:
        """Return what the district came to."""
        notice = "named_duty d JOIN notice n ON n.duty_id = d.id"
        return Outcome(
            self.rows("SELECT obligation_id, period, closed_at FROM duty_case ORDER BY 1, 2"),
            self.rows("SELECT duty, supervisor_code, state, rung, next_action_on FROM named_duty ORDER BY 1"),
            self.rows(f"SELECT duty, occasion, level, recipient_code FROM {notice} ORDER BY 1, 2, 4"),
            self.rows(
                "SELECT duty, l.kind, json_extract(l.entry, '$.body') FROM ledger l JOIN named_duty d"
                " ON d.id = l.duty_id ORDER BY 1, l.seq"
            ),
            self.rows(
                "SELECT m.recipient_code, m.state, m.attempts, group_concat(duty || ' ' || occasion, '; ') AS told"
                f" FROM message m JOIN (SELECT duty, occasion, message_id FROM {notice} ORDER BY 1, 2)"
                " ON message_id = m.id GROUP BY m.id ORDER BY 1, 4"
            ),
            self.head,
        )

    def faults(self) -> list[str]:
        """Return what is half done, doubled or unsealed; nothing of that may ever be found."""
        last = (
            "SELECT d.id FROM duty d JOIN ledger l ON l.seq = (SELECT max(seq) FROM ledger WHERE duty_id = d.id"
            " AND kind <> 'duty.reminded') WHERE d.state <> CASE l.kind"
        )
        last += "".join(f" WHEN '{kind}' THEN '{state}'" for kind, state in STATE_AFTER.items()) + " END"
        reminded = "ledger l JOIN duty d ON d.id = l.duty_id WHERE l.kind = 'duty.reminded'"
        none_of = {
            "a duty without exactly one event of its opening": (
                "SELECT d.id FROM duty d LEFT JOIN ledger l ON l.duty_id = d.id AND l.kind = 'duty.opened'"
                " GROUP BY d.id HAVING count(l.seq) <> 1"
            ),
            "an event of a duty that is not there": (
                "SELECT seq FROM ledger WHERE duty_id IS NOT NULL AND duty_id NOT IN (SELECT id FROM duty)"
            ),
            "a case without exactly one event of its opening": (
                "SELECT c.id FROM duty_case c LEFT JOIN ledger l ON l.case_id = c.id AND l.kind = 'case.opened'"
                " GROUP BY c.id HAVING count(l.seq) <> 1"
            ),
            "a case closed without its event, or the reverse": (
                "SELECT c.id FROM duty_case c JOIN ledger l ON l.seq = (SELECT max(seq) FROM ledger WHERE case_id = c.id"
                " AND kind IN ('case.opened', 'case.closed', 'duty.opened'))"
                " WHERE (c.closed_at IS NOT NULL) <> (l.kind = 'case.closed')"
            ),
            "a case without its schedules": (
                "SELECT l.seq FROM ledger l WHERE l.kind = 'case.opened' AND json_array_length(l.entry, '$.body.steps')"
                " <> (SELECT count(*) FROM schedule s WHERE s.case_id = l.case_id)"
            ),
            "a duty not assigned exactly once": (
                "SELECT d.id FROM duty d LEFT JOIN notice n ON n.duty_id = d.id AND n.occasion = 'assigned'"
                " GROUP BY d.id HAVING count(n.id) <> 1"
            ),
            "a reminder without its notice": (
                f"SELECT l.seq FROM {reminded} AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.duty_id = d.id"
                " AND n.occasion = json_extract(l.entry, '$.body.rung')"
                " AND n.recipient_code = json_extract(l.entry, '$.body.to'))"
            ),
            "a notice without its event": (
                "SELECT n.id FROM notice n WHERE n.occasion NOT LIKE '%:%' AND n.occasion <> 'assigned' AND NOT EXISTS"
                f" (SELECT 1 FROM {reminded} AND d.id = n.duty_id AND json_extract(l.entry, '$.body.rung') = n.occasion)"
            ),
            "a rung that is not the last one sent": (
                "SELECT d.id FROM duty d WHERE d.rung <> COALESCE((SELECT max(m.position) FROM milestone m"
                " JOIN ledger l ON l.duty_id = d.id AND l.kind = 'duty.reminded'"
                " AND json_extract(l.entry, '$.body.rung') = m.rung WHERE m.schedule_id = d.schedule_id), 0)"
            ),
            "a rung neither sent nor sealed as skipped, or both": (
                "SELECT d.id FROM duty d WHERE d.rung <> (SELECT COALESCE(sum(1 + json_array_length(l.entry,"
                " '$.body.skipped')), 0) FROM ledger l WHERE l.duty_id = d.id AND l.kind = 'duty.reminded')"
            ),
            "a message without notices": (
                "SELECT id FROM message WHERE id NOT IN (SELECT message_id FROM notice WHERE message_id IS NOT NULL)"
            ),
            "a message without exactly one event of its composing": _unmatched("message.composed", "1"),
            "a message sent without exactly one event, or the reverse": _unmatched("message.sent", "(state = 'sent')"),
            "a state that is not that of the last event": last,
            "a submission without its event": (
                "SELECT s.id FROM submission s WHERE 1 <> (SELECT count(*) FROM ledger l WHERE l.duty_id = s.duty_id"
                " AND l.kind = 'duty.submitted' AND json_extract(l.entry, '$.body.revision') = s.revision)"
            ),
            "an event without its submission": (
                "SELECT l.seq FROM ledger l WHERE l.kind = 'duty.submitted' AND NOT EXISTS (SELECT 1 FROM submission s"
                " WHERE s.duty_id = l.duty_id AND s.revision = json_extract(l.entry, '$.body.revision'))"
            ),
            "a review without its event": _unmatched_reviews("r.id", "= 0"),
            "a review with more than one event": _unmatched_reviews("r.id", "> 1"),
            "a review without its notice": (
                "SELECT r.id FROM review r JOIN submission s ON s.id = r.submission_id WHERE 1 <> (SELECT count(*)"
                " FROM notice n WHERE n.duty_id = s.duty_id AND n.occasion = r.outcome || ':' || s.revision)"
            ),
        }
        found = [f"{what}: {rows[:5]}" for what, statement in none_of.items() if (rows := self.rows(statement))]
        return [*self.problems, *found, *self._file_faults()]

    def _file_faults(self) -> list[str]:
        """Compare what events and rows name with the bytes in the store."""
        statement = "SELECT duty_id, entry FROM ledger WHERE kind = 'duty.submitted'"
        bodies = [(duty, json.loads(entry)["body"]) for duty, entry in self.rows(statement)]
        named = {(duty, b["revision"], d) for duty, b in bodies for given in b["files"].values() for d in given}
        stored = set(
            self.rows(
                "SELECT s.duty_id, s.revision, f.digest FROM evidence_file f JOIN submission s ON s.id = f.submission_id"
            )
        )
        wrong = [digest for _, _, digest in named | stored if not self._lies_in_store(digest)]
        return [f"files: events and rows differ in {named ^ stored}"] * (named != stored) + [
            f"file {digest}: missing or of another digest" for digest in wrong
        ]

    def _lies_in_store(self, digest: str) -> bool:
        path = self.folder / "evidence" / digest[:2] / digest
        return path.exists() and sha256(path.read_bytes()).hexdigest() == digest


def _unmatched(kind: str, wanted: str) -> str:
    return (
        "SELECT m.id FROM message m LEFT JOIN (SELECT json_extract(entry, '$.body.message') AS key, count(*) AS n"
        f" FROM ledger WHERE kind = '{kind}' GROUP BY 1) l ON l.key = m.key WHERE COALESCE(l.n, 0) <> {wanted}"
    )


def _unmatched_reviews(what: str, wanted: str) -> str:
    return (
        f"SELECT {what} FROM review r JOIN submission s ON s.id = r.submission_id WHERE (SELECT count(*) FROM ledger l"
        " WHERE l.duty_id = s.duty_id AND l.kind = 'duty.' || r.outcome"
        f" AND json_extract(l.entry, '$.body.revision') = s.revision) {wanted}"
    )


_NAMED_DUTY = """
    CREATE TEMP VIEW named_duty AS
    SELECT c.obligation_id || '/' || c.period || '/' || d.step || '/' || d.body_code || '/' || d.subject_code AS duty, d.*
    FROM duty d JOIN duty_case c ON c.id = d.case_id
"""


@dataclass
class Mail:
    """A real mail server, and what lies in its folder."""

    folder: Path

    @property
    def keys(self) -> list[str]:
        """The key of every mail that was kept, from the name of its file."""
        return sorted(path.stem for path in self.folder.rglob("*.eml"))

    @property
    def doubles(self) -> list[str]:
        """The key of every mail that came again."""
        log = self.folder / DUPLICATES
        return [line.split("\t")[0] for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


@dataclass
class Houses:
    """Makes data folders of the same small district, each from one copy."""

    template: Path
    place: Path
    made: int = 0

    @contextmanager
    def new(self, like: Path | None = None) -> Iterator[Path]:
        """Yield a district in which nothing has happened yet, or all that happened in another one."""
        self.made += 1
        folder = Path(shutil.copytree(like or self.template, self.place / f"house-{self.made}"))
        yield folder
        # Left lying only where a test failed in it.
        shutil.rmtree(folder)

    @contextmanager
    def with_mail(self) -> Iterator[tuple[Path, Mail]]:
        """Yield a new district with a mail server of its own."""
        with self.new() as folder, Mailbox(folder / "mail") as mailbox:
            url = f"mailto://127.0.0.1:{mailbox.port}/?mode=insecure&from=a%40district.example&to={{address}}"
            save(load(folder).model_copy(update={"channels": {"email": url}}))
            mail = Mail(folder / "mail")
            yield folder, mail
            TALLY["mails"] += len(mail.keys)
            TALLY["mails that came twice"] += len(mail.doubles)

    def read(self, folder: Path) -> Any:
        """Open the record of a district; a context manager."""
        return _record(folder)

    def faults(self, folder: Path) -> list[str]:
        """Return what must not be in a district's record."""
        with _record(folder) as record:
            return record.faults()

    def outcome(self, folder: Path) -> Outcome:
        """Return what a district came to, once nothing is wrong with it."""
        with _record(folder) as record:
            assert record.faults() == []
            return record.outcome()


@contextmanager
def _record(folder: Path) -> Iterator[Record]:
    with tempfile.TemporaryDirectory(dir=folder) as copy:
        for name in ("fireduty.db", "fireduty.db-wal"):
            if (folder / name).exists():
                shutil.copy(folder / name, copy)
        database = Database(f"sqlite:///{copy}/fireduty.db", durable=False)
        with database.reading() as connection:
            verdict = verify(connection)
        database.close()
        with closing(sqlite3.connect(f"{copy}/fireduty.db")) as opened:
            opened.execute(_NAMED_DUTY)
            yield Record(folder, opened, verdict.problems, verdict.hash)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much the fault tests killed."""
    if TALLY["lives"]:
        terminalreporter.write_line("faults: " + ", ".join(f"{count} {what}" for what, count in TALLY.items()))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Start the program that is killed, once."""
    program = Path(__file__).parent / "child.py"
    process = subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    with process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the district of which all others are copies."""
    folder = tmp_path_factory.mktemp("template") / "house"
    with make_district(folder, IN_FORCE_ON, SIZE) as district:
        save(district.settings)
    return folder


@pytest.fixture(scope="session")
def houses(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Houses:
    """Give what makes districts."""
    return Houses(template, tmp_path_factory.mktemp("houses"))


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often each loop is run; `make faults` sets many."""
    return int(os.environ.get(ROUNDS_VARIABLE, "1"))


@pytest.fixture(scope="session")
def days() -> tuple[str, ...]:
    """The days that are lived through."""
    return DAYS
