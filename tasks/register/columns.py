"""The shape of a register file: which sheets and columns it must have, may have, and may not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from models.kinds import CHINESE_TO_ROLE, ContactRole
from tasks.register import words
from tasks.register.rows import HEADER_ROW, Fault
from tasks.register.tables import Table

_SUPERVISION_COLUMNS = {words.supervision_column(line): line for line in words.LINE_TO_WORD}


def faults_of_shape(tables: Mapping[str, Table], *, is_flat: bool) -> list[Fault]:
    """Return which sheets and columns are missing, unknown or given twice, and whether there is any body."""
    faults = [*_faults_of_sheets(tables)]
    for name, table in tables.items():
        if name in words.COLUMNS:
            faults.extend(_missing_columns(table))
            faults.extend(_unknown_columns(table, is_flat=is_flat))
            faults.extend(_repeated_columns(table))
    if words.BODIES in tables and not tables[words.BODIES].rows:
        faults.append(Fault(words.BODIES, "expected at least one body, got none", HEADER_ROW + 1))
    return faults


def supervisor_columns(table: Table) -> list[tuple[int, str]]:
    """Return the position and the line of duty of each column of a flat table that names supervisors."""
    found = enumerate(table.header)
    return [(position, _SUPERVISION_COLUMNS[name]) for position, name in found if name in _SUPERVISION_COLUMNS]


def contact_columns(table: Table) -> list[tuple[int, ContactRole, str]]:
    """Return the position, the role and the channel of each column of a flat table that gives addresses."""
    found = [(position, contact_slot(name)) for position, name in enumerate(table.header)]
    return [(position, *slot) for position, slot in found if slot]


def contact_slot(column: str) -> tuple[ContactRole, str] | None:
    """Return the role and the channel that a header such as 联系人:联络员:email names, if it is one."""
    sheet, _, rest = column.partition(":")
    role, _, channel = rest.partition(":")
    is_contact = sheet == words.CONTACTS and role in CHINESE_TO_ROLE and bool(channel)
    return (CHINESE_TO_ROLE[role], channel) if is_contact else None


def _faults_of_sheets(names: Iterable[str]) -> Iterator[Fault]:
    if words.BODIES not in names:
        yield Fault(words.BODIES, "expected this sheet, found none")
    for name in names:
        if name not in words.SHEETS:
            yield Fault(name, f"expected only the sheets {'、'.join(words.SHEETS)}; this one is unknown")


def _missing_columns(table: Table) -> Iterator[Fault]:
    for column in words.COLUMNS[table.sheet]:
        if column not in table.header:
            yield Fault(table.sheet, "expected this column, found none", HEADER_ROW, column)


def _unknown_columns(table: Table, *, is_flat: bool) -> Iterator[Fault]:
    expected = words.COLUMNS[table.sheet]
    more = (words.supervision_pattern(), words.contact_pattern()) if is_flat else ()
    for column in dict.fromkeys(table.header):
        is_optional = is_flat and (column in _SUPERVISION_COLUMNS or contact_slot(column) is not None)
        if column and column not in expected and not is_optional:
            message = f"expected only the columns {'、'.join((*expected, *more))}; this one is unknown"
            yield Fault(table.sheet, message, HEADER_ROW, column)


def _repeated_columns(table: Table) -> Iterator[Fault]:
    for column, count in Counter(table.header).items():
        # Several addresses of one role on one channel stand in columns of the same name.
        if column and count > 1 and contact_slot(column) is None:
            yield Fault(table.sheet, f"expected this column once, found it {count} times", HEADER_ROW, column)
