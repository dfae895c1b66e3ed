"""Checks a submission against what its step demands as proof."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import singledispatch
from typing import Any

from evidence.canonical import GREATEST_NUMBER
from evidence.store import StoredFile
from fireduty.errors import EvidenceError, Problem
from models.requirements import (
    ChoiceRequirement,
    DateRequirement,
    FileRequirement,
    NumberRequirement,
    Requirement,
    TextRequirement,
)

Answers = Mapping[str, str | Sequence[str]]
Files = Mapping[str, Sequence[StoredFile]]


@dataclass(frozen=True)
class Span:
    """The days of the period that is to be proved."""

    starts_on: date
    ends_on: date
    today: date = date.max
    """The day of the submission; what it proves cannot lie behind it."""

    def __str__(self) -> str:
        """Return the days in words, without an end where there is none."""
        return f"from {self.starts_on} " + ("on" if self.ends_on == date.max else f"to {self.ends_on}")

    def clamp(self, day: date) -> date:
        """Return the day of the span that is nearest to a day."""
        return min(max(day, self.starts_on), self.ends_on)


def check(requirements: Sequence[Requirement], answers: Answers, files: Files, span: Span) -> dict[str, Any]:
    """Check answers and files, and return the answers in their sealed form.

    Args:
        requirements: What the step demands.
        answers: Raw answers by key: text, or several texts for several dates.
        files: Stored files by key.
        span: The period.

    Returns:
        Answers by key: numbers as whole numbers, dates as lists of ISO dates, texts without outer blanks.

    Raises:
        EvidenceError: If anything is missing, wrong, or was not asked for; each problem names its key.
    """
    known = {requirement.key: requirement.kind == "file" for requirement in requirements}
    problems = [
        Problem(key, f"is not asked for; expected {', '.join(sorted(known))}")
        for key in sorted({*answers, *files} - known.keys())
    ]
    problems += [Problem(key, "expected files, got an answer") for key in answers if known.get(key) is True]
    problems += [Problem(key, "expected an answer, got files") for key in files if known.get(key) is False]
    taken: dict[str, Any] = {}
    for requirement in requirements:
        given = files.get(requirement.key) if requirement.kind == "file" else answers.get(requirement.key)
        if not given and not (requirement.optional):
            problems.append(Problem(requirement.key, f"is missing: {requirement.describe()}"))
        elif given:
            value, faults = _read(requirement, given, span)
            problems += [Problem(requirement.key, fault) for fault in faults]
            if value is not None:
                taken[requirement.key] = value
    if problems:
        message = "the submission does not prove the duty:"
        raise EvidenceError(message, problems, "`fireduty duty show ID` lists what is asked for.")
    return taken


@singledispatch
def _read(requirement: Any, given: Any, span: Span) -> tuple[Any, list[str]]:
    """Return the sealed form of what was given for a requirement, and what is wrong with it."""
    del given, span
    raise TypeError(requirement)


@_read.register
def _(requirement: FileRequirement, given: Any, span: Span) -> tuple[Any, list[str]]:
    del span
    wanted = " or ".join(kind.value for kind in requirement.accept)
    faults = [
        f"{file.name}: expected {wanted}, got {file.kind.value}"
        for file in given
        if file.kind not in requirement.accept
    ]
    different = len({file.digest for file in given})
    if different < requirement.min_count:
        faults.append(f"expected at least {requirement.min_count} different files, got {different}")
    return None, faults


@_read.register
def _(requirement: NumberRequirement, given: Any, span: Span) -> tuple[Any, list[str]]:
    del span
    try:
        number = int(str(given).strip())
    except ValueError:
        return None, [f"expected a whole number, got {given!r}"]
    faults = []
    if number < requirement.minimum:
        faults.append(f"expected at least {requirement.minimum}{requirement.unit}, got {number}")
    maximum = GREATEST_NUMBER if requirement.maximum is None else requirement.maximum
    if number > maximum:
        faults.append(f"expected at most {maximum}{requirement.unit}, got {number}")
    return number, faults


@_read.register
def _(requirement: DateRequirement, given: Any, span: Span) -> tuple[Any, list[str]]:
    texts = [given] if isinstance(given, str) else list(given)
    faults = []
    days = set()
    for text in texts:
        try:
            day = date.fromisoformat(text.strip())
        except ValueError:
            faults.append(f"expected a date such as {span.starts_on}, got {text!r}")
            continue
        days.add(day)
        if requirement.within == "period" and not span.starts_on <= day <= span.ends_on:
            faults.append(f"expected a date {span}, got {day}")
        elif requirement.within == "ahead":
            if span.today != date.max and day < span.today:
                faults.append(f"expected a date from today on, {span.today}, got {day}")
        elif day > span.today:
            faults.append(f"expected a date up to today, {span.today}, got {day}")
    if not faults and len(days) < requirement.min_count:
        faults.append(f"expected at least {requirement.min_count} different dates, got {len(days)}")
    return [day.isoformat() for day in sorted(days)], faults


@_read.register
def _(requirement: TextRequirement, given: Any, span: Span) -> tuple[Any, list[str]]:
    del span
    text = str(given).strip()
    faults = []
    if len(text) < requirement.min_length:
        faults.append(f"expected at least {requirement.min_length} characters, got {len(text)}")
    return text, faults


@_read.register
def _(requirement: ChoiceRequirement, given: Any, span: Span) -> tuple[Any, list[str]]:
    del span
    chosen = str(given).strip()
    # Whoever answers may write the value or the words beside it.
    words = {word: value for value, word in requirement.options.items()}
    values = words | {value: value for value in requirement.options}
    if chosen not in values:
        known = ", ".join(f"{value} ({word})" for value, word in requirement.options.items())
        return None, [f"expected one of {known}, got {chosen!r}"]
    return values[chosen], []


def dates_in(requirements: Sequence[Requirement], answers: Mapping[str, Any]) -> Iterator[date]:
    """Yield every date on which, by a checked submission, something was done."""
    for requirement in requirements:
        if isinstance(requirement, DateRequirement) and requirement.within != "ahead":
            yield from map(date.fromisoformat, answers.get(requirement.key, []))
