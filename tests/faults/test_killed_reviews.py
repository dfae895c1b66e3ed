"""A process that is killed while bodies submit and supervisors review leaves each duty where its ledger says."""

from collections.abc import Callable
from pathlib import Path

import pytest
from faults.houses import Houses, Undisturbed
from faults.nursery import Fate, Nursery, at_random_moments, at_random_points, once_at_every_kind_of_point

Prove = Callable[[Fate], int]


@pytest.fixture
def prove(nursery: Nursery, houses: Houses, opened: Path, proved: Undisturbed, proved_on: tuple[str, ...]) -> Prove:
    """Give what proves all duties under a fate, compares, and returns the kills."""

    def under(fate: Fate) -> int:
        with houses.new(like=opened) as folder:
            kills = nursery.until_finished("proofs", folder, proved_on, fate, houses.faults)
            assert houses.outcome(folder) == proved.outcome
        return kills

    return under


def test_killed_once_at_every_kind_of_point_each_duty_stands_where_its_ledger_says(prove: Prove, rounds: int) -> None:
    for turn in range(1, min(rounds, 5) + 1):
        assert prove(once_at_every_kind_of_point(turn)) > 20


def test_killed_at_random_points_each_duty_stands_where_its_ledger_says(
    prove: Prove, proved: Undisturbed, rounds: int
) -> None:
    for number in range(rounds):
        prove(at_random_points(f"proofs {number}", proved.points // 6))


def test_killed_from_outside_at_random_moments_each_duty_stands_where_its_ledger_says(
    prove: Prove, proved: Undisturbed, rounds: int
) -> None:
    for number in range(rounds):
        assert prove(at_random_moments(f"proofs {number}", proved.seconds, 10)) > 0
