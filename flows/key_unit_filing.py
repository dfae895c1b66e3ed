"""Key-unit filing (重点单位界定与报备): a key unit is determined, told, filed, and made known."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="key-unit-filing",
    chinese="重点单位界定与报备",
    steps=(
        Step("determine", "确定重点单位"),
        Step("tell", "告知单位", after=("determine",)),
        Step("file", "报备", after=("determine",)),
        Step("publish", "公布", after=("file",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def key_unit_filing(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
