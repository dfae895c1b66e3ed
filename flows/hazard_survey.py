"""Hazard survey before the year (年度前摸排): find, verify with the detachment, put on the list."""

from datetime import date

from prefect import flow

from models.kinds import BodyKind
from models.process import Join, Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="hazard-survey",
    chinese="重大风险隐患摸排",
    steps=(
        Step("find", "摸排点位"),
        Step(
            "verify",
            "会同支队核查",
            by=BodyKind.FIRE_DETACHMENT,
            about=Party.BOUND,
            after=("find",),
            join=Join.SAME_BODY,
        ),
        Step("list", "挂牌督办", by=BodyKind.DISTRICT_GOVERNMENT, after=("verify",)),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def hazard_survey(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
