"""Hazard listing (隐患挂牌督办): a batch is put on the list, and struck off again where the clause says so."""

from datetime import date

from prefect import flow

from models.process import Join, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="hazard-listing",
    chinese="隐患挂牌督办",
    steps=(
        Step("list", "确定并挂牌"),
        Step("delist", "考评销号", after=("list",), join=Join.SAME_BODY),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def hazard_listing(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
