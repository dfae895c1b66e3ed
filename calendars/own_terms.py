"""Term dates of single schools, which come before those of their division.

A school has a file below `school_terms/bodies/`, and further ones (`CODE~2.yaml`) as it sets further
dates; where two speak of one term, the one added last counts. A school without a file, or a term its
files do not name, follows the division.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from calendars.periods import Period, own_term
from calendars.sources import Entry, read
from calendars.terms import SCHOOL_TERMS, numbered
from fireduty.errors import CalendarError

BODIES = "bodies"


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """The terms that one file sets for one school.

    Attributes:
        body: Code of the school.
        source: Who set the dates, and in what document.
        periods: Its terms by their key, such as `2026-2027-T1`.
    """

    body: str
    source: str
    periods: Mapping[str, Period]


@cache
def own_terms(added: Path | None) -> Mapping[str, Mapping[str, Period]]:
    """Return the own terms of every school that has any, by the key of the term and the school's code.

    Args:
        added: The folder of calendar data added after installation; the package knows no schools.

    Raises:
        CalendarDataError: When a file contradicts itself; names file and line.
    """
    found: dict[str, dict[str, Period]] = {}
    for path in body_files(added):
        terms = read_own_terms(path)
        for key, term in terms.periods.items():
            found.setdefault(key, {})[terms.body] = term
    return found


def body_files(added: Path | None) -> list[Path]:
    """Return the files of all schools, for each in the order in which they were added."""
    if added is None:
        return []
    folder = added / SCHOOL_TERMS.name / BODIES
    codes = sorted({_code(path) for path in folder.glob("*.yaml")})
    return [path for code in codes for _, path in sorted(numbered(folder, code))]


def read_own_terms(path: Path) -> OwnTerms:
    """Read one file of a school's terms and check it.

    Raises:
        CalendarDataError: When it is that of another school, or a term is none; names file and line.
    """
    entry = read(path)
    found = own_terms_of(entry)
    if found.body != _code(path):
        message = f"body: {found.body} in the file of {_code(path)}"
        raise entry.fault(message, "body", "rename the file or correct the code")
    return found


def own_terms_of(entry: Entry) -> OwnTerms:
    """Check the content of a file of a school's terms, wherever it lies.

    Raises:
        CalendarDataError: As `read_own_terms` does.
    """
    entry.only("body", "source", "last_verified_on", "terms")
    source, terms = entry.text("source"), entry.entry("terms")
    periods = {key: _term(terms, key, source) for key in sorted(terms.names())}
    previous: Period | None = None
    for key, period in periods.items():
        if previous is not None and period.starts_on <= previous.ends_on:
            message = f"{key}: starts on {period.starts_on}, before {previous.key} has ended"
            raise terms.fault(message, key, "check both against the school's own calendar")
        previous = period
    return OwnTerms(entry.text("body"), source, periods)


def _term(terms: Entry, key: str, source: str) -> Period:
    starts_on, ends_on = terms.span(key)
    _refuse_far(terms, key, starts_on, ends_on)
    try:
        return own_term(key, starts_on, ends_on, source)
    except CalendarError as error:
        raise terms.fault(error.message, key, error.hint) from error


def _refuse_far(terms: Entry, key: str, starts_on: date, ends_on: date) -> None:
    """Refuse a term outside its academic year; the key is checked when the term is made of it."""
    year = key[:4]
    if year.isdigit() and not (date(int(year), 8, 1) <= starts_on and ends_on <= date(int(year) + 1, 9, 15)):
        message = f"{key}: {starts_on} to {ends_on} lies outside its academic year"
        raise terms.fault(message, key, "correct the year")


def _code(path: Path) -> str:
    return path.stem.partition("~")[0]
