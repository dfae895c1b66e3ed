"""A simulated year runs through the very verbs that run it in earnest."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from factories import Size
from fakes import Desk

from flows.catalogue import process_named
from models.states import DutyState
from tasks.behaviour import Behaviour
from tasks.district import District
from tasks.planning import Plan
from tasks.simulation import Outcome, Simulation

Live = Callable[..., tuple[District, Outcome]]
PlanOf = Callable[[District, int], Plan]

NEW_YEAR, LAST = date(2027, 1, 1), date(2027, 12, 31)
ALL_KINDS = Size(departments=4, streets=2, residents=2, schools=2, units=3)


def opened(district: District, year: int) -> Counter[tuple[str, ...]]:
    """Return the duties that were opened and are due in a year."""
    sql = (
        "SELECT c.obligation_id, c.period, d.step, d.body_code, d.subject_code, d.supervisor_code, h.opens_on,"
        " d.plan_by, d.due_on FROM duty d JOIN duty_case c ON c.id = d.case_id JOIN schedule h ON h.id = d.schedule_id"
        " WHERE d.due_on BETWEEN :first AND :last"
    )
    rows = Desk(district).rows(sql, first=f"{year}-01-01", last=f"{year}-12-31")
    return Counter(tuple(map(str, row)) for row in rows)


def planned(plan: Plan) -> Counter[tuple[str, ...]]:
    return Counter(
        (d.obligation, d.period, d.step, d.body, d.subject, d.supervisor, d.opens_on, d.plan_by, d.due_on)
        for d in plan.duties
    )


@pytest.mark.parametrize(
    ("behaviour", "first_on", "last_on", "whole"),
    [
        (Behaviour.SILENT, NEW_YEAR, LAST, False),
        (Behaviour.REALISTIC, NEW_YEAR, LAST, True),  # once with all that the law leaves open or wants to stand
        (Behaviour.PUNCTUAL, date(2028, 1, 1), date(2028, 12, 31), False),  # within a cycle of three years
        (Behaviour.PUNCTUAL, date(2027, 5, 10), LAST, False),  # within a year
    ],
)
def test_the_plan_is_what_opens(
    live: Live, plan_of: PlanOf, behaviour: Behaviour, first_on: date, last_on: date, *, whole: bool
) -> None:
    district, outcome = live(behaviour, first_on, last_on, size=ALL_KINDS, whole=whole)
    agenda = {row.obligation_id for row in Desk(district).rows("SELECT obligation_id FROM agenda")}
    whole_plan = plan_of(district, first_on.year)
    kept = [duty for duty in whole_plan.duties if duty.obligation in agenda]
    expected = planned(Plan(kept, whole_plan.binding_nobody))
    assert opened(district, first_on.year) == expected
    assert outcome.duties >= sum(expected.values()) > 40
    assert outcome.ledger_problems == []


def test_the_same_seed_gives_the_same_ledger_and_another_seed_another(live: Live) -> None:
    last_on = date(2027, 4, 30)
    _, first = live(Behaviour.REALISTIC, NEW_YEAR, last_on, seed=7)
    _, second = live(Behaviour.REALISTIC, NEW_YEAR, last_on, seed=7)
    _, third = live(Behaviour.REALISTIC, NEW_YEAR, last_on, seed=8)
    assert first == second
    assert first.ledger_head != third.ledger_head
    assert first.submissions > 0


def test_silence_escalates_everything(live: Live) -> None:
    until = date(2028, 1, 31)
    district, outcome = live(Behaviour.SILENT, NEW_YEAR, until)
    desk = Desk(district)
    ladders: dict[int, list[str]] = {}
    for row in desk.rows("SELECT * FROM milestone WHERE falls_on <= :until ORDER BY position", until=until.isoformat()):
        ladders.setdefault(row.schedule_id, []).append(row.rung)
    for duty in desk.duties():
        told = desk.rungs(duty) + desk.skipped(duty)
        assert sorted(told) == sorted(ladders[duty.schedule_id])
        if str(duty.due_on) <= "2027-12-31":
            assert "supervise_3" in desk.rungs(duty)
    assert outcome.submissions == 0
    assert outcome.states["open"] == outcome.duties
    assert outcome.escalations >= outcome.states["overdue"] > 0
    assert desk.closed() == []


def test_punctuality_leaves_nothing_overdue(live: Live) -> None:
    district, outcome = live(Behaviour.PUNCTUAL, NEW_YEAR, LAST)
    assert outcome.states.get("overdue") == 0
    assert (outcome.late, outcome.escalations, outcome.notices.get("overdue_1", 0)) == (0, 0, 0)
    assert outcome.returns == 0
    due = [row for row in Desk(district).duties() if str(row.due_on) <= "2027-12-28"]
    assert {row.state for row in due} == {DutyState.ACCEPTED.value}
    assert "2027-H1" in Desk(district).closed()


def test_reality_walks_every_way(live: Live) -> None:
    _, outcome = live(Behaviour.REALISTIC, NEW_YEAR, date(2028, 1, 31), size=Size(6, 3, 4, 4, 12))
    assert outcome.returns > 0
    assert outcome.late > 0
    assert outcome.escalations > 0
    assert outcome.states["accepted"] > outcome.states["overdue"] > 0
    assert outcome.notices["assigned"] == outcome.duties
    assert outcome.submissions > outcome.states["accepted"]


def test_each_event_of_a_simulated_day_is_of_that_day(live: Live) -> None:
    district, _ = live(Behaviour.PUNCTUAL, NEW_YEAR, date(2027, 2, 10))
    days = [event["at"][:10] for event in Desk(district).events("duty.submitted")]
    assert days == sorted(days)
    assert days
    first, last = NEW_YEAR.isoformat(), date(2027, 2, 10).isoformat()
    assert all(first <= day <= last for day in days)


def test_progress_is_told_day_by_day(live: Live) -> None:
    district, _ = live(Behaviour.SILENT, NEW_YEAR, NEW_YEAR)
    told: list[date] = []
    Simulation(district, process_named).run(NEW_YEAR, NEW_YEAR + timedelta(2), told.append)
    assert told == [NEW_YEAR + timedelta(n) for n in range(3)]
