"""Bench `calendar`: questions about days against the package `chinesecalendar`, and a feed of many duties."""

import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from calendars.feed import FeedItem, Progress, etag, write_feed
from calendars.workdays import workday_calendar
from fireduty import clock
from fireduty.cli.benches.figures import Figure, seconds
from fireduty.errors import StartError

ROUNDS = 5
FIRST_ON, LAST_ON = date(2018, 1, 1), date(2026, 11, 30)
QUESTIONS, COUNTS = 5_000, 500
REPEAT = 20
"""How often ours answers what the other answers once, so that its time can be told from none."""

DAYS_FACTOR, ADD_FACTOR = 50.0, 100.0
FEED_DUTIES, FEED_SECONDS = 1_000, 1.5
IMPORT_SECONDS = 0.060


def run(say: Callable[[str], None]) -> list[Figure]:
    """Ask both the same questions in the same run, build a feed, and import the package in a new interpreter.

    Raises:
        StartError: If the package to compare with is not installed.
    """
    other = _other()
    ours = workday_calendar("000000")
    random = Random(1)  # noqa: S311 - which days are asked about is no secret
    span = (LAST_ON - FIRST_ON).days
    days = [FIRST_ON + timedelta(days=random.randrange(span)) for _ in range(QUESTIONS)]
    say(f"calendar: {ROUNDS} rounds of {QUESTIONS} days")
    return [
        _against(
            "is_workday, times as fast as chinesecalendar (s a question)", ours.is_workday, other.is_workday, days,
            DAYS_FACTOR,
        ),
        _against(
            "add_workdays of 7, times as fast as chinesecalendar (s a question)",
            lambda on: ours.add_workdays(on, 7), lambda on: other.find_workday(7, on), days[:COUNTS], ADD_FACTOR,
        ),
        _feed(),
        _import(),
    ]  # fmt: skip


def _other() -> Any:
    try:
        import chinese_calendar
    except ImportError as error:
        message = "bench calendar: expected the package chinesecalendar to compare with, it is not installed"
        raise StartError(message, "It is a development dependency: run `make install` in a checkout.") from error
    return chinese_calendar


def _against(
    name: str, ours: Callable[[date], object], theirs: Callable[[date], object], days: list[date], limit: float
) -> Figure:
    def ask(question: Callable[[date], object], times: int) -> Callable[[], None]:
        def work() -> None:
            for _ in range(times):
                for on in days:
                    question(on)

        return work

    rounds = [(seconds(ask(ours, REPEAT)) / REPEAT, seconds(ask(theirs, 1))) for _ in range(ROUNDS)]
    ratio = statistics.median(baseline / own for own, baseline in rounds)
    own, baseline = (statistics.median(column) / len(days) for column in zip(*rounds, strict=True))
    return Figure(name, round(ratio, 1), limit, "higher", round(own, 9), round(baseline, 9))


def _feed() -> Figure:
    at = clock.morning_of(FIRST_ON)
    items = [_item(number, at) for number in range(FEED_DUTIES)]
    taken = statistics.median(seconds(lambda: etag(write_feed("消防安全职责", items))) for _ in range(ROUNDS))
    name = f"feed of {FEED_DUTIES} duties (s) of its limit"
    return Figure(name, round(taken / FEED_SECONDS, 3), 1.0, "lower", round(taken, 4), FEED_SECONDS)


def _item(number: int, at: datetime) -> FeedItem:
    on = FIRST_ON + timedelta(days=number)
    return FeedItem(
        uid=f"putuo-2020.art13.drill/{number}@fireduty",
        on=on,
        due_on=on,
        title=f"组织有针对性的消防演练（第{number}项，示例）",
        description="计划完成，应完成\n依据：普陀区消防安全责任制实施办法 art13\n佐证材料：演练方案、照片" * 2,
        categories=("消防安全职责",),
        provisional=number % 3 == 0,
        progress=Progress.OWED,
        sequence=number % 4,
        created_at=at,
        changed_at=at,
        alarms=(at, at + timedelta(days=1)),
    )


def _import() -> Figure:
    """Measure the import alone, without the start of the interpreter."""
    script = "import time; s = time.perf_counter(); import calendars.workdays; print(time.perf_counter() - s)"
    command = [sys.executable, "-c", script]
    rounds = [
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603 - our own script
        for _ in range(ROUNDS)
    ]
    taken = statistics.median(rounds)
    name = "import of calendars over the bare interpreter (s) of its limit"
    return Figure(name, round(taken / IMPORT_SECONDS, 3), 1.0, "lower", round(taken, 4), IMPORT_SECONDS)
