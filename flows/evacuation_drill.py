"""Evacuation drill (应急疏散演练): every body holds its drill and proves it, or proves whom it urged to."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="evacuation-drill",
    chinese="应急疏散演练",
    steps=(
        Step("drill", "组织演练"),
        Step("urge", "督促演练"),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def evacuation_drill(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
