"""Writing the stored register into a file that, imported again, changes nothing."""

from pathlib import Path

from models.database import Database
from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register.rows import HEADER_ROW, BodyRow, ContactRow, Register, SupervisionRow
from tasks.register.stored import BODY, CONTACT, PARENT, SUPERVISION, Values
from tasks.register.writing import write_register


def export_register(database: Database, path: Path) -> None:
    """Write all bodies, their supervision and their contacts as an xlsx workbook or a flat csv table.

    Raises:
        FileFormatError: If the file's name ends in neither, or it cannot be written.
    """
    write_register(path, stored_register(database))


def stored_register(database: Database) -> Register:
    """Return the stored register as a file of it would give it, in the order of the codes."""
    with database.reading() as connection:
        bodies = BODY.read(connection).values()
        supervision = SUPERVISION.read(connection).values()
        contacts = CONTACT.read(connection).values()
    first = HEADER_ROW + 1
    return Register(
        bodies=tuple(_body(row, values) for row, values in enumerate(bodies, first)),
        supervision=tuple(SupervisionRow(row, *values) for row, values in enumerate(supervision, first)),
        contacts=tuple(
            ContactRow(row, code, ContactRole(role), channel, address)
            for row, (code, role, channel, address) in enumerate(contacts, first)
        ),
    )


def _body(row: int, values: Values) -> BodyRow:
    stored = dict(zip(BODY.columns, values, strict=True))
    return BodyRow(
        row=row,
        code=stored["code"],
        name=stored["name"],
        kind=BodyKind(stored["kind"]),
        parent_code=values[PARENT],
        division=stored["division"],
        flags=frozenset(flag for flag in BodyFlag if stored[flag]),
        is_example=bool(stored["is_example"]),
    )
