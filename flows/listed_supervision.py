"""Listed supervision (提请挂牌督办).

A request is decided on, measures are ordered and followed up, and the hazard is struck off.
"""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step, When
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="listed-supervision",
    chinese="提请挂牌督办",
    steps=(
        Step("request", "报请挂牌", by=Party.CONCERNED),
        Step("decide", "作出决定", after=("request",)),
        Step(
            "measures", "督促采取措施", by=Party.ASSISTING, after=("decide",), when=When("decide", "decision", "agreed")
        ),
        Step("mend", "落实整改", by=Party.CONCERNED, after=("decide",), when=When("decide", "decision", "agreed")),
        Step("follow_up", "跟踪督办", after=("measures", "mend"), when=When("decide", "decision", "agreed")),
        Step("delist", "验收销号", after=("follow_up",), when=When("decide", "decision", "agreed")),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def listed_supervision(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
