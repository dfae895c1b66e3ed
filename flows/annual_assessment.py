"""Annual assessment (年度考核): method, self-assessment by each body, check, scores, circular, report and copies."""

from datetime import date

from prefect import flow

from models.kinds import BodyKind
from models.process import Join, Party, Process, Step
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="annual-assessment",
    chinese="年度考核",
    steps=(
        Step("method", "制定年度考核办法", by=BodyKind.FIRE_COMMITTEE_OFFICE),
        Step("self_assessment", "各部门自评", by=Party.CONCERNED, after=("method",)),
        Step(
            "check",
            "逐部门核查",
            by=BodyKind.FIRE_COMMITTEE_OFFICE,
            about=Party.CONCERNED,
            after=("self_assessment",),
            join=Join.SAME_BODY,
        ),
        Step("score", "汇总评分", by=BodyKind.FIRE_COMMITTEE_OFFICE, after=("check",)),
        Step("notify", "通报考核情况", by=BodyKind.FIRE_COMMITTEE_OFFICE, after=("score",)),
        Step("report", "上报并抄送", by=Party.BOUND, after=("notify",)),
    ),
    scored=True,
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def annual_assessment(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
