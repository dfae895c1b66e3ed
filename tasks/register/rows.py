"""What a register file says, row by row, before anything of it is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fireduty.errors import Problem
from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register import words

HEADER_ROW = 1


@dataclass(frozen=True)
class BodyRow:
    """One body, as row `row` of the file gives it."""

    row: int
    code: str
    name: str
    kind: BodyKind
    parent_code: str | None
    division: str
    flags: frozenset[BodyFlag] = frozenset()
    is_example: bool = False


@dataclass(frozen=True)
class SupervisionRow:
    """Who supervises a body in one line of duty; `line` is its key in the database."""

    row: int
    body_code: str
    line: str
    supervisor_code: str


@dataclass(frozen=True)
class ContactRow:
    """One way to reach a body."""

    row: int
    body_code: str
    role: ContactRole
    channel: str
    address: str


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place of a file: a cell, or where `row` or `column` are empty, more than a cell."""

    sheet: str
    message: str
    row: int = 0
    column: str = ""


@dataclass(frozen=True)
class Source:
    """The file a register was read from.

    Attributes:
        name: The file's name, without its folder.
        sha256: The digest of its bytes, in hexadecimal.
        is_flat: Whether it is one flat table rather than a workbook of sheets.
    """

    name: str = ""
    sha256: str = ""
    is_flat: bool = False

    def problem(self, fault: Fault) -> Problem:
        """Name a fault at its place, as a reader of this file finds it."""
        parts = [
            "" if self.is_flat else f"sheet {fault.sheet}",
            f"row {fault.row}" if fault.row else "",
            f"column {fault.column}" if fault.column else "",
        ]
        return Problem(", ".join(part for part in parts if part) or "table", fault.message)

    def supervisor_column(self, line: str) -> str:
        """Return the column in which this file names the supervisor in a line of duty."""
        return words.supervision_column(line) if self.is_flat else words.SUPERVISOR

    def contact_column(self, contact: ContactRow, sheet_column: str) -> str:
        """Return the column in which this file gives a part of a contact."""
        return words.contact_column(contact.role.chinese, contact.channel) if self.is_flat else sheet_column


@dataclass(frozen=True)
class Scope:
    """What a file speaks of besides the bodies: all of it where None, else only what is listed.

    For the bodies it names, a file is the whole truth within its scope: what it leaves out there is removed. What
    lies outside the scope stays as it is.
    """

    lines: frozenset[str] | None = None
    contacts: frozenset[tuple[ContactRole, str]] | None = None

    def has_line(self, line: str) -> bool:
        """Tell whether the file speaks of supervision in a line of duty."""
        return self.lines is None or line in self.lines

    def has_contact(self, role: ContactRole, channel: str) -> bool:
        """Tell whether the file speaks of contacts of a role on a channel."""
        return self.contacts is None or (role, channel) in self.contacts


@dataclass(frozen=True)
class Register:
    """A register as a file gives it.

    Where a cell could not be read, `faults` names it and the row holds a default in its place; a register with
    faults cannot be imported.
    """

    bodies: tuple[BodyRow, ...]
    supervision: tuple[SupervisionRow, ...] = ()
    contacts: tuple[ContactRow, ...] = ()
    scope: Scope = Scope()
    source: Source = Source()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class KnownBodies:
    """The bodies that are stored already, to which a new file may refer.

    Attributes:
        parents: The superior of each stored body.
        supervisors: The supervisor of each stored body, by body and line of duty.
    """

    parents: Mapping[str, str | None] = field(default_factory=dict)
    supervisors: Mapping[tuple[str, str], str] = field(default_factory=dict)


def problems_in_order(source: Source, faults: Iterable[Fault]) -> list[Problem]:
    """Return faults as problems in the order in which a reader of the file meets them."""
    sheets = {name: position for position, name in enumerate(words.SHEETS)}
    unknown = len(sheets)

    def place(fault: Fault) -> tuple[int, int]:
        return (0 if source.is_flat else sheets.get(fault.sheet, unknown), fault.row)

    return [source.problem(fault) for fault in sorted(faults, key=place)]
