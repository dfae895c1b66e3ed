"""A disk that is full in the middle of the work: the work stops with an error, and the next run completes it."""

from pathlib import Path
from random import Random

import pytest
from faults.houses import DATABASE, Houses, Undisturbed
from faults.nursery import FAILED, Nursery

PAGE = 4096


@pytest.mark.parametrize("limit", ["file_limit", "page_limit"])
def test_days_lived_on_a_full_disk_stop_and_are_completed_once_there_is_room(
    nursery: Nursery, houses: Houses, days: tuple[str, ...], undisturbed: Undisturbed, rounds: int, limit: str
) -> None:
    before, after = undisturbed.grown
    for number in range(rounds):
        dice = Random(f"disk {number}")  # noqa: S311 - a choice, not a secret
        with houses.with_mail() as (folder, mail):
            failed = 0
            for room in sorted(dice.uniform(0, 0.9) for _ in range(4)):
                size = before + int(room * (after - before))
                given = size // PAGE if limit == "page_limit" else size
                ended = nursery.live("days", folder, days, **{limit: given})
                assert ended.status == FAILED
                assert "OperationalError" in ended.error
                assert houses.faults(folder) == []
                failed += 1
            nursery.finish("days", folder, days)
            assert houses.outcome(folder) == undisturbed.outcome
            # What was sent and could not be recorded is sent again.
            assert len(mail.doubles) <= failed


def test_an_evidence_file_that_finds_no_room_is_named_by_nothing_and_leaves_nothing(
    nursery: Nursery, houses: Houses, opened: Path, proved: Undisturbed, proved_on: tuple[str, ...]
) -> None:
    with houses.new(like=opened) as folder:
        start = houses.outcome(folder)
        size = 2 * (folder / DATABASE).stat().st_size
        ended = nursery.live("proofs", folder, proved_on, padding=size + 1, file_limit=size)
        assert ended.status == FAILED
        assert "File too large" in ended.error
        assert houses.outcome(folder) == start
        assert _files(folder) == []
        nursery.finish("proofs", folder, proved_on)
        assert houses.outcome(folder) == proved.outcome


def _files(folder: Path) -> list[Path]:
    return [path for path in (folder / "evidence").rglob("*") if path.is_file()]
