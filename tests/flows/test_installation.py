"""The installation for real: server, scheduler, worker, a heartbeat that finishes, and nothing left behind."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from factories import make_district
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateName
from prefect.client.schemas.objects import FlowRun
from prefect.states import Running
from short_law import SHORT, write_short_law
from sqlalchemy import text

from deployments.health import health
from deployments.installation import Installation
from deployments.queueing import name_coming_runs, settle_stale_runs
from deployments.server import address_file, is_healthy
from fireduty import clock
from fireduty import settings as settings_module
from fireduty.errors import StartError
from tasks.district import District

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

PATIENCE_SECONDS = 120


def test_an_installation_runs_a_heartbeat_and_stops_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("FIREDUTY_CLOCK_OFFSET", "0")
    said: list[str] = []
    data = tmp_path / "data"
    with make_district(data, clock.today().replace(day=1), regulations=(write_short_law(data),)) as district:
        settings_module.save(district.settings)
        with Installation(district, port=0, say=said.append) as installation:
            pids = [part.pid for part in installation.parts]
            address = installation.api_url
            with SyncPrefectClient(address) as client:
                # Prefect's scheduler once failed without a word while all else looked well.
                _await(lambda: _coming(client) != [])
                assert name_coming_runs(district, address) > 0
                assert any(run.name.startswith(f"{run.parameters['period']} · ") for run in _coming(client))
                _check_stale_runs(client)
            with pytest.raises(StartError, match="is running"):
                Installation(district, port=0).start()
            names = installation.queue_today()
            assert names[0] == "心跳 · 补齐到期事项"
            _await(lambda: health(district.settings).heartbeat_at is not None)
            found = health(district.settings)
        assert (found.server, found.workers, found.address) == (True, 1, address)
        assert found.runs is not None
        assert found.runs["finished"] >= 1
        assert _duties(district) > 0
        assert said == ["Prefect's server is up; writing the timetable of every obligation"]
        assert not is_healthy(address)
        assert not any(_alive(pid) for pid in pids)
        assert not address_file(district.settings).exists()
        assert sorted(path.stem for path in (tmp_path / "data" / "logs").glob("*.log")) == ["server", "worker"]


def _check_stale_runs(client: SyncPrefectClient) -> None:
    """A run that nobody works on is ended, so that it holds no place."""
    [deployment] = [one for one in client.read_deployments() if one.name == f"{SHORT}.art13.drill"]
    run = client.create_flow_run_from_deployment(deployment.id, state=None, parameters={"period": "2027"})
    client.set_flow_run_state(run.id, Running(), force=True)
    assert settle_stale_runs(client) >= 1
    assert client.read_flow_run(run.id).state_name == "Crashed"


def _coming(client: SyncPrefectClient) -> list[FlowRun]:
    """Return the runs that the scheduler has made for periods."""
    waiting = FlowRunFilter(state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Scheduled"])))
    runs = client.read_flow_runs(flow_run_filter=waiting, limit=200)
    return [run for run in runs if run.auto_scheduled and "period" in run.parameters]


def _duties(district: District) -> int:
    with district.database.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM duty")).scalar_one())


def _await(holds: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < ends_at
        time.sleep(0.5)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
