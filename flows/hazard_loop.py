"""Hazard loop (隐患闭环).

A hazard is found, filed, sent to who must act, mended at once or by a day, verified, and closed.
"""

from datetime import date

from prefect import flow

from models.process import Party, Process, Step, When
from tasks.steps import CaseReport, advance_case, run_name

PROCESS = Process(
    name="hazard-loop",
    chinese="隐患闭环",
    steps=(
        Step("discover", "发现隐患"),
        Step("file", "立案", by=Party.SUPERVISING, after=("discover",)),
        Step("dispatch", "派遣", by=Party.SUPERVISING, after=("file",)),
        Step(
            "mend_at_once",
            "当场处置",
            by=Party.CONCERNED,
            after=("dispatch",),
            when=When("dispatch", "handling", "on_the_spot"),
        ),
        Step(
            "mend_in_time",
            "限期处置",
            by=Party.CONCERNED,
            after=("dispatch",),
            when=When("dispatch", "handling", "time_limit"),
        ),
        Step(
            "assist",
            "联合处置",
            by=Party.ASSISTING,
            after=("dispatch",),
            when=When("dispatch", "handling", "time_limit"),
        ),
        Step("verify", "核查", by=Party.SUPERVISING, after=("mend_at_once", "mend_in_time", "assist")),
        Step("raise", "提请挂牌督办", by=Party.SUPERVISING, after=("verify",), when=When("verify", "result", "failed")),
        Step("close", "结案", by=Party.SUPERVISING, after=("verify",), when=When("verify", "result", "passed")),
    ),
)


@flow(name=PROCESS.name, flow_run_name=run_name)
def hazard_loop(obligation: str, period: str, as_of: date | None = None) -> CaseReport:
    """Advance the case of an obligation in one period, or of one event, by whatever its day demands."""
    return advance_case(PROCESS, obligation, period, as_of)
