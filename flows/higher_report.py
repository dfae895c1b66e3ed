"""Report to the higher government (专题报告): the office drafts, the government sends."""

from datetime import date

from prefect import flow

from models.kinds import BodyKind
from models.process import Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="higher-report",
    chinese="向上级政府专题报告",
    steps=(
        Step("draft", "起草专题报告", by=BodyKind.FIRE_COMMITTEE_OFFICE),
        Step("send", "审定并报送", by=Party.BOUND, after=("draft",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def higher_report(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
