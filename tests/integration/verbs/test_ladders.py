"""Ladders that the administrator changed: for cases that open from then on, with the reason, and taken back again."""

from datetime import date
from typing import Any

import pytest
from factories import OFFICE, act_on, make_district
from fakes import Desk
from towns import Town, law

from fireduty.errors import LadderError, ReviewError, UnknownNameError
from tasks.ladders import Change, change_ladder, describe_ladder, overridden, reset_ladder

STUDY = "putuo-2020.art16.monthly-study"
CHIEF = f"{OFFICE}/principal"
MARCH = date(2027, 3, 1)


def change(desk: Desk, wanted: Change, obligation: str = STUDY, **more: Any) -> list[str]:
    act = act_on(more.get("on", date(2027, 2, 25)), more.get("actor", CHIEF))
    with desk.district.database.transaction() as connection:
        found = change_ladder(connection, act, desk.district, obligation, wanted, more.get("reason", "节后集中办理"))
    return [f"{rung.name}{rung.workdays:+d}" for rung in found if rung.workdays is not None]


def reset(desk: Desk, on: date, obligation: str = STUDY) -> int:
    with desk.district.database.transaction() as connection:
        return reset_ladder(connection, act_on(on, CHIEF), desk.district, obligation, "恢复原定")


def milestones(desk: Desk, period: str, body: str = "X-S01") -> dict[str, str]:
    duty = desk.duty(body=body, period=period)
    sql = "SELECT rung, falls_on FROM milestone WHERE schedule_id = :id ORDER BY position"
    return {row.rung: str(row.falls_on) for row in desk.rows(sql, id=duty.schedule_id)}


@pytest.fixture
def study(desk: Desk) -> Desk:
    return desk.only("art16.monthly-study")


def test_rungs_come_later_reminders_not_after_the_planned_day(study: Desk) -> None:
    assert change(study, Change(shift=2)) == ["remind_5-3", "due_0+0", "overdue_1+3", "supervise_3+5"]


def test_rungs_come_sooner_but_nobody_is_called_overdue_before_the_day_after(study: Desk) -> None:
    assert change(study, Change(shift=-2)) == ["remind_5-7", "due_0-2", "overdue_1+1", "supervise_3+1"]


def test_a_case_that_opens_afterwards_has_the_changed_ladder_and_one_before_keeps_its_own(study: Desk) -> None:
    study.beat(date(2027, 2, 1))
    before = milestones(study, "2027-02")
    change(study, Change("remind_5", silent=True))
    study.beat(MARCH)
    assert milestones(study, "2027-02") == before
    assert list(milestones(study, "2027-03")) == ["assigned", "due_0", "overdue_1", "supervise_3"]


def test_a_rung_of_its_own_change_does_not_follow_that_of_all(study: Desk) -> None:
    change(study, Change(shift=2))
    assert change(study, Change("supervise_3", shift=1)) == ["remind_5-3", "due_0+0", "overdue_1+3", "supervise_3+4"]
    assert change(study, Change("supervise_3", silent=True)) == ["remind_5-3", "due_0+0", "overdue_1+3"]


def test_silenced_rungs_neither_speak_nor_count_as_skipped(study: Desk) -> None:
    change(study, Change("remind_5", silent=True))
    change(study, Change("due_0", silent=True))
    study.beat(MARCH)
    duty = study.duty(body="X-S01", period="2027-03")
    study.beat(date(2027, 4, 20))
    [event] = study.events("duty.reminded", duty.id)
    assert (event["body"]["rung"], event["body"]["skipped"]) == ("supervise_3", ["overdue_1"])


def test_the_change_is_sealed_with_its_reason_and_what_it_comes_to(study: Desk) -> None:
    change(study, Change("supervise_3", shift=2))
    [event] = study.events("ladder.overridden")
    assert event["actor"] == CHIEF
    assert event["body"]["change"] == {"rung": "supervise_3", "shift": 2, "silent": False}
    assert event["body"]["reason"] == "节后集中办理"
    assert event["body"]["ladder"][-1] == {"rung": "supervise_3", "workdays": 5}
    assert study.problems() == []


def test_taking_back_brings_the_laws_own_ladder_to_the_next_case(study: Desk) -> None:
    change(study, Change(shift=2))
    change(study, Change("due_0", silent=True))
    assert reset(study, date(2027, 2, 26)) == 2
    study.beat(MARCH)
    assert list(milestones(study, "2027-03")) == ["assigned", "remind_5", "due_0", "overdue_1", "supervise_3"]
    with pytest.raises(LadderError, match="expected a change in force"):
        reset(study, date(2027, 3, 2))


@pytest.mark.parametrize(
    ("wanted", "more", "error", "said"),
    [
        (Change("assigned", silent=True), {}, LadderError, "the opening always speaks"),
        (Change("remind_99", shift=1), {}, LadderError, "expected one of remind_5, due_0"),
        (Change(silent=True), {}, LadderError, "expected the name of a rung"),
        (Change(), {}, LadderError, "got 0"),
        (Change(shift=61), {}, LadderError, "got 61"),
        (Change(shift=1), {"reason": " "}, LadderError, "at least a word"),
        (Change(shift=1), {"actor": "X-S01/principal"}, ReviewError, f"expected somebody of {OFFICE}"),
        (Change(shift=1), {"obligation": "putuo-2020.art99.none"}, UnknownNameError, "art99"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    study: Desk, wanted: Change, more: dict[str, Any], error: type[Exception], said: str
) -> None:
    before = study.everything()
    with pytest.raises(error, match=said):
        change(study, wanted, **more)
    assert study.everything() == before


def test_the_ladder_is_shown_as_it_was_and_as_it_is(study: Desk) -> None:
    change(study, Change(shift=2))
    with study.district.database.reading() as connection:
        rows = describe_ladder(connection, study.district, STUDY, act_on(MARCH).at)
    assert [(row["rung"], row["workdays"], row["now"], row["changed_by"]) for row in rows] == [
        ("assigned", None, None, ""),
        ("remind_5", -5, -3, CHIEF),
        ("due_0", 0, 0, CHIEF),
        ("overdue_1", 1, 3, CHIEF),
        ("supervise_3", 3, 5, CHIEF),
    ]


def test_an_event_keeps_the_ladder_it_was_opened_with_when_its_dates_move(tmp_path: Any) -> None:
    with make_district(tmp_path, date(2026, 1, 1)) as district:
        town = Town(district)
        town.write("DELETE FROM agenda")
        district.__dict__["regulations"] = [law()]
        change(town, Change("remind_1", silent=True), "test-law.art1.listing", on=date(2026, 9, 1))
        town.report(assisting=("X-D01",))
        reset(town, date(2026, 10, 9), "test-law.art1.listing")
        town.decide(date(2026, 10, 12), mend_by="2026-11-30")
        sql = "SELECT DISTINCT rung FROM milestone m JOIN schedule s ON s.id = m.schedule_id WHERE s.step = 'measures'"
        assert {row.rung for row in town.rows(sql)} == {"assigned", "due_0", "overdue_1", "supervise_3"}


def test_however_far_it_is_moved_a_reminder_stays_one_and_so_does_what_comes_after(study: Desk) -> None:
    regulation, obligation = study.district.obligation(STUDY)
    was = regulation.ladder_of(obligation)
    for number, shift in enumerate((-60, -4, -1, 1, 4, 60)):
        at = act_on(date(2027, 2, 1 + number), CHIEF)
        with study.district.database.transaction() as connection:
            change_ladder(connection, at, study.district, STUDY, Change(shift=shift), "试验")
            now = overridden(connection, regulation, obligation, at.at).ladder_of(obligation)
        days = [(old.workdays, new.workdays) for old, new in zip(was, now, strict=True)]
        assert all((old is None) == (new is None) for old, new in days)
        assert all((old > 0) == (new > 0) for old, new in days if old is not None and new is not None)
