"""School term (学期消防教育): first lesson, class hours, drill; each obligation uses its own step."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="school-term",
    chinese="学期消防教育",
    steps=(
        Step("first_lesson", "消防安全第一课"),
        Step("class_hours", "消防安全教育课时"),
        Step("drill", "逃生疏散演练"),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def school_term(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
