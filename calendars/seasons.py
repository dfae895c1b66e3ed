"""Seasons that raise the risk of fire or gather fire-safety work, by division.

Governments organise education and inspection in forest-fire periods, before holidays and in
seasons of many fires (消防法 art. 31). A season fixed by law or custom returns every year; one set
by a yearly order or campaign is only predicted until the order of that year is on file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from calendars.divisions import lineage
from calendars.sources import DATA, Entry, digest, read
from calendars.statute import FESTIVALS, festivals
from fireduty.errors import CalendarRangeError, UnknownNameError

SEASONS = DATA / "seasons"


class SeasonKind(StrEnum):
    """What sets a season, and so how sure a year to come is."""

    FIXED_YEARLY = "fixed_yearly"
    STATUTORY_YEARLY = "statutory_yearly"
    ANNUAL_ORDER = "annual_order"
    CAMPAIGN = "campaign"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Season:
    """One season in one year.

    Attributes:
        id: Name in this project, unique with the division.
        name: Chinese name.
        kind: What sets it.
        division: Who sets it.
        starts_on: First day.
        ends_on: Last day.
        provisional: Whether that year's order or notice is still missing.
        source: The document or custom.
    """

    id: str
    name: str
    kind: SeasonKind
    division: str
    starts_on: date
    ends_on: date
    provisional: bool
    source: str


@dataclass(frozen=True, slots=True)
class SeasonRule:
    """A season as its file states it, for all years."""

    id: str
    name: str
    kind: SeasonKind
    division: str
    source: str
    first: tuple[int, int]
    last: tuple[int, int]
    festival: str
    published: dict[int, tuple[date, date, str]]

    def in_year(self, year: int) -> Season:
        """Return the season that begins in a year; one that runs past December ends in the next.

        Raises:
            CalendarRangeError: When it hangs on a festival of a year that is not on file.
        """
        starts_on, ends_on, source = self.published.get(year) or (*self._rule(year), self.source)
        by_order = self.kind in (SeasonKind.ANNUAL_ORDER, SeasonKind.CAMPAIGN)
        provisional = by_order and year not in self.published
        return Season(self.id, self.name, self.kind, self.division, starts_on, ends_on, provisional, source)

    def _rule(self, year: int) -> tuple[date, date]:
        if self.festival:
            if year not in festivals():
                message = f"{self.id}: the festivals of {year} are not on file"
                raise CalendarRangeError(message, f"{min(festivals())} to {max(festivals())} are")
            return festivals()[year][self.festival], festivals()[year][self.festival]
        ends_in = year + (self.last < self.first)
        return date(year, *self.first), date(ends_in, *self.last)


def seasons(division: str, first_on: date, last_on: date) -> tuple[Season, ...]:
    """Return the seasons of a division, and of those above it, that overlap a span.

    Args:
        division: GB/T 2260 code.
        first_on: First day of the span.
        last_on: Last day of the span, included.

    Raises:
        CalendarRangeError: When the span ends before it starts.
        CalendarDataError: When a file contradicts itself; names file and line.
    """
    if last_on < first_on:
        message = f"the span ends on {last_on}, before it starts on {first_on}"
        raise CalendarRangeError(message, "swap the two dates")
    found = (
        rule.in_year(year)
        for rule in _rules(division)
        for year in range(first_on.year - 1, last_on.year + 1)
        if not rule.festival or year in festivals()
    )
    overlapping = (s for s in found if s.starts_on <= last_on and s.ends_on >= first_on)
    return tuple(sorted(overlapping, key=lambda season: (season.starts_on, season.id)))


def season_ids(division: str) -> tuple[str, ...]:
    """Return the ids of the seasons of a division and of those above it, nearest first.

    Raises:
        CalendarError: When the code is not six digits.
        CalendarDataError: When a file contradicts itself; names file and line.
    """
    return tuple(dict.fromkeys(rule.id for rule in _rules(division)))


def season_rule(division: str, name: str) -> SeasonRule:
    """Return the season of an id for all years; of several, that of the nearest division.

    Raises:
        UnknownNameError: When neither the division nor one above it has such a season.
    """
    for rule in _rules(division):
        if rule.id == name:
            return rule
    message = f"season {name!r} of {division}: expected one of {', '.join(season_ids(division))}"
    raise UnknownNameError(message, "correct the id, or add the season to calendars/data/seasons")


def seasons_version(division: str) -> str:
    """Return a digest of every file from which the seasons of a division are read."""
    paths = (SEASONS / f"{place}.yaml" for place in lineage(division))
    return digest([path for path in paths if path.exists()])


def read_seasons(path: Path) -> tuple[SeasonRule, ...]:
    """Read the seasons of one division.

    Raises:
        CalendarDataError: When a season is of no known kind or its days cannot be read.
    """
    file = read(path).only("division", "last_verified_on", "seasons")
    division = file.text("division")
    if division != path.stem:
        message = f"division: {division} in the file of {path.stem}"
        raise file.fault(message, "division", "rename the file or correct the code")
    return tuple(_season_rule(entry, division) for entry in file.entries("seasons"))


def _season_rule(entry: Entry, division: str) -> SeasonRule:
    entry.only("id", "name", "kind", "from", "to", "festival", "source", "published")
    kind = entry.text("kind")
    if kind not in set(SeasonKind):
        message = f"kind: expected one of {', '.join(SeasonKind)}, got {kind}"
        raise entry.fault(message, "kind")
    festival = entry.text("festival", "")
    if festival and festival not in FESTIVALS:
        message = f"festival: expected one of {', '.join(FESTIVALS)}, got {festival}"
        raise entry.fault(message, "festival")
    return SeasonRule(
        id=entry.text("id"),
        name=entry.text("name"),
        kind=SeasonKind(kind),
        division=division,
        source=entry.text("source"),
        first=(1, 1) if festival else _day_of_year(entry, "from"),
        last=(1, 1) if festival else _day_of_year(entry, "to"),
        festival=festival,
        published=dict(_published(entry)),
    )


def _published(entry: Entry) -> Iterator[tuple[int, tuple[date, date, str]]]:
    for item in entry.entries("published") if entry.has("published") else ():
        starts_on, ends_on = item.only("span", "source").span("span")
        yield starts_on.year, (starts_on, ends_on, item.text("source"))


def _day_of_year(entry: Entry, key: str) -> tuple[int, int]:
    text = entry.text(key)
    try:
        # 2001 has no 29 February, so that the day exists in every year.
        on = date.fromisoformat(f"2001-{text}")
    except ValueError as error:
        message = f"{key}: expected a day as MM-DD, got {text}"
        raise entry.fault(message, key) from error
    return on.month, on.day


@cache
def _rules(division: str) -> tuple[SeasonRule, ...]:
    paths = (SEASONS / f"{place}.yaml" for place in lineage(division))
    return tuple(rule for path in paths if path.exists() for rule in read_seasons(path))
