"""Facility test (消防设施检测): every body has its fire facilities tested in full."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="facility-test",
    chinese="消防设施全面检测",
    steps=(Step("test", "全面检测"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def facility_test(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
