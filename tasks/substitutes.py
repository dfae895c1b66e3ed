"""Substitutes (代理人): who stands in for a role of a body on which days, and what that lets them do.

A substitute of a substitute is followed over a few links. A circle is refused when it is named; where one arises in
spite of that, following it ends where it would come back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from models.database import prepared
from tasks.actors import Actor

MOST_LINKS = 3
"""How many substitutes of substitutes are followed; ours."""

IN_FORCE = "s.from_on <= :on AND (s.until_on IS NULL OR s.until_on >= :on)"
"""The condition under which a substitute `s` stands in on a day."""

_ALL = (
    "SELECT s.*, a.name AS body, b.name AS by_body FROM substitute s JOIN body a ON a.code = s.body_code"
    " JOIN body b ON b.code = s.by_body_code"
)
MEANWHILE = (
    "s.from_on <= :until AND COALESCE(s.until_on, :until) >= :from AND (s.until_on IS NULL OR s.until_on >= s.from_on)"
)
"""The condition under which a substitute `s` stands in on one of several days; one that ended before it began never."""


@dataclass(frozen=True)
class Substitution:
    """One substitute as named.

    Attributes:
        place: Whose place is taken.
        by: Who takes it; the same where it is somebody with an address of their own.
        from_on: The first day.
        until_on: The last day; none while it is open.
        channel: The channel of the substitute's own address, where there is one.
        address: That address.
        reason: Why, such as leave or a vacancy.
        number: Its number, once it is recorded.
        body: The name of the body in which somebody is away.
        by_body: The name of the body of who stands in.
    """

    place: Actor
    by: Actor
    from_on: date
    until_on: date | None
    reason: str
    channel: str = ""
    address: str = ""
    number: int = 0
    body: str = ""
    by_body: str = ""

    @property
    def ends_chain(self) -> bool:
        """Whether who stands in has no role of their own in the register, in which another could stand in for them."""
        return self.by == self.place

    @property
    def last_on(self) -> date:
        """The last day, far in the future while it is open."""
        return self.until_on or date.max

    def facts(self) -> dict[str, Any]:
        """Return it as programs read it; the address is left to those who may see the register."""
        return {
            "id": self.number,
            "body": str(self.place),
            "body_name": self.body,
            "by": "" if self.ends_chain else str(self.by),
            "by_name": "" if self.ends_chain else self.by_body,
            "own_address": bool(self.address),
            "from_on": self.from_on.isoformat(),
            "until_on": None if self.until_on is None else self.until_on.isoformat(),
            "reason": self.reason,
        }

    def describe(self) -> str:
        """Say in Chinese who stands in, for whom, and until when."""
        who = "登记的代理人" if self.ends_chain else f"{self.by_body}{self.by.role.chinese}"
        until = "" if self.until_on is None else f"，至{self.until_on.isoformat()}"
        return f"{self.place.role.chinese}由{who}代{until}"


@dataclass(frozen=True)
class Standing:
    """The substitutes in force on one day."""

    of_place: Mapping[Actor, Substitution] = field(default_factory=dict)

    @classmethod
    def on(cls, connection: Connection, on: date) -> "Standing":
        """Read those in force on a day."""
        return cls({one.place: one for one in read_substitutes(connection, IN_FORCE, {"on": on.isoformat()})})

    @classmethod
    def among(cls, substitutions: Iterable[Substitution], on: date) -> "Standing":
        """Choose those in force on a day."""
        return cls({one.place: one for one in substitutions if one.from_on <= on <= one.last_on})

    def links(self, place: Actor) -> tuple[Substitution, ...]:
        """Return who stands in for a place, who for them, and so on; a circle ends where it would come back."""
        found: list[Substitution] = []
        seen, here = {place}, place
        while len(found) < MOST_LINKS and (link := self.of_place.get(here)) is not None:
            if link.by in seen and not link.ends_chain:
                break
            found.append(link)
            if link.ends_chain:
                break
            seen.add(link.by)
            here = link.by
        return tuple(found)

    def place_of(self, actor: Actor, body_code: str) -> Actor | None:
        """Return the place an actor fills in a body: a role of their own there, or one in which they stand in."""
        if actor.body_code == body_code:
            return actor
        places = (place for place in self.of_place if place.body_code == body_code)
        fitting = (place for place in places if any(link.by == actor for link in self.links(place)))
        return min(fitting, key=str, default=None)

    def hats(self, actor: Actor) -> frozenset[Actor]:
        """Return the actor and all who may act in their name."""
        return frozenset({actor, *(link.by for link in self.links(actor))})

    def addresses(self, actor: Actor) -> frozenset[str]:
        """Return the addresses of those who stand in for an actor without a role of their own."""
        return frozenset(link.address.casefold() for link in self.links(actor) if link.address)


def place_filled(connection: Connection, actor: Actor, body_code: str, on: date) -> Actor | None:
    """Return the place an actor fills in a body on a day, or nothing where it has no part in that body."""
    if actor.body_code == body_code:
        return actor
    return Standing.on(connection, on).place_of(actor, body_code)


def standing_in(actor: str, place: Actor) -> dict[str, str]:
    """Return what the ledger says beside the actor, where they act in somebody's place."""
    return {} if Actor.parse(actor) == place else {"in_place_of": str(place)}


def may_be_one_person(connection: Connection, one: tuple[Actor, date], other: tuple[Actor, date]) -> bool:
    """Tell whether two actors, each on its day, may have been the same person: themselves, or by standing in."""
    (first, first_on), (second, second_on) = one, other
    if not _any(connection):
        return first == second
    span = {"from": min(first_on, second_on).isoformat(), "until": max(first_on, second_on).isoformat()}
    meanwhile = read_substitutes(connection, MEANWHILE, span)
    if not meanwhile:
        return first == second
    then, now = Standing.among(meanwhile, first_on), Standing.among(meanwhile, second_on)
    if then.hats(first) & now.hats(second):
        return True
    left, right = then.addresses(first), now.addresses(second)
    if not left and not right:
        return False
    return bool((left | _contact_addresses(connection, first)) & (right | _contact_addresses(connection, second)))


def _any(connection: Connection) -> bool:
    """Tell by one probe whether anybody was ever named a substitute; in most districts nobody is on most days."""
    return connection.execute(prepared("SELECT 1 FROM substitute LIMIT 1", "one")).one_or_none() is not None


def _contact_addresses(connection: Connection, actor: Actor) -> frozenset[str]:
    statement = text("SELECT address FROM contact WHERE body_code = :body AND role = :role")
    found = connection.execute(statement, {"body": actor.body_code, "role": actor.role.value})
    return frozenset(address.strip().casefold() for address in found.scalars())


def read_substitutes(connection: Connection, condition: str, values: Mapping[str, Any]) -> Sequence[Substitution]:
    """Return the substitutes `s` under a condition, in order of their places and days."""
    sql = f"{_ALL} WHERE {condition} ORDER BY s.body_code, s.role, s.from_on, s.id"
    return [_read(row) for row in connection.execute(prepared(sql), values)]


def _read(row: Row[Any]) -> Substitution:
    return Substitution(
        place=Actor.parse(f"{row.body_code}/{row.role}"),
        by=Actor.parse(f"{row.by_body_code}/{row.by_role}"),
        from_on=date.fromisoformat(str(row.from_on)),
        until_on=None if row.until_on is None else date.fromisoformat(str(row.until_on)),
        reason=row.reason,
        channel=row.channel,
        address=row.address,
        number=row.id,
        body=row.body,
        by_body=row.by_body,
    )
