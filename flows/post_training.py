"""Training before a post (上岗前培训): nobody takes up a post before being trained and examined for it."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="post-training",
    chinese="上岗前培训",
    steps=(
        Step("train", "岗前消防培训"),
        Step("examine", "考核合格或持证", after=("train",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def post_training(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
