"""Contract clauses (合同消防条款).

The other party's fitness is checked, and the contract says who answers for what.
"""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="contract-clauses",
    chinese="合同消防条款",
    steps=(
        Step("examine", "核验条件"),
        Step("agree", "写明消防责任", after=("examine",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def contract_clauses(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
