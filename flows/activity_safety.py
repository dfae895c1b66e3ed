"""Activity safety (重大活动消防安全).

An activity is planned with its fire safety, checked before, and guarded while it runs.
"""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="activity-safety",
    chinese="重大活动消防安全",
    steps=(
        Step("plan", "制定消防安全方案"),
        Step("inspect", "活动前检查", after=("plan",)),
        Step("guard", "活动期间保障", after=("inspect",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def activity_safety(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
