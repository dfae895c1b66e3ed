"""Leadership meeting (专题研究会议): a committee or its leaders study fire safety and decide measures."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="leadership-meeting",
    chinese="专题研究会议",
    steps=(Step("meeting", "召开会议"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def leadership_meeting(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
