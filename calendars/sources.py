"""Data files read with the line of every value, so that a fault can be named at its place."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml

from fireduty.errors import CalendarDataError

DATA = Path(__file__).parent / "data"

FORM = "correct the line; docs/concepts/dates.md shows the form"

# The C parser is some ten times faster; a Python built without it still works.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_T = TypeVar("_T")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Entry:
    """One mapping of a data file, which knows the line of each of its keys.

    Every reading method takes a key, checks the type of its value, and raises `CalendarDataError`
    with file and line when the value is missing or of another type.
    """

    def __init__(
        self,
        path: Path,
        node: yaml.MappingNode,
        values: dict[object, object],
        lines: Sequence[int] = (),
    ) -> None:
        """Keep the parsed values beside the nodes that carry their lines.

        Where the YAML was itself made from another text, `lines` gives for each of its lines the
        line of that text.
        """
        self.path = path
        self.values = values
        self._node = node
        self._lines = lines
        self._nodes = {key.value: (key, value) for key, value in node.value}

    def names(self) -> tuple[str, ...]:
        """Return the keys, as texts."""
        return tuple(str(key) for key in self.values)

    def line(self, key: str | None = None) -> int:
        """Return the line of a key, or of the mapping itself."""
        pair = self._nodes.get(key)
        mark = self._node.start_mark if pair is None else pair[0].start_mark
        return self._lines[mark.line] if self._lines else int(mark.line) + 1

    def fault(self, message: str, key: str | None = None, hint: str = "") -> CalendarDataError:
        """Return the error that names this file and the line of a key."""
        return CalendarDataError(f"{self.path}:{self.line(key)}: {message}", hint or FORM)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; `default` stands in for a missing key."""
        if default is not None and key not in self.values:
            return default
        return self._typed(key, str, "a text")

    def integer(self, key: str) -> int:
        """Return a whole number."""
        return self._typed(key, int, "a whole number")

    def day(self, key: str) -> date:
        """Return a date."""
        return self._typed(key, date, "a date (YYYY-MM-DD)")

    def span(self, key: str) -> tuple[date, date]:
        """Return a closed range of dates, written `[first, last]`.

        Raises:
            CalendarDataError: When it is not two dates, or the last lies before the first.
        """
        value = self.list_of(key, date)
        try:
            first, last = value
        except ValueError as error:
            message = f"{key}: expected two dates [first, last], got {len(value)}"
            raise self.fault(message, key) from error
        if last < first:
            message = f"{key}: ends on {last}, before it starts on {first}"
            raise self.fault(message, key, "swap the two dates, or correct the year")
        return first, last

    def dates(self, key: str) -> dict[date, str]:
        """Return a mapping of dates to texts; a missing key is an empty mapping."""
        if key not in self.values:
            return {}
        entry = self.entry(key)
        found = {}
        for on, text in entry.values.items():
            if type(on) is not date:
                message = f"{key}: expected a date (YYYY-MM-DD), got {on!r}"
                raise entry.fault(message, str(on))
            found[on] = str(text)
        return found

    def list_of(self, key: str, kind: type[_T]) -> list[_T]:
        """Return a list whose items are all of one type."""
        value = self._typed(key, list, "a list")
        if not all(type(item) is kind for item in value):
            message = f"{key}: expected a list of {kind.__name__}, got {value}"
            raise self.fault(message, key)
        return value

    def entry(self, key: str) -> "Entry":
        """Return the mapping under a key."""
        value = self._typed(key, dict, "a mapping")
        return Entry(self.path, self._mapping(self._nodes[key][1]), value, self._lines)

    def entries(self, key: str) -> Iterator["Entry"]:
        """Yield the mappings listed under a key."""
        value = self._typed(key, list, "a list of mappings")
        for node, item in zip(self._nodes[key][1].value, value, strict=True):
            if not isinstance(item, dict):
                message = f"{key}: expected mappings, got {item!r}"
                raise self.fault(message, key)
            yield Entry(self.path, self._mapping(node), item, self._lines)

    def has(self, key: str) -> bool:
        """Say whether a key is there with a value."""
        return self.values.get(key) is not None

    def only(self, *keys: str) -> Self:
        """Refuse keys that nobody reads, so that a misspelt one is not overlooked."""
        for key in self.values:
            if key not in keys:
                message = f"unknown key {key!r}; expected one of {', '.join(keys)}"
                raise self.fault(message, str(key))
        return self

    @staticmethod
    def _mapping(node: yaml.Node) -> yaml.MappingNode:
        # A value that is a dict was built from a mapping node; this only tells the type checker.
        if not isinstance(node, yaml.MappingNode):
            raise TypeError(node)
        return node

    def _typed(self, key: str, kind: type[_T], expected: str) -> _T:
        value = self.values.get(key)
        if value is None:
            message = f"{key}: missing, expected {expected}"
            raise self.fault(message)
        # bool is an int and datetime is a date in Python, not in a data file.
        if not isinstance(value, kind) or type(value) is not kind:
            message = f"{key}: expected {expected}, got {value!r}"
            raise self.fault(message, key)
        return value


def read(path: Path) -> Entry:
    """Read one YAML file whose content is a mapping.

    Raises:
        CalendarDataError: When the file is no YAML, no mapping, repeats a key or holds an
            impossible date.
    """
    return parse(read_text(path), path)


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        CalendarDataError: When it is not UTF-8, naming the line.
    """
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"{path}:{line}: not UTF-8 text: {error.reason} at byte {error.start}"
        raise CalendarDataError(message, "save the file as UTF-8") from error


def parse(text: str, path: Path, lines: Sequence[int] = ()) -> Entry:
    """Read the text of a YAML file.

    Args:
        text: The YAML.
        path: Only the name used in faults.
        lines: Where the YAML was made from another text, the line of that text for each line.

    Raises:
        CalendarDataError: As `read` does.
    """
    loader = _Loader(text)
    node: yaml.Node | None = None
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            message = f"{path}:1: expected a mapping of keys to values"
            raise CalendarDataError(message, "see the other files of the same folder for the form")
        _refuse_repeated_keys(path, node)
        return Entry(path, node, loader.construct_document(node), lines)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        message = f"{path}:{line}: not readable as YAML: {error.problem}"
        raise CalendarDataError(message, "check the indentation and the brackets") from error
    except yaml.YAMLError as error:
        message = f"{path}:1: not readable as YAML: {error}"
        raise CalendarDataError(message, "save the file as UTF-8 text") from error
    except ValueError as error:
        message = f"{path}:{_line_of_bad_date(node)}: no such date: {error}"
        raise CalendarDataError(message, "correct the date") from error
    finally:
        loader.dispose()


def digest(paths: list[Path]) -> str:
    """Return a short digest of the content of files, whatever the order they are given in."""
    total = sha256()
    for path in sorted(paths, key=lambda path: (path.name, str(path.parent.name))):
        total.update(path.name.encode())
        total.update(sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def _refuse_repeated_keys(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                message = f"{path}:{key.start_mark.line + 1}: key {key.value!r} appears twice"
                raise CalendarDataError(message, "keep one of the two")
            seen.add(key.value)
            _refuse_repeated_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(path, item)


def _line_of_bad_date(node: yaml.Node | None) -> int:
    """Return the line of the first scalar written like a date that is none."""
    for scalar in _scalars(node):
        if _ISO_DATE.fullmatch(scalar.value):
            try:
                date.fromisoformat(scalar.value)
            except ValueError:
                return int(scalar.start_mark.line) + 1
    return 1


def _scalars(node: yaml.Node | None) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for part in pair:
                yield from _scalars(part)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif node is not None:
        yield node
