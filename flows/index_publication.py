"""Index publication (指数公布): a body publishes how the communities score."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="index-publication",
    chinese="指数公布",
    steps=(Step("publish", "公布评分"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def index_publication(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
