"""Accountability referral (问责线索移送).

A lead is weighed, handed to the organ that may act on it, and its answer is filed.
"""

from datetime import date

from prefect import flow

from models.process import Process, Step, When
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="accountability-referral",
    chinese="问责线索移送",
    steps=(
        Step("weigh", "核实线索"),
        Step("refer", "移送线索", after=("weigh",), when=When("weigh", "result", "refer")),
        Step("answer", "登记处理结果", after=("refer",), when=When("weigh", "result", "refer")),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def accountability_referral(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
