"""Coverage inspection (全覆盖检查): every place of a kind is seen in the period, proved as covered of registered."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="coverage-inspection",
    chinese="全覆盖检查",
    steps=(Step("inspect", "逐处检查"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def coverage_inspection(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
