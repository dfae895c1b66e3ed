"""A process that is killed while it opens, sweeps, composes or delivers, and started again, loses and doubles nothing.

The end is compared with a run that nothing befell: not only the same rows, but the same ledger, hash for hash.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

LIVES_AT_MOST = 2_000


@pytest.fixture(scope="module")
def undisturbed(nursery: Any, houses: Any, days: tuple[str, ...]) -> Any:
    """Live through the days once without any fault."""
    with houses.with_mail() as (folder, mail):
        ended = nursery.finish("days", folder, days)
        outcome = houses.outcome(folder)
        assert len(mail.keys) == len(outcome.messages) > 200
        assert mail.doubles == []
    return ended, outcome


def _live_until_finished(
    nursery: Any, houses: Any, folder: Path, days: tuple[str, ...], fate: Callable[[int], dict[str, Any]]
) -> int:
    """Start a process again and again until one finishes; return how many were killed."""
    for number in range(LIVES_AT_MOST):
        ended = nursery.live("days", folder, days, **fate(number))
        if not ended.killed:
            assert (ended.status, ended.error) == (0, "")
            return number
        assert houses.faults(folder) == []
    raise AssertionError(LIVES_AT_MOST)


def _compare(houses: Any, folder: Path, mail: Any, expected: Any, kills: int) -> int:
    """Compare with the undisturbed run, and return how many mails came twice."""
    assert houses.outcome(folder) == expected
    with houses.read(folder) as record:
        sent = sorted(key for (key,) in record.rows("SELECT key FROM message WHERE state = 'sent'"))
        assert record.scalar("SELECT count(*) FROM notice WHERE message_id IS NULL") == 0
    assert mail.keys == sent
    assert len(sent) == len(expected.messages)
    # Killed between the server's acceptance and the record: the one window that stays open.
    doubles = mail.doubles
    assert len(doubles) <= kills
    assert set(doubles) <= set(sent)
    return len(doubles)


def test_killed_once_at_every_kind_of_point_it_comes_to_the_same(
    nursery: Any, houses: Any, days: tuple[str, ...], undisturbed: Any, rounds: int
) -> None:
    _, expected = undisturbed
    for turn in range(1, min(rounds, 5) + 1):
        with houses.with_mail() as (folder, mail):
            kills = _live_until_finished(nursery, houses, folder, days, lambda _, turn=turn: {"die_anew": turn})
            doubles = _compare(houses, folder, mail, expected, kills)
        assert kills > 40
        # One of these points lies in the window.
        assert doubles >= 1


def test_killed_inside_statements_it_comes_to_the_same(
    nursery: Any, houses: Any, days: tuple[str, ...], undisturbed: Any, rounds: int
) -> None:
    ended, expected = undisturbed
    for seed in range(rounds):
        dice = Random(f"points {seed}")
        with houses.with_mail() as (folder, mail):
            kills = _live_until_finished(
                nursery, houses, folder, days, lambda _, dice=dice: {"die_at": dice.randint(1, ended.points // 6)}
            )
            _compare(houses, folder, mail, expected, kills)


def test_killed_from_outside_at_random_moments_it_comes_to_the_same(
    nursery: Any, houses: Any, days: tuple[str, ...], undisturbed: Any, rounds: int
) -> None:
    ended, expected = undisturbed
    for seed in range(rounds):
        dice = Random(f"moments {seed}")
        moments = [0.0, *sorted(dice.uniform(0, ended.seconds) for _ in range(10))]
        spans = [after - before for before, after in zip(moments, moments[1:], strict=False)]
        with houses.with_mail() as (folder, mail):
            kills = _live_until_finished(
                nursery,
                houses,
                folder,
                days,
                lambda number, spans=spans: {"kill_after": spans[number]} if number < len(spans) else {},
            )
            _compare(houses, folder, mail, expected, kills)
        assert kills > 0


def test_a_day_lived_twice_adds_nothing(nursery: Any, houses: Any, days: tuple[str, ...], undisturbed: Any) -> None:
    _, expected = undisturbed
    with houses.with_mail() as (folder, mail):
        for number in range(len(days)):
            for _ in range(2):
                (folder / "lived.txt").unlink(missing_ok=True)
                nursery.finish("days", folder, days[number : number + 1])
        assert _compare(houses, folder, mail, expected, 0) == 0
