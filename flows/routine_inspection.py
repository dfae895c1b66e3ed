"""Routine inspection (经常性检查): places are inspected at an interval, and what was found is mended."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="routine-inspection",
    chinese="经常性检查",
    steps=(
        Step("inspect", "开展检查"),
        Step("rectify", "督促整改", after=("inspect",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def routine_inspection(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
