"""Steps in order: what waits for whom, and that a late predecessor hides nobody's duty."""

from datetime import date

import pytest
from factories import COMMITTEE, DETACHMENT, GOVERNMENT, OFFICE
from fakes import Desk
from sqlalchemy import text

from tasks.agenda import look_again

DEPARTMENTS = ["X-D01", "X-D02", "X-D03", "X-D04"]


def bodies(desk: Desk, step: str) -> list[str]:
    return sorted(row.body_code for row in desk.duties(step))


def subjects(desk: Desk, step: str) -> list[str]:
    return sorted(row.subject_code for row in desk.duties(step))


def test_an_annual_assessment_goes_step_by_step(desk: Desk) -> None:
    desk.only("art21.yearly-assessment").beat(date(2027, 1, 1))
    assert [(row.step, row.body_code) for row in desk.duties()] == [("method", OFFICE)]
    desk.finish(desk.duty("method"), date(2027, 2, 1))
    desk.beat(date(2027, 2, 2))
    assert desk.duties("self_assessment") == []

    desk.beat(date(2027, 9, 1))
    assert bodies(desk, "self_assessment") == DEPARTMENTS
    desk.finish(desk.duty("self_assessment", "X-D02"), date(2027, 9, 10))
    desk.beat(date(2027, 10, 14))
    assert desk.duties("check") == []

    desk.beat(date(2027, 10, 15))
    assert subjects(desk, "check") == ["X-D02"]
    assert bodies(desk, "check") == [OFFICE]
    desk.finish(desk.duty("self_assessment", "X-D04"), date(2027, 10, 18))
    desk.beat(date(2027, 10, 18))
    assert subjects(desk, "check") == ["X-D02", "X-D04"]
    for code in ("X-D01", "X-D03"):
        desk.finish(desk.duty("self_assessment", code), date(2027, 10, 20))
    desk.beat(date(2027, 10, 21))
    assert subjects(desk, "check") == DEPARTMENTS

    for code in DEPARTMENTS[:3]:
        desk.finish(desk.duty("check", about=code), date(2027, 11, 16))
    desk.beat(date(2027, 11, 17))
    assert desk.duties("score") == []
    desk.finish(desk.duty("check", about="X-D04"), date(2027, 11, 17))
    desk.beat(date(2027, 11, 17))
    assert bodies(desk, "score") == [OFFICE]

    desk.finish(desk.duty("score"), date(2027, 11, 20))
    desk.beat(date(2027, 11, 21))
    assert desk.duties("notify") == []
    desk.beat(date(2027, 12, 1))
    desk.finish(desk.duty("notify", OFFICE), date(2027, 12, 2))
    assert desk.duties("report") == []
    desk.beat(date(2027, 12, 3))
    assert desk.closed() == []
    desk.finish(desk.duty("report", COMMITTEE), date(2027, 12, 6))
    assert desk.closed() == ["2027"]
    assert desk.problems() == []


def test_a_returned_self_assessment_is_not_checked_yet(desk: Desk) -> None:
    desk.only("art21.yearly-assessment").beat(date(2027, 1, 1))
    desk.finish(desk.duty("method"), date(2027, 2, 1))
    desk.beat(date(2027, 10, 15))
    duty = desk.duty("self_assessment", "X-D01")
    desk.submit(duty, date(2027, 10, 18))
    desk.beat(date(2027, 10, 18))
    assert desk.duties("check") == []


def test_a_late_predecessor_does_not_hide_its_successors(desk: Desk) -> None:
    desk.only("art21.yearly-assessment").beat(date(2027, 1, 1))
    desk.beat(date(2027, 10, 28))
    assert desk.duties("self_assessment") == []
    desk.beat(date(2027, 10, 29))
    assert bodies(desk, "self_assessment") == DEPARTMENTS
    desk.beat(date(2027, 11, 29))
    assert desk.duties("check") == []
    desk.beat(date(2027, 11, 30))
    assert subjects(desk, "check") == DEPARTMENTS
    desk.beat(date(2027, 12, 10))
    assert bodies(desk, "score") == [OFFICE]
    desk.beat(date(2027, 12, 20))
    assert bodies(desk, "notify") == [OFFICE]
    desk.beat(date(2027, 12, 27))
    assert desk.duties("report") == []
    desk.beat(date(2027, 12, 28))
    assert bodies(desk, "report") == [COMMITTEE]


def test_a_hazard_survey_is_verified_body_by_body_and_listed_for_all(desk: Desk) -> None:
    desk.only("art19.hazard-survey").beat(date(2027, 10, 1))
    assert bodies(desk, "find") == DEPARTMENTS
    desk.finish(desk.duty("find", "X-D03"), date(2027, 10, 20))
    desk.beat(date(2027, 11, 1))
    assert [(row.body_code, row.subject_code) for row in desk.duties("verify")] == [(DETACHMENT, "X-D03")]
    for code in ("X-D01", "X-D02", "X-D04"):
        desk.finish(desk.duty("find", code), date(2027, 11, 10))
    desk.beat(date(2027, 11, 11))
    assert subjects(desk, "verify") == DEPARTMENTS
    for duty in desk.duties("verify"):
        desk.finish(duty, date(2027, 11, 20))
    desk.beat(date(2027, 11, 30))
    assert desk.duties("list") == []
    desk.beat(date(2027, 12, 1))
    desk.finish(desk.duty("list", GOVERNMENT), date(2027, 12, 10))
    assert desk.closed() == ["2028"]


def test_a_situation_is_analysed_and_acted_on_by_each_department_at_its_own_pace(desk: Desk) -> None:
    desk.only("art10.situation-analysis").beat(date(2027, 1, 1))
    assert bodies(desk, "analyse") == DEPARTMENTS
    assert desk.duties("deploy") == []
    desk.finish(desk.duty("analyse", "X-D02"), date(2027, 2, 3))
    desk.beat(date(2027, 2, 4))
    assert bodies(desk, "deploy") == ["X-D02"]
    desk.beat(date(2027, 6, 29))
    assert bodies(desk, "deploy") == ["X-D02"]
    desk.beat(date(2027, 6, 30))
    assert bodies(desk, "deploy") == DEPARTMENTS


@pytest.mark.parametrize("name", ["art9.yearly-funds", "art8.fire-budget"])
def test_funds_are_fixed_with_a_proposal_only_where_the_clause_asks_for_one(desk: Desk, name: str) -> None:
    desk.only(name).beat(date(2027, 2, 1))
    with_proposal = name == "art8.fire-budget"
    assert bodies(desk, "propose") == ([DETACHMENT] if with_proposal else [])
    assert bodies(desk, "fix") == ([] if with_proposal else ["X-S01", "X-S02"])
    if with_proposal:
        desk.finish(desk.duty("propose"), date(2027, 2, 2))
        desk.beat(date(2027, 2, 2))
        assert bodies(desk, "fix") == [GOVERNMENT]


def test_a_case_closes_with_its_last_duty_and_not_before(desk: Desk) -> None:
    desk.only("art16.monthly-study").beat(date(2027, 3, 1))
    first, second = desk.duties(period="2027-03")
    desk.finish(first, date(2027, 3, 2))
    desk.submit(second, date(2027, 3, 3))
    assert desk.closed() == []
    desk.review(second, date(2027, 3, 4))
    assert desk.closed() == ["2027-03"]
    [event] = desk.events("case.closed")
    assert event["case"] == second.case_id
    assert "duty" not in event


def test_a_case_that_is_looked_at_anew_while_its_last_duty_is_accepted_closes_all_the_same(desk: Desk) -> None:
    desk.only("art16.monthly-study").beat(date(2027, 3, 1))
    first, second = desk.duties(period="2027-03")
    desk.finish(first, date(2027, 3, 2))
    with desk.district.database.transaction() as connection:
        look_again(connection, date(2027, 3, 3))
    desk.finish(second, date(2027, 3, 3))
    assert desk.closed() == []
    desk.beat(date(2027, 3, 4))
    assert desk.closed() == ["2027-03"]
    desk.beat(date(2027, 3, 5))
    assert len(desk.events("case.closed")) == 1


def test_a_body_that_has_left_does_not_keep_a_case_open(desk: Desk) -> None:
    desk.only("art10.situation-analysis").beat(date(2027, 1, 1))
    for code in DEPARTMENTS:
        desk.finish(desk.duty("analyse", code), date(2027, 2, 1))
    with desk.district.database.transaction() as connection:
        connection.execute(text("UPDATE body SET kind = 'unit' WHERE code = 'X-D04'"))
    desk.beat(date(2027, 2, 2))
    assert bodies(desk, "deploy") == DEPARTMENTS[:3]
    for duty in desk.duties("deploy"):
        desk.finish(duty, date(2027, 2, 3))
    assert desk.closed() == ["2027-H1"]
