"""No destination is sent to faster than it takes, by however many workers and through restarts."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from fireduty.errors import TooFastError
from models.database import Database
from tasks.delivery import DeliveryResult, Letter, deliver_due
from tasks.tokens import ROBOTS, Bucket, Limit

SCHOOLS = 30


class Robots:
    """Takes every letter, and notes when."""

    def __init__(self, district: Any) -> None:
        """Note by the district's time."""
        self.district = district
        self.taken: list[tuple[str, Any]] = []

    def send(self, letter: Letter) -> str:
        """Take a letter."""
        self.taken.append((letter.address, self.district.at))
        return "errcode 0"


@pytest.fixture
def robots(district: Any) -> Robots:
    """Put in schools that all read the same 企业微信 group, and compose."""
    district.channels(wecom="wecombot://{address}")
    for number in range(SCHOOLS):
        code = district.body(f"S{number:04}")
        district.contact(code, channel="wecom", address="group-robot")
        district.notice(district.duty(code, district.at.date()), "assigned", code)
    assert district.compose() == SCHOOLS
    return Robots(district)


def _deliver(district: Any, courier: Any, **more: Any) -> DeliveryResult:
    return deliver_due(
        district.database, district.act, district.settings, 1000, lambda: district.at, courier=courier, **more
    )


def test_what_goes_beyond_a_robots_limit_waits_and_is_no_failure(district: Any, robots: Robots) -> None:
    assert _deliver(district, robots) == DeliveryResult(sent=20, waiting=10)
    waiting = district.rows("SELECT * FROM message WHERE state <> 'sent'")
    assert {(row.state, row.attempts, row.last_error, row.leased_by) for row in waiting} == {("claimed", 0, "", "")}
    assert district.scalar("SELECT count(*) FROM ledger WHERE kind = 'message.failed'") == 0
    district.wait(seconds=60)
    assert _deliver(district, robots) == DeliveryResult()
    district.wait(seconds=1)
    assert _deliver(district, robots) == DeliveryResult(sent=10)


def test_the_bucket_survives_a_restart_of_the_program(district: Any, robots: Robots) -> None:
    _deliver(district, robots)
    district.database.close()
    district.database = Database(district.settings.url)
    district.wait(seconds=30)
    with district.database.transaction() as connection:
        connection.execute(text("UPDATE message SET next_attempt_at = composed_at WHERE state = 'claimed'"))
    assert _deliver(district, robots) == DeliveryResult(waiting=10)


def test_a_run_that_may_wait_sends_the_rest_as_soon_as_it_can(district: Any, robots: Robots) -> None:
    assert _deliver(district, robots, pause=lambda seconds: district.wait(seconds=seconds)) == DeliveryResult(sent=30)
    assert robots.taken[-1][1] - robots.taken[0][1] == timedelta(seconds=61)


def test_a_run_does_not_wait_for_a_clock_that_stands(district: Any, robots: Robots) -> None:
    assert _deliver(district, robots, pause=lambda _: None) == DeliveryResult(sent=20, waiting=10)


def test_each_robot_has_a_bucket_of_its_own(district: Any, robots: Robots) -> None:
    other = district.body("Z1")
    district.contact(other, channel="wecom", address="other-robot")
    district.notice(district.duty(other, district.at.date()), "assigned", other)
    district.compose()
    _deliver(district, robots)
    assert Counter(address for address, _ in robots.taken) == {"group-robot": 20, "other-robot": 1}


def test_no_token_of_a_robot_is_named_in_the_table(district: Any, robots: Robots) -> None:
    _deliver(district, robots)
    assert "robot" not in str(district.rows("SELECT destination FROM sending_token"))


def test_a_mail_server_is_sent_to_as_fast_as_the_settings_say(served: Any) -> None:
    served.settings = served.settings.model_copy(update={"rates": {"email": 3}})
    served.schools(5)
    served.compose()
    assert served.deliver() == DeliveryResult(sent=3, waiting=2)
    served.settings = served.settings.model_copy(update={"rates": {"email": 4}})
    served.wait(seconds=61)
    assert served.deliver() == DeliveryResult(sent=2)


def test_a_clock_set_back_an_hour_does_not_close_a_robot_for_an_hour(district: Any, robots: Robots) -> None:
    _deliver(district, robots)
    district.wait(hours=-1)
    with district.database.transaction() as connection:
        connection.execute(text("UPDATE message SET next_attempt_at = '2026-08-01T00:00:00Z' WHERE state = 'claimed'"))
    assert _deliver(district, robots) == DeliveryResult(sent=10)


def test_a_robot_that_says_too_fast_is_left_alone_by_every_message_to_it(district: Any, robots: Robots) -> None:
    class Strict:
        asked = 0

        def send(self, letter: Letter) -> str:
            self.asked += 1
            message = f"45009 api freq out of limit for {letter.channel}"
            raise TooFastError(message, 60)

    strict = Strict()
    assert _deliver(district, strict) == DeliveryResult(failed=1, waiting=29)
    assert strict.asked == 1
    (failed,) = district.rows("SELECT last_error, next_attempt_at FROM message WHERE state = 'failed'")
    assert "45009" in failed.last_error
    district.wait(seconds=59)
    assert _deliver(district, robots) == DeliveryResult()
    district.wait(seconds=60)
    assert _deliver(district, robots).sent == 20


def test_two_workers_together_take_no_more_than_the_limit(district: Any, robots: Robots) -> None:
    bucket = Bucket("group", Limit(7))
    second = Database(district.settings.url)
    taken = 0
    for turn in range(20):
        with (district.database if turn % 2 else second).transaction() as connection:
            taken += bucket.take(connection, district.at)
    second.close()
    assert taken == 7
    assert robots.taken == []


@given(
    steps=st.lists(st.integers(0, 40), min_size=1, max_size=120), limit=st.sampled_from([*ROBOTS.values(), Limit(3)])
)
def test_in_no_minute_more_are_taken_than_the_limit(steps: list[int], limit: Limit) -> None:
    database = Database("sqlite://")
    at, taken = datetime(2026, 8, 5, tzinfo=UTC), []
    with database.transaction() as connection:
        for step in steps:
            at += timedelta(seconds=step)
            for _ in range(8):
                if Bucket("group", limit).take(connection, at):
                    taken.append(at)
                else:
                    assert Bucket("group", limit).next_at(connection, at) > at
    database.close()
    for first in taken:
        assert sum(first <= other <= first + timedelta(seconds=60) for other in taken) <= limit.a_minute
        at_once = limit.at_once or limit.a_minute
        assert sum(first <= other <= first + timedelta(seconds=1) for other in taken) <= at_once
