"""Writing registers as files, and the empty one to begin with."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from fireduty.errors import FileFormatError
from models.kinds import BodyFlag, ContactRole
from tasks.register import words
from tasks.register.rows import BodyRow, Register
from tasks.register.tables import CSV, XLSX
from tasks.register.workbook import workbook_bytes
from tasks.sheets import escape

_TEMPLATE_COLUMNS = (
    words.supervision_column("fire"),
    words.supervision_column("industry"),
    *(words.contact_column(role.chinese, words.EMAIL) for role in ContactRole),
)


def write_register(path: Path, register: Register) -> None:
    """Write a register as an xlsx workbook or a flat csv table; the same register gives the same bytes.

    Raises:
        FileFormatError: If the file's name ends in neither, or it cannot be written.
    """
    flat = _suffix(path) == CSV
    _write(path, _flat_bytes(register) if flat else workbook_bytes(_sheets(register)))


def write_template(path: Path) -> None:
    """Write a register without any body, to be filled in; an existing file is never overwritten.

    Raises:
        FileFormatError: If the file's name ends in neither .xlsx nor .csv, or it exists, or cannot be written.
    """
    flat = _suffix(path) == CSV
    if path.exists():
        hint = "Choose another name; what is filled in already would be lost."
        raise FileFormatError(path, "a name that is not taken yet", hint)
    header = [*words.BODY_COLUMNS, *_TEMPLATE_COLUMNS]
    _write(path, _csv_bytes([header]) if flat else workbook_bytes(_sheets(Register(bodies=()))))


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in {XLSX, CSV}:
        message = f"a file named .xlsx or .csv, got {suffix or 'no ending'}"
        raise FileFormatError(path, message, "Name the file .xlsx for a workbook, .csv for one flat table.")
    return suffix


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        message = f"a place that can be written to, got: {error.strerror}"
        raise FileFormatError(path, message, "Check that the folder exists and is yours.") from error


def _sheets(register: Register) -> dict[str, Iterable[Sequence[str]]]:
    return {
        words.BODIES: (_body_cells(body) for body in register.bodies),
        words.SUPERVISION: (
            (row.body_code, words.LINE_TO_WORD[row.line], row.supervisor_code) for row in register.supervision
        ),
        words.CONTACTS: (
            (row.body_code, row.role.chinese, row.channel, escape(row.address)) for row in register.contacts
        ),
    }


def _body_cells(body: BodyRow) -> list[str]:
    flags = [flag in body.flags for flag in BodyFlag]
    yes_or_no = [words.YES if holds else words.NO for holds in (*flags, body.is_example)]
    return [
        body.code,
        escape(body.name),
        body.kind.chinese,
        body.parent_code or "",
        body.division,
        *yes_or_no,
    ]


def _flat_bytes(register: Register) -> bytes:
    supervisors = {(row.body_code, row.line): row.supervisor_code for row in register.supervision}
    used = {row.line for row in register.supervision}
    lines = [line for line in words.LINE_TO_WORD if line in used]
    addresses: dict[tuple[str, ContactRole, str], list[str]] = defaultdict(list)
    for row in register.contacts:
        addresses[row.body_code, row.role, row.channel].append(escape(row.address))
    slots = _slots(addresses)
    contact_headers = [words.contact_column(role.chinese, channel) for role, channel, _ in slots]
    table = [[*words.BODY_COLUMNS, *map(words.supervision_column, lines), *contact_headers]]
    for body in register.bodies:
        found = [addresses.get((body.code, role, channel), []) for role, channel, _ in slots]
        cells = ["".join(given[place : place + 1]) for given, (_, _, place) in zip(found, slots, strict=True)]
        table.append([*_body_cells(body), *(supervisors.get((body.code, line), "") for line in lines), *cells])
    return _csv_bytes(table)


def _slots(addresses: dict[tuple[str, ContactRole, str], list[str]]) -> list[tuple[ContactRole, str, int]]:
    """Return role, channel and place of each contact column: as many places as one body has addresses there."""
    widths: Counter[tuple[ContactRole, str]] = Counter()
    for (_, role, channel), given in addresses.items():
        widths[role, channel] = max(widths[role, channel], len(given))
    order = list(ContactRole)
    slots = sorted(widths, key=lambda slot: (order.index(slot[0]), slot[1]))
    return [(role, channel, place) for role, channel in slots for place in range(widths[role, channel])]


def _csv_bytes(table: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    # Spreadsheet programs take a file for UTF-8 only where it says so at its beginning.
    return text.getvalue().encode("utf-8-sig")
