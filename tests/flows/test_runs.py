"""Prefect's runs in our ledger, and the flows that no obligation asks for."""

import json
from datetime import date
from typing import Any

import pytest
from factories import act_on
from prefect import tags
from sqlalchemy import text

from evidence.ledger import Act
from fireduty import clock
from flows.deliver_notices import deliver_notices
from flows.evacuation_drill import evacuation_drill
from flows.heartbeat import heartbeat
from tasks.district import District
from tasks.runs import copy_finished_runs

pytestmark = pytest.mark.prefect

DRILL = "putuo-2020.art10.drill.department"
SATURDAY = date(2027, 3, 13)


def test_a_finished_run_stands_in_the_ledger_once(district: District) -> None:
    act = Act("system:test", clock.now())
    copy_finished_runs(district, act)
    evacuation_drill(DRILL, "2027", date(2027, 1, 4))

    assert copy_finished_runs(district, act) == 1
    assert copy_finished_runs(district, act) == 0

    entry = _entries(district, "run.finished")[-1]
    assert entry["body"]["name"] == "2027 · 部门全员应急疏散演练 · 区教育局等4家"
    assert entry["body"]["state"] == "Completed"
    assert entry["body"]["parameters"] == {"obligation": DRILL, "period": "2027", "as_of": "2027-01-04"}


def test_what_a_run_did_names_the_run(district: District) -> None:
    evacuation_drill(DRILL, "2027", date(2027, 1, 4))
    opened = {entry["run"] for entry in _entries(district, "case.opened") + _entries(district, "duty.opened")}
    copy_finished_runs(district, act_on(date(2027, 1, 4)))
    assert opened <= {entry["body"]["run"] for entry in _entries(district, "run.finished")}
    assert len(opened) == 1


@pytest.mark.usefixtures("district")
def test_the_heartbeat_opens_what_is_due_and_copies_runs() -> None:
    with tags("fireduty"):
        first = heartbeat(date(2027, 1, 4))
        second = heartbeat(date(2027, 1, 4))
    assert first["duties"] > 0
    assert (second["cases"], second["duties"], second["notices"]) == (0, 0, 0)
    assert second["runs_copied"] >= 1


@pytest.mark.usefixtures("district")
def test_delivery_waits_for_a_workday_but_for_what_is_urgent_unless_asked_for_at_once() -> None:
    heartbeat(SATURDAY)
    urgent = deliver_notices(SATURDAY)["composed"]
    assert urgent > 0
    assert deliver_notices(SATURDAY)["composed"] == 0
    done = deliver_notices(SATURDAY, at_once=True)
    assert done["composed"] > 0
    # Nobody listens on the channel's port: what could not be sent is kept for the next run.
    assert done["sent"] == 0
    assert done["failed"] > 0
    assert deliver_notices(SATURDAY, at_once=True)["composed"] == 0


def _entries(district: District, kind: str) -> list[dict[str, Any]]:
    with district.database.reading() as connection:
        found = connection.execute(text("SELECT entry FROM ledger WHERE kind = :k ORDER BY seq"), {"k": kind})
        return [json.loads(entry) for entry in found.scalars()]
