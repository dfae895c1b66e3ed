"""The State Council's yearly notices: which days rest and which weekends work instead.

A notice is one file and is never edited once stored; an amendment is a new file that names the
notice it supersedes and replaces that notice's holiday of the same name. A notice carries the means
to check itself, and every check it allows is made on reading: the stated number of days, the
weekday printed after each make-up day, and the balance of days given and taken.

Source: 全国年节及纪念日放假办法 art. 6 and 7.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from calendars.sources import DATA, Entry, read
from calendars.statute import festivals, statutory_days

NOTICES = DATA / "cn" / "notices"

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Block:
    """One holiday of a notice: the days that rest, and the weekend days worked for them.

    Attributes:
        name: The holiday, or both when two fall together.
        rest_from: First day of rest.
        rest_to: Last day of rest.
        work: The make-up workdays, in order.
        entry: Where it stands in its file.
    """

    name: str
    rest_from: date
    rest_to: date
    work: tuple[date, ...]
    entry: Entry

    def rest(self) -> Iterator[date]:
        """Yield every day of rest."""
        return days_between(self.rest_from, self.rest_to)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice, as issued.

    Attributes:
        id: Name of the notice in this project.
        year: The year it arranges; it may also move the last days of the year before.
        document: Official number.
        issued_on: Day of issue.
        url: Official address.
        last_verified_on: Day on which the file was last compared with the official text.
        supersedes: The id of the notice it amends, or empty.
        blocks: The holidays.
        entry: Where it stands.
    """

    id: str
    year: int
    document: str
    issued_on: date
    url: str
    last_verified_on: date
    supersedes: str
    blocks: tuple[Block, ...]
    entry: Entry

    @property
    def decides(self) -> tuple[object, ...]:
        """What it says, whoever wrote it down."""
        days = tuple((block.name, block.rest_from, block.rest_to, block.work) for block in self.blocks)
        return (self.id, self.year, self.document, self.supersedes, days)


def read_notices(*folders: Path) -> tuple[Notice, ...]:
    """Read all notices of the folders and check each alone and all together.

    Returns:
        The notices with superseded holidays taken out, by year and day of issue.

    Raises:
        CalendarDataError: When a notice contradicts itself, another notice or the statute.
    """
    return agreed(stored_notices(*folders))


def stored_notices(*folders: Path) -> list[Notice]:
    """Read all notices of the folders, each checked alone only.

    A notice that says the same as one of an earlier folder is left out: a release may bring the
    notice that a district had added by hand.

    Raises:
        CalendarDataError: When a notice contradicts itself or the statute.
    """
    found: list[Notice] = []
    for folder in folders:
        known = {notice.decides for notice in found}
        read_here = map(read_notice, sorted(folder.glob("*.yaml")))
        found += [notice for notice in read_here if notice.decides not in known]
    return found


def agreed(notices: Iterable[Notice], proposed: Notice | None = None) -> tuple[Notice, ...]:
    """Check notices against one another and return those in force.

    Args:
        notices: The notices, in any order.
        proposed: One more that is about to be added; where two disagree, the fault is its own.

    Returns:
        The notices with superseded holidays taken out, by year and day of issue.

    Raises:
        CalendarDataError: When a notice contradicts another or the statute.
    """
    every = [*notices, *([] if proposed is None else [proposed])]
    found = sorted(every, key=lambda n: (n.year, n is proposed, n.issued_on))
    _refuse_gaps_and_twins(found)
    in_force = _without_superseded(found)
    _refuse_overlap(in_force)
    _refuse_forgotten_holidays(in_force)
    return in_force


def read_notice(path: Path) -> Notice:
    """Read one notice and check it against itself.

    Raises:
        CalendarDataError: With file and line of what does not agree.
    """
    return notice_of(read(path))


def notice_of(entry: Entry) -> Notice:
    """Check the mapping of a notice and return it typed.

    Raises:
        CalendarDataError: With file and line of what does not agree.
    """
    entry.only("id", "year", "document", "issued_on", "url", "last_verified_on", "supersedes", "holidays")
    notice = Notice(
        id=entry.text("id"),
        year=entry.integer("year"),
        document=entry.text("document"),
        issued_on=entry.day("issued_on"),
        url=entry.text("url"),
        last_verified_on=entry.day("last_verified_on"),
        supersedes=entry.text("supersedes", ""),
        blocks=tuple(_block(holiday) for holiday in entry.entries("holidays")),
        entry=entry,
    )
    if notice.year not in festivals():
        message = f"year: {notice.year} lies outside the years covered, {min(festivals())} to {max(festivals())}"
        raise entry.fault(message, "year", "correct the year")
    if notice.issued_on.year not in (notice.year - 1, notice.year):
        message = f"issued_on: {notice.issued_on} is not in the year arranged or the one before"
        raise entry.fault(message, "issued_on", "check the day of issue and the year")
    for block in notice.blocks:
        _check_block(block, notice.year)
    return notice


def days_between(first_on: date, last_on: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included."""
    for offset in range((last_on - first_on).days + 1):
        yield first_on + timedelta(days=offset)


def is_weekend(on: date) -> bool:
    """Say whether a day is a Saturday or Sunday (国务院关于职工工作时间的规定 art. 7)."""
    return on.weekday() >= SATURDAY


def _block(entry: Entry) -> Block:
    entry.only("name", "rest", "days", "work", "unbalanced")
    work = entry.dates("work")
    for on, weekday in work.items():
        if WEEKDAYS[on.weekday()] != weekday:
            message = f"work: {on} is a {WEEKDAYS[on.weekday()]}, not a {weekday}"
            raise entry.fault(message, "work", "check the day against the notice")
    rest_from, rest_to = entry.span("rest")
    return Block(entry.text("name"), rest_from, rest_to, tuple(sorted(work)), entry)


def _check_block(block: Block, year: int) -> None:
    entry, length = block.entry, (block.rest_to - block.rest_from).days + 1
    if entry.has("days") and entry.integer("days") != length:
        message = f"{block.name}: {entry.integer('days')} days stated, {length} days listed"
        raise entry.fault(message, "days", "check the first and the last day against the notice")
    for on in block.work:
        if not is_weekend(on):
            message = f"work: {on} is a {WEEKDAYS[on.weekday()]}; only a weekend day can be made up"
            raise entry.fault(message, "work", "check the day against the notice")
        if block.rest_from <= on <= block.rest_to:
            message = f"work: {on} is also a day of rest"
            raise entry.fault(message, "work", "check the day against the notice")
    days = (block.rest_from, block.rest_to, *block.work)
    for on in days:
        if not date(year - 1, 12, 1) <= on <= date(year, 12, 31):
            message = f"{block.name}: {on} lies outside the year {year} of the notice"
            raise entry.fault(message, "rest", "correct the year")
    if not entry.has("unbalanced"):
        _check_balance(block, year)


def _check_balance(block: Block, year: int) -> None:
    """Hold that each weekday of rest is a statutory day, its substitute (art. 6), or made up."""
    rest = set(block.rest())
    granted = sum(day.on in rest for day in statutory_days(year))
    weekdays = sum(not is_weekend(on) for on in rest)
    if weekdays - granted != len(block.work):
        message = (
            f"{block.name}: {weekdays} weekdays rest, {granted} of them by statute, "
            f"but {len(block.work)} make-up days are listed"
        )
        hint = "check both days; where the notice really grants more, say why under `unbalanced`"
        raise block.entry.fault(message, "rest", hint)


def _refuse_gaps_and_twins(notices: list[Notice]) -> None:
    for name, count in Counter(notice.id for notice in notices).items():
        if count > 1:
            last = [notice for notice in notices if notice.id == name][-1]
            message = f"id: {name} is already taken by another notice"
            raise last.entry.fault(message, "id", "give each notice its own id")
    yearly = [notice for notice in notices if not notice.supersedes]
    for before, after in pairwise(yearly):
        if after.year == before.year:
            message = f"year: {before.id} already arranges {after.year}"
            raise after.entry.fault(message, "year", "an amendment must say what it `supersedes`")
        if after.year != before.year + 1:
            message = f"year: {after.year} follows {before.year}; a notice in between is missing"
            raise after.entry.fault(message, "year", "add the missing notice first")


def _without_superseded(notices: list[Notice]) -> tuple[Notice, ...]:
    by_id = {notice.id: notice for notice in notices}
    replaced: set[tuple[str, str]] = set()
    for notice in notices:
        for block in notice.blocks if notice.supersedes else ():
            amended = by_id.get(notice.supersedes)
            if amended is None or block.name not in {old.name for old in amended.blocks}:
                message = f"supersedes: {notice.supersedes} has no holiday named {block.name}"
                raise notice.entry.fault(message, "supersedes", "name the notice that is amended")
            replaced.add((notice.supersedes, block.name))
    return tuple(_keeping(notice, replaced) for notice in notices)


def _keeping(notice: Notice, replaced: set[tuple[str, str]]) -> Notice:
    kept = tuple(block for block in notice.blocks if (notice.id, block.name) not in replaced)
    return replace(notice, blocks=kept)


def _refuse_overlap(notices: Iterable[Notice]) -> None:
    decided: dict[date, Notice] = {}
    for notice in notices:
        for block in notice.blocks:
            for on in (*block.rest(), *block.work):
                if on in decided:
                    message = f"{block.name}: {on} is already arranged by {decided[on].id}"
                    hint = "an amendment must say what it `supersedes`"
                    raise block.entry.fault(message, "rest", hint)
                decided[on] = notice


def _refuse_forgotten_holidays(notices: tuple[Notice, ...]) -> None:
    rest = {on for notice in notices for block in notice.blocks for on in block.rest()}
    for notice in notices:
        for day in statutory_days(notice.year):
            if day.on not in rest:
                message = f"{day.name}: the statutory day {day.on} is not among the days of rest"
                raise notice.entry.fault(message, "holidays", f"compare with {day.document}")
