"""Suspension report (停产停业整改报告).

A report on suspending production is decided on, and the decision is carried out.
"""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step, When
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="suspension-report",
    chinese="停产停业整改报告",
    steps=(
        Step("decide", "作出决定"),
        Step("enforce", "组织整改", by=Party.ASSISTING, after=("decide",), when=When("decide", "decision", "agreed")),
        Step("resume", "复查与恢复", after=("enforce",), when=When("decide", "decision", "agreed")),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def suspension_report(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
