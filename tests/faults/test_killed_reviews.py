"""A process that is killed while bodies submit and supervisors review leaves each duty where its ledger says."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

LIVES_AT_MOST = 2_000
OPENED_ON = ("2027-01-01",)
PROVED_ON = ("2027-01-20",)


@pytest.fixture(scope="module")
def opened(nursery: Any, houses: Any) -> Any:
    """Open a day's duties, which nobody has proved yet."""
    with houses.new() as folder:
        nursery.finish("days", folder, OPENED_ON, delivers=False)
        yield folder


@pytest.fixture(scope="module")
def undisturbed(nursery: Any, houses: Any, opened: Path) -> Any:
    """Prove every duty once without any fault."""
    with houses.new(like=opened) as folder:
        ended = nursery.finish("proofs", folder, PROVED_ON)
        outcome = houses.outcome(folder)
    assert {state for _, _, state, _, _ in outcome.duties} == {"accepted"}
    assert any(kind == "duty.returned" for _, kind, _ in outcome.histories)
    return ended, outcome


def _prove_until_finished(nursery: Any, houses: Any, folder: Path, fate: Callable[[int], dict[str, Any]]) -> int:
    for number in range(LIVES_AT_MOST):
        ended = nursery.live("proofs", folder, PROVED_ON, **fate(number))
        if not ended.killed:
            assert (ended.status, ended.error) == (0, "")
            return number
        assert houses.faults(folder) == []
    raise AssertionError(LIVES_AT_MOST)


def test_killed_once_at_every_kind_of_point_each_duty_stands_where_its_ledger_says(
    nursery: Any, houses: Any, opened: Path, undisturbed: Any, rounds: int
) -> None:
    _, expected = undisturbed
    for turn in range(1, min(rounds, 5) + 1):
        with houses.new(like=opened) as folder:
            kills = _prove_until_finished(nursery, houses, folder, lambda _, turn=turn: {"die_anew": turn})
            assert houses.outcome(folder) == expected
        assert kills > 20


def test_killed_at_random_points_each_duty_stands_where_its_ledger_says(
    nursery: Any, houses: Any, opened: Path, undisturbed: Any, rounds: int
) -> None:
    ended, expected = undisturbed
    for seed in range(rounds):
        dice = Random(f"proofs {seed}")
        with houses.new(like=opened) as folder:
            _prove_until_finished(
                nursery, houses, folder, lambda _, dice=dice: {"die_at": dice.randint(1, ended.points // 6)}
            )
            assert houses.outcome(folder) == expected


def test_killed_from_outside_at_random_moments_each_duty_stands_where_its_ledger_says(
    nursery: Any, houses: Any, opened: Path, undisturbed: Any, rounds: int
) -> None:
    ended, expected = undisturbed
    for seed in range(rounds):
        dice = Random(f"proofs at moments {seed}")
        spans = [dice.uniform(0, ended.seconds / 5) for _ in range(10)]
        with houses.new(like=opened) as folder:
            _prove_until_finished(
                nursery,
                houses,
                folder,
                lambda number, spans=spans: {"kill_after": spans[number]} if number < len(spans) else {},
            )
            assert houses.outcome(folder) == expected
