"""Consultation (征求意见): those in charge of fire safety are asked before a plan or a change is made."""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="consultation",
    chinese="征求意见",
    steps=(
        Step("ask", "征求意见"),
        Step("reply", "答复意见", by=Party.SUPERVISING, after=("ask",)),
        Step("adopt", "采纳并实施", after=("reply",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def consultation(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
