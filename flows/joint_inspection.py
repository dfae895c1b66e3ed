"""Joint inspection (联合检查): several bodies inspect together at an interval."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="joint-inspection",
    chinese="联合检查",
    steps=(
        Step("inspect", "开展联合检查"),
        Step("follow_up", "督促整改", after=("inspect",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def joint_inspection(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
