"""Findings (问题项): contacts that reach nobody, and the bodies that are told through others because of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from evidence.ledger import Act, Event, EventKind, append
from fireduty.errors import InputError, Problem, ReviewError, UnknownNameError
from fireduty.settings import Settings
from models.columns import instant_text
from models.kinds import ContactRole
from tasks.actors import Actor
from tasks.addressees import BOUNCED, MALFORMED, OTHER_CHANNEL, Contacts, contacts_on, reaches
from tasks.scope import office_code

CHUNK = 1_000
"""Bodies looked at together, so that memory stays flat."""

SHORTEST_REASON = 2
"""A reason must say something: at least a word."""


class FindingKind(StrEnum):
    """What is wrong."""

    CHANNEL = "channel"
    ADDRESS = "address"
    BOUNCED = "bounced"
    SUBSTITUTE = "substitute"
    UNREACHABLE = "unreachable"

    @property
    def chinese(self) -> str:
        """The words used on screen."""
        return _CHINESE[self]


_CHINESE = {
    FindingKind.CHANNEL: "渠道未配置",
    FindingKind.ADDRESS: "地址格式有误",
    FindingKind.BOUNCED: "退信",
    FindingKind.SUBSTITUTE: "代理人无法送达",
    FindingKind.UNREACHABLE: "无可用联系方式",
}
_OF_FAULT = {
    OTHER_CHANNEL: FindingKind.CHANNEL,
    MALFORMED: FindingKind.ADDRESS,
    BOUNCED: FindingKind.BOUNCED,
}
_MEND = {
    FindingKind.CHANNEL: "Configure the channel in fireduty.toml, or import a contact on one that is.",
    FindingKind.ADDRESS: "Import the register with the right address.",
    FindingKind.BOUNCED: "Import another address, or, where it works again: fireduty register bounced ADDRESS --works.",
    FindingKind.SUBSTITUTE: "Name another substitute, or import a contact of this one.",
    FindingKind.UNREACHABLE: "Import a contact; until then the body above is told in its place.",
}


@dataclass(frozen=True)
class Finding:
    """One thing about the contacts of a body that somebody must see to.

    Attributes:
        kind: What is wrong.
        body_code: The body.
        body: Its name.
        role: The role whose contact it is; empty where it is the whole body.
        channel: The channel of the contact.
        address: The address on it.
        told_instead: The body that is told in place of this one; empty where it is told itself, or nobody can be.
    """

    kind: FindingKind
    body_code: str
    body: str
    role: str = ""
    channel: str = ""
    address: str = ""
    told_instead: str = ""

    def facts(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {**vars(self), "kind": self.kind.value, "kind_zh": self.kind.chinese, "mend": _MEND[self.kind]}


def findings(connection: Connection, settings: Settings, on: date) -> Iterator[Finding]:
    """Yield everything that keeps a body or its substitutes from being told on a day, body by body.

    Args:
        connection: The district's database.
        settings: Which channels there are.
        on: The day whose substitutes are meant.
    """
    after = ""
    statement = text("SELECT code, name FROM body WHERE code > :after ORDER BY code LIMIT :chunk")
    while rows := connection.execute(statement, {"after": after, "chunk": CHUNK}).all():
        yield from _findings_of(connection, settings, on, {row.code: row.name for row in rows})
        after = rows[-1].code


def _findings_of(connection: Connection, settings: Settings, on: date, names: dict[str, str]) -> Iterator[Finding]:
    contacts = contacts_on(connection, settings, on)
    contacts.learn(connection, names)
    unreached = [code for code in names if contacts.reach(code) is None]
    above = reaches(connection, unreached, settings, on)
    places: dict[str, list[Actor]] = {}
    for place in contacts.standing.of_place:
        places.setdefault(place.body_code, []).append(place)
    for code, name in names.items():
        yield from _of_contacts(contacts, code, name)
        yield from _of_substitutes(contacts, places.get(code, ()), name)
        if code in above:
            told = above[code].body_code
            yield Finding(FindingKind.UNREACHABLE, code, name, told_instead="" if told == code else told)


def _of_contacts(contacts: Contacts, code: str, name: str) -> Iterator[Finding]:
    """Yield the addresses of a body that are no good; a channel that is not configured only where no other is."""
    for way in contacts.ways[code]:
        fault = contacts.fault(way)
        if fault == OTHER_CHANNEL and contacts.usable(Actor(code, ContactRole(way.role))) is not None:
            continue
        if fault:
            yield Finding(_OF_FAULT[fault], code, name, way.role, way.channel, way.address)


def _of_substitutes(contacts: Contacts, places: Sequence[Actor], name: str) -> Iterator[Finding]:
    """Yield the roles whose substitutes cannot be told."""
    for place in places:
        reach = contacts.reach_role(place)
        if reach is None:
            link = contacts.standing.of_place[place]
            yield Finding(FindingKind.SUBSTITUTE, place.body_code, name, place.role.value, link.channel, link.address)


def record_bounce(connection: Connection, act: Act, address: str, reason: str, *, works: bool = False) -> list[str]:
    """Record that an address reaches nobody, or that it does again; return the contacts it belongs to.

    The ledger names these contacts and not the address.

    Raises:
        UnknownNameError: If neither the register nor a substitute has that address.
        ReviewError: If the actor is not of the committee's office.
        InputError: If there is no reason.
    """
    actor, office = Actor.parse(act.actor), office_code(connection)
    if actor.body_code != office:
        message = (
            f"an address is judged by the administrator: expected somebody of {office or 'the office'}, got {actor}"
        )
        raise ReviewError(message, "Act for the fire committee's office with --as.")
    if len(reason.strip()) < SHORTEST_REASON:
        problem = Problem("reason", "expected at least a word")
        message = f"address {address}:"
        raise InputError(message, [problem], "Say what came back with --reason, such as 550.")
    owners = _owners(connection, address)
    if not owners:
        message = f"address {address}: no contact of the register and no substitute has it"
        raise UnknownNameError(message, "`fireduty register findings` and `register export FILE` show the addresses.")
    connection.execute(
        text(
            "INSERT INTO bounce (address, works, reason, recorded_by, recorded_at)"
            " VALUES (:address, :works, :reason, :actor, :at)"
        ),
        {
            "address": address,
            "works": works,
            "reason": reason.strip(),
            "actor": act.actor,
            "at": instant_text(act.at),
        },
    )
    kind = EventKind.CONTACT_MENDED if works else EventKind.CONTACT_BOUNCED
    append(connection, act, [Event(kind, {"contacts": owners, "reason": reason.strip()})])
    return owners


def _owners(connection: Connection, address: str) -> list[str]:
    """Return whose address it is, as `<body code>/<role>`."""
    statement = text(
        "SELECT body_code, role FROM contact WHERE trim(address) = :address"
        " UNION SELECT body_code, role FROM substitute WHERE address = :address ORDER BY 1, 2"
    )
    rows: Sequence[Any] = connection.execute(statement, {"address": address}).all()
    return [f"{row.body_code}/{row.role}" for row in rows]
