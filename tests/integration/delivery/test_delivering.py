"""Messages of the outbox go to a real mail server, and what came of each is recorded."""

import json
import socket
import time
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from sqlalchemy import text

from evidence.ledger import Act
from fireduty.errors import DeliveryError
from models.columns import instant_text
from tasks.delivery import FAILURES_IN_A_ROW, DeliveryResult, Letter, deliver_due


def _events(district: Any, kind: str) -> list[dict[str, Any]]:
    rows = district.rows("SELECT entry FROM ledger WHERE kind = :kind ORDER BY seq", kind=kind)
    return [json.loads(row.entry) for row in rows]


def _composed(district: Any, count: int = 1) -> Any:
    district.schools(count)
    assert district.compose() == count
    return district


def test_a_mail_arrives_with_its_key_its_chinese_subject_and_its_text(served: Any, mail_server: Any) -> None:
    _composed(served)
    assert served.deliver() == DeliveryResult(sent=1)
    (message,) = served.rows("SELECT * FROM message")
    (mail,) = mail_server.mails
    assert mail["X-Fireduty-Message"] == message.key
    assert mail["Message-ID"] == f"<{message.key}@putuo.example>"
    assert mail["Subject"] == message.title == "【新任务1项】组织疏散演练（2026-1）"
    assert mail["From"] == "消防委办公室 <no-reply@putuo.example>"
    assert mail["To"] == "responsible.S0000@example.test"
    assert parsedate_to_datetime(mail["Date"]).isoformat() == "2026-08-05T09:00:00+08:00"
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().rstrip("\n").splitlines() == message.text.splitlines()
    assert html.get_content().rstrip("\n").splitlines() == message.html.splitlines()
    assert "组织疏散演练" in message.html
    assert len(mail.get_all("Message-ID")) == len(mail.get_all("Date")) == 1


def test_a_sent_message_is_recorded_with_the_instant_and_the_servers_answer(served: Any) -> None:
    _composed(served)
    later = served.at + timedelta(seconds=7)
    served.deliver(now_at=lambda: later)
    (message,) = served.rows("SELECT * FROM message")
    assert (message.state, message.sent_at, message.attempts) == ("sent", instant_text(later), 1)
    (event,) = _events(served, "message.sent")
    assert event["body"] == {
        "message": message.key,
        "recipient": "S0000",
        "channel": "email",
        "attempt": 1,
        "answer": "250 2.0.0 Ok: queued as 4XyZ",
    }
    assert event["at"] == instant_text(later)
    assert served.verdict().holds


def test_a_clock_that_was_set_back_does_not_date_a_record_before_its_act(served: Any) -> None:
    _composed(served)
    served.deliver(now_at=lambda: served.at - timedelta(hours=1))
    assert served.scalar("SELECT sent_at FROM message") == instant_text(served.at)


def test_a_sent_message_is_not_sent_again(served: Any, mail_server: Any) -> None:
    _composed(served, 3)
    assert served.deliver().sent == 3
    served.wait(days=3)
    assert served.deliver() == DeliveryResult()
    assert len(mail_server.taken) == 3


def test_many_mails_go_over_one_connection(served: Any, mail_server: Any) -> None:
    _composed(served, 30)
    served.deliver()
    assert len(mail_server.taken) == 30
    assert mail_server.connections == 1


def test_no_more_than_the_limit_are_tried_the_longest_waiting_first(served: Any, mail_server: Any) -> None:
    _composed(served, 3)
    served.wait(minutes=5)
    served.notice(1, "remind_5", "S0000")
    served.compose()
    assert served.deliver(limit=3).sent == 3
    assert [mail["To"] for mail in mail_server.mails] == [f"responsible.S000{n}@example.test" for n in range(3)]
    assert served.deliver().sent == 1
    assert served.deliver(limit=0) == DeliveryResult()


def test_an_address_of_any_spelling_reaches_just_itself(served: Any, mail_server: Any) -> None:
    addresses = ["a+tag@example.test", "b_c.d-e@sub.example.test", "UPPER@Example.test", "q&a=1@example.test"]
    for number, address in enumerate(addresses):
        code = served.body(f"S{number}")
        served.contact(code, address=address)
        served.notice(served.duty(code, served.at.date()), "assigned", code)
    served.compose()
    result = served.deliver()
    reached = [recipient for recipients, _ in mail_server.taken for recipient in recipients]
    assert reached == addresses
    assert result.sent == len(addresses)


@pytest.mark.parametrize("address", ["no address", "a@example.test,b@example.test", "张三@例子", "@", "x@y\nz"])
def test_a_malformed_address_reaches_nobody_and_is_seen(served: Any, mail_server: Any, address: str) -> None:
    code = served.body("S1")
    served.contact(code, address=address)
    served.notice(served.duty(code, served.at.date()), "assigned", code)
    served.compose()
    assert served.deliver() == DeliveryResult(failed=1)
    assert not mail_server.taken
    assert served.scalar("SELECT last_error FROM message")


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("refusing", "550 5.1.1 <***>: user unknown"),
        ("busy", "451 4.7.1 greylisted, try again later"),
        ("hanging", "Connection unexpectedly closed: timed out"),
        ("breaking", "Connection unexpectedly closed"),
    ],
)
def test_a_failure_keeps_the_message_and_says_why(served: Any, mail_server: Any, mood: str, said: str) -> None:
    mail_server.mood = mood
    _composed(served)
    assert served.deliver() == DeliveryResult(failed=1)
    (message,) = served.rows("SELECT * FROM message")
    assert (message.state, message.attempts, message.sent_at) == ("failed", 1, None)
    assert message.last_error == said
    assert message.next_attempt_at > instant_text(served.at)
    (event,) = _events(served, "message.failed")
    assert event["body"] == {
        "message": message.key,
        "recipient": "S0000",
        "channel": "email",
        "attempt": 1,
        "error": said,
        "next_attempt_at": message.next_attempt_at,
    }


def test_a_server_that_is_not_there_is_a_failure_like_others(district: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        district.channels(email=f"mailto://127.0.0.1:{port}/?mode=insecure&from=a%40b.example&to={{address}}")
        _composed(district)
        assert district.deliver() == DeliveryResult(failed=1)
    assert "refused" in district.scalar("SELECT last_error FROM message")


def test_a_message_rests_longer_each_time_and_is_dead_after_six_attempts(served: Any, mail_server: Any) -> None:
    mail_server.mood = "refusing"
    _composed(served)
    rests = []
    for _ in range(5):
        assert served.deliver() == DeliveryResult(failed=1)
        again_at = datetime.fromisoformat(served.scalar("SELECT next_attempt_at FROM message"))
        rests.append((again_at - served.at) / timedelta(minutes=1))
        served.at = again_at - timedelta(seconds=1)
        assert served.deliver() == DeliveryResult()
        served.at = again_at
    for minutes, least in zip(rests, (1, 5, 15, 60, 240), strict=True):
        assert least <= minutes <= least * 1.26
    assert served.deliver() == DeliveryResult(dead=1)
    (message,) = served.rows("SELECT state, attempts, last_error FROM message")
    assert tuple(message) == ("dead", 6, "550 5.1.1 <***>: user unknown")
    (event,) = _events(served, "message.dead")
    assert event["body"]["attempts"] == 6
    served.wait(days=30)
    assert served.deliver() == DeliveryResult()
    assert len(_events(served, "message.failed")) == 5
    assert served.verdict().holds


def test_a_greylisted_message_arrives_when_it_is_tried_again(served: Any, mail_server: Any) -> None:
    mail_server.busy_for = 1
    _composed(served)
    assert served.deliver() == DeliveryResult(failed=1)
    served.wait(minutes=2)
    assert served.deliver() == DeliveryResult(sent=1)
    (message,) = served.rows("SELECT state, attempts, last_error FROM message")
    assert tuple(message) == ("sent", 2, "")


def test_a_mail_sent_again_after_a_broken_connection_is_the_very_same_mail(served: Any, mail_server: Any) -> None:
    mail_server.mood = "breaking"
    _composed(served)
    served.deliver()
    mail_server.mood = "kind"
    served.wait(minutes=2)
    assert served.deliver().sent == 1
    (first, again) = [content for _, content in mail_server.taken]
    assert first == again


def test_one_refused_message_does_not_stop_the_others(served: Any, mail_server: Any) -> None:
    mail_server.busy_for = 1
    _composed(served, 5)
    assert served.deliver() == DeliveryResult(sent=4, failed=1)


def test_a_channel_that_fails_in_a_row_rests_and_its_messages_keep_their_attempts(
    served: Any, mail_server: Any
) -> None:
    mail_server.mood = "busy"
    _composed(served, FAILURES_IN_A_ROW + 4)
    assert served.deliver() == DeliveryResult(failed=FAILURES_IN_A_ROW, resting=("email",))
    assert served.scalar("SELECT count(*) FROM message WHERE state = 'claimed' AND attempts = 0") == 4
    mail_server.mood = "kind"
    assert served.deliver() == DeliveryResult(sent=4)


def test_a_channel_taken_out_of_the_settings_is_named_in_the_failure(served: Any) -> None:
    _composed(served)
    served.channels(wecom="wecombot://token")
    assert served.deliver() == DeliveryResult(failed=1)
    assert served.scalar("SELECT last_error FROM message") == "channel 'email': expected one of wecom"


@pytest.mark.parametrize("url", ["mailto://u:s3cret-pw@", "nonsense://s3cret-pw", "mailto://[s3cret-pw", "s3cret-pw"])
def test_an_unreadable_channel_is_a_failure_that_tells_no_secret(
    served: Any, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    _composed(served)
    served.channels(email=url)
    assert served.deliver() == DeliveryResult(failed=1)
    assert "s3cret-pw" not in served.scalar("SELECT last_error FROM message")
    assert "s3cret-pw" not in served.scalar("SELECT entry FROM ledger WHERE kind = 'message.failed'")
    assert "s3cret-pw" not in caplog.text


def test_no_address_and_no_password_reaches_the_ledger(served: Any, mail_server: Any) -> None:
    mail_server.answer = "250 kept for responsible.S0000@example.test"
    url = mail_server.url.replace("mailto://", "mailto://clerk:s3cret-pw@")
    served.channels(email=url)
    _composed(served)
    served.deliver()
    mail_server.answer = "554 responsible.S0000@example.test is unknown to clerk"
    served.notice(1, "remind_5", "S0000")
    served.compose()
    served.deliver()
    ledger = "".join(row.entry for row in served.rows("SELECT entry FROM ledger"))
    assert "S0000@" not in ledger
    assert "s3cret-pw" not in ledger
    assert "example.test" not in ledger


def test_an_attempt_that_another_process_recorded_is_not_recorded_twice(served: Any) -> None:
    _composed(served)

    class Rival:
        def send(self, letter: Letter) -> str:
            with served.database.transaction() as connection:
                connection.execute(
                    text("UPDATE message SET state = 'sent', attempts = 1 WHERE key = :key"), {"key": letter.key}
                )
            return "250 sent by me too"

    deliver_due(served.database, served.act, served.settings, 10, lambda: served.at, courier=Rival())
    assert not _events(served, "message.sent")
    assert served.scalar("SELECT state FROM message") == "sent"


def test_memory_holds_a_page_and_a_run_goes_on_to_the_next(district: Any) -> None:
    class Counting:
        sent = 0

        def send(self, letter: Letter) -> str:
            self.sent += 1
            if int(letter.key, 16) % 10 == 0:
                message = "not today"
                raise DeliveryError(message)
            return "ok"

    _composed(district, 250)
    courier, act = Counting(), Act("system:test", district.at)
    result = deliver_due(district.database, act, district.settings, 230, lambda: district.at, courier=courier)
    assert courier.sent == result.sent + result.failed == 230
    assert result.failed > 0
    assert district.verdict().holds


def test_a_hanging_server_costs_no_more_than_the_channels_timeout(served: Any, mail_server: Any) -> None:
    mail_server.mood = "hanging"
    _composed(served)
    started = time.monotonic()
    served.deliver()
    assert time.monotonic() - started < 2.5
