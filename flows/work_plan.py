"""Work plan (年度工作计划): a body draws up its plan of the year."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="work-plan",
    chinese="年度工作计划",
    steps=(Step("plan", "制定计划"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def work_plan(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
