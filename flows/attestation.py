"""Attestation (常设配置核验): what must always be there is counted and attested once a year."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="attestation",
    chinese="常设配置核验",
    steps=(Step("attest", "核验并申报"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def attestation(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
