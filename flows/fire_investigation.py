"""Fire investigation (火灾事故调查).

Who investigates is settled by grade, the report is approved, and what it demands is followed up.
"""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step, When
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="fire-investigation",
    chinese="火灾事故调查",
    steps=(
        Step("arrive", "到场处置"),
        Step("organise", "组织或委托调查", after=("arrive",)),
        Step(
            "investigate",
            "开展调查",
            by=Party.ASSISTING,
            after=("organise",),
            when=When("organise", "form", "entrusted"),
        ),
        Step("report", "形成调查报告", after=("organise", "investigate")),
        Step("approve", "批复调查报告", after=("report",)),
        Step("follow_up", "落实整改与追责", after=("approve",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def fire_investigation(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
