"""Risk assessment (消防安全评估): the risk of fire is assessed at an interval, and what follows is carried out."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="risk-assessment",
    chinese="消防安全评估",
    steps=(
        Step("assess", "开展评估"),
        Step("improve", "落实防控措施", after=("assess",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def risk_assessment(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
