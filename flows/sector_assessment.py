"""Sector assessment (行业考核): a department assesses the bodies of its sector."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="sector-assessment",
    chinese="行业消防工作考核",
    steps=(Step("assess", "考核本行业单位"),),
    scored=True,
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def sector_assessment(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
