"""Submitting: what proves the duty is taken, what does not is refused and changes nothing."""

import json
from datetime import date

import pytest
from fakes import Desk, stored

from evidence.ledger import Act
from fireduty import clock
from fireduty.errors import DutyStateError, EvidenceError, FiredutyError, ReviewError, UnknownNameError
from models.requirements import FileKind
from models.states import ReviewOutcome
from tasks.duties import describe, find
from tasks.submitting import submit

TERM_BEGINS = date(2027, 2, 22)
MARCH = date(2027, 3, 1)


@pytest.fixture
def school(desk: Desk) -> Desk:
    desk.only("art11.class-hours").beat(TERM_BEGINS)
    return desk


@pytest.fixture
def street(desk: Desk) -> Desk:
    desk.only("art16.monthly-study").beat(MARCH)
    return desk


def refusal(desk: Desk, error: type[FiredutyError], **given: object) -> str:
    """Return the message of a refused submission of the first school, after which nothing has changed."""
    before = desk.everything()
    duty = desk.duty(body="X-E001", period="2026-2027-T2")
    with pytest.raises(error) as refused:
        desk.submit(duty, date(2027, 6, 1), **given)  # type: ignore[arg-type]
    assert desk.everything() == before
    return str(refused.value)


def late_on_record(desk: Desk, duty_id: int, as_of: date) -> bool:
    with desk.district.database.reading() as connection:
        return bool(describe(find(connection, desk.district, duty_id).row, as_of)["late"])


def test_what_proves_the_duty_becomes_a_revision_and_gets_a_receipt(school: Desk) -> None:
    duty = school.duty(body="X-E001", period="2026-2027-T2")
    receipt = school.submit(duty, date(2027, 6, 1), proof=date(2027, 5, 20))
    [revision] = school.rows("SELECT * FROM submission")
    assert (receipt.revision, receipt.claimed_on, receipt.late) == (1, date(2027, 5, 20), False)
    assert receipt.recorded_at == revision.recorded_at == "2027-06-01T04:00:00Z"
    assert json.loads(revision.answers) == {"held_on": ["2027-05-20"], "hours": 4}
    assert (revision.submitter, revision.claimed_on) == ("X-E001/responsible", "2027-05-20")
    [event] = school.events("duty.submitted")
    [entry] = school.rows("SELECT hash FROM ledger WHERE kind = 'duty.submitted'")
    assert receipt.digest == entry.hash
    [kept] = school.rows("SELECT * FROM evidence_file")
    assert event["body"]["files"] == {"timetable": [kept.digest]}
    after = school.duty(body="X-E001", period="2026-2027-T2")
    assert (after.state, after.next_action_on) == ("submitted", None)


def test_three_class_hours_are_too_few(school: Desk) -> None:
    found = refusal(school, EvidenceError, answers={"hours": "3"})
    assert found == "the submission does not prove the duty:\n  hours: expected at least 4课时, got 3"


def test_a_date_outside_the_period_is_refused(school: Desk) -> None:
    found = refusal(school, EvidenceError, answers={"held_on": "2027-01-08"})
    assert "held_on: expected a date from 2027-02-22 to 2027-06-30, got 2027-01-08" in found


def test_missing_evidence_is_refused_with_what_is_wanted(school: Desk) -> None:
    duty = school.duty(body="X-E001", period="2026-2027-T2")
    before = school.everything()
    act = Act("X-E001/responsible", clock.morning_of(date(2027, 6, 1)))
    with pytest.raises(EvidenceError) as refused, school.district.database.transaction() as connection:
        submit(connection, act, school.district, duty.id, {}, {})
    assert [problem.place for problem in refused.value.problems] == ["hours", "held_on", "timetable"]
    assert "hours: is missing: 消防安全教育课时（不少于4课时）" in str(refused.value)
    assert school.everything() == before


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (
            {"answers": {"held_on": "2027-06-02"}},
            "held_on: expected a date up to today, 2027-06-01, got 2027-06-02",
        ),
        ({"claimed_on": date(2027, 6, 2)}, "claimed_on: expected a day up to today, 2027-06-01, got 2027-06-02"),
    ],
)
def test_what_lies_ahead_cannot_be_claimed(school: Desk, given: dict[str, object], fault: str) -> None:
    assert refusal(school, EvidenceError, **given) == f"the submission does not prove the duty:\n  {fault}"


@pytest.mark.parametrize("actor", ["X-E002/responsible", "X-D01/liaison", "X-OFFICE/responsible", "system:test"])
def test_nobody_submits_for_another_body(school: Desk, actor: str) -> None:
    found = refusal(school, ReviewError, actor=actor)
    assert f"expected a submission by X-E001, got {actor.partition('/')[0]}" in found


def test_a_role_that_does_not_exist_is_refused(school: Desk) -> None:
    found = refusal(school, UnknownNameError, actor="X-E001/headmaster")
    assert found == "role headmaster: expected one of responsible, principal, liaison"


@pytest.mark.parametrize("actor", ["X-E001", "X-E001/principal", "X-E001/liaison"])
def test_each_role_of_the_body_may_submit(school: Desk, actor: str) -> None:
    assert school.submit(school.duty(body="X-E001", period="2026-2027-T2"), date(2027, 6, 1), actor).revision == 1


def test_a_second_submission_while_the_first_is_under_review_is_refused(school: Desk) -> None:
    school.submit(school.duty(body="X-E001", period="2026-2027-T2"), date(2027, 6, 1))
    found = refusal(school, DutyStateError)
    assert found.endswith("expected open or returned, it is submitted (待审核)")


def test_a_submission_after_acceptance_is_refused(school: Desk) -> None:
    school.finish(school.duty(body="X-E001", period="2026-2027-T2"), date(2027, 6, 1))
    found = refusal(school, DutyStateError)
    assert found.endswith("expected open or returned, it is accepted (已办结)")


def test_a_duty_that_does_not_exist_is_refused(school: Desk) -> None:
    act = Act("X-E001", clock.morning_of(MARCH))
    with (
        pytest.raises(UnknownNameError, match="duty 9999: there is none of that number"),
        school.district.database.transaction() as connection,
    ):
        submit(connection, act, school.district, 9999, {}, {})


def test_a_return_leads_to_the_next_revision_and_the_first_one_stays(school: Desk) -> None:
    duty = school.duty(body="X-E001", period="2026-2027-T2")
    school.submit(duty, date(2027, 6, 1), proof=date(2027, 5, 20))
    school.review(duty, date(2027, 6, 2), ReviewOutcome.RETURNED, "课表看不清")
    assert school.submit(duty, date(2027, 6, 3), proof=date(2027, 5, 21)).revision == 2
    claimed = [(row.revision, row.claimed_on) for row in school.rows("SELECT * FROM submission ORDER BY id")]
    assert claimed == [(1, "2027-05-20"), (2, "2027-05-21")]


def test_the_same_file_twice_is_kept_once(school: Desk) -> None:
    duty = school.duty(body="X-E001", period="2026-2027-T2")
    file = stored(school.district.store, FileKind.DOCUMENT)
    act = Act("X-E001", clock.morning_of(date(2027, 6, 1)))
    answers = {"hours": "4", "held_on": "2027-05-20"}
    with school.district.database.transaction() as connection:
        submit(connection, act, school.district, duty.id, answers, {"timetable": [file, file]})
    assert len(school.rows("SELECT * FROM evidence_file")) == 1


# --- on time or late -------------------------------------------------------------------------------------------------


def test_what_was_done_in_time_and_handed_in_late_is_late_on_the_record(street: Desk) -> None:
    duty = street.duty(body="X-S01", period="2027-03")
    receipt = street.submit(duty, date(2027, 4, 2), proof=date(2027, 3, 30))
    street.review(duty, date(2027, 4, 6))
    assert (receipt.claimed_on, receipt.late) == (date(2027, 3, 30), True)
    assert street.events("duty.submitted")[0]["body"]["late"] is True
    assert late_on_record(street, duty.id, date(2027, 5, 1))


def test_the_due_day_itself_is_in_time_even_though_it_is_a_sunday(street: Desk) -> None:
    duty = street.duty(body="X-S01", period="2027-02")
    assert str(duty.due_on) == "2027-02-28"
    receipt = street.submit(duty, date(2027, 2, 28), hour=23)
    street.review(duty, date(2027, 3, 9))
    assert not receipt.late
    assert not late_on_record(street, duty.id, date(2027, 5, 1))


def test_the_first_hour_of_the_next_day_in_shanghai_is_late(street: Desk) -> None:
    duty = street.duty(body="X-S01", period="2027-02")
    receipt = street.submit(duty, date(2027, 3, 1), proof=date(2027, 2, 28), hour=0)
    assert receipt.recorded_at == "2027-02-28T16:00:00Z"
    assert receipt.late


def test_a_review_after_the_due_day_does_not_make_a_duty_late(street: Desk) -> None:
    duty = street.duty(body="X-S01", period="2027-03")
    street.submit(duty, date(2027, 3, 31))
    street.review(duty, date(2027, 4, 30))
    assert not late_on_record(street, duty.id, date(2027, 5, 1))


def test_a_duty_that_was_returned_and_mended_late_is_late(street: Desk) -> None:
    duty = street.duty(body="X-S01", period="2027-03")
    street.submit(duty, date(2027, 3, 30))
    street.review(duty, date(2027, 4, 1), ReviewOutcome.RETURNED, "缺纪要")
    street.submit(duty, date(2027, 4, 7), proof=date(2027, 3, 20))
    street.review(duty, date(2027, 4, 8))
    assert late_on_record(street, duty.id, date(2027, 5, 1))


def test_a_survey_before_the_year_is_proved_by_days_before_the_year(desk: Desk) -> None:
    desk.only("art19.hazard-survey").beat(date(2027, 10, 1))
    duty = desk.duty("find", "X-D01")
    with desk.district.database.reading() as connection:
        span = find(connection, desk.district, duty.id).span
    assert (span.starts_on, span.ends_on) == (date(2027, 10, 1), date(2027, 11, 30))
    assert desk.submit(duty, date(2027, 10, 15)).claimed_on == date(2027, 10, 15)
