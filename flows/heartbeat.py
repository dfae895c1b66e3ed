"""The heartbeat: catches up whatever a stopped machine missed, for the whole district."""

from datetime import date

from prefect import flow

from flows.catalogue import process_named
from tasks.beating import beat
from tasks.runs import copy_finished_runs
from tasks.steps import act_of, district_here

NAME = "heartbeat"
RUN_NAME = "心跳 · 补齐到期事项"


@flow(name=NAME, flow_run_name=RUN_NAME)
def heartbeat(as_of: date | None = None) -> dict[str, int]:
    """Open and remind all that is due in the district, and copy finished runs into the ledger."""
    with district_here() as district:
        done = beat(district, act_of(as_of), process_named)
        copied = copy_finished_runs(district, act_of(as_of))
    return {
        "cases": done.cases,
        "duties": done.duties,
        "notices": done.reminded.notices,
        "skipped": done.reminded.skipped,
        "runs_copied": copied,
    }
