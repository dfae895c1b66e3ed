"""Figures from the record for one body or the whole district and one span, each with the duties it was counted from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from models.kinds import BodyKind
from models.regulation import Level, Obligation
from models.requirements import NumberRequirement
from tasks.reporting.official import share
from tasks.reporting.statuses import STATUS_SQL, Status, is_settled
from tasks.scope import execute

ESCALATED = (Level.OVERDUE, Level.PROMPT, Level.WARNING)
"""Levels of notices that a body brings about by being late, in rising order."""

LONGEST_LIST = 20
"""How many overdue duties a report lists; ours."""

SCORE_UNIT = "分"
"""Numbers in this unit are marks: they are averaged and never added up."""


@dataclass(frozen=True)
class Scope:
    """What is counted: duties whose due date lies in a span.

    Attributes:
        obligations: The obligations, by id.
        first_on: First day of the span.
        last_on: Last day of the span.
        as_of: The day on which it is looked at.
        top: The body with which the count begins: its own duties, those of all bodies below it and those it
            supervises; empty for the whole district.
    """

    obligations: Mapping[str, Obligation]
    first_on: date
    last_on: date
    as_of: date
    top: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of `condition`."""
        found: dict[str, Any] = {
            "obligations": list(self.obligations),
            "first_on": self.first_on.isoformat(),
            "last_on": self.last_on.isoformat(),
            "as_of": self.as_of.isoformat(),
        }
        return {**found, "top": self.top} if self.top else found

    @property
    def condition(self) -> str:
        """The condition on duty `d` of case `c`."""
        parts = ["c.obligation_id IN :obligations", "d.due_on BETWEEN :first_on AND :last_on"]
        if self.top:
            parts.append(f"(d.supervisor_code = :top OR d.body_code IN ({_BELOW}))")
        return " AND ".join(parts)


_BELOW = (
    "WITH RECURSIVE below(code) AS (SELECT CAST(:top AS VARCHAR(40)) UNION"
    " SELECT b.code FROM body b JOIN below ON b.parent_code = below.code) SELECT code FROM below"
)

DUTIES = "FROM duty d JOIN duty_case c ON c.id = d.case_id JOIN body b ON b.code = d.body_code"
"""What every statement here reads."""


@dataclass(frozen=True)
class Tally:
    """How many duties stand how."""

    counts: Mapping[Status, int]

    def __getitem__(self, status: Status) -> int:
        """Return how many there are of a status."""
        return self.counts.get(status, 0)

    @property
    def owed(self) -> int:
        """All but those that were waived."""
        return sum(self.counts.values()) - self[Status.WAIVED]

    @property
    def settled(self) -> int:
        """Those of which it is decided whether they were done in time."""
        return sum(count for status, count in self.counts.items() if is_settled(status))

    @property
    def running(self) -> int:
        """Those that still have time: open or returned, and not due yet."""
        return self[Status.OPEN] + self[Status.RETURNED] + self[Status.SCHEDULED]

    @property
    def rate(self) -> Decimal | None:
        """The share of the settled that were done in time, in per cent."""
        return share(self[Status.ACCEPTED], self.settled)


@dataclass(frozen=True)
class Count:
    """Some duties that are alike: of one obligation and step, one kind of body, one month and one status."""

    obligation: str
    step: str
    kind: BodyKind
    month: str
    status: Status
    duties: int


@dataclass(frozen=True)
class Trace:
    """Which duties a count was made of, as spans of their numbers."""

    obligation: str
    step: str
    status: Status
    duties: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class NumberSum:
    """What bodies answered to one question for a number, in accepted submissions.

    Attributes:
        title: The question.
        unit: Of the number.
        duties: How many answers there are.
        total: Their sum.
        obligations: The obligations that ask.
    """

    title: str
    unit: str
    duties: int
    total: int
    obligations: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """All figures of one scope."""

    scope: Scope
    counts: Sequence[Count]
    bodies: int
    returns: int
    escalations: Mapping[Level, tuple[int, int]]
    """Notices, and the duties they were about, by level."""
    numbers: Sequence[NumberSum]
    overdue: Sequence[Mapping[str, Any]]
    traces: Sequence[Trace]

    @cached_property
    def total(self) -> Tally:
        """All duties."""
        return _tally(self.counts)

    def by_month(self) -> dict[str, Tally]:
        """Tallies by the month in which duties are due, in order; a month without any has one of noughts."""
        months = _months(self.scope.first_on, self.scope.last_on)
        return {month: _tally(one for one in self.counts if one.month == month) for month in months}

    def by_kind(self) -> dict[BodyKind, Tally]:
        """Tallies by kind of body, in the order of kinds."""
        present = {one.kind for one in self.counts}
        return {kind: _tally(o for o in self.counts if o.kind is kind) for kind in BodyKind if kind in present}

    def by_group(self) -> dict[str, Tally]:
        """Tallies by process, that with most duties first."""
        groups: dict[str, list[Count]] = {}
        for one in self.counts:
            groups.setdefault(self.scope.obligations[one.obligation].flow, []).append(one)
        tallies = {flow: _tally(counts) for flow, counts in groups.items()}
        return dict(sorted(tallies.items(), key=lambda item: (-item[1].owed, item[0])))

    def by_obligation(self) -> dict[str, Tally]:
        """Tallies by obligation, in the order of the regulation."""
        present = {one.obligation for one in self.counts}
        kept = [name for name in self.scope.obligations if name in present]
        return {name: _tally(one for one in self.counts if one.obligation == name) for name in kept}


def figures(connection: Connection, scope: Scope) -> Figures:
    """Count everything a report says about a scope, in a handful of statements."""
    returns = _one(
        connection,
        scope,
        "SELECT count(*) AS n FROM review r JOIN submission s ON s.id = r.submission_id JOIN duty d ON"
        " d.id = s.duty_id JOIN duty_case c ON c.id = d.case_id WHERE r.outcome = 'returned' AND",
    )
    bodies = _one(connection, scope, f"SELECT count(DISTINCT d.body_code) AS n {DUTIES} WHERE")
    return Figures(
        scope=scope,
        counts=counted(connection, scope),
        bodies=bodies,
        returns=returns,
        escalations=_escalations(connection, scope),
        numbers=list(_numbers(connection, scope)),
        overdue=_overdue(connection, scope),
        traces=_traces(connection, scope),
    )


def counted(connection: Connection, scope: Scope) -> list[Count]:
    """Return the counts that all tallies are made of."""
    sql = (
        "SELECT obligation, step, kind, month, status, count(*) AS duties FROM (SELECT c.obligation_id AS obligation,"
        f" d.step, b.kind, substr(CAST(d.due_on AS VARCHAR(10)), 1, 7) AS month, {STATUS_SQL} AS status"
        f" {DUTIES} WHERE {scope.condition}) one GROUP BY obligation, step, kind, month, status"
        " ORDER BY obligation, step, kind, month, status"
    )
    return [
        Count(row.obligation, row.step, BodyKind(row.kind), row.month, Status(row.status), row.duties)
        for row in execute(connection, sql, scope.values)
    ]


def _one(connection: Connection, scope: Scope, select: str) -> int:
    values = {name: value for name, value in scope.values.items() if name != "as_of"}
    return int(execute(connection, f"{select} {scope.condition}", values).scalar_one())


def _tally(counts: Iterable[Count]) -> Tally:
    found: dict[Status, int] = {}
    for one in counts:
        found[one.status] = found.get(one.status, 0) + one.duties
    return Tally(found)


def _months(first_on: date, last_on: date) -> list[str]:
    first, last = (on.year * 12 + on.month - 1 for on in (first_on, last_on))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]


def _escalations(connection: Connection, scope: Scope) -> dict[Level, tuple[int, int]]:
    sql = (
        "SELECT n.level, count(*) AS notices, count(DISTINCT n.duty_id) AS duties FROM notice n JOIN duty d ON"
        f" d.id = n.duty_id JOIN duty_case c ON c.id = d.case_id WHERE n.level IN :levels AND {scope.condition}"
        " GROUP BY n.level"
    )
    values = {name: value for name, value in scope.values.items() if name != "as_of"}
    rows = execute(connection, sql, {**values, "levels": [level.value for level in ESCALATED]})
    found = {Level(row.level): (row.notices, row.duties) for row in rows}
    return {level: found.get(level, (0, 0)) for level in ESCALATED}


def _overdue(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """Return the duties that are overdue for longest, each with the highest level its ladder reached."""
    rank = " ".join(f"WHEN '{level.value}' THEN {place}" for place, level in enumerate(ESCALATED, 1))
    sql = (
        "SELECT d.id, d.body_code, b.name AS body, c.obligation_id AS obligation, d.step, c.period, d.due_on,"
        f" (SELECT max(CASE n.level {rank} ELSE 0 END) FROM notice n WHERE n.duty_id = d.id) AS reached"
        f" {DUTIES} WHERE {scope.condition} AND {STATUS_SQL} = 'overdue' ORDER BY d.due_on, d.id LIMIT {LONGEST_LIST}"
    )
    rows = execute(connection, sql, scope.values)
    return [{**row._mapping, "due_on": date.fromisoformat(str(row.due_on))} for row in rows]


def _traces(connection: Connection, scope: Scope) -> list[Trace]:
    """Return the numbers of all duties counted, as spans: numbers that follow one another keep their distance."""
    sql = (
        "SELECT obligation, step, status, min(id) AS first, max(id) AS last, count(*) AS duties FROM (SELECT"
        " obligation, step, status, id, id - row_number() OVER (PARTITION BY obligation, step, status ORDER BY id)"
        f" AS distance FROM (SELECT c.obligation_id AS obligation, d.step, d.id, {STATUS_SQL} AS status"
        f" {DUTIES} WHERE {scope.condition}) one) numbered GROUP BY obligation, step, status, distance"
        " ORDER BY obligation, step, status, first"
    )
    found: dict[tuple[str, str, str], list[Any]] = {}
    for row in execute(connection, sql, scope.values):
        found.setdefault((row.obligation, row.step, row.status), []).append(row)
    places = {name: place for place, name in enumerate(scope.obligations)}
    return [
        Trace(
            obligation,
            step,
            Status(status),
            sum(row.duties for row in rows),
            tuple((row.first, row.last) for row in rows),
        )
        for (obligation, step, status), rows in sorted(found.items(), key=lambda item: places[item[0][0]])
    ]


def _numbers(connection: Connection, scope: Scope) -> Iterator[NumberSum]:
    """Yield the sums of numbers; questions of the same words and unit are one, whoever asks them."""
    found: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for name, obligation in scope.obligations.items():
        for step, terms in obligation.steps.items():
            asked = [one for one in terms.evidence if isinstance(one, NumberRequirement)]
            if asked:
                sums = _sums(connection, scope, name, step, asked)
                for one, (answers, total) in zip(asked, sums, strict=True):
                    found.setdefault((one.title, one.unit), []).append((name, answers, total))
    for (title, unit), parts in found.items():
        if duties := sum(answers for _, answers, _ in parts):
            names = tuple(dict.fromkeys(name for name, answers, _ in parts if answers))
            yield NumberSum(title, unit, duties, sum(total for _, _, total in parts), names)


def _sums(
    connection: Connection, scope: Scope, obligation: str, step: str, asked: Sequence[NumberRequirement]
) -> list[tuple[int, int]]:
    """Return how many answers there are to each question, and their sum; the last, accepted revision counts."""
    columns = ", ".join(
        f"count({value}) AS n{place}, sum({value}) AS t{place}"
        for place, value in enumerate(_answer(connection, one.key) for one in asked)
    )
    sql = (
        f"SELECT {columns} FROM duty d JOIN duty_case c ON c.id = d.case_id JOIN submission s ON s.duty_id = d.id"
        " WHERE d.state = 'accepted' AND d.step = :step AND s.revision = (SELECT max(revision) FROM submission l"
        f" WHERE l.duty_id = d.id) AND {scope.condition}"
    )
    values = {name: value for name, value in scope.values.items() if name != "as_of"}
    row = execute(connection, sql, {**values, "obligations": [obligation], "step": step}).one()
    return [(row[2 * place], int(row[2 * place + 1] or 0)) for place in range(len(asked))]


def _answer(connection: Connection, key: str) -> str:
    """Return the expression for a number among a submission's answers; keys are from the regulation files' schema."""
    if connection.dialect.name == "sqlite":
        return f"json_extract(s.answers, '$.{key}')"
    return f"CAST(CAST(s.answers AS jsonb) ->> '{key}' AS bigint)"
