"""The chain (升级链) of one duty: who is told at which level, on which day, through which contact, and why.

Nothing is decided here: it is what the ladder, the register and the substitutes say together, laid open.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from models.kinds import BodyKind, ContactRole
from models.regulation import Supervision
from tasks.actors import Actor
from tasks.addressees import Contacts, Reach, contacts_on, reaches
from tasks.district import District
from tasks.duties import DutyRecord, find
from tasks.register.words import LINE_TO_WORD
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


class Words(NamedTuple):
    """What is said of a level, for programs and for people."""

    english: str = ""
    chinese: str = ""


NOTHING = Words()


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
    ground: Words
    row: Words
    reach: Reach
    rungs: tuple[Told, ...] = ()
    remark: Words = NOTHING

    def facts(self) -> dict[str, Any]:
        """Return it as programs read it."""
        substitute = self.reach.substitute
        return {
            "level": self.level,
            "level_zh": LEVELS[self.level],
            "body_code": self.body_code,
            "body": self.body,
            "ground": self.ground.english,
            "ground_zh": self.ground.chinese,
            "row": self.row.english,
            "row_zh": self.row.chinese,
            "role": self.reach.role,
            "through": self.reach.body_code,
            "channel": self.reach.channel,
            "address": self.reach.address,
            "error": self.reach.error or self.reach.fault,
            "substitute": None if substitute is None else substitute.facts(),
            "rungs": [vars(rung) for rung in self.rungs],
            "remark": self.remark.english,
            "remark_zh": self.remark.chinese,
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

    def ground(self, english: str, chinese: str) -> Words:
        """Return the clause with what it says."""
        clause = f"{self.record.regulation.id} {self.record.obligation.ref}"
        return Words(f"{clause}: {english}", f"{clause}：{chinese}")

    def add_body(self, rungs: Sequence[Told]) -> None:
        """Add the body's own people: who is told first, and who is told where they cannot be."""
        row = self.record.row
        reach = self._reach(row.body_code)
        kind = self.record.obligation.binds.kind
        ground = self.ground(f"binds {kind.value}", f"责任主体为{kind.chinese}")
        source = Words(f"body {row.body_code}", "责任主体本身")
        self.links.append(Link(RESPONSIBLE, row.body_code, row.body, ground, source, reach, tuple(rungs)))
        principal = self._principal(row.body_code)
        english = "told where the responsible person cannot be reached; no rung of its own"
        remark = Words(english, "责任人无法送达时告知；无单独阶梯")
        source = Words(f"contact {row.body_code}/{ContactRole.PRINCIPAL.value}", "主要负责人联系方式")
        self.links.append(Link(PRINCIPAL, row.body_code, row.body, ground, source, principal, (), remark))

    def add(
        self, level: str, code: str | None, ground: Words, row: Words, rungs: Sequence[Told], remark: Words = NOTHING
    ) -> None:
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

    def source_of(self, rule: Supervision, supervisor: str) -> Words | None:
        """Return the row of the register that names the supervisor; nothing where it names another by now."""
        code = self.record.row.body_code
        found = next(((row, named) for row, named in self._candidates(rule, code) if named not in (None, code)), None)
        return None if found is None or found[1] != supervisor else found[0]

    def _candidates(self, rule: Supervision, code: str) -> Iterator[tuple[Words, str | None]]:
        """Yield what may name the supervisor, in the order of `scope.supervisor`."""
        for line in dict.fromkeys((rule.line, FIRE) if rule.line else ()):
            sql = "SELECT supervisor_code FROM supervision WHERE body_code = :code AND line = :line"
            row = Words(f"supervision {code} in the line {line}", f"名录：{LINE_TO_WORD.get(line, line)}条线")
            yield row, self._scalar(sql, code=code, line=line)
        one = (only(rule.kind), self.one_of(rule.kind))
        above = self._scalar("SELECT parent_code FROM body WHERE code = :code", code=code)
        parent = (Words(f"parent of {code}", "名录：上级单位"), above)
        yield from (parent, one) if rule.line else (one, parent)

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
        ground = found.ground("the office administers the district; its rung is ours", "由其统筹全区；阶梯为系统所设")
        found.add(OFFICE, office, ground, only(BodyKind.FIRE_COMMITTEE_OFFICE), told.pop(office or "", ()))
    for kind in obligation.supervision.chain:
        code = found.one_of(kind)
        if code is None or not found.has(code):
            remark = NOTHING if code else Words("the register has none", "名录中没有")
            ground = found.ground("supervision.chain", "督管单位的上级")
            found.add(ABOVE, code, ground, only(kind), told.pop(code or "", ()), remark)
    return found.links


def only(kind: BodyKind) -> Words:
    """Name the row of the one body of a kind."""
    return Words(f"the one {kind.value} of the register", f"名录：唯一的{kind.chinese}")


def _add_supervisor(found: _Chain, told: dict[str, list[Told]]) -> None:
    """Add the supervising body as the duty has it, and say so where the register would name another now."""
    record = found.record
    rule = record.obligation.supervision
    if record.terms.supervisor is not None:
        rule = Supervision(kind=record.terms.supervisor)
    line = f" in the line {rule.line}" if rule.line else ""
    ground = found.ground(f"supervision by {rule.kind.value}{line}", f"由{rule.kind.chinese}督管")
    code = record.row.supervisor_code
    if code is None:
        remark = Words("the register names nobody; its rungs go to the office", "名录未列；其阶梯改报消防委办公室")
        found.add(SUPERVISOR, None, ground, NOTHING, (), remark)
        return
    source = found.source_of(rule, code)
    changed = Words("as when the duty was opened; the register names another now", "按任务下达时；名录现已变更")
    remark = NOTHING if source else changed
    found.add(SUPERVISOR, code, ground, source or Words("duty", "任务"), told.pop(code, ()), remark)


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
        contact = "无" if link.reach.error else f"{link.reach.channel} {link.reach.address} {link.reach.fault}".strip()
        substitute = link.reach.substitute
        notes = [link.remark.chinese, "" if substitute is None else substitute.describe()]
        if link.reach.body_code not in ("", link.body_code):
            notes.append(f"改报{link.reach.body_code}")
        first = {
            "level": LEVELS[link.level],
            "body": f"{link.body} {link.body_code}".strip() or "—",
            "ground": link.ground.chinese,
            "row": link.row.chinese,
            "contact": contact,
            "note": "；".join(filter(None, notes)),
        }
        rungs = [f"{rung.falls_on} {rung.rung} {STATUS_ZH[rung.status]}" for rung in link.rungs]
        yield {**first, "rungs": "\n".join(rungs) or "—"}
