"""Which bodies act, which are concerned, and who supervises: the register as SQL conditions.

The conditions refer to tables of `models.register`; values travel as parameters, names are from closed lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, TextClause, bindparam, text

from models.kinds import BodyKind, covered_kinds
from models.process import Party, Step
from models.regulation import Binding, Obligation, StepTerms, Supervision, Trigger


@dataclass
class Condition:
    """A part of a WHERE clause with its parameters."""

    sql: str
    values: dict[str, Any] = field(default_factory=dict)


def belongs(alias: str, binding: Binding) -> Condition:
    """Return the condition that a body, under an alias, is among those of a binding."""
    kinds = [kind.value for kind in covered_kinds(binding.kind)]
    values: dict[str, Any] = {f"{alias}_kinds": kinds}
    # Many kinds are most of the register: joined with nothing, the column keeps the database from gathering them by
    # kind and sorting them anew for each chunk, and lets it walk the codes in order.
    parts = [f"{alias}.kind || '' IN :{alias}_kinds" if len(kinds) > 1 else f"{alias}.kind IN :{alias}_kinds"]
    parts += [f"{alias}.{flag.value}" for flag in binding.flags]
    if binding.names:
        parts.append(f"{alias}.name IN :{alias}_names")
        values[f"{alias}_names"] = list(binding.names)
    if binding.parent_kinds:
        parts.append(f"EXISTS (SELECT 1 FROM body p WHERE p.code = {alias}.parent_code AND p.kind IN :{alias}_up)")
        values[f"{alias}_up"] = [kind.value for kind in binding.parent_kinds]
    return Condition(" AND ".join(parts), values)


def party(alias: str, who: Party | BodyKind, obligation: Obligation) -> Condition:
    """Return the condition that a body fills a part of an obligation's process.

    Of an event, whose case stands in the parameter `case`, the parts were given when it was reported.
    """
    if isinstance(who, Party) and obligation.trigger is Trigger.EVENT:
        sql = f"{alias}.code IN (SELECT body_code FROM case_party WHERE case_id = :case AND party = :{alias}_party)"
        return Condition(sql, {f"{alias}_party": who.value})
    if who is Party.BOUND:
        return belongs(alias, obligation.binds)
    if who is Party.CONCERNED:
        assert obligation.concerns is not None  # noqa: S101 - checked when flows and packs are joined
        return belongs(alias, obligation.concerns)
    if isinstance(who, Party):
        message = f"{obligation.id}: {who.value} bodies belong to events"
        raise TypeError(message)  # refused when flows and packs are joined
    sql = f"{alias}.code = (SELECT min(code) FROM body WHERE kind = :{alias}_one)"
    return Condition(sql, {f"{alias}_one": who.value})


def actors(step: Step, obligation: Obligation) -> Condition:
    """Return the condition on the bodies that act in a step, under the alias `a`."""
    return party("a", obligation.steps[step.name].by or step.by, obligation)


def subjects(step: Step, obligation: Obligation) -> Condition | None:
    """Return the condition on the bodies a step is about, under the alias `s`; nothing where it has none."""
    return None if step.about is None else party("s", step.about, obligation)


def supervisor(obligation: Obligation, terms: StepTerms) -> Condition:
    """Return the expression for the code of the body that supervises the acting body `a`.

    Nobody supervises itself: where the rule leads back to the body, its parent does.
    """
    rule = obligation.supervision
    if terms.supervisor is not None:
        rule = Supervision(kind=terms.supervisor)
    values: dict[str, Any] = {"supervising_kind": rule.kind.value}
    one_of_kind = "NULLIF((SELECT min(code) FROM body WHERE kind = :supervising_kind), a.code)"
    if not rule.line:
        return Condition(f"COALESCE({one_of_kind}, a.parent_code)", values)
    by_line = (
        "(SELECT supervisor_code FROM supervision u WHERE u.body_code = a.code AND u.line = {line}"
        " AND u.supervisor_code <> a.code)"
    )
    values["line"] = rule.line
    chain = ", ".join([by_line.format(line=":line"), by_line.format(line="'fire'"), "a.parent_code", one_of_kind])
    return Condition(f"COALESCE({chain})", values)


def with_lists(sql: str, values: Mapping[str, Any]) -> TextClause:
    """Return the statement of SQL whose list-valued parameters stand after IN."""
    statement = text(sql)
    lists: list[BindParameter[Any]] = [
        bindparam(name, expanding=True) for name, value in values.items() if isinstance(value, list)
    ]
    return statement.bindparams(*lists) if lists else statement


def execute(connection: Connection, sql: str, values: dict[str, Any]) -> Any:
    """Execute SQL whose list-valued parameters stand after IN."""
    return connection.execute(with_lists(sql, values), values)


def codes(connection: Connection, condition: Condition, alias: str) -> list[str]:
    """Return the codes of all bodies under a condition, in order."""
    sql = f"SELECT {alias}.code FROM body {alias} WHERE {condition.sql} ORDER BY {alias}.code"
    return list(execute(connection, sql, condition.values).scalars())


def office_code(connection: Connection) -> str | None:
    """Return the code of the fire committee's office, which administers the district."""
    kind = BodyKind.FIRE_COMMITTEE_OFFICE.value
    statement = text("SELECT min(code) FROM body WHERE kind = :kind")
    found: str | None = connection.execute(statement, {"kind": kind}).scalar_one()
    return found
