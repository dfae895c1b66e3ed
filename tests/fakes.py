"""Stand-ins and helpers that several folders of tests share."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, text

from evidence.ledger import Act, Event, Head, append
from evidence.store import Store, StoredFile
from fireduty.errors import RegulationError
from models.packs import load, regulations_folder
from models.requirements import (
    DateRequirement,
    FileKind,
    FileRequirement,
    NumberRequirement,
    Requirement,
    TextRequirement,
)

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

    def __call__(self, connection: Connection, act: Act, events: Sequence[Event]) -> Head:
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
    """Answer every requirement just as far as it asks, with dates of one day."""
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
                answers[requirement.key] = [on.isoformat()] * requirement.min_count
            case TextRequirement():
                answers[requirement.key] = "字" * requirement.min_length
    return answers, files


def stored(store: Store, kind: FileKind, number: int = 0) -> StoredFile:
    """Put a small made-up file of a kind into a store."""
    content = f"{kind.value} {number}".encode()
    return StoredFile(f"示例{number}", MEDIA[kind], len(content), store.put(content))


def everything(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, to tell that nothing has changed."""
    tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
    return {
        name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2"))]
        for name in list(tables)
        if name not in {"schema_version", "sqlite_sequence"}
    }
