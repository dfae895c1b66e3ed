"""A month drawn as text: every day with its sign, what the signs mean, and why days are special.

Signs carry the meaning, so that the drawing reads the same in print and without colours.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from unicodedata import east_asian_width

from calendars.days import Day, DayKind, DayStatus
from calendars.workdays import WorkdayCalendar

MAKEUP, REST, UNKNOWN = "班", "休", "？"
LEGEND = {
    "　": "工作日 workday",
    REST: "休息 rest",
    MAKEUP: "调休上班 make-up workday",
    UNKNOWN: "未定 unknown",
}
WEEK = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

_CELL = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a drawn month.

    Attributes:
        day: The day; None before the first and after the last of the month.
        text: What is drawn, always of the same width.
    """

    day: Day | None
    text: str


def days_of_month(calendar: WorkdayCalendar, year: int, month: int) -> list[Day]:
    """Return the days of a month, explained.

    Raises:
        CalendarRangeError: When the month lies outside the years covered.
    """
    length = monthrange(year, month)[1]
    return [calendar.explain(date(year, month, number)) for number in range(1, length + 1)]


def weeks(days: list[Day]) -> Iterator[list[Cell]]:
    """Yield the weeks of a month, Monday first."""
    blank = Cell(None, " " * _CELL)
    cells = [blank] * days[0].on.weekday() + [Cell(day, _cell(day)) for day in days]
    cells += [blank] * (-len(cells) % 7)
    for start in range(0, len(cells), 7):
        yield cells[start : start + 7]


def heading() -> str:
    """Return the line of weekdays above the weeks."""
    return "".join(_padded(name) for name in WEEK)


def reasons(days: list[Day]) -> Iterator[str]:
    """Yield why days are special, runs of one reason in one line."""
    special = (day for day in days if day.name or day.kind is DayKind.UNPUBLISHED)
    runs: list[list[Day]] = []
    for day in special:
        follows = runs and runs[-1][-1].on + timedelta(days=1) == day.on
        if follows and _reason(runs[-1][-1]) == _reason(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs:
        first, last = run[0].on, run[-1].on
        when = f"{first.day}日" if first == last else f"{first.day}日至{last.day}日"
        yield f"{sign(run[0])} {when}：{_reason(run[0])[1]}（{run[0].source}）"


def sign(day: Day) -> str:
    """Return the sign of a day; an ordinary workday has a blank."""
    if day.status is DayStatus.UNKNOWN:
        return UNKNOWN
    if day.status is DayStatus.REST:
        return REST
    return MAKEUP if day.kind is DayKind.MAKEUP_WORKDAY else "　"


def _reason(day: Day) -> tuple[str, str, str]:
    words = {MAKEUP: f"{day.name}调休上班", UNKNOWN: f"{day.name}前后，尚未确定"}
    return sign(day), words.get(sign(day), f"{day.name}放假"), day.source


def _cell(day: Day) -> str:
    return _padded(f"{day.on.day:>2}{sign(day)}")


def _padded(text: str) -> str:
    width = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * (_CELL - width)
