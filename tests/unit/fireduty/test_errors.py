"""Every refusal says what is wrong, where, and what to do."""

import inspect
from pathlib import Path

import pytest

from fireduty import errors
from fireduty.errors import FileFormatError, FiredutyError, InputError, LedgerError, Problem

ALL = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, Exception)]


@pytest.mark.parametrize("error", ALL, ids=lambda one: str(one.__name__))
def test_every_refusal_stands_in_one_tree_and_has_an_exit_status(error: type[FiredutyError]) -> None:
    assert issubclass(error, FiredutyError)
    assert error.exit_status == (3 if issubclass(error, LedgerError) else 1)
    assert error.__doc__


def test_a_message_and_its_hint_are_kept_apart() -> None:
    error = FiredutyError("it is broken", "mend it")
    assert (str(error), error.message, error.hint) == ("it is broken", "it is broken", "mend it")


def test_an_input_error_names_each_fault_at_its_place() -> None:
    error = InputError("three faults:", [Problem("a.yaml:3", "no date"), Problem("b.yaml:9", "no name")], "look there")
    assert str(error) == "three faults:\n  a.yaml:3: no date\n  b.yaml:9: no name"
    assert [problem.place for problem in error.problems] == ["a.yaml:3", "b.yaml:9"]


def test_a_file_of_another_format_is_named_with_what_was_expected() -> None:
    assert str(FileFormatError(Path("list.xlsx"), "an xlsx file")) == "list.xlsx: expected an xlsx file"
