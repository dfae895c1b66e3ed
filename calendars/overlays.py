"""Holidays of one division: days its government sets for its own people.

Such a day is fixed each year by a local notice. In a year whose notice is not on file the days it
may fall on are unknown, never assumed.

Source: 全国年节及纪念日放假办法 art. 4.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from calendars.notices import days_between
from calendars.sources import DATA, Entry, read
from fireduty.errors import CalendarDataError

OVERLAYS = DATA / "overlays"


@dataclass(frozen=True, slots=True)
class Overlay:
    """A local holiday: of one published year, or the window it falls in where no notice is on file.

    Attributes:
        division: Whose holiday it is.
        name: The holiday.
        document: The local notice, or the one that is missing.
        published: Whether the days are set by a notice.
        year: The year of a published holiday; 0 for the rule of all other years.
        first: First day: of rest when published, of the window otherwise (its year is then 2001).
        last: Last day of the same.
    """

    division: str
    name: str
    document: str
    published: bool
    year: int
    first: date
    last: date

    def days(self, year: int) -> Iterator[date]:
        """Yield the days of rest of a published year, or the days of the window in `year`."""
        if self.published:
            return days_between(self.first, self.last)
        return days_between(self.first.replace(year=year), self.last.replace(year=year))


def overlay_files(lineage: tuple[str, ...], *folders: Path) -> list[Path]:
    """Return the overlay files that apply to a division, its own and those above it."""
    return sorted(path for folder in folders for division in lineage for path in (folder / division).glob("*.yaml"))


def read_overlays(paths: Iterable[Path]) -> list[Overlay]:
    """Read overlays and hold that no two set the same holiday of the same year.

    Raises:
        CalendarDataError: With file and line of what does not agree.
    """
    found: dict[tuple[str, str, int], Path] = {}
    overlays = []
    for path in paths:
        overlay = read_overlay(path)
        key = (overlay.division, overlay.name, overlay.year)
        if key in found:
            message = f"{path}:1: {overlay.name} is already set by {found[key]}"
            raise CalendarDataError(message, "keep one of the two files")
        found[key] = path
        overlays.append(overlay)
    return overlays


def read_overlay(path: Path) -> Overlay:
    """Read one overlay and check it against itself and its folder.

    Raises:
        CalendarDataError: With file and line of what does not agree.
    """
    entry = read(path).only(
        "id", "division", "name", "year", "status", "document", "issued_on", "last_verified_on",
        "rest", "days", "window",
    )  # fmt: skip
    if entry.text("division") != path.parent.name:
        message = f"division: {entry.text('division')} in the folder of {path.parent.name}"
        raise entry.fault(message, "division", "move the file or correct the code")
    status = entry.text("status")
    if status not in {"published", "predicted"}:
        message = f"status: expected published or predicted, got {status}"
        raise entry.fault(message, "status")
    first, last, year = _predicted(entry) if status == "predicted" else _published(entry)
    return Overlay(
        division=entry.text("division"),
        name=entry.text("name"),
        document=entry.text("document"),
        published=status == "published",
        year=year,
        first=first,
        last=last,
    )


def _published(entry: Entry) -> tuple[date, date, int]:
    first, last = entry.span("rest")
    year, length = entry.integer("year"), (last - first).days + 1
    if entry.integer("days") != length:
        message = f"days: {entry.integer('days')} stated, {length} listed"
        raise entry.fault(message, "days", "check the days against the notice")
    if (first.year, last.year) != (year, year):
        message = f"rest: {first} to {last} lies outside {year}"
        raise entry.fault(message, "rest", "correct the year")
    return first, last, year


def _predicted(entry: Entry) -> tuple[date, date, int]:
    days = entry.list_of("window", str)
    try:
        # 2001 has no 29 February, so that the days exist in every year.
        first, last = (date.fromisoformat(f"2001-{day}") for day in days)
    except ValueError as error:
        message = f'window: expected ["MM-DD", "MM-DD"], got {days}'
        raise entry.fault(message, "window") from error
    return first, last, 0
