"""Reach: which obligations bind nobody in a register."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from models.regulation import Binding, Obligation
from tasks import scope


@dataclass(frozen=True)
class Unreached:
    """An obligation that reaches nobody.

    Attributes:
        obligation: Its full id.
        says: What the register does not have.
    """

    obligation: str
    says: str


def unreached(connection: Connection, obligations: Iterable[Obligation]) -> Iterator[Unreached]:
    """Yield each obligation that would bind nobody, or be about nobody, in the register."""
    for obligation in obligations:
        if fault := _fault(connection, obligation.binds):
            yield Unreached(obligation.id, f"would bind nobody: {fault}")
        elif obligation.concerns is not None and (fault := _fault(connection, obligation.concerns)):
            yield Unreached(obligation.id, f"would be about nobody: {fault}")


def _fault(connection: Connection, binding: Binding) -> str:
    """Say why a binding reaches nobody; nothing where it reaches somebody."""
    if _any(connection, binding):
        return ""
    kind = f"{binding.kind.chinese} ({binding.kind.value})"
    if not _any(connection, Binding(kind=binding.kind)):
        return f"the register has no {kind}"
    narrowed = [
        *(f"flag {flag.value}" for flag in binding.flags),
        *(f"a parent of the kind {parent.value}" for parent in binding.parent_kinds),
        *(["the name " + " or ".join(binding.names)] if binding.names else []),
    ]
    return f"no {kind} of the register has {' and '.join(narrowed)}"


def _any(connection: Connection, binding: Binding) -> bool:
    condition = scope.belongs("a", binding)
    sql = f"SELECT 1 FROM body a WHERE {condition.sql} LIMIT 1"
    return scope.execute(connection, sql, condition.values).first() is not None
