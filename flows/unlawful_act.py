"""Unlawful act (违法行为查处).

A lead on an unlawful act is taken up, investigated, decided on, or handed to the organ in charge.
"""

from datetime import date

from prefect import flow

from models.process import Process, Step, When
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="unlawful-act",
    chinese="违法行为查处",
    steps=(
        Step("take_up", "受理线索"),
        Step("investigate", "调查取证", after=("take_up",)),
        Step("decide", "作出处理", after=("investigate",)),
        Step("transfer", "移送主管机关", after=("investigate",), when=When("investigate", "result", "transfer")),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def unlawful_act(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
