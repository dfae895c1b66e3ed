"""Every kind of process, once through Prefect: rows in the database, a name, tags and a table for people."""

import json
from datetime import date
from typing import Any

import pytest
from factories import EDUCATION, OFFICE
from fakes import Desk
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import FlowRun, State
from sqlalchemy import Connection, text

from deployments.desired import flow_at
from deployments.schedules import upcoming
from evidence.ledger import Act
from fireduty import clock, settings
from flows.catalogue import NAMES, entrypoint
from models.database import bulk_insert
from models.register import Body
from models.regulation import Binding, Obligation, Regulation, Trigger
from tasks import scope
from tasks.agenda import put_in_force
from tasks.district import District
from tasks.events import Report, report_event

pytestmark = pytest.mark.prefect

CASES = {
    "annual-assessment": ("putuo-2020.art21.yearly-assessment", "2027"),
    "budget-fixing": ("putuo-2020.art8.fire-budget", "2027"),
    "control-room-duty": ("putuo-2020.art13.control-room", "2027-03"),
    "evacuation-drill": ("putuo-2020.art10.drill.department", "2027"),
    "facility-test": ("putuo-2020.art13.facility-test", "2027"),
    "hazard-survey": ("putuo-2020.art19.hazard-survey", "2028"),
    "higher-report": ("putuo-2020.art8.report-to-city", "2027"),
    "information-copy": ("putuo-2020.art11.acceptance-copy", "2027-03"),
    "leadership-meeting": ("putuo-2020.art14.committee-study.department", "2027-H1"),
    "school-term": ("putuo-2020.art11.class-hours", "2026-2027-T2"),
    "sector-assessment": ("putuo-2020.art10.sector-assessment", "2027"),
    "situation-analysis": ("putuo-2020.art10.situation-analysis", "2027-H1"),
    "supervision-rounds": ("putuo-2020.art20.department-rounds", "2027..2029"),
    "coverage-inspection": ("baoshan-2022.s4.village-rounds", "2027-03"),
    "daily-patrol": ("baoshan-2022.s4.daily-patrol", "2027-03-05"),
    "hazard-listing": ("jiaxing-2018.s1.rolling-list", "2027"),
    "index-publication": ("baoshan-2022.s5.community-index", "2027-03"),
    "target-assessment": ("baoshan-2022.s6.yearly-assessment", "2027"),
    "work-plan": ("beijing-draft.art22.work-plan", "2027"),
}
"""An obligation and a period of kinds of processes that depend on the register; of the others the first that fits."""


EVENT_ON = date(2027, 3, 8)

REGULATIONS = ("putuo-2020", "beijing-draft", "jiaxing-2018", "baoshan-2022", "yanbian-2022")
"""Between them they use every process."""


@pytest.fixture
def district(district: District) -> District:
    """Put more regulations in force in the small district."""
    more = district.settings.model_copy(update={"regulations": REGULATIONS})
    settings.save(more)
    flags = (False, False, False, False, True)
    with district.database.transaction() as connection:
        row = ("X-P001", "物业公司1（示例）", "property_company", "X-S01", "310107", *flags)
        bulk_insert(connection, "body", tuple(Body.model_fields), [row])
    widened = District(more, district.database, district.store)
    put_in_force(widened, more.in_force_on)
    return widened


@pytest.mark.parametrize("name", NAMES)
def test_a_run_opens_its_case_and_says_so(district: District, name: str) -> None:
    obligation_id, period, on = _case(district, name)

    report, run = _run(name, obligation_id, period, on)
    duties = _counts(district)

    assert report["opened"] == duties["duty"] > 0
    assert report["states"] == {"open": duties["duty"]}
    assert run.name.startswith(f"{period} · ")
    regulation, obligation = district.obligation(obligation_id)
    assert obligation.title in run.name
    assert {"fireduty", regulation.id, obligation.ref, "310107", period} <= set(run.tags)
    table = _table(run)
    assert sum(int(row["待办"]) for row in table) == duties["duty"]
    assert len(table) == len(obligation.steps)

    if name not in CASES:
        return  # that a second run changes nothing is shown by those above; the verbs are the same
    again, _ = _run(name, obligation_id, period, on)
    assert (again["opened"], again["reminded"]) == (0, 0)
    assert _counts(district) == duties


@pytest.mark.usefixtures("district")
def test_a_run_before_the_day_opens_nothing() -> None:
    report, run = _run("evacuation-drill", "putuo-2020.art10.drill.department", "2028", date(2027, 6, 1))
    assert report == {
        "obligation": "putuo-2020.art10.drill.department",
        "period": "2028",
        "as_of": "2027-06-01",
        "opened": 0,
        "reminded": 0,
        "states": {},
    }
    assert run.state is not None
    assert run.state.is_completed()


def _case(district: District, name: str) -> tuple[str, str, date]:
    """Return an obligation of a process, the period or event of a case of it, and a day on which its steps open."""
    if name in CASES:
        obligation_id, period = CASES[name]
        return obligation_id, period, _opening(district, obligation_id, period)
    law, obligation = _first_that_binds(district, name)
    if obligation.trigger is Trigger.EVENT:
        return obligation.id, _report(district, obligation), EVENT_ON
    period = upcoming(district, law, obligation, date(2027, 1, 1))[0].period.key
    return obligation.id, period, _opening(district, obligation.id, period)


def _first_that_binds(district: District, name: str) -> tuple[Regulation, Obligation]:
    """Return the first obligation of a process that binds a body here, and is about one where it must be."""
    with district.database.reading() as connection:
        for law in district.regulations:
            for one in law.obligations:
                needed = [one.binds, *([one.concerns] if one.concerns else [])]
                if one.flow == name and all(_codes(connection, binding) for binding in needed):
                    return law, one
    message = f"no obligation of {name} binds a body of this register"
    raise LookupError(message)


def _codes(connection: Connection, binding: Binding) -> list[str]:
    return scope.codes(connection, scope.belongs("a", binding), "a")


def _report(district: District, obligation: Obligation) -> str:
    """Report an event of an obligation, with the first bodies that fit."""
    act = Act(f"{OFFICE}/liaison", clock.morning_of(EVENT_ON, 8))
    with district.database.transaction() as connection:
        about = _codes(connection, obligation.concerns)[:1] if obligation.concerns else []
        body = _codes(connection, obligation.binds)[0]
        given = Report(obligation.id, EVENT_ON, "示例", body=body, about=about, assisting=[EDUCATION])
        return report_event(connection, act, district, given).number


def _opening(district: District, obligation_id: str, period: str) -> date:
    """Return a day on which all steps that wait for none are open."""
    regulation, obligation = district.obligation(obligation_id)
    found = upcoming(district, regulation, obligation, date(2027, 1, 1))
    dates = next(one for one in found if one.period.key == period)
    return min(step.opens_on for step in dates.steps)


def _run(name: str, obligation: str, period: str, on: date) -> tuple[dict[str, Any], FlowRun]:
    called: Any = flow_at(entrypoint(name))
    state: State[Any] = called(obligation, period, on, return_state=True)
    report: dict[str, Any] = state.result()
    with get_client(sync_client=True) as client:
        assert state.state_details.flow_run_id is not None
        return report, client.read_flow_run(state.state_details.flow_run_id)


def _table(run: FlowRun) -> list[dict[str, Any]]:
    with get_client(sync_client=True) as client:
        wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        found = client.read_artifacts(artifact_filter=wanted)
    [artifact] = [one for one in found if not str(one.key).startswith("scores-")]
    assert artifact.type == "table"
    rows: list[dict[str, Any]] = json.loads(str(artifact.data))
    return rows


def _scores(run: FlowRun) -> list[dict[str, Any]]:
    with get_client(sync_client=True) as client:
        wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        [artifact] = [
            one for one in client.read_artifacts(artifact_filter=wanted) if str(one.key).startswith("scores-")
        ]
    rows: list[dict[str, Any]] = json.loads(str(artifact.data))
    return rows


def test_an_assessment_leaves_how_each_department_stands_by_the_record(district: District) -> None:
    desk = Desk(district).only("art14.committee-study.department")
    desk.beat(date(2027, 1, 4))
    first, second, *_ = [duty for duty in desk.duties("meeting") if duty.period == "2027-H1"]
    desk.finish(first, date(2027, 6, 1))
    desk.finish(second, date(2027, 7, 5))
    _, run = _run("annual-assessment", "putuo-2020.art21.yearly-assessment", "2027", date(2027, 12, 1))
    rows = {row["主体"]: row for row in _scores(run)}
    named = {
        duty.body_code: desk.rows("SELECT name FROM body WHERE code = :c", c=duty.body_code)[0].name
        for duty in (first, second)
    }
    on_time, late = (rows[named[duty.body_code]] for duty in (first, second))
    assert (on_time["按期"], late["逾期完成"]) == (1, 1)
    assert float(on_time["得分"]) > float(late["得分"]) > 0
    assert on_time["名次"] < late["名次"]
    assert set(rows) == {row.name for row in desk.rows("SELECT name FROM body WHERE kind = 'department'")}


def _counts(district: District) -> dict[str, int]:
    with district.database.reading() as connection:
        return {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("duty_case", "schedule", "duty", "notice", "ledger")
        }


def test_a_daily_schedule_runs_for_the_day_itself(district: District) -> None:
    report, run = _run("daily-patrol", "baoshan-2022.s4.daily-patrol", "today", date(2027, 3, 5))
    assert report["period"] == "2027-03-05"
    assert run.name.startswith("2027-03-05 · ")
    assert _counts(district)["duty"] == report["opened"] > 0
