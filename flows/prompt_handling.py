"""Prompt handling (劝阻与报告): what was found is stopped at once, and reported where it goes on."""

from datetime import date

from prefect import flow

from models.process import Process, Step, When
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="prompt-handling",
    chinese="劝阻与报告",
    steps=(
        Step("dissuade", "劝阻或处置"),
        Step("report", "报告上级或主管机关", after=("dissuade",), when=When("dissuade", "result", "goes_on")),
        Step("assist", "协助处理", after=("report",), when=When("dissuade", "result", "goes_on")),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def prompt_handling(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
