"""Every kind of process, once through Prefect: rows in the database, a name, tags and a table for people."""

import json
from datetime import date
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import FlowRun, State
from sqlalchemy import text

from deployments.desired import flow_at
from deployments.schedules import upcoming
from flows.catalogue import NAMES, entrypoint
from tasks.district import District

pytestmark = pytest.mark.prefect

CASES = {
    "annual-assessment": ("art21.yearly-assessment", "2027"),
    "budget-fixing": ("art8.fire-budget", "2027"),
    "control-room-duty": ("art13.control-room", "2027-03"),
    "evacuation-drill": ("art10.drill.department", "2027"),
    "facility-test": ("art13.facility-test", "2027"),
    "hazard-survey": ("art19.hazard-survey", "2028"),
    "higher-report": ("art8.report-to-city", "2027"),
    "information-copy": ("art11.acceptance-copy", "2027-03"),
    "leadership-meeting": ("art14.committee-study.department", "2027-H1"),
    "school-term": ("art11.class-hours", "2026-2027-T2"),
    "sector-assessment": ("art10.sector-assessment", "2027"),
    "situation-analysis": ("art10.situation-analysis", "2027-H1"),
    "supervision-rounds": ("art20.department-rounds", "2027..2029"),
}
"""An obligation and a period of each kind of process."""


def test_every_process_has_its_case_here() -> None:
    assert set(CASES) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_run_opens_its_case_and_says_so(district: District, name: str) -> None:
    obligation_id, period = f"putuo-2020.{CASES[name][0]}", CASES[name][1]
    on = _opening(district, obligation_id, period)

    report, run = _run(name, obligation_id, period, on)
    duties = _counts(district)

    assert report["opened"] == duties["duty"] > 0
    assert report["states"] == {"open": duties["duty"]}
    assert run.name.startswith(f"{period} · ")
    _, obligation = district.obligation(obligation_id)
    assert obligation.title in run.name
    assert {"fireduty", "putuo-2020", obligation.ref, "310107", period} <= set(run.tags)
    table = _table(run)
    assert sum(int(row["待办"]) for row in table) == duties["duty"]
    assert len(table) == len(obligation.steps)

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
        [artifact] = client.read_artifacts(artifact_filter=wanted)
    assert artifact.type == "table"
    rows: list[dict[str, Any]] = json.loads(str(artifact.data))
    return rows


def _counts(district: District) -> dict[str, int]:
    with district.database.reading() as connection:
        return {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("duty_case", "schedule", "duty", "notice", "ledger")
        }
