"""Districts into whose year a holiday notice comes, and the command line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from factories import Size, act_on, make_district
from fakes import Desk

from calendars.workdays import reload_calendars
from fireduty import settings
from fireduty.cli import main
from flows.catalogue import process_named
from tasks.beating import beat
from tasks.holiday_notices import add_notice, propose
from tasks.rescheduling import Rescheduled

GOLDEN = Path(__file__).parents[2] / "golden" / "calendars"
TODAY = date(2026, 12, 21)


@dataclass
class Said:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _fresh_calendars() -> Iterator[None]:
    """Let no test see the notices another one added."""
    yield
    reload_calendars()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command line."""
    monkeypatch.setenv("FIREDUTY_CLOCK_OFFSET", "0")

    def call(*words: Any) -> Said:
        monkeypatch.setattr("sys.argv", ["fireduty", *map(str, words)])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        captured = capsys.readouterr()
        return Said(status, captured.out, captured.err)

    return call


@pytest.fixture
def notice_2027(tmp_path: Path) -> Path:
    """A notice for 2027 that nobody issued."""
    path = tmp_path / "2027.yaml"
    copy(GOLDEN / "invented-2027.yaml", path)
    return path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A district that has lived up to 21 December 2026 without a notice for 2027."""
    with make_district(tmp_path / "data", date(2026, 1, 1), durable=False) as district:
        beat(district, act_on(TODAY), process_named)
        yield Desk(district)


@pytest.fixture
def add(desk: Desk) -> Callable[..., Rescheduled]:
    """Add a notice to the district on a day."""

    def call(path: Path, on: date = TODAY) -> Rescheduled:
        proposal = propose(path, desk.district.settings.folder, on)
        return add_notice(desk.district, act_on(on, hour=10), proposal)

    return call


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose district stands at 21 December 2026."""
    folder = tmp_path / "data"
    with make_district(folder, date(2026, 1, 1), Size(units=3), durable=False) as district:
        beat(district, act_on(TODAY), process_named)
        settings.save(district.settings)
    return folder
