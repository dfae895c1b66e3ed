"""Reviewing: by the supervising body only, never by who submitted, and a return says why."""

from datetime import date

import pytest
from factories import GOVERNMENT, OFFICE
from fakes import Desk

from fireduty.errors import DutyStateError, FiredutyError, ReviewError
from models.states import ReviewOutcome
from tasks.duties import Filter, counts, full, list_duties

MARCH = date(2027, 3, 1)
SUBMITTED_ON = date(2027, 3, 10)
REVIEWED_ON = date(2027, 3, 11)


@pytest.fixture
def street(desk: Desk) -> Desk:
    desk.only("art16.monthly-study").beat(MARCH)
    desk.submit(desk.duty(body="X-S01", period="2027-03"), SUBMITTED_ON)
    return desk


def refusal(desk: Desk, error: type[FiredutyError], outcome: ReviewOutcome, reason: str = "", actor: str = "") -> str:
    before = desk.everything()
    duty = desk.duty(body="X-S01", period="2027-03")
    with pytest.raises(error) as refused:
        desk.review(duty, REVIEWED_ON, outcome, reason, actor)
    assert desk.everything() == before
    return str(refused.value)


def test_acceptance_closes_the_duty_and_tells_the_body(street: Desk) -> None:
    duty = street.duty(body="X-S01", period="2027-03")
    street.review(duty, REVIEWED_ON)
    after = street.duty(body="X-S01", period="2027-03")
    assert (after.state, after.closed_at, after.next_action_on) == ("accepted", "2027-03-11T07:00:00Z", None)
    assert street.notices(duty)[-1] == ("accepted:1", "X-S01")
    [event] = street.events("duty.accepted", duty.id)
    assert (event["actor"], event["body"]) == (f"{OFFICE}/liaison", {"reason": "", "revision": 1})
    [review] = street.rows("SELECT * FROM review")
    assert (review.reviewer, review.outcome) == (f"{OFFICE}/liaison", "accepted")


def test_a_return_opens_the_duty_again_and_says_why(street: Desk) -> None:
    duty = street.duty(body="X-S01", period="2027-03")
    street.review(duty, REVIEWED_ON, ReviewOutcome.RETURNED, "  缺会议纪要 ")
    after = street.duty(body="X-S01", period="2027-03")
    assert (after.state, after.submitted_at, after.closed_at) == ("returned", None, None)
    assert str(after.next_action_on) == "2027-03-24"
    assert street.notices(duty)[-1] == ("returned:1", "X-S01")
    assert street.events("duty.returned", duty.id)[0]["body"] == {"reason": "缺会议纪要", "revision": 1}


@pytest.mark.parametrize("outcome", ReviewOutcome)
def test_who_submitted_cannot_review(street: Desk, outcome: ReviewOutcome) -> None:
    found = refusal(street, ReviewError, outcome, "缺纪要", "X-S01/responsible")
    assert found.endswith("X-S01/responsible submitted it and cannot review it")


def test_who_submitted_cannot_review_even_where_the_register_made_them_their_own_supervisor(street: Desk) -> None:
    street.write("UPDATE duty SET supervisor_code = body_code")
    found = refusal(street, ReviewError, ReviewOutcome.ACCEPTED, actor="X-S01/responsible")
    assert found.endswith("X-S01/responsible submitted it and cannot review it")


def test_another_person_of_the_same_body_cannot_review(street: Desk) -> None:
    found = refusal(street, ReviewError, ReviewOutcome.ACCEPTED, actor="X-S01/principal")
    assert found.endswith(f"expected a reviewer of {OFFICE} (区消防委办公室), got X-S01")


@pytest.mark.parametrize("actor", ["X-S02/responsible", "X-D01/liaison", f"{GOVERNMENT}/principal"])
def test_another_body_cannot_review(street: Desk, actor: str) -> None:
    found = refusal(street, ReviewError, ReviewOutcome.ACCEPTED, actor=actor)
    assert found.endswith(f"expected a reviewer of {OFFICE} (区消防委办公室), got {actor.partition('/')[0]}")


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "短"])
def test_a_return_without_a_reason_is_refused(street: Desk, reason: str) -> None:
    assert refusal(street, ReviewError, ReviewOutcome.RETURNED, reason).endswith("a return needs a reason")


def test_what_was_not_submitted_cannot_be_reviewed(desk: Desk) -> None:
    desk.only("art16.monthly-study").beat(MARCH)
    found = refusal(desk, DutyStateError, ReviewOutcome.ACCEPTED)
    assert found.endswith("expected a submission to review, it is open (待办)")


@pytest.mark.parametrize("outcome", ReviewOutcome)
def test_what_was_reviewed_cannot_be_reviewed_again(street: Desk, outcome: ReviewOutcome) -> None:
    street.review(street.duty(body="X-S01", period="2027-03"), REVIEWED_ON, outcome, "缺纪要")
    found = refusal(street, DutyStateError, ReviewOutcome.ACCEPTED)
    assert f"it is {outcome.value}" in found


def test_each_return_is_told_of_its_own(street: Desk) -> None:
    duty = street.duty(body="X-S01", period="2027-03")
    street.review(duty, REVIEWED_ON, ReviewOutcome.RETURNED, "缺纪要")
    street.submit(duty, date(2027, 3, 12))
    street.review(duty, date(2027, 3, 15), ReviewOutcome.RETURNED, "纪要缺页")
    street.submit(duty, date(2027, 3, 16))
    street.review(duty, date(2027, 3, 17))
    told = [occasion for occasion, _ in street.notices(duty) if ":" in occasion]
    assert told == ["returned:1", "returned:2", "accepted:3"]


def test_the_whole_life_of_a_duty_can_be_read(street: Desk) -> None:
    duty = street.duty(body="X-S01", period="2027-03")
    street.review(duty, REVIEWED_ON, ReviewOutcome.RETURNED, "缺纪要")
    street.submit(duty, date(2027, 3, 12))
    street.review(duty, date(2027, 3, 15))
    with street.district.database.reading() as connection:
        found = full(connection, street.district, duty.id, date(2027, 4, 1))
    assert (found["ref"], found["state"], found["state_zh"], found["late"]) == ("art16", "accepted", "已办结", False)
    assert found["period_days"] == ["2027-03-01", "2027-03-31"]
    assert [(one["revision"], one["outcome"]) for one in found["submissions"]] == [(1, "returned"), (2, "accepted")]
    assert [one["occasion"] for one in found["notices"]] == ["assigned", "returned:1", "accepted:2"]
    kinds = [event["kind"] for event in found["history"]]
    assert kinds == ["duty.opened", "duty.submitted", "duty.returned", "duty.submitted", "duty.accepted"]
    assert len(found["files"]) == 2
    assert found["proof_zh"][0] == "会议纪要（文档，至少1份）"


def test_duties_are_listed_by_what_is_asked(street: Desk) -> None:
    def listed(as_of: date = date(2027, 4, 2), **wanted: object) -> list[tuple[str, str]]:
        with street.district.database.reading() as connection:
            found = list_duties(connection, Filter(**wanted), as_of)  # type: ignore[arg-type]
        return [(one["body_code"], one["period"]) for one in found]

    assert listed(state="submitted") == [("X-S01", "2027-03")]
    assert listed(body="X-S02") == [("X-S02", f"2027-0{month}") for month in (1, 2, 3)]
    assert listed(period="2027-03", supervisor=OFFICE) == [("X-S01", "2027-03"), ("X-S02", "2027-03")]
    assert listed(supervisor="X-D01") == []
    assert listed(obligation="putuo-2020.art16.monthly-study", limit=1) == [("X-S01", "2027-01")]
    assert ("X-S01", "2027-03") in listed(overdue=True)
    assert ("X-S01", "2027-03") not in listed(date(2027, 3, 31), overdue=True)


def test_duties_are_counted_by_state_and_those_overdue_apart(street: Desk) -> None:
    street.review(street.duty(body="X-S01", period="2027-03"), REVIEWED_ON)
    with street.district.database.reading() as connection:
        assert counts(connection, date(2027, 4, 1)) == {"accepted": 1, "open": 5, "overdue": 5}
        assert counts(connection, date(2027, 2, 1)) == {"accepted": 1, "open": 5, "overdue": 2}
