"""Every refusal of Fireduty, in one tree.

Each error says what is wrong in its message and what its reader can do about it in `hint`. The command line
prints both and ends with `exit_status`; nothing below this module prints or exits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class FiredutyError(Exception):
    """The root of all refusals.

    Args:
        message: What is wrong, with what was expected and what was got.
        hint: What the reader can do next.
    """

    exit_status = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the message and the hint apart, so that a door can set them differently."""
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Problem:
    """One fault of an input, at its place: a file with line, a sheet with row and column, a field."""

    place: str
    message: str

    def __str__(self) -> str:
        """Give the place, then the fault."""
        return f"{self.place}: {self.message}"


class InputError(FiredutyError):
    """An input with one or more faults, each named at its place; nothing of it was taken."""

    def __init__(self, message: str, problems: Sequence[Problem], hint: str = "") -> None:
        """Keep the single problems for programs, and print them all for people."""
        self.problems = tuple(problems)
        super().__init__("\n".join([message, *(f"  {problem}" for problem in problems)]), hint)


class SettingsError(FiredutyError):
    """The settings of a data folder cannot be used."""


class CalendarError(FiredutyError):
    """A question to the calendar has no answer."""


class CalendarDataError(CalendarError):
    """A calendar data file contradicts itself or cannot be read."""


class CalendarRangeError(CalendarError):
    """A date lies outside the years the calendar covers."""


class UnpublishedDateError(CalendarError):
    """A date depends on a notice that has not been published; only bounds can be given."""


class RegulationError(InputError):
    """A regulation file is wrong; each problem names file and line."""


class SchemeError(InputError):
    """An assessment scheme is wrong; each problem names file and line."""


class UnknownNameError(FiredutyError):
    """A regulation, obligation, body, duty or deployment of that name does not exist."""


class RegisterError(InputError):
    """A register file is wrong; each problem names row and column. Nothing was imported."""


class SubstituteError(InputError):
    """A substitute cannot be named or ended so; each problem names the field."""


class LadderError(InputError):
    """A ladder cannot be changed so; each problem names the field."""


class FileFormatError(FiredutyError):
    """A file is not of the format its use needs."""

    def __init__(self, path: Path, expected: str, hint: str = "") -> None:
        """Name the file and the format that was expected."""
        super().__init__(f"{path}: expected {expected}", hint)


class DutyStateError(FiredutyError):
    """An act does not fit the state the duty is in."""


class EventError(FiredutyError):
    """An event cannot be reported so, or its clock not be changed so."""


class EvidenceError(InputError):
    """A submission does not meet what the duty demands; each problem names the requirement."""


class ReviewError(FiredutyError):
    """A review that may not be made, such as one by the submitter."""


class LedgerError(FiredutyError):
    """The ledger does not agree with itself."""

    exit_status = 3


class DeliveryError(FiredutyError):
    """A message could not be handed to its channel; it stays in the outbox."""


class TooFastError(DeliveryError):
    """A destination said that it is sent to too fast; it is left alone for a while."""

    def __init__(self, message: str, seconds: int) -> None:
        """Keep for how many seconds the destination is closed."""
        self.seconds = seconds
        super().__init__(message, "Messages to it wait; see [rates] in docs/how-to/deliver-messages.md.")


class DeploymentError(FiredutyError):
    """Prefect could not be reached or refused a deployment."""


class StartError(FiredutyError):
    """A part of the installation could not be started."""
