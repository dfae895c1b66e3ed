"""Publicity and training (宣传教育培训): people are taught and told about fire safety at an interval."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="publicity-training",
    chinese="宣传教育培训",
    steps=(Step("teach", "开展宣传教育培训"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def publicity_training(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
