"""Credit record (消防信用记录): conduct is recorded, confirmed, published, used, and restored where it was mended."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="credit-record",
    chinese="消防信用记录",
    steps=(
        Step("record", "归集记录"),
        Step("publish", "公示或共享", after=("record",)),
        Step("apply", "实施守信激励或失信惩戒", after=("publish",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def credit_record(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
