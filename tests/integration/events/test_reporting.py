"""Reporting: an event opens a case with a number, its parties and its first duties; what does not fit is refused."""

from datetime import date

import pytest
from factories import CITY, COMMITTEE, EDUCATION, GOVERNMENT
from fakes import everything
from towns import Town

from fireduty.errors import EventError, UnknownNameError
from tasks.timeline import timeline

NATIONAL_DAY_EVE = date(2026, 9, 30)


def test_seven_working_days_run_over_the_national_holiday(town: Town) -> None:
    opened = town.report()
    duty = town.duty("decide")
    assert (opened.number, duty.body_code, duty.supervisor_code) == ("E2026-0001", GOVERNMENT, CITY)
    assert (str(duty.plan_by), str(duty.due_on)) == ("2026-10-15", "2026-10-15")


def test_fifteen_days_that_end_on_a_day_of_rest_end_on_the_next_workday(town: Town) -> None:
    town.report("art2.filing", date(2026, 9, 16), body="X-U000002")
    assert str(town.duty("file").due_on) == "2026-10-08"


def test_who_has_a_part_is_kept_and_sealed(town: Town) -> None:
    opened = town.report(assisting=(EDUCATION,), note=" 报请材料齐全 ", reference="普消〔2026〕8号")
    assert opened.parties == {
        "bound": [GOVERNMENT],
        "concerned": ["X-U000001"],
        "assisting": [EDUCATION],
        "supervising": [CITY],
    }
    [event] = town.events("event.reported")
    assert event["body"]["note"] == "报请材料齐全"
    assert event["body"]["parties"]["assisting"] == [EDUCATION]
    assert town.problems() == []


def test_numbers_go_up_within_the_year_over_all_obligations(town: Town) -> None:
    town.report()
    second = town.report("art2.filing", date(2026, 10, 9), body="X-U000002")
    third = town.report("art2.filing", date(2026, 12, 31), body="X-U000003", reported_on=date(2027, 1, 4))
    assert (second.number, third.number) == ("E2026-0002", "E2027-0001")


def test_the_same_event_reported_twice_is_refused_and_the_first_is_named(town: Town) -> None:
    town.report()
    before = town.everything()
    with pytest.raises(EventError, match="already reported as E2026-0001") as refused:
        town.report()
    assert "E2026-0001" in refused.value.hint
    assert town.everything() == before


def test_a_second_one_of_the_day_has_its_own_document_or_another_subject(town: Town) -> None:
    town.report()
    assert town.report(reference="普消〔2026〕9号").number == "E2026-0002"
    assert town.report(about=("X-U000002",)).number == "E2026-0003"


def test_an_event_to_come_is_open_from_the_day_it_is_reported(town: Town) -> None:
    town.report("art2.filing", date(2026, 10, 12), body="X-U000002", reported_on=date(2026, 9, 30))
    duty = town.duty("file")
    assert (str(duty.opened_at)[:10], str(duty.due_on)) == ("2026-09-30", "2026-10-27")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"body": EDUCATION}, "binds bodies of kind district_government, not X-D01"),
        ({"about": ()}, "expected the body it is about"),
        ({"about": (EDUCATION, CITY)}, "is about bodies of kind unit, not X-CITY"),
        ({"on": date(2028, 9, 30), "reported_on": NATIONAL_DAY_EVE}, "within 400 days of today"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(town: Town, given: dict[str, object], says: str) -> None:
    before = town.everything()
    with pytest.raises(EventError, match=says) as refused:
        town.report(**given)  # type: ignore[arg-type]
    assert refused.value.hint
    assert town.everything() == before


def test_where_several_bodies_are_bound_one_must_be_named(town: Town) -> None:
    with pytest.raises(EventError, match="expected to be told which one must act") as refused:
        town.report("art2.filing")
    assert refused.value.hint == "Name it with --body."


def test_a_body_that_is_not_registered_is_refused(town: Town) -> None:
    with pytest.raises(UnknownNameError, match="body X-NOBODY"):
        town.report(about=("X-NOBODY",))


def test_what_came_back_is_taken_up_again_with_its_history(town: Town) -> None:
    first = town.report(note="堵塞消防车通道")
    town.decide(date(2026, 10, 12), "refused")
    again = town.report(on=date(2026, 11, 2), reopens=first.number, note="再次堵塞")
    with town.district.database.reading() as connection:
        found = timeline(connection, town.district, again.number, {})
    assert [(one["number"], one["note"]) for one in found["before"]] == [("E2026-0001", "堵塞消防车通道")]
    with pytest.raises(UnknownNameError, match="event E2020-0009"):
        town.report(on=date(2026, 11, 3), reopens="E2020-0009")


def test_beating_again_changes_nothing(town: Town) -> None:
    town.report()
    with town.district.database.reading() as connection:
        before = everything(connection)
    town.beat(NATIONAL_DAY_EVE, hour=18)
    with town.district.database.reading() as connection:
        assert everything(connection) == before


def test_who_gets_a_copy_is_told_once_it_is_done(town: Town) -> None:
    town.report()
    town.decide(date(2026, 10, 12), "refused")
    told = town.rows("SELECT recipient_code FROM notice WHERE occasion = 'informed'")
    assert [row.recipient_code for row in told] == [COMMITTEE]
