"""The layers of a calendar put on one another: statute, open days, notices, local holidays.

Each layer overrules the one before it for the days it speaks of. What no layer speaks of is decided
by the week.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from calendars.days import Day, DayKind, DayStatus, KnownDays, Layer
from calendars.divisions import lineage
from calendars.notices import NOTICES, Notice, days_between, is_weekend, read_notices
from calendars.overlays import OVERLAYS, Overlay, overlay_files, read_overlays
from calendars.sources import DATA, digest
from calendars.statute import LUNISOLAR, STATUTE, StatutoryDay, statutory_days
from fireduty.errors import CalendarDataError

FIRST_ON = date(2018, 1, 1)
LAST_ON = date(2050, 12, 31)

# How far from a statutory day the notices of 2008-2026 have ever moved a day: weekdays turned to
# rest, weekends turned to work. A day in these windows is unknown until its notice is out.
REST_WINDOW = range(-2, 6)
WORK_WINDOW = range(-8, 11)

# The notice of the next year has moved days back to 29 December (2018) and never further.
YEAR_END = 29


def known_days(division: str, *roots: Path) -> KnownDays:
    """Read all data that applies to a division and put the layers on one another.

    Args:
        division: GB/T 2260 code.
        roots: Folders laid out as `calendars/data` to take notices and overlays from; the package's
            own when none is given.

    Raises:
        CalendarDataError: When the data contradicts itself; names file and line.
    """
    roots = roots or (DATA,)
    folders = [root / OVERLAYS.relative_to(DATA) for root in roots]
    return _known_days(tuple(overlay_files(lineage(division), *folders)), roots)


@cache
def _known_days(files: tuple[Path, ...], roots: tuple[Path, ...]) -> KnownDays:
    """Most divisions have no overlay and share one answer."""
    notices = read_notices(*(root / NOTICES.relative_to(DATA) for root in roots))
    overlays = read_overlays(files)
    settled_until = _settled_until(notices)
    days = dict(_statute_days())
    days.update(_open_days(settled_until, days))
    days.update(_notice_days(notices, days))
    local = dict(_local_days(overlays, days))
    days.update(local)
    inputs = [STATUTE, LUNISOLAR, *(notice.entry.path for notice in notices), *files]
    confirmed = _confirmed_until(settled_until, overlays, local)
    return KnownDays(FIRST_ON, LAST_ON, days, confirmed, digest(inputs))


def forget() -> None:
    """Read the data files again when next asked."""
    _known_days.cache_clear()


def _settled_until(notices: tuple[Notice, ...]) -> date:
    if not notices or notices[0].year != FIRST_ON.year:
        message = f"{NOTICES}: the notice of {FIRST_ON.year} is missing"
        raise CalendarDataError(message, "the package is incomplete; install it again")
    return date(notices[-1].year, 12, YEAR_END - 1)


def _confirmed_until(settled: date, overlays: list[Overlay], local: dict[date, Day]) -> date:
    """Return the national date, or an earlier one where a later local notice is missing."""
    last = max((overlay.last for overlay in overlays if overlay.published), default=FIRST_ON)
    open_days = [on for on, day in local.items() if day.status is DayStatus.UNKNOWN and on > last]
    return min(settled, min(open_days, default=LAST_ON) - timedelta(days=1))


def _statute_days() -> Iterator[tuple[date, Day]]:
    for year in range(FIRST_ON.year, LAST_ON.year + 1):
        for day in statutory_days(year):
            yield day.on, _statute_day(day)


def _statute_day(day: StatutoryDay) -> Day:
    kind = DayKind.STATUTORY_HOLIDAY
    return Day(day.on, DayStatus.REST, kind, day.name, day.document, Layer.STATUTE)


def _open_days(settled: date, statute: dict[date, Day]) -> Iterator[tuple[date, Day]]:
    """Yield the days after the last notice that a notice to come may move."""
    names: dict[date, str] = {}
    for year in range(settled.year, LAST_ON.year + 1):
        for on in days_between(date(year, 12, YEAR_END), date(year, 12, 31)):
            names[on] = "元旦"
    for centre, day in statute.items():
        for offset in WORK_WINDOW:
            on = centre + timedelta(days=offset)
            if is_weekend(on) or offset in REST_WINDOW:
                names.setdefault(on, day.name)
    for on, name in names.items():
        if settled < on <= LAST_ON and on not in statute:
            yield on, _open_day(on, name, f"{_arranging_year(on)}年放假安排通知尚未公布")


def _arranging_year(on: date) -> int:
    """Return the year whose notice decides a day; the last days of December belong to the next."""
    return on.year + (on >= date(on.year, 12, YEAR_END - 5))


def _open_day(on: date, name: str, source: str, layer: Layer = Layer.STATUTE) -> Day:
    return Day(on, DayStatus.UNKNOWN, DayKind.UNPUBLISHED, name, source, layer)


def _notice_days(notices: tuple[Notice, ...], below: dict[date, Day]) -> Iterator[tuple[date, Day]]:
    for notice in notices:
        for block in notice.blocks:
            for on in block.rest():
                kind = _kind_of_rest(on, below)
                status, layer = DayStatus.REST, Layer.NOTICE
                yield on, Day(on, status, kind, block.name, notice.document, layer)
            for on in block.work:
                status, kind = DayStatus.WORKDAY, DayKind.MAKEUP_WORKDAY
                yield on, Day(on, status, kind, block.name, notice.document, Layer.NOTICE)


def _kind_of_rest(on: date, below: dict[date, Day]) -> DayKind:
    if on in below and below[on].kind is DayKind.STATUTORY_HOLIDAY:
        return DayKind.STATUTORY_HOLIDAY
    return DayKind.WEEKEND if is_weekend(on) else DayKind.SHIFTED_REST


def _local_days(overlays: list[Overlay], below: dict[date, Day]) -> Iterator[tuple[date, Day]]:
    published = {(overlay.division, overlay.year) for overlay in overlays if overlay.published}
    for overlay in overlays:
        years = [overlay.year] if overlay.published else range(FIRST_ON.year, LAST_ON.year + 1)
        for year in years:
            if overlay.published:
                yield from ((on, _local_holiday(on, overlay)) for on in overlay.days(year))
            elif (overlay.division, year) not in published:
                yield from _open_local_days(overlay, year, below)


def _local_holiday(on: date, overlay: Overlay) -> Day:
    kind = DayKind.LOCAL_HOLIDAY
    return Day(on, DayStatus.REST, kind, overlay.name, overlay.document, Layer.LOCAL)


def _open_local_days(overlay: Overlay, year: int, below: dict[date, Day]) -> Iterator[tuple[date, Day]]:
    for on in overlay.days(year):
        # A day that already rests, or is already open, is not changed by a local holiday.
        if not is_weekend(on) and on not in below:
            yield on, _open_day(on, overlay.name, f"{overlay.document}未收录", Layer.LOCAL)
