"""Admonition talk (约谈): a talk is proposed at one of three levels, held, recorded, and followed up."""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="admonition-talk",
    chinese="约谈",
    steps=(
        Step("propose", "提出约谈"),
        Step("hold", "约谈并记录", after=("propose",)),
        Step("mend", "落实约谈要求", by=Party.CONCERNED, after=("hold",)),
        Step("follow_up", "跟踪核实", after=("hold", "mend")),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def admonition_talk(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
