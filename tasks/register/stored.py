"""The register as it is stored: its three tables as tuples, and what makes them those of a file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from models.database import bulk_insert
from models.kinds import BodyFlag
from tasks.register.rows import KnownBodies

Values = tuple[Any, ...]


@dataclass(frozen=True)
class StoredTable:
    """One table of the database, told apart by its first `key_length` columns."""

    name: str
    columns: tuple[str, ...]
    key_length: int

    def key(self, values: Values) -> Values:
        """Return the part of a row that tells it from all others."""
        return values[: self.key_length]

    def read(self, connection: Connection) -> dict[Values, Values]:
        """Return all rows by their keys, in the order of the keys."""
        keys, columns = ", ".join(self.columns[: self.key_length]), ", ".join(self.columns)
        statement = f"SELECT {columns} FROM {self.name} ORDER BY {keys}"
        rows = map(tuple, connection.execute(text(statement)))
        return {self.key(values): values for values in rows}

    def update(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Write the columns of rows that are stored already."""
        settings = ", ".join(f"{column} = :{column}" for column in self.columns[self.key_length :])
        self._execute(connection, f"UPDATE {self.name} SET {settings}", rows)

    def delete(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Remove rows."""
        self._execute(connection, f"DELETE FROM {self.name}", rows)

    def _execute(self, connection: Connection, act: str, rows: Iterable[Values]) -> None:
        condition = " AND ".join(f"{column} = :{column}" for column in self.columns[: self.key_length])
        parameters = [dict(zip(self.columns, values, strict=True)) for values in rows]
        if parameters:
            connection.execute(text(f"{act} WHERE {condition}"), parameters)


BODY = StoredTable("body", ("code", "name", "kind", "parent_code", "division", *BodyFlag, "is_example"), 1)
SUPERVISION = StoredTable("supervision", ("body_code", "line", "supervisor_code"), 2)
CONTACT = StoredTable("contact", ("body_code", "role", "channel", "address"), 4)

PARENT = BODY.columns.index("parent_code")


@dataclass(frozen=True)
class Tally:
    """How many rows of one table an import touched, and how."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Changes:
    """What makes the rows of one table those of a file."""

    table: StoredTable
    added: list[Values]
    changed: list[Values]
    removed: list[Values]
    unchanged: int

    def apply(self, connection: Connection) -> Tally:
        """Bring the changes into the database and count them."""
        self.table.delete(connection, self.removed)
        bulk_insert(connection, self.table.name, self.table.columns, self.added)
        self.table.update(connection, self.changed)
        return Tally(len(self.added), len(self.changed), len(self.removed), self.unchanged)


def compare(
    table: StoredTable,
    stored: dict[Values, Values],
    given: list[Values],
    is_covered: Callable[[Values], bool],
) -> Changes:
    """Return what must change for the stored rows to become those given.

    Args:
        table: The table of the rows.
        stored: Its rows by key.
        given: The rows as they shall be.
        is_covered: Whether a stored row that is not given shall be removed; the others stay.
    """
    keys = {table.key(values) for values in given}
    added = [values for values in given if table.key(values) not in stored]
    changed = [values for values in given if stored.get(table.key(values), values) != values]
    removed = [values for key, values in stored.items() if key not in keys and is_covered(values)]
    return Changes(table, added, changed, removed, len(given) - len(added) - len(changed))


def known_bodies(connection: Connection) -> KnownBodies:
    """Return the stored bodies, to check a file that refers to them without importing it."""
    return known_among(BODY.read(connection), SUPERVISION.read(connection))


def known_among(bodies: dict[Values, Values], supervision: dict[Values, Values]) -> KnownBodies:
    """Return the stored rows as what a file may refer to."""
    return KnownBodies(
        parents={values[0]: values[PARENT] for values in bodies.values()},
        supervisors={(body, line): supervisor for body, line, supervisor in supervision.values()},
    )
