"""Two processes that do the same work at the same time double nothing, lose nothing, and wait for one another.

A life that meets a locked database ends with an error, and its error would be seen here.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from faults.houses import Houses
from faults.nursery import Nursery, at_random_points
from faults.records import Outcome, read

PROVED_ON = ("2028-01-10",)


def _numberless(outcome: Outcome) -> Outcome:
    """Leave out what depends on who was first: how notices are gathered into messages, and the last hash."""
    return replace(outcome, messages=[], head="")


def _work(work: str, folder: Path, days: tuple[str, ...], **fate: Any) -> dict[str, Any]:
    return {"work": work, "folder": folder, "days": days, "delivers": False, **fate}


def test_a_new_database_is_made_once_by_all_who_open_it_first(nursery: Nursery, tmp_path: Path, rounds: int) -> None:
    for number in range(5 * rounds):
        folder = tmp_path / str(number)
        folder.mkdir()
        ended = nursery.together(*[_work("found", folder, ())] * 4)
        assert [life.error for life in ended] == [""] * 4


def test_two_that_open_and_sweep_come_to_what_one_comes_to(
    nursery: Nursery, houses: Houses, days: tuple[str, ...], rounds: int
) -> None:
    with houses.new() as alone:
        nursery.finish("days", alone, days, delivers=False)
        expected = houses.outcome(alone)
    for _ in range(rounds):
        with houses.new() as folder:
            for day in days:
                ended = nursery.together(*[_work("days", folder, (day,))] * 2)
                assert [life.error for life in ended] == ["", ""]
            found = houses.outcome(folder)
            with read(folder) as record:
                assert record.scalar("SELECT count(*) FROM notice WHERE message_id IS NULL") == 0
        assert _numberless(found) == _numberless(expected)


def test_two_that_submit_and_review_take_each_step_once(
    nursery: Nursery, houses: Houses, days: tuple[str, ...], rounds: int
) -> None:
    with houses.new() as opened:
        nursery.finish("days", opened, days[:1], delivers=False)
        with houses.new(like=opened) as alone:
            steps = nursery.finish("proofs", alone, PROVED_ON).done
            expected = houses.outcome(alone)
        for _ in range(rounds):
            with houses.new(like=opened) as folder:
                ended = nursery.together(*[_work("proofs", folder, PROVED_ON)] * 2)
                assert [life.error for life in ended] == ["", ""]
                assert sum(life.done for life in ended) == steps
                assert _numberless(houses.outcome(folder)) == _numberless(expected)


def test_all_verbs_at_once_keep_the_record_whole(
    nursery: Nursery, houses: Houses, days: tuple[str, ...], rounds: int
) -> None:
    for _ in range(rounds):
        with houses.new() as folder:
            nursery.finish("days", folder, days[:1], delivers=False)
            ended = nursery.together(
                _work("days", folder, days[1:]), _work("proofs", folder, PROVED_ON), _work("proofs", folder, PROVED_ON)
            )
            assert [life.error for life in ended] == ["", "", ""]
            assert houses.faults(folder) == []


def test_one_goes_on_while_the_other_is_killed(
    nursery: Nursery, houses: Houses, days: tuple[str, ...], rounds: int
) -> None:
    with houses.new() as alone:
        points = nursery.finish("days", alone, days, delivers=False).points
        expected = houses.outcome(alone)
    for number in range(rounds):
        fate = at_random_points(f"two {number}", points // 8)
        with houses.new() as folder:
            for day in days:
                mortal = _work("days", folder, (day,), **fate(number))
                _, survivor = nursery.together(mortal, _work("days", folder, (day,)))
                assert survivor.error == ""
                assert houses.faults(folder) == []
                nursery.finish("days", folder, (day,), delivers=False)
            assert _numberless(houses.outcome(folder)) == _numberless(expected)
