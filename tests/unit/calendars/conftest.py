"""What the tests of the calendars share: the answer keys and calendars of both kinds."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import settings

from calendars.sources import DATA
from calendars.workdays import WorkdayCalendar, workday_calendar

# A busy machine is no fault: how long one example takes says nothing about dates.
settings.register_profile("calendars", deadline=None)
settings.load_profile("calendars")

GOLDEN = Path(__file__).parents[2] / "golden" / "calendars"


@pytest.fixture(scope="session")
def nation() -> WorkdayCalendar:
    """The national calendar."""
    return workday_calendar("000000")


@pytest.fixture(scope="session")
def yanbian() -> WorkdayCalendar:
    """The calendar of Yanbian, with its own holiday."""
    return workday_calendar("222400")


@pytest.fixture(scope="session")
def answer_key() -> dict[date, bool]:
    """Whether each day from 2018-01-01 to 2026-12-28 was a workday."""
    key = {}
    with (GOLDEN / "workdays-2018-2026.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            year, month = map(int, row["month"].split("-"))
            for day, letter in enumerate(row["days"], 1):
                key[date(year, month, day)] = letter == "W"
    return key


@pytest.fixture
def after_2027_notice(tmp_path: Path) -> Callable[[str], WorkdayCalendar]:
    """Calendars as they would be once a (here invented) notice for 2027 is added."""
    folder = tmp_path / "cn" / "notices"
    folder.mkdir(parents=True)
    copy(GOLDEN / "invented-2027.yaml", folder / "2027.yaml")
    return lambda division: workday_calendar(division, tmp_path)


@pytest.fixture
def published_until(tmp_path: Path) -> Callable[[int], Path]:
    """A data folder with the notices of the years up to one, as if later ones were not out."""

    def build(last_year: int) -> Path:
        root = tmp_path / str(last_year)
        (root / "cn" / "notices").mkdir(parents=True)
        for path in (DATA / "cn" / "notices").glob("*.yaml"):
            if int(path.name[:4]) <= last_year:
                copy(path, root / "cn" / "notices")
        return root

    return build
