"""Daily patrol (每日巡查): a body patrols its streets and places every day and keeps the record."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="daily-patrol",
    chinese="每日巡查",
    steps=(Step("patrol", "开展巡查"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def daily_patrol(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
