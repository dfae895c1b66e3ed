"""Bringing a register into the database: all of it, or nothing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from evidence.ledger import Act, Event, EventKind, append
from models.database import Database
from models.kinds import BodyFlag, ContactRole
from tasks.register.checking import faults_of
from tasks.register.reading import refusal
from tasks.register.rows import BodyRow, Register
from tasks.register.stored import BODY, CONTACT, SUPERVISION, Changes, Tally, Values, compare, known_among


@dataclass(frozen=True)
class ImportResult:
    """What an import did.

    Attributes:
        bodies: The bodies of the file; none is ever removed by an import.
        supervision: Who supervises them.
        contacts: How they are reached; a new address is one contact added and one removed.
        absent: Codes of the stored bodies that the file does not name; they were left as they are.
    """

    bodies: Tally
    supervision: Tally
    contacts: Tally
    absent: tuple[str, ...] = ()

    @property
    def changes_anything(self) -> bool:
        """Whether the database says anything else than before."""
        tallies = (self.bodies, self.supervision, self.contacts)
        return any(tally.added or tally.changed or tally.removed for tally in tallies)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts, as the ledger records them and the command line prints them."""
        return {
            "bodies": {**vars(self.bodies), "absent": len(self.absent)},
            "supervision": dict(vars(self.supervision)),
            "contacts": dict(vars(self.contacts)),
        }


def import_register(database: Database, act: Act, register: Register) -> ImportResult:
    """Bring a register into the database, as one transaction with one ledger event.

    New bodies are added and those known by their code are changed. The supervision and the contacts of each body
    in the file become those of the file, as far as its scope reaches. Bodies that the file does not name stay.

    Raises:
        RegisterError: If anything is wrong with the register; each problem is named, and nothing is changed.
    """
    with database.transaction() as connection:
        bodies, supervision = BODY.read(connection), SUPERVISION.read(connection)
        faults = faults_of(register, known_among(bodies, supervision))
        if faults:
            raise refusal(register.source, faults)
        named = {body.code for body in register.bodies}
        result = ImportResult(
            bodies=_body_changes(register, bodies).apply(connection),
            supervision=_supervision_changes(register, supervision, named).apply(connection),
            contacts=_contact_changes(connection, register, named).apply(connection),
            absent=tuple(code for (code,) in bodies if code not in named),
        )
        append(connection, act, [_event(register, result)])
    return result


def _event(register: Register, result: ImportResult) -> Event:
    origin = {"file": register.source.name, "sha256": register.source.sha256}
    return Event(EventKind.REGISTER_IMPORTED, {**origin, **result.as_dict()})


def _body_changes(register: Register, stored: dict[Values, Values]) -> Changes:
    given = [_body_values(body) for body in _superiors_first(register.bodies)]
    return compare(BODY, stored, given, is_covered=lambda _: False)


def _body_values(body: BodyRow) -> Values:
    flags = (flag in body.flags for flag in BodyFlag)
    return (body.code, body.name, body.kind.value, body.parent_code, body.division, *flags, body.is_example)


def _superiors_first(bodies: tuple[BodyRow, ...]) -> list[BodyRow]:
    """Return the bodies so that the database, which holds every reference, can take one after the other."""
    by_code = {body.code: body for body in bodies}
    ordered: dict[str, BodyRow] = {}
    for start in bodies:
        chain = []
        body: BodyRow | None = start
        while body is not None and body.code not in ordered:
            chain.append(body)
            body = by_code.get(body.parent_code or "")
        ordered.update((link.code, link) for link in reversed(chain))
    return list(ordered.values())


def _supervision_changes(register: Register, stored: dict[Values, Values], named: set[str]) -> Changes:
    def is_covered(values: Values) -> bool:
        return values[0] in named and register.scope.has_line(values[1])

    given = [(row.body_code, row.line, row.supervisor_code) for row in register.supervision]
    return compare(SUPERVISION, stored, given, is_covered)


def _contact_changes(connection: Connection, register: Register, named: set[str]) -> Changes:
    def is_covered(values: Values) -> bool:
        return values[0] in named and register.scope.has_contact(ContactRole(values[1]), values[2])

    given = [(row.body_code, row.role.value, row.channel, row.address) for row in register.contacts]
    return compare(CONTACT, CONTACT.read(connection), given, is_covered)
