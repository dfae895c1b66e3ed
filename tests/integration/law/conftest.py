"""The command line as a person uses it, in a folder of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import Size, act_on, fill_register
from small_packs import NAME, SmallPack

from evidence.store import MemoryStore
from fireduty import settings
from fireduty.cli import main
from fireduty.settings import Settings
from flows.catalogue import process_named
from models.database import Database
from models.packs import load
from tasks.agenda import put_in_force
from tasks.beating import beat
from tasks.district import District


@dataclass
class Said:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, where no data folder is named."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIREDUTY_DATA", raising=False)
    load.cache_clear()
    return tmp_path


@pytest.fixture
def run(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command line."""
    del here

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
def data(here: Path) -> Path:
    """Return a data folder with a regulation of its own in force, and everything opened that is due."""
    folder = here / "data"
    SmallPack(folder / "regulations")
    setup = Settings(folder=folder, in_force_on=date(2027, 1, 1), regulations=(NAME,))
    settings.save(setup)
    with District(setup, Database(setup.url), MemoryStore()) as district:
        with district.database.transaction() as connection:
            fill_register(connection, Size(units=1))
        put_in_force(district, setup.in_force_on)
        beat(district, act_on(date(2027, 3, 1)), process_named)
    return folder
