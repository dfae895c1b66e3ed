"""Situation analysis (形势分析评估): find the weak points, then order inspections against them."""

from datetime import date

from prefect import flow

from models.process import Join, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="situation-analysis",
    chinese="形势分析评估",
    steps=(
        Step("analyse", "分析评估形势"),
        Step("deploy", "部署检查治理", after=("analyse",), join=Join.SAME_BODY),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def situation_analysis(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
