"""Prefect's runs in our record: each finished run of ours becomes a ledger event, because Prefect forgets."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import TERMINAL_STATES, FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from sqlalchemy import Connection, text

from evidence.ledger import Act, Event, EventKind, append, head
from models.columns import instant_of, instant_text
from models.database import bulk_insert
from tasks import scope
from tasks.district import District

TAG = "fireduty"
"""The tag by which our deployments and runs are told from all else on the same server."""

PAGE = 200
OVERLAP = timedelta(hours=1)
"""How far back of the newest copied run is looked again: runs may end out of order."""


def copy_finished_runs(district: District, act: Act) -> int:
    """Copy every run of ours that has ended and is not in the ledger yet; return how many there were."""
    finished = _finished_since(_newest_end(district))
    # The oldest first: what is newest in the ledger tells where to go on after a break.
    finished.reverse()
    return sum(record_runs(district, act, finished[start : start + PAGE]) for start in range(0, len(finished), PAGE))


def _finished_since(since: datetime | None) -> list[FlowRun]:
    """Return our runs that ended after an instant, the newest first."""
    wanted = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[TAG]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(TERMINAL_STATES))),
        end_time=FlowRunFilterEndTime(after_=since) if since else None,
    )
    found: list[FlowRun] = []
    with get_client(sync_client=True) as client:
        while True:
            page = client.read_flow_runs(
                flow_run_filter=wanted, sort=FlowRunSort.END_TIME_DESC, limit=PAGE, offset=len(found)
            )
            found += page
            if len(page) < PAGE:
                return found


def record_runs(district: District, act: Act, runs: Sequence[FlowRun]) -> int:
    """Seal the final state of runs that are not in the ledger yet, in one transaction."""
    with district.database.transaction() as connection:
        known = _copied_among(connection, runs)
        fresh = [run for run in runs if str(run.id) not in known]
        first = head(connection).seq + 1
        append(connection, act, [Event(EventKind.RUN_FINISHED, _payload(run)) for run in fresh])
        rows = [
            (str(run.id), first + index, instant_text(run.end_time) if run.end_time else None)
            for index, run in enumerate(fresh)
        ]
        bulk_insert(connection, "copied_run", ("run_id", "seq", "ended_at"), rows)
    return len(fresh)


def _copied_among(connection: Connection, runs: Sequence[FlowRun]) -> set[str]:
    """Return the ids of those runs that stand in the ledger already."""
    sql = "SELECT run_id FROM copied_run WHERE run_id IN :ids"
    return set(scope.execute(connection, sql, {"ids": [str(run.id) for run in runs]}).scalars())


def _newest_end(district: District) -> datetime | None:
    with district.database.reading() as connection:
        newest = connection.execute(text("SELECT max(ended_at) FROM copied_run")).scalar_one()
    return None if newest is None else instant_of(newest) - OVERLAP


def _payload(run: FlowRun) -> dict[str, Any]:
    state = run.state
    return {
        "run": str(run.id),
        "name": run.name,
        "deployment": str(run.deployment_id or ""),
        "parameters": {name: str(value) for name, value in run.parameters.items() if value is not None},
        "state": "" if state is None else state.name or state.type.value,
        "state_type": "" if state is None else state.type.value,
        "message": "" if state is None else (state.message or "")[:500],
        "started_at": instant_text(run.start_time) if run.start_time else "",
        "ended_at": instant_text(run.end_time) if run.end_time else "",
        "attempts": run.run_count,
    }
