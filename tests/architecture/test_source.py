"""Rules that hold in every file of the source, read from its syntax."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("calendars", "models", "evidence", "tasks", "flows", "deployments", "fireduty")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
CLOCK = ROOT / "fireduty" / "clock.py"
CLOCK_READERS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("pendulum", "now"),
    ("pendulum", "today"),
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def clock_readings(path: Path) -> list[str]:
    """Return the calls and mentions in a file that ask the machine for its time."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if (name, node.attr) in CLOCK_READERS:
                found.append(f"{named(path)}:{node.lineno}: {name}.{node.attr}")
    return found


def table_classes(path: Path) -> list[str]:
    """Return the names of classes of a file that define a table."""
    return [
        node.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        and any(keyword.arg == "table" and ast.unparse(keyword.value) == "True" for keyword in node.keywords)
    ]


def test_there_are_sources_to_check() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} == set(PACKAGES)
    assert len(SOURCES) > 80


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_module_fits_into_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(path)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", [path for path in SOURCES if path != CLOCK], ids=named)
def test_only_the_clock_reads_the_machines_clock(path: Path) -> None:
    assert clock_readings(path) == []


def test_the_search_for_clock_readings_finds_those_of_the_clock() -> None:
    assert len(clock_readings(CLOCK)) >= 2


def test_tables_stand_in_models_only() -> None:
    elsewhere = {named(path): table_classes(path) for path in SOURCES if path.parent != ROOT / "models"}
    assert {path: classes for path, classes in elsewhere.items() if classes} == {}
    assert "Duty" in [name for path in SOURCES for name in table_classes(path)]


def test_models_and_everything_below_do_not_print() -> None:
    printing = [
        f"{named(path)}:{node.lineno}"
        for path in SOURCES
        if path.relative_to(ROOT).parts[0] in {"calendars", "models", "evidence", "tasks"}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def test_tests_are_no_packages() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
