"""How long a message rests after a failure."""

from datetime import timedelta

from tasks.delivery import BACK_OFF, MOST_ATTEMPTS, rest
from tasks.messages import message_key

KEYS = [message_key(f"r{number}@example.test", [number]) for number in range(200)]


def test_each_rest_is_the_steps_own_and_at_most_a_quarter_longer() -> None:
    for attempt, least in enumerate(BACK_OFF, start=1):
        rests = [rest(key, attempt) for key in KEYS]
        assert least <= min(rests)
        assert max(rests) <= least * 1.25
        assert len(set(rests)) > 10


def test_the_same_message_always_rests_equally_long() -> None:
    assert rest(KEYS[0], 3) == rest(KEYS[0], 3)


def test_six_attempts_span_more_than_five_hours() -> None:
    assert MOST_ATTEMPTS == 6
    assert sum(BACK_OFF, timedelta()) == timedelta(minutes=321)
