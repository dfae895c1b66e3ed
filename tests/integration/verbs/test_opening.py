"""Opening: each case and each duty once, in whatever chunks, and for bodies that join later."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from factories import COMMITTEE, OFFICE, Size, act_on, fill_register, make_district
from fakes import PACK, Desk

from flows.catalogue import process_named
from tasks.agenda import look_again, open_cases, put_in_force
from tasks.opening import open_step, waiting_schedules

NEW_YEAR = date(2027, 1, 1)
UNIT = "INSERT INTO body VALUES ('X-U900000', '新单位（示例）', 'unit', 'X-S01', '310107', 0, 0, 0, 0, 1)"


def test_opening_twice_opens_once(desk: Desk) -> None:
    first = desk.beat(NEW_YEAR)
    before = desk.everything()
    second = desk.beat(NEW_YEAR)
    assert first.duties == len(before["duty"]) > 40
    assert (second.cases, second.duties, second.reminded.notices) == (0, 0, 0)
    assert desk.everything() == before


def test_a_beat_at_another_hour_of_the_same_day_changes_nothing(desk: Desk) -> None:
    desk.beat(NEW_YEAR, hour=0)
    before = desk.everything()
    desk.beat(NEW_YEAR, hour=23)
    assert desk.everything() == before


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
@pytest.mark.parametrize("name", ["art13.drill", "art20.street-rounds", "art20.department-rounds", "art9.yearly-funds"])
def test_opening_in_tiny_chunks_is_opening_at_once(tmp_path: Path, name: str, chunk: int) -> None:
    found = []
    for size in (chunk, 5_000):
        with make_district(tmp_path / str(size), NEW_YEAR, Size(departments=5, streets=3), durable=False) as district:
            act = act_on(NEW_YEAR)
            open_cases(district, act, f"{PACK}.{name}")
            process = process_named(district.obligation(f"{PACK}.{name}")[1].flow)
            with district.database.reading() as connection:
                waiting = waiting_schedules(connection, NEW_YEAR)
            opened = sum(open_step(district, act, process, schedule.id, size) for schedule in waiting)
            desk = Desk(district)
            columns = "body_code, subject_code, supervisor_code, state, plan_by, due_on, rung, next_action_on"
            duties = [tuple(row) for row in desk.rows(f"SELECT {columns} FROM duty ORDER BY body_code, subject_code")]
            assert opened == len(duties) > 0
            assert len(desk.events("duty.opened")) == opened
            assert len(desk.rows("SELECT 1 FROM notice WHERE occasion = 'assigned'")) == opened
            assert desk.problems() == []
            found.append((duties, [tuple(row) for row in desk.rows("SELECT look_on FROM schedule ORDER BY id")]))
    assert found[0] == found[1]


def test_nothing_opens_before_its_day(desk: Desk) -> None:
    desk.only("art11.acceptance-copy", "art21.yearly-assessment")
    desk.beat(date(2027, 1, 31))
    assert [row.period for row in desk.duties(body="X-D02")] == ["2027-01"]
    assert {row.step for row in desk.duties(body=OFFICE)} == {"method"}
    desk.beat(date(2027, 2, 1))
    assert [row.period for row in desk.duties(body="X-D02")] == ["2027-01", "2027-02"]


def test_what_a_stopped_machine_missed_is_opened_at_once(desk: Desk) -> None:
    desk.only("art16.monthly-study").beat(date(2027, 4, 15))
    periods = [row.period for row in desk.duties(body="X-S01")]
    assert periods == ["2027-01", "2027-02", "2027-03", "2027-04"]


def test_each_duty_is_told_to_its_body_once_and_sealed(desk: Desk) -> None:
    desk.only("art12.residents-drill").beat(NEW_YEAR)
    for duty in desk.duties():
        assert desk.notices(duty) == [("assigned", duty.body_code)]
        [event] = desk.events("duty.opened", duty.id)
        assert event["body"] == {
            "about": "",
            "due_on": "2027-12-31",
            "notice": "assigned",
            "obligation": f"{PACK}.art12.residents-drill",
            "period": "2027",
            "state": "open",
            "step": "drill",
            "supervisor": duty.supervisor_code,
            "to": duty.body_code,
        }


def test_a_case_seals_the_law_and_the_calendar_it_was_opened_under(desk: Desk) -> None:
    desk.only("art19.hazard-survey").beat(date(2027, 10, 1))
    [event] = desk.events("case.opened")
    regulation = desk.district.regulations[0]
    assert event["body"]["regulation_digest"] == regulation.digest
    assert event["body"]["calendar_version"] == desk.district.calendar.version
    assert [(one["step"], one["due_on"]) for one in event["body"]["steps"]] == [
        ("find", "2027-11-30"),
        ("verify", "2027-12-16"),
        ("list", "2027-12-31"),
    ]


def test_a_body_that_joins_gets_its_duties_and_nobody_gets_another(desk: Desk) -> None:
    desk.only("art13.drill", "art13.facility-test").beat(NEW_YEAR)
    before = len(desk.duties())
    desk.write(UNIT)
    assert desk.beat(date(2027, 3, 1)).duties == 0
    with desk.district.database.transaction() as connection:
        look_again(connection, date(2027, 3, 1))
    assert desk.beat(date(2027, 3, 1)).duties == 2
    assert {row.step for row in desk.duties(body="X-U900000")} == {"drill", "test"}
    assert len(desk.duties()) == before + 2
    assert max(Counter((row.case_id, row.body_code) for row in desk.duties()).values()) == 1


def test_a_body_that_joins_behind_the_due_day_is_not_asked_for_what_is_past(desk: Desk) -> None:
    desk.only("art16.monthly-study").beat(date(2027, 1, 5))
    desk.write(
        "INSERT INTO body VALUES ('X-S90', '新街道（示例）', 'street_town', 'X-OFFICE', '310107', 0, 0, 0, 0, 1)"
    )
    with desk.district.database.transaction() as connection:
        look_again(connection, date(2027, 2, 5))
    desk.beat(date(2027, 2, 5))
    assert [row.period for row in desk.duties(body="X-S90")] == ["2027-02"]


def test_a_body_that_joins_a_closed_case_opens_it_again(desk: Desk) -> None:
    desk.only("art16.monthly-study").beat(date(2027, 3, 1))
    for duty in desk.duties(period="2027-03"):
        desk.finish(duty, date(2027, 3, 3))
    assert desk.closed() == ["2027-03"]
    desk.write(
        "INSERT INTO body VALUES ('X-S90', '新街道（示例）', 'street_town', 'X-OFFICE', '310107', 0, 0, 0, 0, 1)"
    )
    with desk.district.database.transaction() as connection:
        look_again(connection, date(2027, 3, 5))
    desk.beat(date(2027, 3, 5))
    assert desk.closed() == []
    desk.finish(desk.duty(body="X-S90"), date(2027, 3, 8))
    assert desk.closed() == ["2027-03"]
    assert len(desk.events("case.closed")) == 2


def test_an_obligation_is_put_on_the_agenda_once(desk: Desk) -> None:
    put_in_force(desk.district, NEW_YEAR)
    desk.beat(NEW_YEAR)
    before = desk.rows("SELECT * FROM agenda ORDER BY 1")
    put_in_force(desk.district, NEW_YEAR)
    assert desk.rows("SELECT * FROM agenda ORDER BY 1") == before
    assert len(before) == sum(one.frequency is not None for one in desk.district.regulations[0].obligations)


def test_the_departments_of_a_cycle_are_visited_in_their_year(desk: Desk) -> None:
    desk.only("art20.department-rounds")
    for year in (2027, 2028, 2029):
        desk.beat(date(year, 1, 1))
    visits = [(row.subject_code, str(row.due_on)) for row in desk.duties("supervise", COMMITTEE)]
    assert visits == [
        ("X-D01", "2027-12-31"),
        ("X-D04", "2027-12-31"),
        ("X-D02", "2028-12-31"),
        ("X-D03", "2029-12-31"),
    ]


def test_a_register_filled_after_the_start_is_served_at_the_next_look(tmp_path: Path) -> None:
    with make_district(tmp_path, NEW_YEAR, Size(0, 0, 0, 0, 0), durable=False) as district:
        desk = Desk(district).only("art16.monthly-study")
        with district.database.transaction() as connection:
            for table in ("contact", "body"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        assert desk.beat(NEW_YEAR).duties == 0
        with district.database.transaction() as connection:
            fill_register(connection)
            look_again(connection, date(2027, 1, 4))
        assert desk.beat(date(2027, 1, 4)).duties == 2
        assert desk.closed() == []
