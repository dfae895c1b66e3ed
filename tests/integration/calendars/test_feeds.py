"""Feeds of a district: behind a secret that can be revoked, with every duty, changing only when a duty does."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from factories import act_on
from fakes import Desk

import tasks.feeds
from calendars.feed import Components
from calendars.feed_check import feed_problems
from fireduty.errors import UnknownNameError
from flows.catalogue import duty_texts
from tasks.feeds import Feed, body_feed, feed_of, feed_since, open_feed, revoke_feed
from tasks.rescheduling import Rescheduled

TODAY = date(2026, 12, 21)
UNIT = "X-U000002"


@pytest.fixture
def token(desk: Desk) -> str:
    with desk.district.database.transaction() as connection:
        return open_feed(connection, act_on(TODAY), UNIT)


@pytest.fixture
def read(desk: Desk) -> Callable[..., Feed]:
    def call(token: str, components: Components = Components.EVENTS) -> Feed:
        with desk.district.database.reading() as connection:
            return feed_of(connection, token, duty_texts(desk.district.regulations), components)

    return call


def events(feed: Feed) -> dict[str, dict[str, str]]:
    """Return the properties of each event by its UID; alarms come last and are left out."""
    text = feed.content.decode().replace("\r\n ", "")
    found = {}
    for part in text.split("BEGIN:VEVENT\r\n")[1:]:
        lines = part.partition("BEGIN:VALARM")[0].partition("END:VEVENT")[0].splitlines()
        event = {name.partition(";")[0]: value for name, _, value in (line.partition(":") for line in lines)}
        found[event["UID"]] = event
    return found


class TestWhatStandsInIt:
    def test_is_every_duty_of_the_body_and_of_nobody_else(
        self, desk: Desk, token: str, read: Callable[..., Feed]
    ) -> None:
        feed = read(token)
        assert len(events(feed)) == len(desk.duties(body=UNIT)) > 1
        assert all(f"/{UNIT}/" in uid for uid in events(feed))
        assert feed_problems(feed.content) == []
        assert feed_problems(read(token, Components.TODOS).content) == []

    def test_says_what_by_when_and_on_what_ground(self, token: str, read: Callable[..., Feed]) -> None:
        [drill] = [event for uid, event in events(read(token)).items() if "art13.drill/2026/" in uid]
        assert drill["DTSTART"] == "20261228"
        assert drill["STATUS"] == "TENTATIVE"
        assert drill["SUMMARY"].startswith("【日期待定】")
        description = drill["DESCRIPTION"]
        assert "应完成 2026-12-31" in description
        assert "2026-12-28 至 2026-12-31" in description
        assert "art13" in description

    def test_moves_with_a_notice_under_the_same_name_and_a_higher_sequence(
        self, token: str, read: Callable[..., Feed], add: Callable[..., Rescheduled], notice_2027: Path
    ) -> None:
        before = read(token)
        add(notice_2027)
        after = read(token)
        assert before.etag != after.etag
        assert set(events(before)) == set(events(after))
        uid = next(uid for uid in events(after) if "art13.drill/2026/" in uid)
        old, new = events(before)[uid], events(after)[uid]
        assert (old["SEQUENCE"], new["SEQUENCE"]) == ("0", "1")
        assert new["DTSTART"] == "20261231"
        assert new["STATUS"] == "CONFIRMED"
        assert new["LAST-MODIFIED"] > old["LAST-MODIFIED"]

    def test_keeps_what_is_done_with_a_mark(self, desk: Desk, token: str, read: Callable[..., Feed]) -> None:
        duty = next(duty for duty in desk.duties("drill", UNIT) if "art13" in duty.obligation_id)
        desk.finish(duty, TODAY)
        marked = [event["SUMMARY"] for event in events(read(token)).values()]
        assert [title for title in marked if title.startswith("【已办结】")]

    def test_is_not_changed_by_what_concerns_others_nor_by_reminders(
        self, desk: Desk, token: str, read: Callable[..., Feed]
    ) -> None:
        before = read(token)
        desk.beat(date(2026, 12, 25))
        after = read(token)
        assert after == before
        tasks.feeds._kept.clear()
        assert read(token) == before


class TestTheAddress:
    def test_cannot_be_guessed_and_is_not_stored(self, desk: Desk, token: str) -> None:
        assert len(token) >= 43
        assert all(token not in str(rows) for rows in desk.everything().values())

    def test_is_void_once_revoked(self, desk: Desk, token: str, read: Callable[..., Feed]) -> None:
        with desk.district.database.transaction() as connection:
            assert revoke_feed(connection, act_on(TODAY), UNIT) == 1
            assert revoke_feed(connection, act_on(TODAY), UNIT) == 0
            assert feed_since(connection, UNIT) is None
        with pytest.raises(UnknownNameError):
            read(token)
        assert len(desk.events("feed.revoked")) == 1

    def test_is_void_once_there_is_a_new_one(self, desk: Desk, token: str, read: Callable[..., Feed]) -> None:
        with desk.district.database.transaction() as connection:
            fresh = open_feed(connection, act_on(TODAY), UNIT)
        assert fresh != token
        assert read(fresh).content
        with pytest.raises(UnknownNameError):
            read(token)

    @pytest.mark.parametrize("guess", ["", "x", UNIT, "' OR 1=1 --", "%"])
    def test_that_was_never_given_opens_nothing(self, token: str, read: Callable[..., Feed], guess: str) -> None:
        assert token
        with pytest.raises(UnknownNameError):
            read(guess)

    def test_is_not_given_to_a_body_that_is_not_there(self, desk: Desk) -> None:
        with desk.district.database.transaction() as connection, pytest.raises(UnknownNameError):
            open_feed(connection, act_on(TODAY), "NOBODY")

    def test_works_in_a_database_made_before_there_were_feeds(self, desk: Desk, read: Callable[..., Feed]) -> None:
        desk.write("DROP TABLE feed_token")
        with pytest.raises(UnknownNameError):
            read("anything")
        with desk.district.database.transaction() as connection:
            assert feed_since(connection, UNIT) is None
            fresh = open_feed(connection, act_on(TODAY), UNIT)
        assert read(fresh).content


def test_a_thousand_duties_come_in_time_and_then_from_memory(desk: Desk) -> None:
    [row] = desk.rows("SELECT * FROM duty WHERE body_code = :body LIMIT 1", body=UNIT)
    columns = [name for name in row._mapping if name not in {"id", "subject_code"}]
    desk.write(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        f" INSERT INTO duty (subject_code, {', '.join(columns)})"
        f" SELECT 'S' || i, {', '.join(columns)} FROM duty, n WHERE duty.id = {row.id}"
    )
    tasks.feeds._kept.clear()
    texts = duty_texts(desk.district.regulations)
    with desk.district.database.reading() as connection:
        start = time.perf_counter()
        first = body_feed(connection, UNIT, texts)
        built = time.perf_counter() - start
        start = time.perf_counter()
        assert body_feed(connection, UNIT, texts) is first
        again = time.perf_counter() - start
    assert first.content.count(b"BEGIN:VEVENT") > 1000
    assert built < 1.5
    assert again < built / 5
