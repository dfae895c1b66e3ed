"""Incident response (火灾应急处置).

A fire is fought and people are brought out, then the place is kept, the aftermath seen to, and lessons drawn.
"""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="incident-response",
    chinese="火灾应急处置",
    steps=(
        Step("respond", "报警、疏散、扑救或协助救援"),
        Step("preserve", "保护现场、协助调查", after=("respond",)),
        Step("aftermath", "善后处理", after=("respond",)),
        Step("review", "总结整改", after=("preserve", "aftermath")),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def incident_response(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
