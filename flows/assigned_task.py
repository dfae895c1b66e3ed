"""Assigned task (交办任务): a task that was handed down is taken on, done, and answered."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="assigned-task",
    chinese="交办任务",
    steps=(
        Step("accept", "接受任务"),
        Step("carry_out", "办理", after=("accept",)),
        Step("answer", "反馈结果", after=("carry_out",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def assigned_task(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
