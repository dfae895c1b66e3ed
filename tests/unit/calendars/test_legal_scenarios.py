"""The cases in `tests/regulations/calendars`, which a lawyer can check without the code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from calendars.deadlines import (
    Deadline,
    backward_workday_limit,
    calendar_day_limit,
    day_limit,
    month_limit,
    periodic_deadline,
    workday_limit,
    year_limit,
)
from calendars.periods import period
from calendars.workdays import workday_calendar

FOLDER = Path(__file__).parents[2] / "regulations" / "calendars"
LIMITS: dict[str, Callable[..., Deadline]] = {
    "workdays": workday_limit,
    "workdays_before": backward_workday_limit,
    "days": calendar_day_limit,
    "months": month_limit,
    "years": year_limit,
}
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['scenario']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def answer(case: dict[str, Any]) -> Deadline:
    division = case.get("division", "000000")
    calendar = workday_calendar(division)
    if "period" in case:
        found = period(case["period"], division=division)
        return periodic_deadline(found, calendar, before=case.get("before", False))
    if "instrument" in case:
        return day_limit(case["event_on"], case["days"], calendar, case["instrument"])
    (unit,) = LIMITS.keys() & case.keys()
    return LIMITS[unit](case["event_on"], case[unit], calendar, ground=case["ground"])


@pytest.mark.parametrize("case", CASES)
def test_the_deadline_is_the_one_the_scenario_expects(case: dict[str, Any]) -> None:
    found = answer(case)
    asked = ("due_on", "plan_by", "earliest_on", "latest_on")
    expected = {name: case[name] for name in asked if name in case}
    assert {name: getattr(found, name) for name in expected} == expected
    assert found.provisional == ("earliest_on" in case)
    assert found.trace
    assert found.ground


def test_there_are_scenarios_of_every_kind() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {
        "calendar-limits",
        "periodic",
        "workday-limits",
    }
