"""Drafts: a regulation's files as they are, finished or not, with everything that is wrong or missing."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from calendars.occasions import known_occasions
from fireduty.errors import Problem
from models.located_yaml import Lines, Place, Reader, line_of, located, read_with_lines
from models.regulation import ClauseEntry, Obligation, Regulation

HEAD = "regulation.yaml"
CLAUSES = "clauses.yaml"
OBLIGATIONS = "obligations"
MOST_LISTED = 30

_DIVISION = re.compile(r"[0-9]{6}")

TODO = "TODO"
"""Stands in a pack that is being made wherever a person still has to write something."""


@dataclass(frozen=True)
class Placed:
    """An obligation as it is written, with the file and the lines it was read from.

    Attributes:
        item: Its fields as written.
        obligation: The obligation, where every field is right.
        index: Its place in the file.
    """

    item: Mapping[str, Any]
    obligation: Obligation | None
    path: Path
    lines: Lines = field(repr=False)
    index: int

    def at(self, *place: str | int) -> str:
        """Return the file and line of one of its fields."""
        return f"{self.path}:{line_of(self.lines, (self.index, *place))}"

    def written(self, name: str) -> str | None:
        """Return a field, where it is written as text and not left to do."""
        return _written(self.item, name)


@dataclass(frozen=True)
class _Listed:
    """A clause as it is written, with its line."""

    item: Mapping[str, Any]
    line: int

    @property
    def ref(self) -> str:
        return str(self.item.get("ref", ""))


@dataclass(frozen=True)
class Draft:
    """What could be read of a regulation.

    Attributes:
        root: Its folder.
        regulation: The regulation, where no single field is wrong.
        placed: Every obligation, right or not.
        problems: What is wrong or missing, in the order in which a person writes the files.
    """

    root: Path
    regulation: Regulation | None
    placed: tuple[Placed, ...]
    problems: tuple[Problem, ...]


def read_draft(root: Path, read: Reader = read_with_lines) -> Draft:
    """Read a regulation's files, however unfinished; no problem keeps the others from being found.

    Args:
        root: The regulation's folder.
        read: Reads a file of YAML; the quick reader gives no lines, and is for regulations that are right.
    """
    problems: list[Problem] = []
    head, lines = read(root / HEAD, problems)
    digest = hashlib.sha256((root / HEAD).read_bytes())
    placed: list[Placed] = []
    whole = True
    for path in sorted((root / OBLIGATIONS).glob("*.yaml"), key=_article):
        digest.update(path.read_bytes())
        found = _obligations(path, root.name, problems, read)
        whole = whole and found is not None
        placed += found or []
    entries, listed = _clauses(root / CLAUSES, digest, problems, read)
    right = tuple(one.obligation for one in placed if one.obligation is not None)
    carried = {one.ref for one in right}
    parts = {"obligations": right, "clauses": tuple(one for one in entries if carried.issuperset(one.covered_by))}
    regulation = _regulation(root / HEAD, head, lines, {**parts, "digest": digest.hexdigest()}, problems)
    if isinstance(head, dict):
        problems += _across(root, head, lines, placed)
    if listed:
        refs = [clause.ref for clause in listed]
        named = {problem.place for problem in problems}
        problems += [one for one in _strangers(refs, placed) if one.place not in named]
        whole = whole and not any(one.at("ref") in named for one in placed)
        problems += _fates(root / CLAUSES, listed, {one.written("ref") for one in placed} if whole else None)
    return Draft(root, regulation, tuple(placed), in_order(root, problems))


def in_order(root: Path, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems as a person meets them: the head, the clauses, the obligations by article, each by line."""
    files = [root / HEAD, root / CLAUSES, *sorted((root / OBLIGATIONS).glob("*.yaml"), key=_article)]
    rank = {str(path): position for position, path in enumerate(files)}

    def key(problem: Problem) -> tuple[int, int]:
        path, _, line = problem.place.rpartition(":")
        return rank.get(path, len(rank)), int(line) if line.isdigit() else 0

    # What several obligations share by an anchor of YAML is wrong once, not once for each of them.
    return tuple(sorted(dict.fromkeys(problems), key=key))


def few(words: Sequence[str]) -> str:
    """Join words for a message, not more of them than one can read."""
    rest = len(words) - MOST_LISTED
    return ", ".join(words[:MOST_LISTED]) + (f" and {rest} more" if rest > 0 else "")


def _article(path: Path) -> tuple[int, str]:
    digits = "".join(character for character in path.stem if character.isdigit())
    return int(digits or 0), path.stem


def _obligations(path: Path, regulation: str, problems: list[Problem], read: Reader) -> list[Placed] | None:
    """Read a file of obligations; nothing where it holds no list."""
    if _holds_remarks_only(path):
        problems.append(Problem(f"{path}:1", "expected obligations, got remarks only: write them, or delete the file"))
        return []
    content, lines = read(path, problems)
    if not isinstance(content, list):
        if content is not None:
            problems.append(Problem(f"{path}:1", "expected a list of obligations"))
        return None
    to_do = _still_to_do(path, content, lines, problems)
    found = []
    for index, item in enumerate(content):
        named = isinstance(item, dict) and isinstance(item.get("id"), str)
        checked = None
        try:
            checked = Obligation.model_validate({**item, "id": f"{regulation}.{item['id']}"} if named else item)
        except ValidationError as error:
            problems += located(path, error, lines, (index,), to_do)
        if isinstance(item, dict):
            found.append(Placed(item, checked, path, lines, index))
    return found


def _clauses(
    path: Path, digest: Any, problems: list[Problem], read: Reader
) -> tuple[tuple[ClauseEntry, ...], list[_Listed]]:
    """Read the list of clauses, where the pack has one: those that are right, and all as they are written."""
    if not path.is_file():
        return (), []
    digest.update(path.read_bytes())
    content, lines = read(path, problems)
    if not isinstance(content, list):
        if content is not None:
            problems.append(Problem(f"{path}:1", "expected a list of clauses"))
        return (), []
    to_do = _still_to_do(path, content, lines, problems)
    entries, listed = [], []
    for index, item in enumerate(content):
        try:
            entries.append(ClauseEntry.model_validate(item))
        except ValidationError as error:
            problems += located(path, error, lines, (index,), to_do)
        if isinstance(item, dict):
            listed.append(_Listed(item, line_of(lines, (index,))))
    return tuple(entries), listed


def _regulation(
    path: Path, head: Any, lines: Lines, parts: dict[str, Any], problems: list[Problem]
) -> Regulation | None:
    if not isinstance(head, dict):
        if head is not None:
            problems.append(Problem(f"{path}:1", "expected the fields of a regulation"))
        return None
    to_do = _still_to_do(path, head, lines, problems)
    problems += [
        Problem(f"{path}:{line_of(lines, (name,))}", f"{name}: is not written here; the loader sets it")
        for name in parts
        if name in head
    ]
    try:
        return Regulation.model_validate({**head, **parts})
    except ValidationError as error:
        problems += located(path, error, lines, (), to_do)
        return None


def _still_to_do(path: Path, content: Any, lines: Lines, problems: list[Problem]) -> set[Place]:
    """Note every field that a person still has to write, and return their places."""
    places = set(_places_to_do(content, ()))
    for place in sorted(places, key=lambda one: line_of(lines, one)):
        item = content[int(place[0])] if isinstance(content, list) else None
        of = f"{item['ref']}: " if isinstance(item, dict) and "ref" in item else ""
        name = ".".join(str(part) for part in (place if item is None else place[1:]))
        problems.append(Problem(f"{path}:{line_of(lines, place)}", f"{of}{name}: still to be written"))
    return places


def _places_to_do(value: Any, place: Place) -> Iterator[Place]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _places_to_do(below, (*place, name))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _places_to_do(below, (*place, index))
    elif isinstance(value, str) and value.startswith(TODO):
        yield place


def _written(item: Mapping[str, Any], name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) and not value.startswith(TODO) else None


def _holds_remarks_only(path: Path) -> bool:
    """Whether a file has been laid out for a person to write in, and nothing is written yet."""
    lines = path.read_bytes().splitlines()
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in lines)


def _across(root: Path, head: Mapping[str, Any], lines: Lines, placed: Sequence[Placed]) -> Iterator[Problem]:
    """Check what no single obligation can know."""
    given = _written(head, "id")
    if given is not None and given != root.name:
        yield Problem(f"{root / HEAD}:{line_of(lines, ('id',))}", f"id: expected {root.name}, got {given}")
    ladders = head.get("ladders")
    first: dict[str, str] = {}
    for one in placed:
        if (name := one.written("id")) is not None:
            if name in first:
                yield Problem(one.at("id"), f"id: {root.name}.{name} stands already at {first[name]}")
            first.setdefault(name, one.at("id"))
        ladder = one.written("ladder")
        if ladder is not None and isinstance(ladders, dict) and ladder not in ladders:
            known = ", ".join(map(str, ladders))
            yield Problem(one.at("ladder"), f"ladder: expected one of {known}, got {ladder}")
        if one.obligation is not None:
            yield from _occasions(one, one.obligation.occasions, str(head.get("division")))


def _occasions(placed: Placed, names: Sequence[str], division: str) -> Iterator[Problem]:
    """Check that the pack's division knows each occasion; its seasons are its own and those above it."""
    if not names or not _DIVISION.fullmatch(division):
        return  # that no division is named is said elsewhere
    known = known_occasions(division)
    for index, name in enumerate(names):
        if name not in known:
            message = f"occasions: expected one of {', '.join(known)}, got {name}"
            yield Problem(placed.at("occasions", index), message)


def _fates(path: Path, listed: Sequence[_Listed], with_duties: set[str | None] | None) -> Iterator[Problem]:
    """Check that each clause stands once, is paraphrased, and has an obligation or a reason.

    Args:
        path: The list of clauses.
        listed: Its clauses.
        with_duties: The refs that obligations name; nothing where a file of obligations could not be read, for then
            nobody can say which clauses are without one.
    """
    refs = [clause.ref for clause in listed]
    for index, clause in enumerate(listed):
        place = f"{path}:{clause.line}"
        if clause.item.get("gist") == "":
            yield Problem(place, f"{clause.ref}: gist: still to be written")
        if refs.index(clause.ref) < index:
            yield Problem(place, f"{clause.ref}: stands twice")
        if with_duties is not None and clause.item.get("reason") is None and clause.ref not in with_duties:
            yield Problem(place, f"{clause.ref}: expected an obligation or a reason why there is none")
        covering = clause.item.get("covered_by")
        if with_duties is not None and isinstance(covering, list):
            idle = [str(ref) for ref in covering if ref not in with_duties]
            if idle:
                yield Problem(place, f"{clause.ref}: covered_by: no obligation hangs on {few(idle)}")


def _strangers(refs: Sequence[str], placed: Sequence[Placed]) -> Iterator[Problem]:
    """Check that each obligation belongs to a clause that is listed."""
    for one in placed:
        ref = one.written("ref")
        if ref is not None and ref not in refs:
            near = [known for known in refs if article_of(known) == article_of(ref)] or refs
            yield Problem(one.at("ref"), f"ref: expected a clause of {CLAUSES}, such as {few(near)}; got {ref}")


def article_of(ref: str) -> str:
    """Return the article or section of a ref."""
    return ref.partition("(")[0].partition(".")[0]
