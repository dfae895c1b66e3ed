"""The chain of a duty says who is told at which level, on which day, through which contact, and why."""

from datetime import date
from typing import Any

import pytest
from factories import COMMITTEE, EDUCATION, GOVERNMENT, OFFICE, act_on
from fakes import Desk

from fireduty.errors import UnknownNameError
from tasks.actors import Actor
from tasks.chains import chain, lines
from tasks.naming import name_substitute
from tasks.substitutes import Substitution

MARCH = date(2027, 3, 1)
STREET = "X-S01"
SCHOOL = "X-E001"


def facts(desk: Desk, duty: int, on: date = MARCH) -> list[dict[str, Any]]:
    with desk.district.database.reading() as connection:
        return [link.facts() for link in chain(connection, desk.district, duty, on)]


@pytest.fixture
def street(desk: Desk) -> Desk:
    desk.only("art16.monthly-study").beat(MARCH)
    return desk


@pytest.fixture
def school(desk: Desk) -> Desk:
    """Give a duty that is supervised in a line of the register."""
    desk.write("INSERT INTO supervision VALUES (:body, 'industry', :by)", body=SCHOOL, by=EDUCATION)
    desk.only("art13.facility-test").beat(date(2027, 1, 4))
    return desk


def test_the_levels_climb_from_the_responsible_person_to_those_above(street: Desk) -> None:
    found = facts(street, street.duty(body=STREET, period="2027-03").id)
    assert [(one["level"], one["body_code"]) for one in found] == [
        ("responsible", STREET),
        ("principal", STREET),
        ("supervisor", OFFICE),
        ("above", COMMITTEE),
        ("above", GOVERNMENT),
    ]
    assert {one["ground"].partition(":")[0] for one in found} == {"putuo-2020 art16"}


def test_each_rung_stands_with_whom_it_tells_and_on_its_day(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    by_level = {one["level"]: one["rungs"] for one in facts(street, duty.id)}
    told = street.rows(
        "SELECT rung, falls_on FROM milestone WHERE schedule_id = :id ORDER BY position", id=duty.schedule_id
    )
    shown = sorted((rung["falls_on"], rung["rung"]) for rungs in by_level.values() for rung in rungs)
    assert shown == sorted((str(row.falls_on), row.rung) for row in told)
    assert by_level["supervisor"][0]["rung"] == "supervise_3"
    assert by_level["responsible"][0] == {
        "rung": "assigned",
        "level": "information",
        "falls_on": "2027-03-01",
        "status": "told",
    }


def test_what_was_told_overtaken_and_silenced_is_told_apart(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    street.beat(date(2027, 4, 2))
    assert {r["rung"]: r["status"] for one in facts(street, duty.id) for r in one["rungs"]} == {
        "assigned": "told",
        "remind_5": "overtaken",
        "due_0": "overtaken",
        "overdue_1": "told",
        "supervise_3": "ahead",
    }
    street.submit(street.duty(body=STREET, period="2027-03"), date(2027, 4, 2))
    assert facts(street, duty.id)[2]["rungs"][0]["status"] == "silent"


def test_the_supervisor_is_traced_to_the_row_of_its_line(school: Desk) -> None:
    duty = school.duty(body=SCHOOL)
    supervisor = facts(school, duty.id)[2]
    assert (supervisor["body_code"], supervisor["row"]) == (EDUCATION, f"supervision {SCHOOL} in the line industry")
    school.write("DELETE FROM supervision")
    assert facts(school, duty.id)[2]["row"] == f"parent of {SCHOOL}"


def test_a_supervisor_the_register_no_longer_names_is_said_to_be_the_one_of_the_opening(school: Desk) -> None:
    duty = school.duty(body=SCHOOL)
    school.write("UPDATE supervision SET supervisor_code = 'X-D02'")
    school.write("UPDATE body SET parent_code = 'X-D02' WHERE code = :code", code=SCHOOL)
    supervisor = facts(school, duty.id)[2]
    assert supervisor["body_code"] == EDUCATION
    assert supervisor["remark"] == "as when the duty was opened; the register names another now"


def test_the_contact_and_the_substitute_of_the_day_are_shown(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    wanted = Substitution(
        Actor.parse(OFFICE), Actor.parse(f"{COMMITTEE}/responsible"), date(2027, 4, 1), date(2027, 4, 9), "休假"
    )
    with street.district.database.transaction() as connection:
        name_substitute(connection, act_on(MARCH, f"{OFFICE}/principal"), wanted)
    before, after = (facts(street, duty.id, on)[2] for on in (MARCH, date(2027, 4, 1)))
    assert (before["address"], before["substitute"]) == ("x-office@district.example", None)
    assert after["address"] == "x-committee@district.example"
    assert after["substitute"]["by"] == f"{COMMITTEE}/responsible"


def test_a_body_nobody_can_reach_is_shown_through_whom_it_is_told(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    street.write("DELETE FROM contact WHERE body_code = :code", code=STREET)
    first, principal, *_ = facts(street, duty.id)
    assert (first["through"], first["address"]) == (OFFICE, "x-office@district.example")
    assert principal["error"] == f"no usable contact of {STREET}/principal"


def test_a_level_the_register_lacks_is_named_all_the_same(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    street.write("UPDATE body SET kind = 'unit' WHERE code = :code", code=GOVERNMENT)
    assert facts(street, duty.id)[-1]["remark"] == "the register has none"


def test_for_people_there_is_one_row_a_level(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    with street.district.database.reading() as connection:
        rows = list(lines(chain(connection, street.district, duty.id, MARCH)))
    assert [row["level"] for row in rows] == ["责任人", "主要负责人", "督管单位", "上级", "上级"]
    assert "2027-04-12 supervise_3 待发" in rows[2]["rungs"]


def test_a_duty_that_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownNameError):
        facts(desk, 4711)
