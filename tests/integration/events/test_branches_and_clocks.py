"""After the report: branches, dates that hang on earlier steps, and clocks that documents stop."""

from datetime import date
from typing import Any

import pytest
from factories import CITY, EDUCATION, GOVERNMENT, OFFICE
from towns import Town

from evidence.ledger import Act
from fireduty import clock
from fireduty.errors import EventError, EvidenceError, UnknownNameError
from models.events import ClockAct
from models.states import ReviewOutcome
from tasks.clocks import Decision, change_clock
from tasks.timeline import list_events, timeline


def change(town: Town, kind: ClockAct, on: date, number: str = "E2026-0001", **given: Any) -> None:
    as_of = given.pop("as_of", on)
    given = {"reason": "等待消防技术鉴定", "approver": f"{CITY}/principal", **given}
    decision = Decision(number, kind, on, town.paper(), **given)
    with town.district.database.transaction() as connection:
        change_clock(connection, Act(f"{OFFICE}/liaison", clock.morning_of(as_of, 14)), town.district, decision)


def due(town: Town, step: str) -> str:
    return str(town.duty(step).due_on)


def test_a_refusal_leaves_the_rest_out_and_closes_the_case(town: Town) -> None:
    town.report(assisting=(EDUCATION,))
    town.decide(date(2026, 10, 12), "refused")
    assert {event["body"]["step"] for event in town.events("step.left_out")} == {"measures", "mend", "follow_up"}
    assert town.closed() == ["E2026-0001"]
    town.beat(date(2026, 11, 20))
    assert len(town.events("step.left_out")) == 3
    assert len(town.duties()) == 1


def test_consent_opens_the_next_steps_counted_from_the_decision(town: Town) -> None:
    town.report(assisting=(EDUCATION,))
    town.decide(date(2026, 10, 12), mend_by="2026-11-30")
    assert (due(town, "measures"), due(town, "mend")) == ("2026-10-19", "2026-11-30")
    assert town.duty("measures").body_code == EDUCATION
    assert not town.duties("follow_up")
    town.done("measures", EDUCATION, date(2026, 10, 15))
    town.done("mend", "X-U000001", date(2026, 11, 2))
    assert due(town, "follow_up") == "2026-11-05"
    town.done("follow_up", GOVERNMENT, date(2026, 11, 4))
    assert town.closed() == ["E2026-0001"]
    assert town.problems() == []


def test_until_its_step_is_done_a_date_is_a_forecast(town: Town) -> None:
    town.report()
    [row] = town.rows("SELECT due_on, provisional FROM schedule WHERE step = 'measures'")
    assert (str(row.due_on), bool(row.provisional)) == ("2026-10-22", True)


def test_a_step_without_a_day_of_its_own_waits_however_late_the_one_before_is(town: Town) -> None:
    town.report()
    for on in (date(2026, 10, 30), date(2026, 12, 15)):
        town.beat(on)
    assert [duty.step for duty in town.duties()] == ["decide"]
    town.decide(date(2026, 12, 16), mend_by="2026-12-25")
    assert due(town, "mend") == "2026-12-25"


def test_a_late_decision_is_recorded_as_late_and_never_refused(town: Town) -> None:
    town.report()
    duty = town.duty("decide")
    town.beat(date(2026, 10, 28))
    assert town.rungs(duty)[-1] == "supervise_3"
    receipt = town.submit(duty, date(2026, 10, 28), answers={"decision": "agreed", "mend_by": "2026-12-25"})
    assert receipt.late
    [sealed] = town.events("duty.submitted")
    assert sealed["body"]["late"]


def test_a_choice_that_is_none_is_refused_with_those_there_are(town: Town) -> None:
    town.report()
    with pytest.raises(EvidenceError, match=r"expected one of agreed \(同意\), refused \(不同意\), got 'maybe'"):
        town.submit(town.duty("decide"), date(2026, 10, 9), answers={"decision": "maybe"})
    town.submit(town.duty("decide"), date(2026, 10, 9), answers={"decision": "不同意"})
    [row] = town.rows("SELECT answers FROM submission")
    assert '"decision":"refused"' in row.answers


def test_days_while_the_clock_stands_still_are_not_counted(town: Town) -> None:
    town.report(on=date(2026, 11, 2))
    assert due(town, "decide") == "2026-11-11"
    change(town, ClockAct.PAUSE, date(2026, 11, 5))
    town.beat(date(2026, 11, 13))
    duty = town.duty("decide")
    assert town.rungs(duty) == ["assigned"]
    assert duty.next_action_on is None
    change(town, ClockAct.RESUME, date(2026, 11, 16))
    # Two working days had passed; the five that are left begin with the day on which it goes on.
    assert due(town, "decide") == "2026-11-20"
    town.beat(date(2026, 11, 19))
    assert town.rungs(duty) == ["assigned", "remind_1.3"]  # the third ladder: one paper stopped it, one let it go on


def test_a_stopped_clock_is_not_overdue_and_opens_nothing(town: Town) -> None:
    town.report(on=date(2026, 11, 2))
    change(town, ClockAct.PAUSE, date(2026, 11, 5))
    with town.district.database.reading() as connection:
        [listed] = list_events(connection, date(2026, 12, 1))
    assert (listed["overdue"], listed["state_zh"]) == (False, "中止计时")


def test_more_time_begins_the_ladder_anew(town: Town) -> None:
    town.report(on=date(2026, 11, 2))
    town.beat(date(2026, 11, 10))
    duty = town.duty("decide")
    assert town.rungs(duty) == ["assigned", "remind_1"]
    change(town, ClockAct.EXTEND, date(2026, 11, 11), step="decide", until_on=date(2026, 11, 25))
    assert due(town, "decide") == "2026-11-25"
    town.beat(date(2026, 11, 24))
    town.beat(date(2026, 11, 25))
    assert town.rungs(duty) == ["assigned", "remind_1", "remind_1.2", "due_0.2"]
    [sealed] = town.events("clock.extended")
    assert sealed["body"]["approver"] == f"{CITY}/principal"
    assert sealed["body"]["until_on"] == "2026-11-25"


def test_more_time_moves_what_is_counted_from_that_step_only_once_it_is_done(town: Town) -> None:
    town.report(on=date(2026, 11, 2))
    change(town, ClockAct.EXTEND, date(2026, 11, 3), step="decide", until_on=date(2026, 11, 25))
    [row] = town.rows("SELECT due_on FROM schedule WHERE step = 'measures'")
    assert str(row.due_on) == "2026-12-02"


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        (ClockAct.PAUSE, {"reason": " "}, "needs a reason"),
        (ClockAct.PAUSE, {"approver": f"{GOVERNMENT}/principal"}, "has to act itself and cannot approve"),
        (ClockAct.RESUME, {}, "its clock is running"),
        (ClockAct.PAUSE, {"on": date(2026, 11, 20)}, "expected a day from 2026-11-02 to today"),
        (ClockAct.EXTEND, {"step": "decide", "until_on": date(2026, 11, 11)}, "expected a day after 2026-11-11"),
    ],
)
def test_a_clock_is_changed_only_as_it_can_be(town: Town, kind: ClockAct, given: dict[str, Any], says: str) -> None:
    town.report(on=date(2026, 11, 2))
    before = town.everything()
    on = given.pop("on", date(2026, 11, 5))
    with pytest.raises(EventError, match=says) as refused:
        change(town, kind, on, as_of=date(2026, 11, 5), **given)
    assert refused.value.hint
    assert town.everything() == before


def test_a_step_that_does_not_exist_gets_no_time(town: Town) -> None:
    town.report(on=date(2026, 11, 2))
    with pytest.raises(UnknownNameError, match="step 'dance'"):
        change(town, ClockAct.EXTEND, date(2026, 11, 5), step="dance", until_on=date(2026, 12, 1))


def test_the_clock_of_a_closed_event_is_not_changed(town: Town) -> None:
    town.report()
    town.decide(date(2026, 10, 12), "refused")
    with pytest.raises(EventError, match="it is closed"):
        change(town, ClockAct.PAUSE, date(2026, 10, 13))


def test_the_timeline_says_how_each_day_was_reckoned(town: Town) -> None:
    town.report()
    with town.district.database.reading() as connection:
        found = timeline(connection, town.district, "E2026-0001", {"decide": "作出决定"})
    decide = found["steps"][0]
    assert (decide["name"], decide["due_on"], decide["rule"]) == ("作出决定", "2026-10-15", "workdays:7")
    assert decide["reckoned"][0].startswith("2026-09-30 Wed: event, not counted")
    assert [event["kind"] for event in found["history"]][:3] == ["case.opened", "event.reported", "duty.opened"]


def test_a_returned_duty_of_a_stopped_clock_stays_silent_until_it_goes_on(town: Town) -> None:
    town.report(on=date(2026, 11, 2))
    duty = town.duty("decide")
    town.submit(duty, date(2026, 11, 4))
    change(town, ClockAct.PAUSE, date(2026, 11, 5))
    town.review(duty, date(2026, 11, 6), ReviewOutcome.RETURNED, "缺少依据")
    assert town.duty("decide").next_action_on is None
    change(town, ClockAct.RESUME, date(2026, 11, 9))
    assert str(town.duty("decide").next_action_on) == "2026-11-12"
