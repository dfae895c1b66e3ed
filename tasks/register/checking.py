"""Holding a register against itself, and against the bodies that are stored already."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from fireduty.errors import Problem
from models.addresses import is_address, is_seen
from tasks.register import words
from tasks.register.circles import find_circles
from tasks.register.rows import (
    BodyRow,
    ContactRow,
    Fault,
    KnownBodies,
    Register,
    SupervisionRow,
    problems_in_order,
)

LONGEST_NAME = 200

# The line in which the chain of supervision goes on over a body's superior where no supervisor is named.
FIRE = "fire"

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
_DIVISION = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]{0,39}")

_Row = TypeVar("_Row", BodyRow, SupervisionRow, ContactRow)


def check_register(register: Register, known: KnownBodies | None = None) -> list[Problem]:
    """Return everything that is wrong with a register, in the order of the file.

    Args:
        register: What the file says.
        known: The bodies stored already, to which the file may refer; none where left out.
    """
    return problems_in_order(register.source, faults_of(register, known or KnownBodies()))


def faults_of(register: Register, known: KnownBodies) -> list[Fault]:
    """Return what `check_register` returns, before it is put into order and words."""
    superiors = _superiors(register, known)
    return [
        *register.faults,
        *_faults_of_bodies(register, superiors),
        *_faults_of_supervision(register, superiors),
        *_faults_of_contacts(register),
        *_circles_of_superiors(register, superiors),
        *_circles_of_supervisors(register, known, superiors),
    ]


def _superiors(register: Register, known: KnownBodies) -> dict[str, str | None]:
    """Return the superior of every body there will be, those of the file first."""
    superiors: dict[str, str | None] = {}
    for body in register.bodies:
        superiors.setdefault(body.code, body.parent_code)
    for code, parent in known.parents.items():
        superiors.setdefault(code, parent)
    return superiors


def _faults_of_bodies(register: Register, superiors: Mapping[str, str | None]) -> Iterator[Fault]:
    for body in register.bodies:
        if not _CODE.fullmatch(body.code):
            expected = "1 to 40 letters, digits, '.', '_' or '-', beginning with a letter or a digit"
            yield Fault(words.BODIES, _expected(expected, body.code), body.row, words.CODE)
        if not is_seen(body.name, LONGEST_NAME):
            expected = f"a name of 1 to {LONGEST_NAME} visible characters"
            yield Fault(words.BODIES, _expected(expected, body.name), body.row, words.NAME)
        if not _DIVISION.fullmatch(body.division):
            yield Fault(words.BODIES, _expected("6, 9 or 12 digits", body.division), body.row, words.DIVISION)
        if body.parent_code is not None and body.parent_code not in superiors:
            yield _unknown_body(words.BODIES, body.row, words.PARENT, body.parent_code)
    for body, first in _repeated(register.bodies, lambda body: body.code):
        message = f"expected each code once, got {body.code!r} again, first in row {first.row}"
        yield Fault(words.BODIES, message, body.row, words.CODE)


def _faults_of_supervision(register: Register, superiors: Mapping[str, str | None]) -> Iterator[Fault]:
    bodies = {body.code for body in register.bodies}
    for row in register.supervision:
        if row.body_code not in bodies:
            yield _body_of_no_row(words.SUPERVISION, row)
        if row.supervisor_code not in superiors:
            column = register.source.supervisor_column(row.line)
            yield _unknown_body(words.SUPERVISION, row.row, column, row.supervisor_code)
    named = [row for row in register.supervision if row.line]
    for row, first in _repeated(named, lambda row: (row.body_code, row.line)):
        word = words.LINE_TO_WORD[row.line]
        message = f"expected one supervisor of {row.body_code!r} in {word}, got another, first in row {first.row}"
        yield Fault(words.SUPERVISION, message, row.row, words.LINE)


def _faults_of_contacts(register: Register) -> Iterator[Fault]:
    bodies = {body.code for body in register.bodies}
    for row in register.contacts:
        if row.body_code not in bodies:
            yield _body_of_no_row(words.CONTACTS, row)
        if not _CHANNEL.fullmatch(row.channel):
            expected = "a channel in small letters, such as email"
            column = register.source.contact_column(row, words.CHANNEL)
            yield Fault(words.CONTACTS, _expected(expected, row.channel), row.row, column)
        if not is_address(row.channel, row.address):
            is_email = row.channel == words.EMAIL
            expected = "an e-mail address such as name@example.org" if is_email else "an address"
            column = register.source.contact_column(row, words.ADDRESS)
            yield Fault(words.CONTACTS, _expected(expected, row.address), row.row, column)
    for row, first in _repeated(register.contacts, lambda row: (row.body_code, row.role, row.channel, row.address)):
        message = f"expected each contact once, got {row.address!r} again, first in row {first.row}"
        yield Fault(words.CONTACTS, message, row.row, register.source.contact_column(row, words.ADDRESS))


def _circles_of_superiors(register: Register, superiors: Mapping[str, str | None]) -> Iterator[Fault]:
    rows = {body.code: body.row for body in reversed(register.bodies)}
    for circle in find_circles(superiors):
        message = f"expected no circle of superiors, got {_drawn(circle)}"
        yield Fault(words.BODIES, message, rows.get(circle[0], 0), words.PARENT)


def _circles_of_supervisors(
    register: Register, known: KnownBodies, superiors: Mapping[str, str | None]
) -> Iterator[Fault]:
    rows = {(row.body_code, row.line): row.row for row in register.supervision}
    for line, supervisors in _supervisors_by_line(register, known, superiors).items():
        above = {**superiors, **supervisors} if line == FIRE else supervisors
        for circle in find_circles(above):
            # A circle in which no supervisor is named is one of superiors, and reported as such.
            if any(code in supervisors for code in circle):
                message = f"expected no circle of supervisors in {words.LINE_TO_WORD[line]}, got {_drawn(circle)}"
                row = next((rows[code, line] for code in circle if (code, line) in rows), 0)
                yield Fault(words.SUPERVISION, message, row, register.source.supervisor_column(line))


def _supervisors_by_line(
    register: Register, known: KnownBodies, superiors: Mapping[str, str | None]
) -> dict[str, dict[str, str | None]]:
    """Return the supervisors there will be in each line: what is stored, where the file does not replace it."""
    named = {body.code for body in register.bodies}
    found: dict[str, dict[str, str | None]] = {line: {} for line in words.LINE_TO_WORD}
    for row in register.supervision:
        if row.line and row.supervisor_code in superiors:
            found[row.line][row.body_code] = row.supervisor_code
    for (body, line), supervisor in known.supervisors.items():
        if not (body in named and register.scope.has_line(line)):
            found[line].setdefault(body, supervisor)
    return found


def _repeated(rows: Iterable[_Row], key: Callable[[_Row], Hashable]) -> Iterator[tuple[_Row, _Row]]:
    first: dict[Hashable, _Row] = {}
    for row in rows:
        earlier = first.setdefault(key(row), row)
        if earlier is not row:
            yield row, earlier


def _body_of_no_row(sheet: str, row: SupervisionRow | ContactRow) -> Fault:
    message = _expected(f"the code of a body in sheet {words.BODIES}", row.body_code)
    return Fault(sheet, message, row.row, words.BODY_CODE)


def _unknown_body(sheet: str, row: int, column: str, code: str) -> Fault:
    message = _expected("the code of a body in this file or in the register", code)
    return Fault(sheet, message, row, column)


def _expected(expected: str, got: str) -> str:
    return f"expected {expected}, got {repr(got) if got else 'nothing'}"


def _drawn(circle: tuple[str, ...]) -> str:
    return " → ".join((*circle, circle[0]))
