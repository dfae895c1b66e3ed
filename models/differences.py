"""Differences between two regulations: clauses and obligations that appear, vanish or change.

Obligations are matched by their name within the regulation, so that one version can be compared with the next under
another id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from models.regulation import Obligation, Regulation

_INNER = {"id", "digest", "obligations", "clauses", "ladders"}
_SHOWN_OF_DIGEST = 12
_BY = ("key", "name")
"""The fields that tell the parts of a list apart: requirements by their key, rungs by their name."""


class Change(StrEnum):
    """What became of a clause or an obligation."""

    APPEARS = "appears"
    VANISHES = "vanishes"
    CHANGES = "changes"

    @property
    def chinese(self) -> str:
        """The word used on screen."""
        return {Change.APPEARS: "新增", Change.VANISHES: "删除", Change.CHANGES: "修改"}[self]


@dataclass(frozen=True)
class Field:
    """A field whose value differs; empty where one side does not have it."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class ClauseDifference:
    """A clause that differs.

    Attributes:
        ref: Its place.
        change: What became of it.
        fields: What differs, where it stands in both; `digest` where its official words do.
        obligations: The obligations that hang on it, in the old version and in the new one.
    """

    ref: str
    change: Change
    fields: tuple[Field, ...] = ()
    obligations: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObligationDifference:
    """An obligation that differs.

    Attributes:
        id: Its full id: the old one, or the new one where it appears.
        ref: Its clause, likewise.
        title: Its title, likewise.
        change: What became of it.
        fields: What differs, where it stands in both.
        renamed: Where it vanishes or appears: the obligations of the same clause of which the contrary is true.
    """

    id: str
    ref: str
    title: str
    change: Change
    fields: tuple[Field, ...] = ()
    renamed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Differences:
    """All that differs between two regulations."""

    fields: tuple[Field, ...] = ()
    clauses: tuple[ClauseDifference, ...] = ()
    obligations: tuple[ObligationDifference, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.fields or self.clauses or self.obligations)

    @property
    def touching(self) -> list[str]:
        """The full ids, in the old version, of the obligations that vanish or change."""
        return [one.id for one in self.obligations if one.change is not Change.APPEARS]


@dataclass
class _Sides:
    """The obligations of both versions, by their name within the regulation."""

    old: dict[str, Obligation]
    new: dict[str, Obligation]
    gone: list[str] = field(init=False)
    come: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.gone = [name for name in self.old if name not in self.new]
        self.come = [name for name in self.new if name not in self.old]


def differences(old: Regulation, new: Regulation) -> Differences:
    """Return all that differs between an old and a new version of a regulation."""
    heads = [dict(_flat(one.model_dump(mode="json", exclude=_INNER))) for one in (old, new)]
    return Differences(
        tuple(_fields(*heads)),
        tuple(_clauses(old, new)),
        tuple(_obligations(old, new, _Sides(_named(old), _named(new)))),
    )


def _named(regulation: Regulation) -> dict[str, Obligation]:
    return {one.id.removeprefix(f"{regulation.id}."): one for one in regulation.obligations}


def _clauses(old: Regulation, new: Regulation) -> Iterator[ClauseDifference]:
    """Yield the clauses that differ, in the order of the new version, those that vanish last."""
    before, after = ({one.ref: one for one in regulation.clauses} for regulation in (old, new))
    hanging: dict[str, list[str]] = {}
    for one in (*old.obligations, *new.obligations):
        hanging.setdefault(one.ref, []).append(one.id)
    for ref in dict.fromkeys([*after, *before]):
        duties = tuple(dict.fromkeys(hanging.get(ref, [])))
        if ref not in before or ref not in after:
            yield ClauseDifference(ref, Change.APPEARS if ref in after else Change.VANISHES, (), duties)
            continue
        sides = [dict(_flat(side[ref].model_dump(mode="json"))) for side in (before, after)]
        if fields := tuple(_fields(*sides)):
            yield ClauseDifference(ref, Change.CHANGES, fields, duties)


def _obligations(old: Regulation, new: Regulation, sides: _Sides) -> Iterator[ObligationDifference]:
    """Yield the obligations that differ, in the order of the new version, those that vanish last."""
    for name, one in sides.new.items():
        if name in sides.come:
            renamed = tuple(sides.old[other].id for other in sides.gone if sides.old[other].ref == one.ref)
            yield ObligationDifference(one.id, one.ref, one.title, Change.APPEARS, (), renamed)
        elif fields := tuple(_fields(_all_of(sides.old[name], old), _all_of(one, new))):
            was = sides.old[name]
            yield ObligationDifference(was.id, was.ref, was.title, Change.CHANGES, fields)
    for name in sides.gone:
        was = sides.old[name]
        renamed = tuple(sides.new[other].id for other in sides.come if sides.new[other].ref == was.ref)
        yield ObligationDifference(was.id, was.ref, was.title, Change.VANISHES, (), renamed)


def _all_of(obligation: Obligation, regulation: Regulation) -> dict[str, str]:
    """Return every field of an obligation, with its ladder's rungs and the digest of its clause's official words."""
    rungs = [rung.model_dump(mode="json") for rung in regulation.ladder_of(obligation)]
    words = next((clause.digest for clause in regulation.clauses if clause.ref == obligation.ref), "")
    fields = obligation.model_dump(mode="json", exclude={"id", "overlaps"})
    overlaps = [name.removeprefix(f"{regulation.id}.") for name in obligation.overlaps]
    return dict(_flat({**fields, "overlaps": overlaps, "rungs": rungs, "clause_digest": words[:_SHOWN_OF_DIGEST]}))


def _fields(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Field]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name, "") != new.get(name, ""):
            yield Field(name, _shown(name, old.get(name, "")), _shown(name, new.get(name, "")))


def _shown(name: str, value: str) -> str:
    return value[:_SHOWN_OF_DIGEST] if name == "digest" else value


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every single value with the path to it; nothing of what is empty."""
    inside = f"{place}." if place else ""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _flat(below, f"{inside}{name}")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for below in value:
            by = next(name for name in _BY if name in below)
            rest = {name: inner for name, inner in below.items() if name != by}
            yield from _flat(rest, f"{inside}{below[by]}")
    elif isinstance(value, list):
        if value:
            yield place, "、".join(map(str, value))
    elif isinstance(value, bool):
        if value:
            yield place, "true"
    elif value is not None and value != "":
        yield place, str(value)
