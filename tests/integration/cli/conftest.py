"""The command line as a person uses it, in this process."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import Size, act_on, make_district

from fireduty import settings
from fireduty.cli import main
from flows.catalogue import process_named
from tasks.beating import beat

TODAY = date(2026, 11, 20)


@dataclass
class Said:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command line."""

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
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder whose district stands at TODAY, with everything opened that is due."""
    folder = tmp_path / "data"
    monkeypatch.setenv("FIREDUTY_CLOCK_OFFSET", "0")
    with make_district(folder, date(2026, 1, 1), Size(units=3)) as district:
        beat(district, act_on(TODAY), process_named)
        settings.save(district.settings)
    return folder
