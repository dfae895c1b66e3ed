"""The cases of events in `tests/regulations`: what is reported, what is done, and which duties come of it by when."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from fakes import Desk
from scenarios import FOLDER, PACKS, district_of
from sqlalchemy import Row

from evidence.ledger import Act
from fireduty import clock
from models.packs import load
from models.regulation import Trigger
from tasks.events import Opened, Report, report_event


def cases_of(pack: str) -> list[dict[str, Any]]:
    files = sorted((FOLDER / pack).glob("events-*.yaml"))
    return [{"pack": pack, **case} for path in files for case in yaml.safe_load(path.read_text(encoding="utf-8"))]


CASES = [case for pack in PACKS for case in cases_of(pack)]


def report(desk: Desk, case: dict[str, Any]) -> Opened:
    event = case["event"]
    on = event.get("reported_on", event["on"])
    given = Report(
        obligation=f"{case['pack']}.{case['obligation']}",
        event_on=event["on"],
        note="示例",
        body=event.get("body", ""),
        about=event.get("about", ()),
        assisting=event.get("with", ()),
    )
    act = Act(f"{event['body']}/liaison", clock.morning_of(on))
    with desk.district.database.transaction() as connection:
        return report_event(connection, act, desk.district, given)


def live(desk: Desk, case: dict[str, Any]) -> Opened:
    """Report the event, and do on its day what the case says is done."""
    opened = report(desk, case)
    desk.beat(case["event"].get("reported_on", case["event"]["on"]))
    for done in case.get("finished", []):
        on: date = done["day"]
        desk.beat(on)
        duty = desk.duty(done["step"], done["body"], done.get("about", ""), period=opened.number)
        answers = {key: str(value) for key, value in done.get("answers", {}).items()}
        desk.submit(duty, on, answers=answers)
        desk.review(duty, on)
        desk.beat(on, hour=17)
    return opened


@pytest.fixture
def desk(case: dict[str, Any], tmp_path: Path) -> Iterator[Desk]:
    with district_of(tmp_path, case) as district:
        yield Desk(district)


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case['pack']}.{case['obligation']}: {case['scenario']}" for case in CASES]
)
def test_an_event_comes_as_the_scenario_says(case: dict[str, Any], desk: Desk) -> None:
    number = live(desk, case).number
    for name, expected in case["steps"].items():
        found = desk.duties(name, period=number)
        wanted = [(one["body"], one.get("about", ""), one["supervisor"]) for one in expected["duties"]]
        assert Counter((row.body_code, row.subject_code, row.supervisor_code) for row in found) == Counter(wanted), name
        for row in found:
            assert _facts(desk, row) == {
                "due_on": str(expected["due_on"]),
                "ladder": {rung: str(on) for rung, on in expected["ladder"].items()},
            }, name
            if "opened_on" in expected:
                assert str(row.opened_at)[:10] == str(expected["opened_on"]), name
    for name in case.get("left_out", []):
        assert not desk.duties(name, period=number), name
        assert name in {event["body"]["step"] for event in desk.events("step.left_out")}
    assert desk.problems() == []


def _facts(desk: Desk, duty: Row[Any]) -> dict[str, Any]:
    sql = "SELECT rung, falls_on FROM milestone WHERE schedule_id = :id AND position > 0"
    ladder = {row.rung: str(row.falls_on) for row in desk.rows(sql, id=duty.schedule_id)}
    return {"due_on": str(duty.due_on), "ladder": ladder}


@pytest.mark.parametrize("pack", PACKS)
def test_every_event_has_a_scenario_and_every_step_of_it_occurs(pack: str) -> None:
    shown = {(f"{pack}.{case['obligation']}", name) for case in cases_of(pack) for name in case["steps"]}
    events = [one for one in load(pack).obligations if one.trigger is Trigger.EVENT]
    assert {(one.id, step) for one in events for step in one.steps} - shown == set()
    assert {name for name, _ in shown} == {one.id for one in events}
