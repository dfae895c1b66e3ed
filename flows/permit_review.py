"""Permit review (许可审查): fire safety is consulted on and reviewed before approval, and watched over after it."""

from datetime import date

from prefect import flow

from models.process import Process, Step, When
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="permit-review",
    chinese="许可审查",
    steps=(
        Step("consult", "征求消防意见"),
        Step("review", "审查消防条件", after=("consult",)),
        Step("decide", "作出许可决定", after=("review",)),
        Step("watch", "事中事后监管", after=("decide",), when=When("decide", "decision", "granted")),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def permit_review(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
