"""Which instrument counts its days in workdays: a table, for no single rule holds for all."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from calendars.sources import DATA, Entry, read
from fireduty.errors import CalendarError

INSTRUMENTS = DATA / "cn" / "counting" / "instruments.yaml"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One law or regulation and the periods it counts in workdays.

    Attributes:
        id: Name in this project.
        title: Official title.
        article: Where the rule stands.
        every: Whether all its periods are counted in workdays.
        up_to: Periods of so many days or fewer are; 0 for none.
        days: Exactly these periods are.
    """

    id: str
    title: str
    article: str
    every: bool
    up_to: int
    days: frozenset[int]

    @property
    def ground(self) -> str:
        """The rule as a citation."""
        return f"{self.title}{self.article}"

    def counts_workdays(self, n: int) -> bool:
        """Say whether a period stated as n days is counted in workdays."""
        return self.every or n <= self.up_to or n in self.days


def counts_workdays(instrument: str, n: int) -> bool:
    """Say whether an instrument counts a period it states as n days in workdays.

    A clause that itself says 工作日 is counted in workdays whatever its instrument.

    Args:
        instrument: Its id or its Chinese title.
        n: The number of days stated.

    Raises:
        CalendarError: When the instrument is not in the table.
    """
    return instrument_named(instrument).counts_workdays(n)


def instrument_named(name: str) -> Instrument:
    """Return an instrument by its id or title.

    Raises:
        CalendarError: When it is not in the table.
    """
    for instrument in instruments():
        if name in (instrument.id, instrument.title):
            return instrument
    message = f"{name!r}: no such instrument in the table of counting"
    known = ", ".join(instrument.id for instrument in instruments())
    raise CalendarError(message, f"one of {known}; or add it to {INSTRUMENTS.name}")


@cache
def instruments() -> tuple[Instrument, ...]:
    """Return the table."""
    return read_instruments(INSTRUMENTS)


def read_instruments(path: Path) -> tuple[Instrument, ...]:
    """Read a table of instruments.

    Raises:
        CalendarDataError: When a row has no rule, or more than one; names file and line.
    """
    table = read(path).only("last_verified_on", "instruments").entry("instruments")
    return tuple(_instrument(name, table.entry(name)) for name in table.names())


def _instrument(name: str, entry: Entry) -> Instrument:
    entry.only("title", "article", "workdays", "up_to", "days")
    if sum(entry.has(key) for key in ("workdays", "up_to", "days")) != 1:
        message = f"{name}: expected exactly one of workdays, up_to, days"
        raise entry.fault(message)
    every = entry.text("workdays", "stated")
    if every not in {"all", "stated"}:
        message = f"workdays: expected all or stated, got {every}"
        raise entry.fault(message, "workdays")
    return Instrument(
        id=name,
        title=entry.text("title"),
        article=entry.text("article"),
        every=every == "all",
        up_to=entry.integer("up_to") if entry.has("up_to") else 0,
        days=frozenset(entry.list_of("days", int) if entry.has("days") else ()),
    )
