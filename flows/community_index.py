"""Community index (社区隐患销项): what was found in a community is entered, rectified, and struck off."""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="community-index",
    chinese="社区隐患销项",
    steps=(
        Step("find", "列入清单"),
        Step("rectify", "整改", by=Party.CONCERNED, after=("find",)),
        Step("strike_off", "核实销项", after=("rectify",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def community_index(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
