"""Processes that do the same work at the same time double nothing, lose nothing, and wait for one another.

A life that meets a locked database ends with an error, and its error would be seen here.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from faults.houses import Houses, Undisturbed
from faults.nursery import Nursery, at_random_points
from faults.records import Outcome, read

Days = tuple[str, ...]


def _numberless(outcome: Outcome) -> Outcome:
    """Leave out what depends on who was first: how notices are gathered into messages, and the last hash."""
    return replace(outcome, messages=[], head="")


def _work(work: str, folder: Path, days: Days, **fate: Any) -> dict[str, Any]:
    return {"work": work, "folder": folder, "days": days, "delivers": False, **fate}


def test_a_new_database_is_made_once_by_all_who_open_it_first(nursery: Nursery, tmp_path: Path, rounds: int) -> None:
    for number in range(10 * rounds):
        folder = tmp_path / str(number)
        folder.mkdir()
        ended = nursery.together(*[_work("found", folder, ())] * 4)
        assert [life.error for life in ended] == [""] * 4


def test_two_that_open_and_sweep_come_to_what_one_comes_to(
    nursery: Nursery, houses: Houses, days: Days, undisturbed: Undisturbed, rounds: int
) -> None:
    for _ in range(rounds):
        with houses.new() as folder:
            for day in days:
                ended = nursery.together(*[_work("days", folder, (day,))] * 2)
                assert [life.error for life in ended] == ["", ""]
            assert _numberless(houses.outcome(folder)) == _numberless(undisturbed.outcome)
            with read(folder) as record:
                assert record.rows("SELECT id FROM notice WHERE message_id IS NULL") == []


def test_two_that_submit_and_review_take_each_step_once(
    nursery: Nursery, houses: Houses, opened: Path, proved: Undisturbed, proved_on: Days, rounds: int
) -> None:
    steps = sum(kind != "duty.opened" for _, kind, _ in proved.outcome.histories if kind != "duty.reminded")
    for _ in range(rounds):
        with houses.new(like=opened) as folder:
            ended = nursery.together(*[_work("proofs", folder, proved_on)] * 2)
            assert [life.error for life in ended] == ["", ""]
            assert sum(life.done for life in ended) == steps
            assert _numberless(houses.outcome(folder)) == _numberless(proved.outcome)


def test_all_verbs_at_once_keep_the_record_whole(
    nursery: Nursery, houses: Houses, days: Days, opened: Path, rounds: int
) -> None:
    proving = ("2028-01-10",)
    for _ in range(rounds):
        with houses.new(like=opened) as folder:
            ended = nursery.together(
                _work("days", folder, days[1:]), _work("proofs", folder, proving), _work("proofs", folder, proving)
            )
            assert [life.error for life in ended] == ["", "", ""]
            assert houses.faults(folder) == []


def test_one_goes_on_while_the_other_is_killed(
    nursery: Nursery, houses: Houses, days: Days, undisturbed: Undisturbed, rounds: int
) -> None:
    for number in range(rounds):
        fate = at_random_points(f"two {number}", undisturbed.points // 8)
        with houses.new() as folder:
            for turn, day in enumerate(days):
                mortal = _work("days", folder, (day,), **fate(turn))
                _, survivor = nursery.together(mortal, _work("days", folder, (day,)))
                assert survivor.error == ""
                assert houses.faults(folder) == []
                nursery.finish("days", folder, (day,), delivers=False)
            assert _numberless(houses.outcome(folder)) == _numberless(undisturbed.outcome)
