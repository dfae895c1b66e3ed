"""Stand-ins and helpers that several folders of tests share."""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, text

from evidence.ledger import Act, Event, Head, append
from evidence.store import Store, StoredFile
from evidence.verify import verify
from fireduty import clock
from fireduty.errors import RegulationError
from flows.catalogue import process_named
from models.packs import load, regulations_folder
from models.requirements import (
    ChoiceRequirement,
    DateRequirement,
    FileKind,
    FileRequirement,
    NumberRequirement,
    Requirement,
    TextRequirement,
)
from models.states import ReviewOutcome
from tasks.beating import Beat, beat
from tasks.district import District
from tasks.duties import find
from tasks.reviewing import review
from tasks.submitting import Receipt, submit

PACK = "putuo-2020"

MEDIA = {
    FileKind.DOCUMENT: "application/pdf",
    FileKind.IMAGE: "image/jpeg",
    FileKind.SPREADSHEET: "application/vnd.ms-excel",
}


class PowerCutError(Exception):
    """What a fake raises where a test lets the current fail."""


@dataclass
class BrokenLedger:
    """Takes the place of `append`: after so many good calls, each further one fails."""

    good: int = 0
    calls: list[Sequence[Event]] = field(default_factory=list)

    def __call__(self, connection: Connection, act: Act, events: Iterable[Event]) -> Head:
        """Fail once the good calls are used up."""
        self.calls.append(list(events))
        if len(self.calls) > self.good:
            raise PowerCutError
        return append(connection, act, self.calls[-1])


class PackCopy:
    """A copy of the real pack in a folder of its own, to change one thing in."""

    def __init__(self, folder: Path) -> None:
        """Copy the pack below a folder."""
        self.folder = folder
        self.root = folder / PACK
        shutil.copytree(regulations_folder() / PACK, self.root)

    def change(self, name: str, old: str, new: str) -> str:
        """Replace the first occurrence of a text in a file, and return file and line of its first changed line."""
        path = self.root / name
        content = path.read_text(encoding="utf-8")
        before, found, after = content.partition(old)
        assert found, f"{name} no longer holds {old!r}"
        path.write_text(before + new + after, encoding="utf-8")
        return f"{path}:{before.count(chr(10)) + _lines_alike(old, new) + 1}"

    def problems(self) -> list[tuple[str, str]]:
        """Return place and message of everything that loading the pack refuses."""
        load.cache_clear()
        try:
            load(PACK, self.folder)
        except RegulationError as error:
            return [(problem.place, problem.message) for problem in error.problems]
        return []


def _lines_alike(old: str, new: str) -> int:
    """Return how many whole lines two texts have in common at their beginning."""
    alike = 0
    for mine, theirs in zip(old.split("\n"), new.split("\n"), strict=False):
        if mine != theirs:
            break
        alike += 1
    return alike


def prove(
    requirements: Sequence[Requirement], on: date, store: Store
) -> tuple[dict[str, str | list[str]], dict[str, list[StoredFile]]]:
    """Answer every requirement just as far as it asks, with dates up to a day."""
    answers: dict[str, str | list[str]] = {}
    files: dict[str, list[StoredFile]] = {}
    for requirement in requirements:
        match requirement:
            case FileRequirement():
                files[requirement.key] = [
                    stored(store, requirement.accept[0], number) for number in range(requirement.min_count)
                ]
            case NumberRequirement():
                answers[requirement.key] = str(requirement.minimum)
            case DateRequirement():
                days = [on - timedelta(days=number) for number in range(requirement.min_count)]
                answers[requirement.key] = [day.isoformat() for day in days]
            case ChoiceRequirement():
                answers[requirement.key] = next(iter(requirement.options))
            case TextRequirement():
                answers[requirement.key] = "字" * requirement.min_length
    return answers, files


def stored(store: Store, kind: FileKind, number: int = 0) -> StoredFile:
    """Put a small made-up file of a kind into a store."""
    content = f"{kind.value} {number}".encode()
    return StoredFile(f"示例{number}", MEDIA[kind], len(content), store.put(content))


class Desk:
    """A small district at which a test sits: it beats on a day, hands in, reviews, and looks at what is there."""

    def __init__(self, district: District) -> None:
        """Sit down at a district."""
        self.district = district

    def only(self, *obligations: str) -> "Desk":
        """Take all other obligations off the agenda."""
        kept = {f"{PACK}.{name}" for name in obligations}
        with self.district.database.transaction() as connection:
            for name in connection.execute(text("SELECT obligation_id FROM agenda")).scalars().all():
                if name not in kept:
                    connection.execute(text("DELETE FROM agenda WHERE obligation_id = :name"), {"name": name})
        return self

    def beat(self, on: date, hour: int = 9) -> Beat:
        """Let the heartbeat beat on a day."""
        return beat(self.district, Act("system:test", clock.morning_of(on, hour)), process_named)

    def duties(self, step: str = "", body: str = "", about: str = "", period: str = "") -> list[Row[Any]]:
        """Return duties by what is given of them, in the order of their numbers."""
        wanted = {"d.step": step, "d.body_code": body, "d.subject_code": about, "c.period": period}
        parts = [f"{name} = '{value}'" for name, value in wanted.items() if value] or ["1 = 1"]
        sql = (
            "SELECT d.*, c.obligation_id, c.period FROM duty d JOIN duty_case c ON c.id = d.case_id"
            f" WHERE {' AND '.join(parts)} ORDER BY d.id"
        )
        return self.rows(sql)

    def duty(self, step: str = "", body: str = "", about: str = "", period: str = "") -> Row[Any]:
        """Return the one duty that is meant."""
        [found] = self.duties(step, body, about, period)
        return found

    def rows(self, sql: str, **values: object) -> list[Row[Any]]:
        """Return what a query finds."""
        with self.district.database.reading() as connection:
            return list(connection.execute(text(sql), values))

    def write(self, sql: str, **values: object) -> None:
        """Change rows behind the verbs' back, as an import does."""
        with self.district.database.transaction() as connection:
            connection.execute(text(sql), values)

    def submit(
        self,
        duty: Row[Any],
        on: date,
        actor: str = "",
        proof: date | None = None,
        answers: Mapping[str, str | Sequence[str]] | None = None,
        claimed_on: date | None = None,
        hour: int = 12,
    ) -> Receipt:
        """Hand in what a duty wants, for its own body, with the answers that are given in place of good ones."""
        act = Act(actor or f"{duty.body_code}/responsible", clock.morning_of(on, hour))
        with self.district.database.transaction() as connection:
            record = find(connection, self.district, duty.id)
            good, files = prove(record.terms.evidence, proof or record.span.clamp(on), self.district.store)
            return submit(connection, act, self.district, duty.id, {**good, **(answers or {})}, files, claimed_on)

    def review(
        self,
        duty: Row[Any],
        on: date,
        outcome: ReviewOutcome = ReviewOutcome.ACCEPTED,
        reason: str = "",
        actor: str = "",
    ) -> None:
        """Decide on a submission, for the supervising body."""
        act = Act(actor or f"{duty.supervisor_code}/liaison", clock.morning_of(on, 15))
        with self.district.database.transaction() as connection:
            review(connection, act, self.district, duty.id, outcome, reason)

    def finish(self, duty: Row[Any], on: date) -> None:
        """Submit and accept."""
        self.submit(duty, on)
        self.review(duty, on)

    def notices(self, duty: Row[Any]) -> list[tuple[str, str]]:
        """Return occasion and recipient of each notice of a duty, oldest first."""
        sql = "SELECT occasion, recipient_code FROM notice WHERE duty_id = :id ORDER BY id"
        return [(row.occasion, row.recipient_code) for row in self.rows(sql, id=duty.id)]

    def rungs(self, duty: Row[Any]) -> list[str]:
        """Return the rungs of its ladder a duty was sent, oldest first."""
        return [occasion for occasion, _ in self.notices(duty) if ":" not in occasion]

    def skipped(self, duty: Row[Any]) -> list[str]:
        """Return the rungs that are sealed as skipped, oldest first."""
        return [rung for event in self.events("duty.reminded", duty.id) for rung in event["body"]["skipped"]]

    def events(self, kind: str, duty: int | None = None) -> list[dict[str, Any]]:
        """Return the sealed events of a kind, oldest first."""
        sql = "SELECT entry FROM ledger WHERE kind = :kind AND (:duty IS NULL OR duty_id = :duty) ORDER BY seq"
        return [json.loads(row.entry) for row in self.rows(sql, kind=kind, duty=duty)]

    def closed(self) -> list[str]:
        """Return the periods of the cases that are closed."""
        return [row.period for row in self.rows("SELECT period FROM duty_case WHERE closed_at IS NOT NULL ORDER BY id")]

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """Return every row of every table."""
        with self.district.database.reading() as connection:
            return everything(connection)

    def problems(self) -> list[str]:
        """Return what the recount of the ledger finds wrong."""
        with self.district.database.reading() as connection:
            return verify(connection).problems


def everything(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, to tell that nothing has changed."""
    tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
    return {
        name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2"))]
        for name in list(tables)
        if name not in {"schema_version", "sqlite_sequence"}
    }
