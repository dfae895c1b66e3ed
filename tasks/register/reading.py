"""Reading a register file: from tables of text to rows with meaning."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from fireduty.errors import RegisterError
from models.kinds import CHINESE_TO_KIND, CHINESE_TO_ROLE, BodyFlag, BodyKind, ContactRole
from tasks.register import words
from tasks.register.columns import contact_columns, faults_of_shape, supervisor_columns
from tasks.register.rows import (
    BodyRow,
    ContactRow,
    Fault,
    Register,
    Scope,
    Source,
    SupervisionRow,
    problems_in_order,
)
from tasks.register.tables import Table, read_tables

HINT = "Mend the places named above and import again; `fireduty register template FILE` explains every column."

_Meaning = TypeVar("_Meaning")


class _Cells:
    """One row of a table: its cells by column, and the list that takes the faults met in reading them."""

    def __init__(self, table: Table, row: int, values: tuple[str, ...], faults: list[Fault]) -> None:
        self.row = row
        self.values = values + ("",) * (len(table.header) - len(values))
        self._table = table
        self._faults = faults
        for position, value in enumerate(values):
            if value and not "".join(table.header[position : position + 1]):
                self._fault(f"expected nothing outside the named columns, got {value!r}")

    def text(self, column: str) -> str:
        return self.values[self._table.header.index(column)]

    def meaning(self, column: str, meanings: Mapping[str, _Meaning], default: _Meaning) -> _Meaning:
        word = self.text(column)
        if word not in meanings:
            expected = "、".join(allowed for allowed in meanings if allowed)
            self._fault(f"expected one of {expected}, got {word!r}", column)
        return meanings.get(word, default)

    def _fault(self, message: str, column: str = "") -> None:
        self._faults.append(Fault(self._table.sheet, message, self.row, column))


def read_register(path: Path) -> Register:
    """Read a register from an xlsx workbook or a flat csv table.

    What its cells say is not held against each other here; `check_register` does that.

    Raises:
        FileFormatError: If the file is neither.
        RegisterError: If a sheet or a column is missing or unknown, or there is no body in it.
    """
    source, tables = read_tables(path)
    filled = {table.sheet: table for table in tables if table.sheet != words.EXPLANATION}
    faults = [fault for table in filled.values() for fault in table.faults]
    shape = faults_of_shape(filled, is_flat=source.is_flat)
    if shape:
        raise refusal(source, [*faults, *shape])
    return _flat_register(source, filled, faults) if source.is_flat else _book_register(source, filled, faults)


def refusal(source: Source, faults: Iterable[Fault]) -> RegisterError:
    """Return the error that names every fault of a file at its place."""
    problems = problems_in_order(source, faults)
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return RegisterError(f"{source.name}: {count}, nothing was imported", problems, HINT)


def _book_register(source: Source, tables: Mapping[str, Table], faults: list[Fault]) -> Register:
    scope = Scope(
        lines=None if words.SUPERVISION in tables else frozenset(),
        contacts=None if words.CONTACTS in tables else frozenset(),
    )
    bodies = tuple(_body(cells) for cells in _rows(tables, words.BODIES, faults))
    supervision = tuple(_supervision(cells) for cells in _rows(tables, words.SUPERVISION, faults))
    contacts = tuple(_contact(cells) for cells in _rows(tables, words.CONTACTS, faults))
    return Register(bodies, supervision, contacts, scope, source, tuple(faults))


def _flat_register(source: Source, tables: Mapping[str, Table], faults: list[Fault]) -> Register:
    lines = supervisor_columns(tables[words.BODIES])
    slots = contact_columns(tables[words.BODIES])
    scope = Scope(
        lines=frozenset(line for _, line in lines),
        contacts=frozenset((role, channel) for _, role, channel in slots),
    )
    bodies: list[BodyRow] = []
    supervision: list[SupervisionRow] = []
    contacts: list[ContactRow] = []
    for cells in _rows(tables, words.BODIES, faults):
        body = _body(cells)
        bodies.append(body)
        supervision.extend(
            SupervisionRow(cells.row, body.code, line, cells.values[position])
            for position, line in lines
            if cells.values[position]
        )
        contacts.extend(
            ContactRow(cells.row, body.code, role, channel, cells.values[position])
            for position, role, channel in slots
            if cells.values[position]
        )
    return Register(tuple(bodies), tuple(supervision), tuple(contacts), scope, source, tuple(faults))


def _rows(tables: Mapping[str, Table], sheet: str, faults: list[Fault]) -> Iterator[_Cells]:
    if sheet in tables:
        table = tables[sheet]
        for row, values in table.rows:
            yield _Cells(table, row, values, faults)


def _body(cells: _Cells) -> BodyRow:
    return BodyRow(
        row=cells.row,
        code=cells.text(words.CODE),
        name=cells.text(words.NAME),
        kind=cells.meaning(words.KIND, CHINESE_TO_KIND, BodyKind.UNIT),
        parent_code=cells.text(words.PARENT) or None,
        division=cells.text(words.DIVISION),
        flags=frozenset(flag for flag in BodyFlag if _is_yes(cells, flag.chinese)),
        is_example=_is_yes(cells, words.EXAMPLE),
    )


def _is_yes(cells: _Cells, column: str) -> bool:
    return cells.meaning(column, words.YES_NO, default=False)


def _supervision(cells: _Cells) -> SupervisionRow:
    return SupervisionRow(
        row=cells.row,
        body_code=cells.text(words.BODY_CODE),
        line=cells.meaning(words.LINE, words.WORD_TO_LINE, ""),
        supervisor_code=cells.text(words.SUPERVISOR),
    )


def _contact(cells: _Cells) -> ContactRow:
    return ContactRow(
        row=cells.row,
        body_code=cells.text(words.BODY_CODE),
        role=cells.meaning(words.ROLE, CHINESE_TO_ROLE, ContactRole.RESPONSIBLE),
        channel=cells.text(words.CHANNEL),
        address=cells.text(words.ADDRESS),
    )
