"""Cases whose period is not of the calendar alone run through Prefect: names, tags and tables take their keys."""

from datetime import date
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from rhythms import PACK, write_pack

from deployments.desired import flow_at
from fireduty import settings
from flows.catalogue import entrypoint
from tasks.agenda import put_in_force
from tasks.district import District

pytestmark = pytest.mark.prefect


@pytest.mark.parametrize(
    ("flow", "obligation", "period", "on", "opened"),
    [
        ("daily-patrol", "s1.weekly", "2027-W10", date(2027, 3, 8), 4),
        ("supervision-rounds", "s2.five-yearly", "2026..2030", date(2027, 1, 4), 1),
        ("facility-test", "s3.occasion", "2027-spring-festival", date(2027, 1, 20), 2),
        ("facility-test", "s4.rolling", "2027-01-01+6m", date(2027, 5, 2), 2),
    ],
)
def test_a_run_opens_its_case_and_leaves_its_table(
    district: District, flow: str, obligation: str, period: str, on: date, opened: int
) -> None:
    write_pack(district.settings.folder)
    mine = district.settings.model_copy(update={"regulations": (PACK,)})
    settings.save(mine)
    put_in_force(District(mine, district.database, district.store), mine.in_force_on)
    called: Any = flow_at(entrypoint(flow))
    state = called(f"{PACK}.{obligation}", period, on, return_state=True)
    assert state.result()["opened"] == opened
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(state.state_details.flow_run_id)
        wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        [artifact] = client.read_artifacts(artifact_filter=wanted)
    assert run.name.startswith(f"{period} · ")
    assert period in run.tags
    assert artifact.key
