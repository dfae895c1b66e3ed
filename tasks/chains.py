"""The chain (升级链) of one duty: who is told at which level, on which day, through which contact, and why.

Nothing is decided here: it is what the ladder, the register and the substitutes say together, laid open.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from models.kinds import BodyKind, ContactRole
from models.regulation import Supervision
from tasks.actors import Actor
from tasks.addressees import Contacts, Reach, contacts_on, reaches
from tasks.district import District
from tasks.duties import DutyRecord, find
from tasks.reminding import recipient_of
from tasks.scope import office_code

FIRE = "fire"
"""The line in which a body is supervised where the register names nobody in the line of the duty."""

RESPONSIBLE, PRINCIPAL, SUPERVISOR, OFFICE, ABOVE = "responsible", "principal", "supervisor", "office", "above"
LEVELS = {
    RESPONSIBLE: "责任人",
    PRINCIPAL: "主要负责人",
    SUPERVISOR: "督管单位",
    OFFICE: "消防委办公室",
    ABOVE: "上级",
}
"""The levels of a chain from below, with their names on screen."""


@dataclass(frozen=True)
class Told:
    """One rung of the ladder, as it stands for the duty.

    Attributes:
        rung: Its name.
        level: What kind of notice it is.
        falls_on: Its day.
        status: `told`, `overtaken` by a higher one, `ahead`, or `silent` because the duty no longer waits for its body.
    """

    rung: str
    level: str
    falls_on: str
    status: str


@dataclass(frozen=True)
class Link:
    """One level of the chain.

    Attributes:
        level: One of `LEVELS`.
        body_code: The body; empty where the register has none.
        body: Its name.
        ground: The clause, and what it says about who stands here.
        row: The row of the register it comes from.
        reach: The contact that is used on the day asked about.
        rungs: The rungs that tell this level.
        remark: What a reader must know beside that.
    """

    level: str
    body_code: str
    body: str
    ground: str
    row: str
    reach: Reach
    rungs: tuple[Told, ...] = ()
    remark: str = ""

    def facts(self) -> dict[str, Any]:
        """Return it as programs read it."""
        substitute = self.reach.substitute
        return {
            "level": self.level,
            "level_zh": LEVELS[self.level],
            "body_code": self.body_code,
            "body": self.body,
            "ground": self.ground,
            "row": self.row,
            "role": self.reach.role,
            "through": self.reach.body_code,
            "channel": self.reach.channel,
            "address": self.reach.address,
            "error": self.reach.error or self.reach.fault,
            "substitute": None if substitute is None else substitute.facts(),
            "rungs": [vars(rung) for rung in self.rungs],
            "remark": self.remark,
        }


@dataclass
class _Chain:
    """A chain while it is laid open."""

    connection: Connection
    district: District
    record: DutyRecord
    as_of: date
    contacts: Contacts
    links: list[Link] = field(default_factory=list)

    @property
    def clause(self) -> str:
        return f"{self.record.regulation.id} {self.record.obligation.ref}"

    def add_body(self, rungs: Sequence[Told]) -> None:
        """Add the body's own people: who is told first, and who is told where they cannot be."""
        row = self.record.row
        reach = self._reach(row.body_code)
        ground = f"{self.clause}: binds {self.record.obligation.binds.kind.chinese}"
        self.links.append(
            Link(RESPONSIBLE, row.body_code, row.body, ground, f"body {row.body_code}", reach, tuple(rungs))
        )
        principal = self._principal(row.body_code)
        remark = "told where the responsible person cannot be reached; no rung of its own"
        source = f"contact {row.body_code}/{ContactRole.PRINCIPAL.value}"
        self.links.append(Link(PRINCIPAL, row.body_code, row.body, ground, source, principal, (), remark))

    def add(self, level: str, code: str | None, ground: str, row: str, rungs: Sequence[Told], remark: str = "") -> None:
        """Add a level above the body."""
        if code is None:
            self.links.append(Link(level, "", "", ground, row, Reach(), tuple(rungs), remark))
            return
        name = self._scalar("SELECT name FROM body WHERE code = :code", code=code) or code
        self.links.append(Link(level, code, name, ground, row, self._reach(code), tuple(rungs), remark))

    def has(self, code: str | None) -> bool:
        return any(link.body_code == code for link in self.links)

    def one_of(self, kind: BodyKind) -> str | None:
        """Return the district's one body of a kind."""
        found: str | None = self._scalar("SELECT min(code) FROM body WHERE kind = :kind", kind=kind.value)
        return found

    def source_of(self, rule: Supervision, supervisor: str) -> str | None:
        """Return the row of the register that makes a body the supervisor of this one, the first that does."""
        code = self.record.row.body_code
        lines = [line for line in dict.fromkeys((rule.line, FIRE)) if rule.line]
        for line in lines:
            sql = "SELECT supervisor_code FROM supervision WHERE body_code = :code AND line = :line"
            if self._scalar(sql, code=code, line=line) == supervisor:
                return f"supervision {code} in the line {line}"
        parent = self._scalar("SELECT parent_code FROM body WHERE code = :code", code=code) == supervisor
        one = self.one_of(rule.kind) == supervisor
        # Where a line is named, who stands above the body comes before the one of the kind; else after it.
        if parent and (rule.line or not one):
            return f"parent of {code}"
        return f"the one {rule.kind.value} of the register" if one else None

    def _reach(self, code: str) -> Reach:
        return reaches(self.connection, [code], self.district.settings, self.as_of)[code]

    def _principal(self, code: str) -> Reach:
        place = Actor(code, ContactRole.PRINCIPAL)
        self.contacts.learn(self.connection, [code])
        return self.contacts.reach_role(place) or Reach(error=f"no usable contact of {place}")

    def _scalar(self, sql: str, **values: str) -> Any:
        return self.connection.execute(text(sql), values).scalar_one_or_none()


def chain(connection: Connection, district: District, duty_id: int, as_of: date) -> list[Link]:
    """Return the chain of a duty, from the responsible person upward.

    Args:
        connection: The district's database.
        district: The district.
        duty_id: The duty.
        as_of: The day whose contacts and substitutes are meant.

    Raises:
        UnknownNameError: If there is no such duty.
    """
    record = find(connection, district, duty_id)
    found = _Chain(connection, district, record, as_of, contacts_on(connection, district.settings, as_of))
    office = office_code(connection)
    told = _told(connection, record, office)
    row, obligation = record.row, record.obligation
    found.add_body(told.pop(row.body_code, ()))
    _add_supervisor(found, told)
    if not found.has(office):
        ground = f"{found.clause}: the office administers the district; its rung is ours"
        found.add(OFFICE, office, ground, "the one fire_committee_office of the register", told.pop(office or "", ()))
    for kind in obligation.supervision.chain:
        code = found.one_of(kind)
        if code is None or not found.has(code):
            remark = "" if code else "the register has none"
            ground = f"{found.clause}: supervision.chain"
            rungs = told.pop(code or "", ())
            found.add(ABOVE, code, ground, f"the one {kind.value} of the register", rungs, remark)
    return found.links


def _add_supervisor(found: _Chain, told: dict[str, list[Told]]) -> None:
    """Add the supervising body as the duty has it, and say so where the register would name another now."""
    record = found.record
    rule = record.obligation.supervision
    if record.terms.supervisor is not None:
        rule = Supervision(kind=record.terms.supervisor)
    ground = f"{found.clause}: supervision by {rule.kind.chinese}" + (f" in the line {rule.line}" if rule.line else "")
    code = record.row.supervisor_code
    if code is None:
        found.add(SUPERVISOR, None, ground, "", (), "the register names nobody; its rungs go to the office")
        return
    source = found.source_of(rule, code)
    remark = "" if source else "as when the duty was opened; the register names another now"
    found.add(SUPERVISOR, code, ground, source or "duty", told.pop(code, ()), remark)


def _told(connection: Connection, record: DutyRecord, office: str | None) -> dict[str, list[Told]]:
    """Return the rungs of a duty by whom they tell."""
    duty = connection.execute(
        text("SELECT schedule_id, rung, state, next_action_on FROM duty WHERE id = :id"), {"id": record.row.id}
    ).one()
    said = _said(connection, record.row.id)
    rows = connection.execute(
        text("SELECT * FROM milestone WHERE schedule_id = :id ORDER BY position"), {"id": duty.schedule_id}
    )
    found: dict[str, list[Told]] = {}
    for milestone in rows:
        to = recipient_of(milestone.audience, record.row.body_code, record.row.supervisor_code, office)
        status = _status(milestone, duty, said)
        found.setdefault(to, []).append(Told(milestone.rung, milestone.level, str(milestone.falls_on), status))
    return found


def _said(connection: Connection, duty_id: int) -> frozenset[str]:
    statement = text("SELECT occasion FROM notice WHERE duty_id = :id")
    return frozenset(connection.execute(statement, {"id": duty_id}).scalars())


def _status(milestone: Row[Any], duty: Row[Any], said: frozenset[str]) -> str:
    if milestone.rung in said:
        return "told"
    if milestone.position <= duty.rung:
        return "overtaken"
    return "silent" if duty.next_action_on is None else "ahead"


STATUS_ZH: Mapping[str, str] = {"told": "已通知", "overtaken": "已略过", "ahead": "待发", "silent": "静默"}


def lines(links: Sequence[Link]) -> Iterator[dict[str, str]]:
    """Yield a chain as rows for people, one a rung, at least one a level."""
    for link in links:
        contact = link.reach.error or f"{link.reach.channel} {link.reach.address} {link.reach.fault}".strip()
        substitute = link.reach.substitute
        notes = [link.remark, "" if substitute is None else substitute.describe()]
        if link.reach.body_code not in ("", link.body_code):
            notes.append(f"through {link.reach.body_code}")
        first = {
            "level": LEVELS[link.level],
            "body": f"{link.body} {link.body_code}".strip() or "—",
            "ground": link.ground,
            "row": link.row,
            "contact": contact,
            "note": "; ".join(filter(None, notes)),
        }
        rungs = [f"{rung.falls_on} {rung.rung} {STATUS_ZH[rung.status]}" for rung in link.rungs]
        yield {**first, "rungs": "\n".join(rungs) or "—"}
