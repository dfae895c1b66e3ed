"""Target assessment (目标责任考核): a body sets the targets of the year, assesses them, and uses the results."""

from datetime import date

from prefect import flow

from models.process import Join, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="target-assessment",
    chinese="目标责任考核",
    steps=(
        Step("targets", "明确年度目标责任"),
        Step("assess", "组织年度考核", after=("targets",), join=Join.SAME_BODY),
        Step("apply", "运用考核结果", after=("assess",), join=Join.SAME_BODY),
    ),
    scored=True,
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def target_assessment(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
