"""Waiting notices become messages in the outbox."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from evidence.ledger import GENESIS
from models.columns import instant_text
from tasks.messages import compose, message_key
from tasks.outbox import outbox_state

DUE = date(2026, 8, 15)
LATE = date(2026, 7, 31)


def _events(district: Any, kind: str) -> list[dict[str, Any]]:
    return [json.loads(row.entry) for row in district.rows("SELECT entry FROM ledger WHERE kind = :k", k=kind)]


def test_all_notices_of_one_body_become_one_message_to_its_responsible_contact(district: Any) -> None:
    school = district.body("S1", "曹杨第一小学")
    district.contact(school, "liaison")
    district.contact(school, "principal")
    district.contact(school, "responsible", address="zhang@example.test")
    ids = [
        district.notice(district.duty(school, DUE), "assigned", school),
        district.notice(district.duty(school, LATE), "overdue_1", school),
    ]
    assert district.compose() == 1
    (message,) = district.rows("SELECT * FROM message")
    assert (message.state, message.channel, message.address) == ("claimed", "email", "zhang@example.test")
    assert message.title == "【逾期1项·新任务1项】组织疏散演练（2026-2）等2项"
    assert message.text.startswith("曹杨第一小学：\n")
    assert message.key == message_key("zhang@example.test", ids)
    assert message.composed_at == message.next_attempt_at == instant_text(district.at)
    assert {row.message_id for row in district.rows("SELECT message_id FROM notice")} == {message.id}


def test_composing_again_finds_nothing_to_do(district: Any) -> None:
    district.schools(3)
    assert district.compose() == 3
    assert district.compose() == 0
    assert district.scalar("SELECT count(*) FROM message") == 3


def test_the_ledger_gets_one_event_a_message_without_address_or_text(district: Any) -> None:
    school = district.body("S1")
    district.contact(school, address="zhang@example.test")
    district.notice(district.duty(school, DUE), "assigned", school)
    district.compose()
    (message,) = district.rows("SELECT key, text FROM message")
    (event,) = _events(district, "message.composed")
    assert event["body"] == {
        "message": message.key,
        "recipient": "S1",
        "channel": "email",
        "notices": 1,
        "text_sha256": hashlib.sha256(message.text.encode()).hexdigest(),
    }
    assert (event["actor"], event["run"], event["at"]) == (
        "system:delivery",
        "run-1",
        instant_text(district.at),
    )
    assert "zhang" not in json.dumps(event)
    assert district.verdict().holds


def test_a_message_ends_with_the_ledgers_head_before_it(district: Any) -> None:
    district.schools(1)
    district.compose()
    first = district.scalar("SELECT text FROM message")
    assert f"存证账 第 0 条 {GENESIS}" in first
    district.notice(1, "remind_5", "S0000")
    district.compose()
    (entry,) = district.rows("SELECT seq, hash FROM ledger WHERE seq = 1")
    assert f"存证账 第 1 条 {entry.hash}" in district.scalar("SELECT text FROM message WHERE id = 2")


def test_the_principal_then_the_liaison_is_told_where_nobody_is_responsible(district: Any) -> None:
    for code, roles in (("A", ("liaison", "principal")), ("B", ("liaison",))):
        district.body(code)
        for role in roles:
            district.contact(code, role)
        district.notice(district.duty(code, DUE), "assigned", code)
    district.compose()
    addresses = [row.address for row in district.rows("SELECT address FROM message ORDER BY recipient_code")]
    assert addresses == ["principal.A@example.test", "liaison.B@example.test"]


def test_a_contact_on_a_channel_that_is_not_configured_is_passed_over(district: Any) -> None:
    school = district.body("S1")
    district.contact(school, "responsible", channel="wecom", address="robot-token")
    district.contact(school, "principal")
    district.notice(district.duty(school, DUE), "assigned", school)
    district.compose()
    assert district.scalar("SELECT address FROM message") == "principal.S1@example.test"


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (None, "got none"),
        (("responsible", "wecom", "robot-token"), "on a channel among email, got responsible on wecom"),
        (("responsible", "email", "  "), "got responsible on email"),
        (("janitor", "email", "j@example.test"), "one of responsible, principal, liaison"),
    ],
)
def test_a_body_without_a_usable_contact_gets_a_dead_message_that_says_so(
    district: Any, contact: tuple[str, str, str] | None, said: str
) -> None:
    school = district.body("S1")
    if contact:
        district.contact(school, *contact)
    district.notice(district.duty(school, DUE), "assigned", school)
    assert district.compose() == 1
    (message,) = district.rows("SELECT * FROM message")
    assert (message.state, message.channel, message.address) == ("dead", "", "")
    assert said in message.last_error
    assert "组织疏散演练" in message.text
    (event,) = _events(district, "message.dead")
    assert event["body"]["recipient"] == "S1"
    assert said in event["body"]["error"]
    assert "robot-token" not in json.dumps(event)
    assert not _events(district, "message.composed")
    assert district.deliver().sent == 0
    assert district.compose() == 0


def test_no_more_recipients_than_the_limit_are_taken_and_each_of_them_wholly(district: Any) -> None:
    district.schools(5)
    district.notice(1, "remind_15", "S0000")
    assert district.compose(limit=2) == 2
    waiting = district.rows("SELECT recipient_code FROM notice WHERE message_id IS NULL")
    assert [row.recipient_code for row in waiting] == ["S0002", "S0003", "S0004"]
    assert district.compose(limit=2) == 2
    assert district.compose(limit=2) == 1


def test_several_notices_of_one_duty_are_told_as_one_item(district: Any) -> None:
    school = district.body("S1")
    district.contact(school)
    duty = district.duty(school, DUE)
    district.notice(duty, "assigned", school)
    district.notice(duty, "remind_5", school)
    district.compose()
    (message,) = district.rows("SELECT title, text FROM message")
    assert message.title.startswith("【临近1项】")
    assert "缘由：任务下达；提前5个工作日提醒" in message.text
    (event,) = _events(district, "message.composed")
    assert event["body"]["notices"] == 2


def test_a_supervisor_is_told_of_overdue_bodies_below_it(district: Any) -> None:
    bureau = district.body("EDU", "区教育局", "department")
    district.contact(bureau)
    for code in ("S1", "S2"):
        district.notice(district.duty(district.body(code), LATE), "supervise_3", bureau)
    district.compose()
    (message,) = district.rows("SELECT title, text FROM message")
    assert message.title == "【下级逾期提醒2项】组织疏散演练（2026-1）等2项"
    assert "任务 1  第S1小学\n     任务 2  第S2小学" in message.text


def test_a_return_carries_the_reviewers_reason_of_that_revision(district: Any) -> None:
    school = district.body("S1")
    district.contact(school)
    duty = district.duty(school, DUE, state="returned")
    district.review(duty, 1, "returned", "缺少记录")
    district.review(duty, 2, "returned", "照片不清")
    district.notice(duty, "returned:2", school)
    district.compose()
    (message,) = district.rows("SELECT title, text FROM message")
    assert message.title.startswith("【退回补正1项】")
    assert "审核意见：照片不清" in message.text
    assert "缺少记录" not in message.text


@pytest.mark.parametrize(
    ("state", "due_on", "occasion", "group"),
    [
        ("open", DUE, "assigned", "新任务"),
        ("open", DUE, "remind_15", "临近"),
        ("open", date(2026, 8, 5), "due_0", "临近"),
        ("open", LATE, "overdue_1", "逾期"),
        ("open", DUE, "never_heard_of", "临近"),
        ("open", LATE, "assigned", "逾期"),
        ("returned", LATE, "returned:1", "逾期"),
        ("submitted", LATE, "overdue_1", "已提交或已办结"),
        ("accepted", LATE, "accepted:1", "已提交或已办结"),
    ],
)
def test_the_group_follows_from_the_state_as_it_is_now(
    district: Any, state: str, due_on: date, occasion: str, group: str
) -> None:
    school = district.body("S1")
    district.contact(school)
    district.notice(district.duty(school, due_on, state=state), occasion, school)
    district.compose()
    assert district.scalar("SELECT title FROM message").startswith(f"【{group}1项】")


def test_a_duty_whose_obligation_is_no_longer_in_force_is_told_by_its_id(district: Any) -> None:
    school = district.body("S1")
    district.contact(school)
    district.notice(district.duty(school, DUE, obligation="dropped"), "assigned", school)
    district.compose()
    assert "putuo-2020.art13.dropped" in district.scalar("SELECT title FROM message")


def _compose_and_fail(district: Any) -> None:
    with district.database.transaction() as connection:
        assert compose(connection, district.act, district.settings, {}, 10) == 2
        raise ZeroDivisionError


def test_nothing_is_composed_where_the_transaction_fails(district: Any) -> None:
    district.schools(2)
    with pytest.raises(ZeroDivisionError):
        _compose_and_fail(district)
    assert district.scalar("SELECT count(*) FROM message") == 0
    assert district.scalar("SELECT count(*) FROM notice WHERE message_id IS NULL") == 2


def test_the_outbox_tells_its_counts_its_oldest_and_its_last_errors(district: Any) -> None:
    district.schools(2)
    district.notice(district.duty(district.body("X"), DUE), "assigned", "X")
    since = instant_text(district.at)
    with district.database.reading() as connection:
        before = outbox_state(connection)
    district.compose(limit=2)
    with district.database.transaction() as connection:
        connection.execute(text("UPDATE message SET state = 'sent' WHERE id = 1"))
    district.wait(hours=2)
    district.compose()
    with district.database.reading() as connection:
        after = outbox_state(connection)
    assert before["notices_waiting"] == 3
    assert before["oldest_waiting"] == since
    assert before["messages"] == {"claimed": 0, "sent": 0, "failed": 0, "dead": 0, "replaced": 0}
    assert after["messages"] == {"claimed": 1, "sent": 1, "failed": 0, "dead": 1, "replaced": 0}
    assert after["notices_waiting"] == 0
    assert after["oldest_waiting"] == since
    (error,) = after["last_errors"]
    assert (error["recipient_code"], error["state"]) == ("X", "dead")
    assert json.dumps(after)
