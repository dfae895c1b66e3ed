"""Warning relay (预警通报): a warning is passed on to those it concerns, and its receipt is confirmed."""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="warning-relay",
    chinese="预警通报",
    steps=(
        Step("relay", "通报预警"),
        Step("receive", "确认收到", by=Party.ASSISTING, after=("relay",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def warning_relay(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
