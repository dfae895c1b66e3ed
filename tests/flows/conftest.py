"""One fast Prefect server for all tests here, and districts whose data folder the flows find."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import prefect
import pytest
from factories import make_district
from prefect.server.api.server import SubprocessASGIServer
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_HOME,
    PREFECT_LOGGING_TO_API_ENABLED,
    PREFECT_SERVER_DATABASE_CONNECTION_URL,
    PREFECT_SERVER_DATABASE_MIGRATE_ON_START,
    temporary_settings,
)
from short_law import write_short_law

from deployments.environment import SERVER_SETTINGS
from fireduty import settings as settings_module
from tasks.district import District

START_TIMEOUT = 180
IN_FORCE_ON = date(2027, 1, 1)


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[str]:
    """Start Prefect's server once, on a database that was migrated by an earlier session where there was one."""
    folder = tmp_path_factory.mktemp("prefect")
    database = folder / "prefect.db"
    template = pytestconfig.cache.mkdir("prefect") / f"{prefect.__version__}.db"
    warm = template.exists()
    if warm:
        shutil.copy(template, database)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SERVER_SETTINGS.items():
            patch.setenv(name, value)
        patch.delenv("PREFECT_API_URL", raising=False)
        own = {
            PREFECT_HOME: folder,
            PREFECT_SERVER_DATABASE_CONNECTION_URL: f"sqlite+aiosqlite:///{database}",
            PREFECT_SERVER_DATABASE_MIGRATE_ON_START: not warm,
            # Every synchronous run would else wait a second at its end for this thread.
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
            # Logs are sent from a thread that would outlive the server, and wait for it.
            PREFECT_LOGGING_TO_API_ENABLED: False,
        }
        with temporary_settings(own):
            server = SubprocessASGIServer()
            server.start(timeout=START_TIMEOUT)
            try:
                if not warm:
                    _keep(database, template)
                with temporary_settings({PREFECT_API_URL: server.api_url}):
                    yield server.api_url
            finally:
                server.stop()


@pytest.fixture
def district(prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    """Make a small district whose data folder every flow run finds."""
    del prefect_server
    folder = tmp_path / "data"
    monkeypatch.setenv("FIREDUTY_DATA", str(folder))
    monkeypatch.setenv("FIREDUTY_CLOCK_OFFSET", "0")
    with make_district(folder, IN_FORCE_ON) as made:
        settings_module.save(made.settings)
        yield made


@pytest.fixture
def short_district(prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    """Make the same district under the cut-down law."""
    del prefect_server
    folder = tmp_path / "data"
    monkeypatch.setenv("FIREDUTY_DATA", str(folder))
    monkeypatch.setenv("FIREDUTY_CLOCK_OFFSET", "0")
    with make_district(folder, IN_FORCE_ON, regulations=(write_short_law(folder),)) as made:
        settings_module.save(made.settings)
        yield made


def _keep(database: Path, template: Path) -> None:
    """Keep a migrated database for the sessions to come, whole or not at all."""
    unfinished = template.with_suffix(f".{os.getpid()}")
    with sqlite3.connect(database) as connection:
        connection.execute("VACUUM INTO ?", (str(unfinished),))
    connection.close()
    unfinished.replace(template)
