"""Dead letters are listed, and sent after all once somebody says why."""

import json
from typing import Any

import pytest

from fireduty.errors import InputError
from tasks.delivery import DeliveryResult
from tasks.outbox import dead_letters, masked, proof_of_notice, redeliver


def _redeliver(district: Any, numbers: list[int] | None, reason: str = "邮件服务器已修复") -> tuple[int, int]:
    with district.database.transaction() as connection:
        return redeliver(connection, district.act, numbers, reason)


def _dead(district: Any) -> list[dict[str, Any]]:
    with district.database.reading() as connection:
        return dead_letters(connection, 100)


@pytest.fixture
def dead(served: Any, mail_server: Any) -> Any:
    """Give a district with two messages that failed for the last time, and a body that has no contact."""
    mail_server.mood = "refusing"
    served.schools(2)
    served.notice(served.duty(served.body("X"), served.at.date()), "assigned", "X")
    served.compose()
    for _ in range(6):
        served.deliver()
        served.wait(hours=6)
    mail_server.mood = "kind"
    return served


def test_dead_letters_are_listed_with_what_was_wrong_and_without_the_whole_address(dead: Any) -> None:
    letters = _dead(dead)
    assert [(letter["recipient_code"], letter["attempts"], letter["address"]) for letter in letters] == [
        ("X", 0, ""),
        ("S0001", 6, "re***@example.test"),
        ("S0000", 6, "re***@example.test"),
    ]
    assert letters[1]["last_error"] == "550 5.1.1 <***>: user unknown"


def test_redelivered_messages_arrive_under_their_own_keys(dead: Any, mail_server: Any) -> None:
    keys = [letter["key"] for letter in _dead(dead)[1:]]
    assert _redeliver(dead, None) == (2, 1)
    assert dead.deliver() == DeliveryResult(sent=2)
    assert sorted(mail["X-Fireduty-Message"] for mail in mail_server.mails) == sorted(keys)
    assert dead.verdict().holds


def test_redelivering_is_sealed_with_its_reason(dead: Any) -> None:
    number = _dead(dead)[-1]["id"]
    assert _redeliver(dead, [number], " 邮件服务器已修复 ") == (1, 0)
    (row,) = dead.rows("SELECT entry FROM ledger WHERE kind = 'message.redelivered'")
    body = json.loads(row.entry)["body"]
    assert (body["recipient"], body["reason"], body["anew"]) == ("S0000", "邮件服务器已修复", False)
    assert len(_dead(dead)) == 2


def test_what_had_no_contact_is_composed_anew_for_whoever_is_the_contact_now(dead: Any, mail_server: Any) -> None:
    assert _redeliver(dead, [_dead(dead)[0]["id"]]) == (0, 1)
    assert dead.compose() == 1
    assert [letter["recipient_code"] for letter in _dead(dead)] == ["X", "S0001", "S0000"]
    dead.contact("X")
    assert _redeliver(dead, [_dead(dead)[0]["id"]]) == (0, 1)
    assert dead.compose() == 1
    assert dead.deliver() == DeliveryResult(sent=1)
    assert [mail["To"] for mail in mail_server.mails] == ["responsible.X@example.test"]
    states = [row.state for row in dead.rows("SELECT state FROM message WHERE recipient_code = 'X' ORDER BY id")]
    assert states == ["replaced", "replaced", "sent"]


@pytest.mark.parametrize(
    ("numbers", "reason", "said"),
    [
        (None, "  ", "--reason: expected why"),
        ([1, 99], "x", "message 99: expected the number of a dead message"),
    ],
)
def test_what_cannot_be_redelivered_is_named_and_nothing_is_changed(
    dead: Any, numbers: list[int] | None, reason: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        _redeliver(dead, numbers, reason)
    assert len(_dead(dead)) == 3


def test_the_proof_of_a_notice_names_the_channel_the_answer_and_the_ledgers_entry(dead: Any) -> None:
    _redeliver(dead, None)
    dead.deliver()
    with dead.database.reading() as connection:
        (proof,) = proof_of_notice(connection, 1)
        (waiting,) = proof_of_notice(connection, 3)
    assert (proof["channel"], proof["address"], proof["attempts"]) == ("email", "re***@example.test", 1)
    assert proof["answer"] == "250 2.0.0 Ok: queued as 4XyZ"
    (entry,) = dead.rows("SELECT entry FROM ledger WHERE seq = :seq", seq=proof["sealed_seq"])
    assert json.loads(entry.entry)["body"]["message"] == proof["key"]
    assert (waiting["state"], waiting["answer"]) == (None, None)


@pytest.mark.parametrize(
    ("address", "shown"),
    [("zhang@example.test", "zh***@example.test"), ("ab@x.test", "***@x.test"), ("13800000000", "13***"), ("", "")],
)
def test_an_address_is_shown_so_that_only_its_owner_knows_it(address: str, shown: str) -> None:
    assert masked(address) == shown
