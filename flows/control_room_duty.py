"""Control-room duty (控制室值班): every body with a control room attests its manning."""

from datetime import date

from prefect import flow

from models.process import Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="control-room-duty",
    chinese="消防控制室值班",
    steps=(Step("attest", "报送值班记录"),),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def control_room_duty(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
