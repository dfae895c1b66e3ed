"""How Prefect's side of an installation stands, for `up` and `doctor`."""

from dataclasses import dataclass
from datetime import datetime

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType, WorkerStatus
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound

from deployments.applying import ours
from deployments.desired import POOL
from deployments.server import connected, is_healthy, server_address
from fireduty.errors import DeploymentError
from fireduty.settings import Settings
from flows import heartbeat
from tasks.runs import TAG

COUNTED = {
    "finished": FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED])),
    "failed": FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED])),
    "running": FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])),
    "late": FlowRunFilterState(name=FlowRunFilterStateName(any_=["Late"])),
    "scheduled": FlowRunFilterState(name=FlowRunFilterStateName(any_=["Scheduled"])),
}
"""What is counted, by how Prefect calls it; its `Late` says that no worker took a run up in time."""


@dataclass(frozen=True)
class Health:
    """How Prefect's server and worker stand, and how many runs of ours there are.

    Attributes:
        address: Where the server is; empty where none is known.
        server: Whether it answers.
        workers: How many workers are there.
        deployments: How many deployments of ours there are.
        runs: Runs by what became of them: finished, failed, running, late, scheduled.
        heartbeat_at: The instant at which the last heartbeat was completed.
    """

    address: str = ""
    server: bool = False
    workers: int = 0
    deployments: int = 0
    runs: dict[str, int] | None = None
    heartbeat_at: datetime | None = None


def health(settings: Settings, address: str = "") -> Health:
    """Return how Prefect's side stands; a server that is not there is a fact and no error."""
    try:
        place = address or server_address(settings)
        if not is_healthy(place):
            return Health(address=place)
        with connected(place) as client:
            return Health(
                address=place,
                server=True,
                workers=_workers(client),
                deployments=len(ours(client)),
                runs={name: _count(client, state) for name, state in COUNTED.items()},
                heartbeat_at=_last_heartbeat(client),
            )
    except DeploymentError:
        return Health()


def _workers(client: SyncPrefectClient) -> int:
    try:
        workers = client.read_workers_for_work_pool(POOL)
    except ObjectNotFound:
        return 0
    return sum(worker.status is WorkerStatus.ONLINE for worker in workers)


def _count(client: SyncPrefectClient, state: FlowRunFilterState) -> int:
    return client.count_flow_runs(flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG]), state=state))


def _last_heartbeat(client: SyncPrefectClient) -> datetime | None:
    runs = client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[heartbeat.NAME])),
        flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG]), state=COUNTED["finished"]),
        sort=FlowRunSort.END_TIME_DESC,
        limit=1,
    )
    return runs[0].end_time if runs else None
