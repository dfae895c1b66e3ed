"""Contract filing (合同备案): a contract is checked for its fire-safety clauses, signed, and filed."""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="contract-filing",
    chinese="合同备案",
    steps=(
        Step("clauses", "约定消防责任条款"),
        Step("file", "报送备案", after=("clauses",)),
        Step("receive", "接收备案", by=Party.SUPERVISING, after=("file",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def contract_filing(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
