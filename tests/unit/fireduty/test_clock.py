"""The clock: instants in UTC, dates in Shanghai, and a shift for demonstrations."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fireduty import clock
from models.columns import instant_of, instant_text


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_date_changes_at_midnight_in_shanghai(at: datetime, on: date) -> None:
    assert clock.local_date(at) == on


@given(st.dates(date(1992, 1, 1), date(2090, 1, 1)), st.integers(0, 23))
def test_an_hour_of_a_day_in_shanghai_lies_on_that_day(on: date, hour: int) -> None:
    at = clock.morning_of(on, hour)
    assert at.tzinfo is UTC
    assert clock.local_date(at) == on
    assert at.astimezone(clock.SHANGHAI).hour == hour


def test_now_is_whole_seconds_in_utc() -> None:
    now = clock.now()
    assert now.tzinfo is UTC
    assert now.microsecond == 0


@given(st.integers(-4_000, 4_000))
def test_a_demonstration_lives_on_its_own_day(days: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(clock.OFFSET_VARIABLE, "0")
        wanted = clock.today() + timedelta(days=days)
        patch.setenv(clock.OFFSET_VARIABLE, str(int(clock.offset_to(wanted).total_seconds())))
        assert abs(clock.today() - wanted) <= timedelta(days=1)  # midnight may pass in between
        assert clock.offset().total_seconds() == pytest.approx(days * 86_400, abs=86_400)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - bounds
def test_an_instant_is_stored_as_text_that_sorts_and_comes_back(at: datetime) -> None:
    text = instant_text(at)
    assert len(text) == 20
    assert instant_of(text) == at.astimezone(UTC).replace(microsecond=0)


@given(st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))))  # noqa: DTZ001
def test_stored_instants_sort_like_instants(instants: list[datetime]) -> None:
    assert sorted(map(instant_text, instants)) == list(map(instant_text, sorted(instants)))
