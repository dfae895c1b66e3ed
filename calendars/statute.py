"""The statutory holidays of every year, from the statute in force and a lunisolar table.

Source: 全国年节及纪念日放假办法 art. 2. Holidays for groups (art. 3) change no working day
and are left out.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from calendars.sources import DATA, Entry, read
from fireduty.errors import CalendarDataError

STATUTE = DATA / "cn" / "statute.yaml"
LUNISOLAR = DATA / "cn" / "lunisolar.csv"

FESTIVALS = ("new_years_eve", "spring_festival", "qingming", "dragon_boat", "mid_autumn")


@dataclass(frozen=True, slots=True)
class StatutoryDay:
    """One day off that the statute itself grants to all citizens."""

    on: date
    name: str
    document: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """One holiday of one version of the statute: fixed days, or days counted from a festival."""

    name: str
    fixed: tuple[tuple[int, int], ...]
    festival: str
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Version:
    """The text of article 2 as it stood from a date on."""

    valid_from: date
    document: str
    rules: tuple[_Rule, ...]


@cache
def statutory_days(year: int) -> tuple[StatutoryDay, ...]:
    """Return the statutory days off of a year, in order.

    Two holidays that fall on one day are both listed, for the statute grants both.

    Raises:
        CalendarDataError: When no version of the statute or no row of the table covers the year.
    """
    version = _in_force(year)
    days = [StatutoryDay(on, rule.name, version.document) for rule in version.rules for on in _days_of(rule, year)]
    return tuple(sorted(days, key=lambda day: day.on))


@cache
def festivals() -> dict[int, dict[str, date]]:
    """Return the lunisolar dates by year and festival."""
    return read_festivals(LUNISOLAR)


def read_festivals(path: Path) -> dict[int, dict[str, date]]:
    """Read a table of lunisolar dates.

    Raises:
        CalendarDataError: When a row is not a year with five dates of that year; names file and
            line.
    """
    table: dict[int, dict[str, date]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        for row in rows:
            try:
                year = int(row["year"])
                table[year] = {name: date.fromisoformat(row[name]) for name in FESTIVALS}
            except (KeyError, TypeError, ValueError) as error:
                message = f"{path}:{rows.line_num}: expected a year and five dates, got {row}"
                raise CalendarDataError(message, "correct the row") from error
            if any(on.year != year for on in table[year].values()):
                message = f"{path}:{rows.line_num}: a date lies outside the year {year}"
                raise CalendarDataError(message, "correct the row")
    return table


def read_statute(path: Path) -> tuple[_Version, ...]:
    """Read the versions of the statute, oldest first.

    Raises:
        CalendarDataError: When a version lists another number of days than it states.
    """
    file = read(path).only("id", "title", "url", "last_verified_on", "versions")
    return tuple(_version(entry) for entry in file.entries("versions"))


def _version(entry: Entry) -> _Version:
    entry.only("valid_from", "document", "days", "holidays")
    rules = tuple(_rule(holiday) for holiday in entry.entries("holidays"))
    listed = sum(len(rule.fixed) + len(rule.offsets) for rule in rules)
    if listed != entry.integer("days"):
        message = f"days: {entry.integer('days')} stated, {listed} listed"
        raise entry.fault(message, "days", "compare with article 2")
    return _Version(entry.day("valid_from"), entry.text("document"), rules)


def _rule(entry: Entry) -> _Rule:
    entry.only("name", "fixed", "festival", "offsets")
    if entry.has("fixed"):
        fixed = tuple((int(day[:2]), int(day[3:])) for day in entry.list_of("fixed", str))
        return _Rule(entry.text("name"), fixed, "", ())
    festival = entry.text("festival")
    if festival not in FESTIVALS:
        message = f"unknown festival {festival!r}; expected one of {', '.join(FESTIVALS)}"
        raise entry.fault(message, "festival")
    return _Rule(entry.text("name"), (), festival, tuple(entry.list_of("offsets", int)))


@cache
def _versions() -> tuple[_Version, ...]:
    return read_statute(STATUTE)


def _in_force(year: int) -> _Version:
    # Both revisions took effect on 1 January, so a year has one text.
    found = [version for version in _versions() if version.valid_from <= date(year, 1, 1)]
    if not found:
        message = f"{STATUTE}: no version of the statute covers {year}"
        raise CalendarDataError(message, "add the version that was in force")
    return found[-1]


def _days_of(rule: _Rule, year: int) -> Iterator[date]:
    for month, day in rule.fixed:
        yield date(year, month, day)
    if rule.offsets:
        if year not in festivals():
            message = f"{LUNISOLAR}: no row for {year}"
            raise CalendarDataError(message, "add the row; it can be computed")
        for offset in rule.offsets:
            yield festivals()[year][rule.festival] + timedelta(days=offset)
