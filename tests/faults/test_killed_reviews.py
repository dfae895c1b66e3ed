"""A process that is killed while bodies submit and supervisors review leaves each duty where its ledger says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.houses import Houses
from faults.nursery import Ended, Fate, Nursery, at_random_moments, at_random_points, once_at_every_kind_of_point
from faults.records import Outcome

OPENED_ON = ("2027-01-01",)
PROVED_ON = ("2027-01-20",)

Undisturbed = tuple[Ended, Outcome]


@pytest.fixture(scope="module")
def opened(nursery: Nursery, houses: Houses) -> Iterator[Path]:
    """Open a day's duties, which nobody has proved yet."""
    with houses.new() as folder:
        nursery.finish("days", folder, OPENED_ON, delivers=False)
        yield folder


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, houses: Houses, opened: Path) -> Undisturbed:
    """Prove every duty once without any fault."""
    with houses.new(like=opened) as folder:
        ended = nursery.finish("proofs", folder, PROVED_ON)
        outcome = houses.outcome(folder)
    assert {state for _, _, state, _, _ in outcome.duties} == {"accepted"}
    assert any(kind == "duty.returned" for _, kind, _ in outcome.histories)
    return ended, outcome


def _prove(nursery: Nursery, houses: Houses, opened: Path, fate: Fate, expected: Outcome) -> int:
    with houses.new(like=opened) as folder:
        kills = nursery.until_finished("proofs", folder, PROVED_ON, fate, houses.faults)
        assert houses.outcome(folder) == expected
    return kills


def test_killed_once_at_every_kind_of_point_each_duty_stands_where_its_ledger_says(
    nursery: Nursery, houses: Houses, opened: Path, undisturbed: Undisturbed, rounds: int
) -> None:
    for turn in range(1, min(rounds, 5) + 1):
        kills = _prove(nursery, houses, opened, once_at_every_kind_of_point(turn), undisturbed[1])
        assert kills > 20


def test_killed_at_random_points_each_duty_stands_where_its_ledger_says(
    nursery: Nursery, houses: Houses, opened: Path, undisturbed: Undisturbed, rounds: int
) -> None:
    ended, expected = undisturbed
    for number in range(rounds):
        _prove(nursery, houses, opened, at_random_points(f"proofs {number}", ended.points // 6), expected)


def test_killed_from_outside_at_random_moments_each_duty_stands_where_its_ledger_says(
    nursery: Nursery, houses: Houses, opened: Path, undisturbed: Undisturbed, rounds: int
) -> None:
    ended, expected = undisturbed
    for number in range(rounds):
        fate = at_random_moments(f"proofs {number}", ended.seconds, 10)
        assert _prove(nursery, houses, opened, fate, expected) > 0
