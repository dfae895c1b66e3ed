"""Deployments are brought to what is desired, and once they are, nothing is touched."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from factories import act_on, make_district
from prefect.client.orchestration import get_client
from sqlalchemy import text

from deployments import applying
from deployments.applying import apply, diff, ours
from deployments.changes import Action
from deployments.desired import POOL, POOL_LIMIT, Desired, desired
from deployments.health import health
from deployments.queueing import newest_cases, queue_today
from fireduty.errors import DeploymentError
from tasks.district import District

pytestmark = pytest.mark.prefect

ON = date(2027, 3, 1)
STUDY = "leadership-meeting/putuo-short.art14.committee-study.department"


@pytest.fixture
def district(short_district: District) -> District:
    return short_district


def test_applying_twice_changes_nothing_the_second_time(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {change.action for change in apply(district, act_on(ON))} <= {Action.CREATED, Action.CHANGED}
    before = _known()
    assert len(before) == len(desired(district, ON))

    assert {change.action for change in diff(district, ON)} == {Action.UNCHANGED}
    assert {change.action for change in apply(district, act_on(ON))} == {Action.UNCHANGED}
    assert _known() == before
    assert _applied(district) == 1
    with get_client(sync_client=True) as client:
        pool = client.read_work_pool(POOL)
    assert (pool.type, pool.concurrency_limit) == ("process", POOL_LIMIT)

    # A moved date is told by date, and only its deployment is written.
    _move_a_date(monkeypatch)
    changes = Counter(change.action for change in diff(district, ON))
    assert changes[Action.CHANGED] == 1
    [change] = [one for one in apply(district, act_on(ON)) if one.action is Action.CHANGED]
    assert change.deployment == STUDY
    [field] = change.fields
    assert (field.field, field.before, field.after) == ("schedule 2027-h1", "2027-06-30", "2027-06-28")
    after = _known()
    assert {key for key in after if after[key] != before[key]} == {STUDY}
    assert _applied(district) == 2


def test_a_deployment_no_longer_desired_goes(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(district, act_on(ON))
    wanted = [one for one in desired(district, ON) if one.key != STUDY]
    monkeypatch.setattr(applying, "desired", lambda *_: wanted)
    removed = [change.deployment for change in apply(district, act_on(ON)) if change.action is Action.REMOVED]
    assert removed == [STUDY]
    assert STUDY not in _known()


def test_what_an_administrator_paused_stays_paused(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(district, act_on(ON))
    with get_client(sync_client=True) as client:
        deployment = ours(client)[STUDY]
        [schedule] = [one for one in deployment.schedules if one.slug == "2027-h2"]
        client.update_deployment_schedule(deployment.id, schedule.id, active=False)
        client.pause_deployment(deployment.id)
    _move_a_date(monkeypatch)
    apply(district, act_on(ON))
    with get_client(sync_client=True) as client:
        deployment = ours(client)[STUDY]
        client.resume_deployment(deployment.id)
    assert deployment.paused
    assert [one.slug for one in deployment.schedules if not one.active] == ["2027-h2"]


def test_today_is_queued_once(district: District) -> None:
    apply(district, act_on(ON))
    cases = newest_cases(district, ON)
    assert cases["putuo-short.art14.committee-study.department"] == "2027-H1"
    names = queue_today(district, act_on(ON))
    before = _queued()
    assert len(names) == len(cases) + 3  # the heartbeat, and the delivery before and behind the many
    assert "2027-H1 · 部门党委专题研究消防安全 · 区教育局等4家" in names
    assert queue_today(district, act_on(ON)) == names
    assert _queued() == before


def test_a_district_without_server_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with make_district(tmp_path / "data", ON) as district:
        with pytest.raises(DeploymentError, match="cannot be reached") as refusal:
            diff(district, ON)
        assert "fireduty up" in refusal.value.hint
        assert not health(district.settings).server
        assert _applied(district) == 0


def _move_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved(district: District, as_of: date) -> list[Desired]:
        found = desired(district, as_of)
        place = next(n for n, one in enumerate(found) if one.key == STUDY)
        tables = tuple(
            replace(t, dates=tuple(sorted(date(2027, 6, 28) if on == date(2027, 6, 30) else on for on in t.dates)))
            if t.slug == "2027-h1"
            else t
            for t in found[place].timetables
        )
        found[place] = replace(found[place], timetables=tables)
        return found

    monkeypatch.setattr(applying, "desired", moved)


def _known() -> dict[str, object]:
    """Return when each deployment of ours was last written."""
    with get_client(sync_client=True) as client:
        return {key: deployment.updated for key, deployment in ours(client).items()}


def _queued() -> int:
    with get_client(sync_client=True) as client:
        return client.count_flow_runs()


def _applied(district: District) -> int:
    with district.database.reading() as connection:
        found = connection.execute(text("SELECT count(*) FROM ledger WHERE kind = 'deployments.applied'"))
        return int(found.scalar_one())
