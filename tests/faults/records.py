"""What a district's rows say, and what must be true of them at every moment."""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from evidence.verify import verify
from models.database import Database

POSSIBLE_DOUBLE = "message.possible_double"

STATE_AFTER = {
    "duty.opened": "open",
    "duty.submitted": "submitted",
    "duty.returned": "returned",
    "duty.accepted": "accepted",
}


@dataclass(frozen=True)
class Outcome:
    """What a district came to, by what its rows mean and not by their numbers; doubled rows would show.

    Attributes:
        cases: Obligation and period, with the instant of closing.
        duties: Each duty with its supervisor, state, rung and next day of action.
        notices: Duty, occasion and recipient.
        histories: What happened to each duty, as sealed.
        messages: For each message, its recipient and notices.
        head: A hash over the ledger, without what flags possible doubles and what follows from the numbering after
            them: the same only where all happened in the same order.
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
            self._order(),
        )

    def _order(self) -> str:
        """Return a hash over all events in their order, but for the flags that only a killed delivery sets."""
        told = self.rows(
            "SELECT kind, case_id, duty_id, json_remove(entry, '$.seq', '$.prev', '$.body.text_sha256') FROM ledger"
            f" WHERE kind <> '{POSSIBLE_DOUBLE}' ORDER BY seq"
        )
        return sha256(json.dumps(told).encode()).hexdigest()

    def faults(self) -> list[str]:
        """Return what is half done, doubled or unsealed; nothing of that may ever be found."""
        kinds = ", ".join(f"'{kind}'" for kind in STATE_AFTER)
        last = (
            "SELECT d.id FROM duty d JOIN ledger l ON l.seq = (SELECT max(seq) FROM ledger WHERE duty_id = d.id"
            f" AND kind IN ({kinds})) WHERE d.state <> CASE l.kind"
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
                "SELECT c.id FROM duty_case c JOIN ledger l ON l.seq = (SELECT max(seq) FROM ledger"
                " WHERE case_id = c.id AND kind IN ('case.opened', 'case.closed', 'duty.opened'))"
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
                "SELECT n.id FROM notice n WHERE n.occasion NOT LIKE '%:%' AND n.occasion <> 'assigned'"
                f" AND NOT EXISTS (SELECT 1 FROM {reminded} AND d.id = n.duty_id"
                " AND json_extract(l.entry, '$.body.rung') = n.occasion)"
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
                "SELECT s.duty_id, s.revision, f.digest FROM evidence_file f"
                " JOIN submission s ON s.id = f.submission_id"
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
    SELECT c.obligation_id || '/' || c.period || '/' || d.step || '/' || d.body_code || '/' || d.subject_code AS duty,
           d.*
    FROM duty d JOIN duty_case c ON c.id = d.case_id
"""


@contextmanager
def read(folder: Path) -> Iterator[Record]:
    """Open the record of a district."""
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
