"""Information copy (信息抄送): a body regularly copies what it knows to another."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="information-copy",
    chinese="信息抄送",
    steps=(Step("copy", "抄送"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def information_copy(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
