"""Venue check (投入使用、营业前检查).

An application is received, the place is checked, and the decision is handed over before it opens.
"""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="venue-check",
    chinese="投入使用、营业前检查",
    steps=(
        Step("receive", "受理申请"),
        Step("check", "现场检查", after=("receive",)),
        Step("decide", "作出决定", after=("check",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def venue_check(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
