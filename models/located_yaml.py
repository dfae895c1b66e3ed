"""Reading YAML that people write, so that every fault of it can be named with file and line."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import ryaml
import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fireduty.errors import Problem

Place = tuple[str | int, ...]
"""The keys and positions that lead to a field."""

Lines = dict[Place, int]
"""The line of every field."""

_TAG = "!!"
"""Begins a tag, which names the type of a value; files of ours have none."""

Reader = Callable[[Path, list[Problem]], tuple[Any, Lines]]
"""Returns the plain values of a file of YAML with their lines, and adds what is wrong to the problems."""


def read_with_lines(path: Path, problems: list[Problem]) -> tuple[Any, Lines]:
    """Return the plain values of a file with the line of each; nothing where it cannot be read.

    Args:
        path: The file.
        problems: Takes what is wrong with it.
    """
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


def read_quickly(path: Path, problems: list[Problem]) -> tuple[Any, Lines]:
    """Return the plain values of a file without their lines; dates stay text.

    Args:
        path: The file.
        problems: Takes that something is wrong with it; what and where is for `read_with_lines` to say.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if _TAG in text:  # the quick reader would pass over it without a word
            problems.append(Problem(f"{path}:1", "expected YAML without tags"))
            return None, {}
        return ryaml.loads(text), {}
    except (ryaml.InvalidYamlError, ValueError) as error:  # a key that is a list is a ValueError
        problems.append(Problem(f"{path}:1", f"expected YAML: {error}"))
        return None, {}


def located(
    path: Path,
    error: ValidationError,
    lines: Lines,
    prefix: Place,
    to_do: Collection[Place] = (),
) -> Iterator[Problem]:
    """Yield what pydantic refuses, each fault at the nearest line that is known.

    Args:
        path: The file.
        error: The refusal.
        lines: The lines of its fields.
        prefix: Where in the file the refused value stands.
        to_do: Fields that are still to be written, and so cannot be wrong yet.
    """
    for fault in error.errors():
        place = prefix + tuple(part for part in fault["loc"] if part not in {"file", "number", "date", "text"})
        if place in to_do or _is_short_for_others(fault):
            continue
        field = ".".join(str(part) for part in place[len(prefix) :])
        got = fault["input"]
        seen = "" if isinstance(got, dict | list) else f" (got {got!r})"
        yield Problem(f"{path}:{line_of(lines, place)}", f"{field}: {fault['msg']}{seen}")


def _is_short_for_others(fault: ErrorDetails) -> bool:
    """Whether a list is found too short only because some of what stands in it is wrong, which is named already."""
    return fault["type"] == "too_short" and len(fault["input"]) > fault["ctx"]["actual_length"]


def line_of(lines: Lines, place: Place) -> int:
    """Return the line of a field, else that of the nearest field around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


class _Constructor(yaml.SafeLoader):
    """Makes plain values, and names the line of a value that looks like a date and is none."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """Return a date."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, f"{node.value}: {error}", node.start_mark) from error


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)


def _survey(
    node: yaml.Node, place: Place, lines: Lines, above: tuple[yaml.Node, ...] = ()
) -> Iterator[tuple[int, str]]:
    """Note the line of every field, and yield each key that stands twice."""
    lines[place] = node.start_mark.line + 1
    if any(node is one for one in above):
        raise yaml.MarkedYAMLError(None, None, "a value that contains itself", node.start_mark)
    above = (*above, node)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # constructing refuses it, with its line
            if key.value in seen:
                yield key.start_mark.line + 1, f"{key.value}: stands twice"
            seen.add(key.value)
            yield from _survey(value, (*place, key.value), lines, above)
            lines[(*place, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _survey(value, (*place, index), lines, above)
