"""Loading regulations: YAML in, checked regulation out, or a refusal naming file, line and reason."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from fireduty.errors import Problem, RegulationError, UnknownNameError
from models.regulation import ClauseEntry, Obligation, Regulation

HEAD = "regulation.yaml"
CLAUSES = "clauses.yaml"
HINT = "docs/concepts/law-as-data.md explains each field."

Lines = dict[tuple[str | int, ...], int]


@dataclass(frozen=True)
class _Placed:
    """An obligation with the file and the lines it was read from."""

    obligation: Obligation
    path: Path
    lines: Lines
    index: int

    def at(self, field: str) -> str:
        """Return the file and line of one of its fields."""
        line = self.lines.get((self.index, field), self.lines[self.index,])
        return f"{self.path}:{line}"


def regulations_folder() -> Path:
    """Return the folder that holds one folder a regulation; it lies beside this package, installed or not."""
    return Path(__file__).resolve().parent.parent / "regulations"


def available(folder: Path | None = None) -> tuple[str, ...]:
    """Return the ids of all regulations there are."""
    root = folder or regulations_folder()
    return tuple(sorted(path.parent.name for path in root.glob(f"*/{HEAD}")))


@cache
def load(name: str, folder: Path | None = None) -> Regulation:
    """Load and check one regulation.

    Raises:
        UnknownNameError: If there is no such regulation.
        RegulationError: If one of its files is wrong; each problem names file and line.
    """
    root = (folder or regulations_folder()) / name
    if not (root / HEAD).is_file():
        known = ", ".join(available(folder)) or "none"
        message = f"regulation {name}: expected one of {known}"
        raise UnknownNameError(message, "`fireduty regulation list` names those that exist.")
    problems: list[Problem] = []
    head, lines = _read(root / HEAD, problems)
    digest = hashlib.sha256((root / HEAD).read_bytes())
    placed: list[_Placed] = []
    for path in sorted((root / "obligations").glob("*.yaml"), key=_article):
        digest.update(path.read_bytes())
        placed += _obligations(path, name, problems)
    clauses, clause_lines = _clauses(root / CLAUSES, digest, problems)
    parts = {"obligations": tuple(one.obligation for one in placed), "clauses": clauses}
    regulation = _regulation(root / HEAD, head, lines, {**parts, "digest": digest.hexdigest()}, problems)
    if regulation is not None:
        problems += _across(root, regulation, lines, placed)
        if not problems:  # an obligation that cannot be read would leave its clause uncovered too
            problems += _uncovered(root / CLAUSES, regulation, clause_lines, placed)
    if problems or regulation is None:
        message = f"regulation {name} cannot be used:"
        raise RegulationError(message, problems, HINT)
    return regulation


def find_obligation(name: str, regulations: Sequence[Regulation]) -> tuple[Regulation, Obligation]:
    """Return an obligation by its full id, with its regulation.

    Raises:
        UnknownNameError: If none of the regulations has it.
    """
    for regulation in regulations:
        if (found := regulation.obligation(name)) is not None:
            return regulation, found
    message = f"obligation {name}: not in {', '.join(r.id for r in regulations)}"
    raise UnknownNameError(message, "`fireduty obligation list` names those that exist.")


def _article(path: Path) -> tuple[int, str]:
    digits = "".join(character for character in path.stem if character.isdigit())
    return int(digits or 0), path.stem


def _read(path: Path, problems: list[Problem]) -> tuple[Any, Lines]:
    lines: Lines = {}
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        if node is None:
            problems.append(Problem(f"{path}:1", "expected content, got an empty file"))
            return None, lines
        problems += [Problem(f"{path}:{line}", fault) for line, fault in _survey(node, (), lines)]
        # Constructing from the composed node reads the file once and keeps plain YAML types only.
        return _Constructor("").construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(f"{path}:{line}", f"expected YAML, got {error.problem}"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(f"{path}:{line}", "expected UTF-8 text, got other bytes"))
    except yaml.reader.ReaderError as error:
        problems.append(Problem(f"{path}:1", f"expected YAML, got a character that is not allowed: {error.reason}"))
    return None, {}


class _Constructor(yaml.SafeLoader):
    """Makes plain values, and names the line of a value that looks like a date and is none."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """Return a date."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, f"{node.value}: {error}", node.start_mark) from error


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)


def _survey(node: yaml.Node, place: tuple[str | int, ...], lines: Lines) -> Iterator[tuple[int, str]]:
    """Note the line of every field, and yield each key that stands twice."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # constructing refuses it, with its line
            if key.value in seen:
                yield key.start_mark.line + 1, f"{key.value}: stands twice"
            seen.add(key.value)
            yield from _survey(value, (*place, key.value), lines)
            lines[(*place, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _survey(value, (*place, index), lines)


def _obligations(path: Path, regulation: str, problems: list[Problem]) -> list[_Placed]:
    content, lines = _read(path, problems)
    if not isinstance(content, list):
        if content is not None:
            problems.append(Problem(f"{path}:1", "expected a list of obligations"))
        return []
    found = []
    for index, item in enumerate(content):
        named = isinstance(item, dict) and isinstance(item.get("id"), str)
        try:
            checked = Obligation.model_validate({**item, "id": f"{regulation}.{item['id']}"} if named else item)
            found.append(_Placed(checked, path, lines, index))
        except ValidationError as error:
            problems += _located(path, error, lines, (index,))
    return found


def _clauses(path: Path, digest: Any, problems: list[Problem]) -> tuple[tuple[ClauseEntry, ...], Lines]:
    """Read the list of clauses, where the pack has one."""
    if not path.is_file():
        return (), {}
    digest.update(path.read_bytes())
    content, lines = _read(path, problems)
    found = []
    for index, item in enumerate(content if isinstance(content, list) else []):
        try:
            found.append(ClauseEntry.model_validate(item))
        except ValidationError as error:
            problems += _located(path, error, lines, (index,))
    return tuple(found), lines


def _uncovered(path: Path, regulation: Regulation, lines: Lines, placed: list[_Placed]) -> Iterator[Problem]:
    """Check that each clause has an obligation or a reason, and each obligation its clause."""
    if not regulation.clauses:
        return
    with_duties = {one.ref for one in regulation.obligations}
    refs = [clause.ref for clause in regulation.clauses]
    for index, clause in enumerate(regulation.clauses):
        place = f"{path}:{lines[index,]}"
        if refs.index(clause.ref) < index:
            yield Problem(place, f"{clause.ref}: stands twice")
        if clause.ref not in with_duties and clause.reason is None:
            yield Problem(place, f"{clause.ref}: expected an obligation or a reason why there is none")
    for one in placed:
        if one.obligation.ref not in refs:
            message = f"{one.obligation.id}: ref: expected a clause of {path.name}, got {one.obligation.ref}"
            yield Problem(one.at("ref"), message)


def _regulation(
    path: Path, head: Any, lines: Lines, parts: dict[str, Any], problems: list[Problem]
) -> Regulation | None:
    if not isinstance(head, dict):
        if head is not None:
            problems.append(Problem(f"{path}:1", "expected the fields of a regulation"))
        return None
    problems += [
        Problem(f"{path}:{lines[name,]}", f"{name}: is not written here; the loader sets it")
        for name in parts
        if name in head
    ]
    try:
        return Regulation.model_validate({**head, **parts})
    except ValidationError as error:
        problems += _located(path, error, lines, ())
        return None


def _located(path: Path, error: ValidationError, lines: Lines, prefix: tuple[str | int, ...]) -> Iterator[Problem]:
    for fault in error.errors():
        place = prefix + tuple(part for part in fault["loc"] if part not in {"file", "number", "date", "text"})
        near = place
        while near and near not in lines:
            near = near[:-1]
        field = ".".join(str(part) for part in place[len(prefix) :])
        got = fault["input"]
        seen = "" if isinstance(got, dict | list) else f" (got {got!r})"
        yield Problem(f"{path}:{lines.get(near, 1)}", f"{field}: {fault['msg']}{seen}")


def _across(root: Path, regulation: Regulation, lines: Lines, placed: Sequence[_Placed]) -> Iterator[Problem]:
    """Check what no single file can know."""
    if regulation.id != root.name:
        yield Problem(f"{root / HEAD}:{lines[('id',)]}", f"id: expected {root.name}, got {regulation.id}")
    first: dict[str, str] = {}
    for one in placed:
        if one.obligation.id in first:
            before = first[one.obligation.id]
            yield Problem(one.at("id"), f"id: {one.obligation.id} stands already at {before}")
        first.setdefault(one.obligation.id, one.at("id"))
        if one.obligation.ladder not in regulation.ladders:
            known = ", ".join(regulation.ladders)
            yield Problem(one.at("ladder"), f"ladder: expected one of {known}, got {one.obligation.ladder}")
