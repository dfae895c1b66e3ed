"""Addressees: at which contact a body is told on a day, and what is wrong with the contacts that are passed over.

The first role that can be reached is told; where somebody stands in for it, they are. A body of which nobody can be
reached is told through the body that supervises it. Only where that fails too is an address tried that bounced or
looks wrong: better tried than silent.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from evidence.ledger import Event
from fireduty.settings import Settings
from models.addresses import is_address
from models.kinds import ContactRole
from tasks.actors import Actor
from tasks.scope import execute, office_code
from tasks.substitutes import MOST_LINKS, Standing, Substitution

NO_CONTACT = "no usable contact: expected one of {roles} on a channel among {channels}, got {found}"
ROLES = (ContactRole.RESPONSIBLE, ContactRole.PRINCIPAL, ContactRole.LIAISON)
"""Who is told, the first that can be reached."""

OTHER_CHANNEL = "channel not configured"
MALFORMED = "malformed"
BOUNCED = "bounced"


class Way(NamedTuple):
    """One way to reach somebody."""

    role: str
    channel: str
    address: str


@dataclass(frozen=True)
class Reach:
    """Where the notices of a body go.

    Attributes:
        channel: The channel; empty where there is none.
        address: The address on it.
        error: Why nobody can be told; empty where somebody can.
        body_code: The body whose contact it is: the body itself, or one above it.
        role: The role that is told.
        substitute: Who stands in for that role and is told in its place.
        fault: What is wrong with the address, where it is tried for want of a better one.
    """

    channel: str = ""
    address: str = ""
    error: str = ""
    body_code: str = ""
    role: str = ""
    substitute: Substitution | None = None
    fault: str = ""

    def note(self, code: str) -> str:
        """Say in Chinese why somebody else than a body's own people is told; nothing where they are."""
        parts = [] if self.substitute is None else [self.substitute.describe()]
        if self.body_code not in ("", code):
            parts.append(f"{code}无可用联系方式，请转告")
        return f"（{'；'.join(parts)}）" if parts else ""

    def mark(self, event: Event) -> Event:
        """Add to the event of a message who is told in place of its body's own people; nothing where they are."""
        told: dict[str, str] = {}
        if self.substitute is not None:
            told["in_place_of"] = str(self.substitute.place)
            told["substitute"] = str(self.substitute.by)
        if self.body_code not in ("", event.payload["recipient"]):
            told["through"] = f"{self.body_code}/{self.role}"
        return replace(event, payload={**event.payload, **told}) if told else event


@dataclass
class Contacts:
    """The contacts of some bodies, the substitutes in force on the day, and the addresses that bounce."""

    channels: Collection[str]
    standing: Standing
    ways: dict[str, list[Way]] = field(default_factory=dict)
    bounced: set[str] = field(default_factory=set)

    def learn(self, connection: Connection, codes: Iterable[str]) -> None:
        """Read the contacts of further bodies, and of all who may stand in there."""
        wanted = {*codes}
        for place in self.standing.of_place:
            if place.body_code in wanted:
                wanted |= {link.by.body_code for link in self.standing.links(place)}
        fresh = sorted(wanted - self.ways.keys())
        if not fresh:
            return
        found: dict[str, list[Way]] = defaultdict(list)
        sql = "SELECT body_code, role, channel, address FROM contact WHERE body_code IN :codes ORDER BY body_code, id"
        for row in execute(connection, sql, {"codes": fresh}):
            found[row.body_code].append(Way(row.role, row.channel, row.address.strip()))
        self.ways.update({code: found.get(code, []) for code in fresh})
        self.bounced |= bounced_among(connection, {way.address for ways in found.values() for way in ways})

    def fault(self, way: Way) -> str:
        """Say what is wrong with a way; nothing where it can be used."""
        if way.channel not in self.channels:
            return OTHER_CHANNEL
        if not is_address(way.channel, way.address):
            return MALFORMED
        return BOUNCED if way.address in self.bounced else ""

    def usable(self, place: Actor) -> Way | None:
        """Return the first way to reach a role that has nothing wrong with it."""
        return next((way for way in self._of(place) if not self.fault(way)), None)

    def reach_role(self, place: Actor) -> Reach | None:
        """Return how a role is told, or who stands in for it; nothing where they cannot be reached."""
        links = self.standing.links(place)
        for link in reversed(links):
            if (way := self._of_substitute(link)) is not None:
                return Reach(way.channel, way.address, "", place.body_code, place.role.value, link)
        if not links and (way := self.usable(place)) is not None:
            return Reach(way.channel, way.address, "", place.body_code, place.role.value)
        return None

    def reach(self, code: str) -> Reach | None:
        """Return how a body is told, or nothing where nobody in it can be reached."""
        for role in ROLES:
            if (reach := self.reach_role(Actor(code, role))) is not None:
                return reach
        # Who is away is told themselves where neither a substitute nor anybody else in the body can be.
        for role in ROLES:
            if (way := self.usable(Actor(code, role))) is not None:
                return Reach(way.channel, way.address, "", code, role.value)
        return None

    def last_resort(self, code: str) -> Reach:
        """Return an address that bounced or looks wrong, or say why there is none at all."""
        for role in ROLES:
            for way in self._of(Actor(code, role)):
                if way.channel in self.channels and way.address:
                    return Reach(way.channel, way.address, "", code, role.value, None, self.fault(way))
        ways = self.ways.get(code, ())
        found = sorted({f"{way.role} on {way.channel}" for way in ways})
        error = NO_CONTACT.format(
            roles=", ".join(ROLES),
            channels=", ".join(sorted(self.channels)) or "none configured",
            found=", ".join(found) or "none",
        )
        return Reach(error=error)

    def _of(self, place: Actor) -> Iterator[Way]:
        return (way for way in self.ways.get(place.body_code, ()) if way.role == place.role)

    def _of_substitute(self, link: Substitution) -> Way | None:
        if not link.address:
            return self.usable(link.by)
        way = Way(link.place.role.value, link.channel, link.address)
        return None if self.fault(way) else way


def contacts_on(connection: Connection, settings: Settings, on: date) -> Contacts:
    """Return the contacts as they stand on a day; those of no body are read yet."""
    standing = Standing.on(connection, on)
    own = {link.address for link in standing.of_place.values() if link.address}
    return Contacts(frozenset(settings.channels), standing, bounced=bounced_among(connection, own))


def reaches(connection: Connection, codes: Sequence[str], settings: Settings, on: date) -> dict[str, Reach]:
    """Return where the notices of each body go on a day.

    Args:
        connection: The district's database.
        codes: The bodies.
        settings: Which channels there are.
        on: The day.
    """
    contacts = contacts_on(connection, settings, on)
    found: dict[str, Reach] = {}
    waiting: dict[str, tuple[str, ...]] = {code: (code,) for code in codes}
    for _ in range(MOST_LINKS + 1):
        contacts.learn(connection, {way[-1] for way in waiting.values()})
        reached = {code: contacts.reach(way[-1]) for code, way in waiting.items()}
        found |= {code: reach for code, reach in reached.items() if reach is not None}
        left = {code: way for code, way in waiting.items() if code not in found}
        above = superiors(connection, sorted({way[-1] for way in left.values()}))
        waiting = {code: (*way, above[way[-1]]) for code, way in left.items() if above.get(way[-1], way[-1]) not in way}
        if not waiting:
            break
    return found | {code: contacts.last_resort(code) for code in codes if code not in found}


def superiors(connection: Connection, codes: Sequence[str]) -> Mapping[str, str]:
    """Return who is told in place of bodies: their supervisor in the line of fire, else their parent, else the office.

    None of them is a body's own superior.
    """
    if not codes:
        return {}
    sql = (
        "SELECT b.code, COALESCE((SELECT u.supervisor_code FROM supervision u WHERE u.body_code = b.code"
        " AND u.line = 'fire' AND u.supervisor_code <> b.code), b.parent_code) AS above"
        " FROM body b WHERE b.code IN :codes"
    )
    office = office_code(connection)
    pairs = ((row.code, row.above or office) for row in execute(connection, sql, {"codes": list(codes)}))
    return {code: above for code, above in pairs if above is not None and above != code}


def bounced_among(connection: Connection, addresses: Collection[str]) -> set[str]:
    """Return those of some addresses that reach nobody.

    An address bounced where the administrator recorded it, or where a message to it is dead although its channel
    carried a later one: a server that was down for everybody says nothing about one address.
    """
    if not addresses:
        return set()
    sql = (
        "SELECT b.address FROM bounce b WHERE b.address IN :addresses AND b.works = :no"
        " AND b.id = (SELECT max(n.id) FROM bounce n WHERE n.address = b.address)"
        " UNION SELECT m.address FROM message m WHERE m.state = 'dead' AND m.address IN :addresses"
        " AND EXISTS (SELECT 1 FROM message o WHERE o.id > m.id AND o.channel = m.channel AND o.state = 'sent')"
        " AND NOT EXISTS (SELECT 1 FROM bounce w WHERE w.address = m.address AND w.works = :yes"
        " AND w.recorded_at >= m.composed_at)"
    )
    values = {"addresses": sorted(addresses), "no": False, "yes": True}
    return set(execute(connection, sql, values).scalars())
