"""Budget and plan fixing (经费确定): the need is proposed where the clause asks for it, then the funds are fixed."""

from datetime import date

from prefect import flow

from models.kinds import BodyKind
from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="budget-fixing",
    chinese="经费和计划确定",
    steps=(
        Step("propose", "提出资金需求", by=BodyKind.FIRE_DETACHMENT),
        Step("fix", "确定年度经费", after=("propose",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def budget_fixing(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
