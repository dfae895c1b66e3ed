"""Supervision rounds (督导): the committee goes to each body concerned, in batches where a cycle says so."""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="supervision-rounds",
    chinese="督导",
    steps=(Step("supervise", "逐家督导", by=Party.BOUND, about=Party.CONCERNED),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def supervision_rounds(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
