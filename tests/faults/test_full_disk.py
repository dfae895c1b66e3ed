"""A disk that is full in the middle of the work: the work stops with an error, and the next run completes it."""

from pathlib import Path
from random import Random

import pytest
from faults.houses import Houses
from faults.nursery import FAILED, Nursery
from faults.records import Outcome

PROVED_ON = ("2027-01-20",)
PAGE = 4096

Undisturbed = tuple[int, int, Outcome]


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, houses: Houses, days: tuple[str, ...]) -> Undisturbed:
    """Live through the days once, and measure to what the database and its log grow."""
    with houses.new() as folder:
        start = (folder / "fireduty.db").stat().st_size
        nursery.finish("days", folder, days, delivers=False)
        return start, (folder / "fireduty.db").stat().st_size, houses.outcome(folder)


@pytest.mark.parametrize("limit", ["file_limit", "page_limit"])
def test_days_lived_on_a_full_disk_stop_and_are_completed_once_there_is_room(
    nursery: Nursery, houses: Houses, days: tuple[str, ...], undisturbed: Undisturbed, rounds: int, limit: str
) -> None:
    start, end, expected = undisturbed
    for number in range(2 * rounds):
        dice = Random(f"disk {number}")  # noqa: S311 - a choice, not a secret
        with houses.new() as folder:
            failed = 0
            for room in sorted(dice.uniform(0, 1) for _ in range(3)):
                size = int(start + room * (end - start))
                given = size // PAGE if limit == "page_limit" else size
                ended = nursery.live("days", folder, days, delivers=False, **{limit: given})
                assert ended.status in (0, FAILED)
                failed += ended.status == FAILED
                assert ended.status == 0 or "OperationalError" in ended.error, ended.error
                assert houses.faults(folder) == []
            assert failed > 0
            nursery.finish("days", folder, days, delivers=False)
            assert houses.outcome(folder) == expected


def test_an_evidence_file_that_finds_no_room_is_named_by_nothing_and_leaves_nothing(
    nursery: Nursery, houses: Houses
) -> None:
    with houses.new() as folder:
        nursery.finish("days", folder, ("2027-01-01",), delivers=False)
        before = houses.outcome(folder)
        size = 2 * (folder / "fireduty.db").stat().st_size
        ended = nursery.live("proofs", folder, PROVED_ON, padding=size + 1, file_limit=size)
        assert ended.status == FAILED
        assert "File too large" in ended.error
        assert houses.outcome(folder) == before
        assert _files(folder) == []
        nursery.finish("proofs", folder, PROVED_ON)
        assert {state for _, _, state, _, _ in houses.outcome(folder).duties} == {"accepted"}
        assert all(not path.name.startswith(".") for path in _files(folder))


def _files(folder: Path) -> list[Path]:
    return [path for path in (folder / "evidence").rglob("*") if path.is_file()]
