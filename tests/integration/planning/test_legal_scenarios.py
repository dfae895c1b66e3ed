"""The cases in `tests/regulations`, a folder a regulation, which a lawyer can check without the code."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import Desk
from scenarios import FOLDER, PACKS, REGISTER, district_of, office_of, read
from sqlalchemy import Row

from models.packs import load
from models.regulation import Audience, Trigger


def cases_of(pack: str) -> list[dict[str, Any]]:
    files = sorted((FOLDER / pack).glob("*.yaml"))
    periodic = [path for path in files if path.name != REGISTER and not path.name.startswith("events-")]
    return [{"pack": pack, **case} for path in periodic for case in read(path)]


CASES = [case for pack in PACKS for case in cases_of(pack)]


def lived(case: dict[str, Any], folder: Path) -> Iterator[Desk]:
    """Live from the first day of a case to the last rung of its ladders; only what is `finished` is done."""
    ladders = [step["ladder"] for step in case["steps"].values()]
    last_on = max(on for ladder in ladders for on in ladder.values())
    with district_of(folder, case) as district:
        desk = Desk(district)
        for number in range((last_on - case["in_force_on"]).days + 1):
            on = case["in_force_on"] + timedelta(days=number)
            desk.beat(on)
            for done in case.get("finished", []):
                if done["day"] == on:
                    desk.finish(desk.duty(done["step"], done["body"], period=case["period"]), on)
        yield desk


@pytest.fixture
def desk(case: dict[str, Any], tmp_path: Path) -> Iterator[Desk]:
    yield from lived(case, tmp_path)


def duties_of(desk: Desk, case: dict[str, Any], name: str) -> list[Row[Any]]:
    """Return the duties of a step in the case's period; of `step@year` those of that year."""
    step, _, year = name.partition("@")
    return [duty for duty in desk.duties(step, period=case["period"]) if str(duty.due_on).startswith(year)]


def told(desk: Desk, duty: Row[Any]) -> dict[str, str]:
    return {rung: to for rung, to in desk.notices(duty) if rung != "assigned" and ":" not in rung}


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case['pack']}.{case['obligation']}: {case['scenario']}" for case in CASES]
)
def test_it_comes_as_the_scenario_says(case: dict[str, Any], desk: Desk) -> None:
    audiences = {rung.name: rung.audience for ladder in load(case["pack"]).ladders.values() for rung in ladder}
    finished = {(done["step"], done["body"]) for done in case.get("finished", [])}
    for name, expected in case["steps"].items():
        found = duties_of(desk, case, name)
        wanted = [(one["body"], one.get("about", ""), one["supervisor"]) for one in expected["duties"]]
        assert Counter((row.body_code, row.subject_code, row.supervisor_code) for row in found) == Counter(wanted)

        [schedule] = {row.schedule_id for row in found}
        [dates] = desk.rows("SELECT * FROM schedule WHERE id = :id", id=schedule)
        asked = ("opens_on", "plan_by", "due_on")
        assert {key: str(getattr(dates, key)) for key in asked} == {key: str(expected[key]) for key in asked}
        assert not dates.provisional
        falls = desk.rows("SELECT * FROM milestone WHERE schedule_id = :id AND position > 0", id=schedule)
        assert {row.rung: str(row.falls_on) for row in falls} == {k: str(v) for k, v in expected["ladder"].items()}

        for one, duty in ((one, row) for one in expected["duties"] for row in found if _is(row, one)):
            if "opened_on" in one:
                assert str(duty.opened_at).startswith(str(one["opened_on"]))
            if (name, duty.body_code) in finished:
                continue
            above = {
                Audience.BODY: one["body"],
                Audience.SUPERVISOR: one["supervisor"],
                Audience.OFFICE: one.get("office_5", office_of(case["pack"])),
            }
            opened_on = str(duty.opened_at)[:10]
            ahead = {rung for rung, on in expected["ladder"].items() if str(on) >= opened_on}
            assert set(told(desk, duty)) >= ahead - set(desk.skipped(duty))
            assert set(told(desk, duty)) | set(desk.skipped(duty)) == set(expected["ladder"])
            assert {"overdue_1", "supervise_3"} <= set(told(desk, duty))
            for rung, to in told(desk, duty).items():
                assert to == above[audiences[rung]], rung
    assert desk.problems() == []


def _is(row: Row[Any], one: dict[str, str]) -> bool:
    return (row.body_code, row.subject_code) == (one["body"], one.get("about", ""))


@pytest.mark.parametrize("pack", PACKS)
def test_every_periodic_obligation_has_a_scenario_and_every_step_occurs_in_one(pack: str) -> None:
    shown = {
        (f"{pack}.{case['obligation']}", name.partition("@")[0]) for case in cases_of(pack) for name in case["steps"]
    }
    periodic = [one for one in load(pack).obligations if one.trigger is Trigger.PERIODIC]
    assert {(one.id, step) for one in periodic for step in one.steps} - shown == set()
