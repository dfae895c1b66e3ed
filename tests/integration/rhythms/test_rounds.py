"""What is owed so long after it was last done: each body in its own time, nothing twice, nothing lost."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from factories import act_on
from fakes import Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rhythms import NEW_YEAR, PACK
from sqlalchemy import Row

from deployments.schedules import upcoming
from evidence.ledger import Event, EventKind, append
from fireduty.errors import EvidenceError
from flows.catalogue import process_named
from tasks.agenda import look_again
from tasks.moving import Reason
from tasks.planning import plan_year
from tasks.rescheduling import reschedule

ROLLING = f"{PACK}.s4.rolling"
FIRST, SECOND, THIRD = "X-E001", "X-E002", "X-E003"
OPENED = date(2027, 5, 2)
"""Sixty days before the first round is due."""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A district with this obligation alone, on its first day."""
    desk.write("DELETE FROM agenda WHERE obligation_id <> :name", name=ROLLING)
    desk.beat(NEW_YEAR)
    return desk


def rounds(desk: Desk) -> list[str]:
    return [row.period for row in desk.rows("SELECT period FROM duty_case ORDER BY period")]


def owed(desk: Desk, body: str) -> Row[Any]:
    [found] = [one for one in desk.duties(body=body) if one.state == "open"]
    return found


def done(desk: Desk, body: str, on: date, accepted_on: date | None = None) -> None:
    duty = owed(desk, body)
    desk.submit(duty, on)
    desk.review(duty, accepted_on or on)


def join(desk: Desk, body: str, on: date) -> None:
    """Let a school join the register, as an import does."""
    desk.write(
        "INSERT INTO body SELECT :code, '新校（示例）', kind, parent_code, division, key_unit, high_risk, control_room,"
        " committee_member, is_example FROM body WHERE code = :like",
        code=body,
        like=FIRST,
    )
    with desk.district.database.transaction() as connection:
        append(connection, act_on(on, hour=11), [Event(EventKind.REGISTER_IMPORTED, {"file": "示例.xlsx"})])
        look_again(connection, on)


class TestTheFirstRound:
    def test_begins_when_the_district_does_and_opens_before_it_is_due(self, desk: Desk) -> None:
        assert rounds(desk) == ["2027-01-01+6m"]
        desk.beat(OPENED - timedelta(days=1))
        assert desk.duties() == []
        desk.beat(OPENED)
        assert [(one.body_code, one.due_on) for one in desk.duties()] == [
            (FIRST, "2027-07-01"),
            (SECOND, "2027-07-01"),
            (THIRD, "2027-07-01"),
        ]

    def test_is_opened_once_however_often_the_heart_beats(self, desk: Desk) -> None:
        desk.beat(OPENED)
        before = desk.everything()
        desk.beat(OPENED)
        assert desk.everything() == before
        desk.beat(date(2027, 6, 30))
        assert rounds(desk) == ["2027-01-01+6m"]
        assert len(desk.duties()) == 3


class TestTheNextRound:
    @pytest.fixture(autouse=True)
    def _duties_are_open(self, desk: Desk) -> None:
        desk.beat(OPENED)

    def test_counts_from_the_day_each_body_did_it(self, desk: Desk) -> None:
        done(desk, FIRST, date(2027, 5, 10), accepted_on=date(2027, 5, 20))
        done(desk, SECOND, date(2027, 6, 20))
        desk.beat(date(2027, 6, 21))
        assert rounds(desk) == ["2027-01-01+6m", "2027-05-10+6m", "2027-06-20+6m"]
        assert desk.closed() == []  # the third has not done it yet
        desk.beat(date(2027, 12, 20))
        assert owed(desk, FIRST).due_on == "2027-11-10"
        assert owed(desk, SECOND).due_on == "2027-12-20"
        assert owed(desk, THIRD).due_on == "2027-07-01"
        assert desk.problems() == []

    def test_is_opened_by_the_next_heartbeat(self, desk: Desk) -> None:
        [before] = desk.rows("SELECT next_on FROM agenda")
        assert before.next_on > "2027-05-10"
        done(desk, FIRST, date(2027, 5, 10))
        [after] = desk.rows("SELECT next_on FROM agenda")
        assert after.next_on == "2027-05-10"
        desk.beat(date(2027, 5, 10), hour=16)
        assert rounds(desk) == ["2027-01-01+6m", "2027-05-10+6m"]

    def test_a_submission_alone_or_a_return_opens_nothing(self, desk: Desk) -> None:
        desk.submit(owed(desk, FIRST), date(2027, 5, 10))
        desk.write("UPDATE agenda SET next_on = '2027-05-11'")
        desk.beat(date(2027, 5, 11))
        assert rounds(desk) == ["2027-01-01+6m"]

    def test_is_shared_by_those_who_did_it_on_one_day(self, desk: Desk) -> None:
        done(desk, FIRST, date(2027, 5, 10))
        done(desk, SECOND, date(2027, 5, 10))
        desk.beat(date(2027, 5, 11))
        assert rounds(desk) == ["2027-01-01+6m", "2027-05-10+6m"]
        desk.beat(date(2027, 10, 1))
        assert [one.body_code for one in desk.duties(period="2027-05-10+6m")] == [FIRST, SECOND]

    def test_takes_in_whoever_is_accepted_later_even_when_the_others_are_through(self, desk: Desk) -> None:
        late = owed(desk, SECOND)
        desk.submit(late, date(2027, 5, 10))
        done(desk, FIRST, date(2027, 5, 10))
        desk.beat(date(2027, 9, 11))
        done(desk, FIRST, date(2027, 9, 20))
        assert "2027-05-10+6m" in desk.closed()
        desk.review(late, date(2027, 9, 21))
        desk.beat(date(2027, 9, 21))
        assert "2027-05-10+6m" not in desk.closed()
        found = owed(desk, SECOND)
        assert (found.period, found.due_on) == ("2027-05-10+6m", "2027-11-10")
        assert len(desk.duties(body=FIRST, period="2027-05-10+6m")) == 1
        done(desk, SECOND, date(2027, 9, 22))
        assert "2027-05-10+6m" in desk.closed()
        desk.beat(date(2027, 9, 23))
        assert rounds(desk)[-2:] == ["2027-09-20+6m", "2027-09-22+6m"]
        assert desk.problems() == []

    def test_what_is_done_late_is_taken_and_counts_from_its_own_day(self, desk: Desk) -> None:
        done(desk, FIRST, date(2027, 9, 5))
        desk.beat(date(2027, 9, 6))
        assert rounds(desk)[-1] == "2027-09-05+6m"
        [event] = desk.events("duty.submitted")
        assert event["body"]["late"]

    def test_is_not_proved_by_what_proved_the_last(self, desk: Desk) -> None:
        done(desk, FIRST, date(2027, 5, 10))
        desk.beat(date(2027, 9, 11))
        with pytest.raises(EvidenceError, match="expected a date from 2027-05-11 on"):
            desk.submit(owed(desk, FIRST), date(2027, 9, 12), proof=date(2027, 5, 10))

    def test_a_body_that_was_spared_goes_on_from_the_last_day(self, desk: Desk) -> None:
        desk.write("UPDATE duty SET state = 'waived', closed_at = '2027-06-01T00:00:00Z' WHERE body_code = :b", b=FIRST)
        desk.beat(date(2027, 7, 15))
        assert rounds(desk) == ["2027-01-01+6m", "2027-07-01+6m"]
        desk.beat(date(2027, 11, 2))
        assert owed(desk, FIRST).due_on == "2028-01-01"

    @pytest.mark.parametrize("claimed_on", [date(2026, 12, 15), NEW_YEAR])
    def test_never_begins_before_the_last_whatever_day_is_claimed(self, desk: Desk, claimed_on: date) -> None:
        duty = owed(desk, FIRST)
        desk.submit(duty, date(2027, 5, 10), claimed_on=claimed_on)
        desk.review(duty, date(2027, 5, 10))
        desk.beat(date(2027, 5, 11))
        assert rounds(desk) == ["2027-01-01+6m", "2027-01-02+6m"]
        assert owed(desk, FIRST).due_on == "2027-07-02"

    def test_a_body_that_has_left_gets_none(self, desk: Desk) -> None:
        done(desk, FIRST, date(2027, 5, 10))
        desk.write("UPDATE body SET kind = 'unit' WHERE code = :b", b=FIRST)
        desk.beat(date(2027, 12, 1))
        assert rounds(desk) == ["2027-01-01+6m"]


class TestWhoJoins:
    def test_begins_on_the_day_of_the_import(self, desk: Desk) -> None:
        desk.beat(date(2027, 3, 1))
        join(desk, "X-E009", date(2027, 3, 5))
        desk.beat(date(2027, 3, 5), hour=16)
        assert rounds(desk) == ["2027-01-01+6m", "2027-03-05+6m"]
        desk.beat(date(2027, 8, 1))
        assert owed(desk, "X-E009").due_on == "2027-09-05"
        assert len(desk.duties(period="2027-01-01+6m")) == 3

    def test_begins_on_that_day_too_when_no_heart_beat_for_weeks(self, desk: Desk) -> None:
        join(desk, "X-E009", date(2027, 3, 5))
        desk.beat(date(2027, 4, 20))
        assert rounds(desk) == ["2027-01-01+6m", "2027-03-05+6m"]

    def test_before_the_district_is_at_work_begins_with_it(self, desk: Desk) -> None:
        for table in ("allotment", "milestone", "schedule", "duty_case"):
            desk.write(f"DELETE FROM {table}")
        join(desk, "X-E009", date(2027, 3, 5))
        desk.beat(date(2027, 4, 20))
        assert rounds(desk) == ["2027-01-01+6m"]
        assert len(desk.rows("SELECT * FROM allotment")) == 4


class TestThePlan:
    def planned(self, desk: Desk, year: int, since: date = date.min) -> list[tuple[str, str, str]]:
        district = desk.district
        [law] = district.regulations
        with district.database.reading() as connection:
            found = plan_year(connection, law, year, district.calendar, process_named, since=since)
        return [(one.period, one.body, one.due_on) for one in found.duties if one.obligation == ROLLING]

    def test_agrees_with_what_is_opened_for_those_who_are_punctual(self, desk: Desk) -> None:
        for due_on in (date(2027, 7, 1), date(2028, 1, 1), date(2028, 7, 1)):
            desk.beat(due_on)
            for body in (FIRST, SECOND, THIRD):
                done(desk, body, due_on)
            desk.beat(due_on, hour=18)
        desk.beat(date(2028, 12, 31))
        opened = sorted((one.period, one.body_code, one.due_on) for one in desk.duties())
        planned = self.planned(desk, 2027, since=NEW_YEAR) + self.planned(desk, 2028, since=NEW_YEAR)
        later = [("2028-07-01+6m", body, "2029-01-01") for body in (FIRST, SECOND, THIRD)]
        assert opened == sorted(planned + later)
        assert len(planned) == 9
        assert len(desk.closed()) == 3

    def test_without_a_district_counts_from_the_day_the_regulation_came_into_force(self, desk: Desk) -> None:
        assert {due_on for _, _, due_on in self.planned(desk, 2027)} == {"2027-06-01", "2027-12-01"}


class TestItsPlaceInPrefect:
    def keys(self, desk: Desk, on: date) -> list[str]:
        [law] = desk.district.regulations
        _, obligation = desk.district.obligation(ROLLING)
        return [one.period.key for one in upcoming(desk.district, law, obligation, on)]

    def test_is_that_of_the_rounds_under_way(self, desk: Desk) -> None:
        desk.beat(OPENED)
        assert self.keys(desk, OPENED) == ["2027-01-01+6m"]
        done(desk, FIRST, date(2027, 5, 10))
        desk.beat(date(2027, 5, 11))
        assert self.keys(desk, date(2027, 5, 11)) == ["2027-01-01+6m", "2027-05-10+6m"]
        done(desk, SECOND, date(2027, 5, 12))
        done(desk, THIRD, date(2027, 5, 12))
        desk.beat(date(2027, 5, 13))
        assert self.keys(desk, date(2027, 5, 13)) == ["2027-05-10+6m", "2027-05-12+6m"]

    def test_before_the_first_heartbeat_is_that_of_the_first_round(self, desk: Desk) -> None:
        for table in ("allotment", "milestone", "schedule", "duty_case"):
            desk.write(f"DELETE FROM {table}")
        assert self.keys(desk, NEW_YEAR) == ["2027-01-01+6m"]


turns = st.lists(st.tuples(st.sampled_from([FIRST, SECOND, THIRD]), st.integers(0, 150)), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns)
def test_whatever_is_done_when_each_body_owes_it_once_from_the_day_it_did_it(
    fresh: Callable[[], Desk], turns: list[tuple[str, int]]
) -> None:
    desk, today = fresh(), NEW_YEAR
    last = dict.fromkeys((FIRST, SECOND, THIRD), today)
    desk.beat(today)
    for body, days in turns:
        today += timedelta(days=days)
        desk.beat(today)
        if [one for one in desk.duties(body=body) if one.state == "open"]:
            done(desk, body, today)
            last[body] = today
            desk.beat(today, hour=18)
    for body, done_on in last.items():
        mine = desk.rows(
            "SELECT c.starts_on FROM allotment l JOIN schedule s ON s.id = l.schedule_id"
            " JOIN duty_case c ON c.id = s.case_id WHERE l.body_code = :body ORDER BY c.starts_on",
            body=body,
        )
        accepted = [one for one in desk.duties(body=body) if one.state == "accepted"]
        assert [row.starts_on for row in mine] == [str(NEW_YEAR), *(one.claimed_on for one in accepted)]
        assert mine[-1].starts_on == str(done_on)
    assert desk.problems() == []


def test_reckoning_anew_leaves_the_days_of_a_round(desk: Desk) -> None:
    desk.beat(OPENED)
    done(desk, FIRST, date(2027, 5, 10))
    desk.beat(date(2027, 5, 11))
    desk.write("UPDATE duty_case SET calendar_version = 'of an earlier release'")
    outcome = reschedule(desk.district, act_on(date(2027, 5, 12)), Reason("x", "y"))
    assert (outcome.cases, outcome.schedules, outcome.left) == (2, 0, ())
    desk.beat(date(2027, 5, 13))
    assert rounds(desk) == ["2027-01-01+6m", "2027-05-10+6m"]
    assert desk.problems() == []
