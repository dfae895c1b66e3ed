"""Superior instruction (上级部署落实).

An instruction is reported, a plan proposed and approved, then carried out and answered.
"""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="superior-instruction",
    chinese="上级部署落实",
    steps=(
        Step("report", "报告上级要求"),
        Step("propose", "拟订落实意见", after=("report",)),
        Step("approve", "审定", by=Party.SUPERVISING, after=("propose",)),
        Step("implement", "组织实施", after=("approve",)),
        Step("answer", "反馈落实情况", after=("implement",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def superior_instruction(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
