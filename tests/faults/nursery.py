"""Starting lives in the program that is killed, and deciding their fates."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

KILLED = -9
FAILED = 3
LIVES_AT_MOST = 2_000

TALLY: Counter[str] = Counter()
"""Lives, kills and mails that came twice, for the line at the end."""

Fate = Callable[[int], dict[str, Any]]
"""What befalls the first, second, third life that is started for one work."""


@dataclass(frozen=True)
class Ended:
    """How a life ended."""

    status: int
    seconds: float
    points: int
    done: int
    error: str

    @property
    def killed(self) -> bool:
        return self.status == KILLED


@dataclass
class Nursery:
    """The program that lives lives."""

    process: subprocess.Popen[str]

    def together(self, *lives: dict[str, Any]) -> list[Ended]:
        """Run lives at the same time, to the end of each."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(lives, default=str) + "\n")
        self.process.stdin.flush()
        ended = [Ended(**found) for found in json.loads(self.process.stdout.readline())]
        TALLY["lives"] += len(ended)
        TALLY["killed"] += sum(life.killed for life in ended)
        return ended

    def live(self, work: str, folder: Path, days: Sequence[str], **fate: Any) -> Ended:
        """Run one life to its end."""
        (ended,) = self.together({"work": work, "folder": folder, "days": days, **fate})
        return ended

    def finish(self, work: str, folder: Path, days: Sequence[str], **manner: Any) -> Ended:
        """Run a life that nothing befalls."""
        ended = self.live(work, folder, days, **manner)
        assert (ended.status, ended.error) == (0, "")
        return ended

    def until_finished(
        self, work: str, folder: Path, days: Sequence[str], fate: Fate, look: Callable[[Path], list[str]], **manner: Any
    ) -> int:
        """Start a life again and again until one finishes, looking for faults after each kill; return the kills."""
        for number in range(LIVES_AT_MOST):
            ended = self.live(work, folder, days, **manner, **fate(number))
            if not ended.killed:
                assert (ended.status, ended.error) == (0, "")
                return number
            assert look(folder) == []
        raise AssertionError(LIVES_AT_MOST)


def once_at_every_kind_of_point(turn: int) -> Fate:
    """Kill once at each kind of point, where a life meets it for the first, second or later time."""
    return lambda _: {"die_anew": turn}


def at_random_points(seed: str, most: int) -> Fate:
    """Kill each life at a point, its `most`-th at the latest."""
    dice = Random(seed)  # noqa: S311 - a choice, not a secret
    return lambda _: {"die_at": dice.randint(1, most)}


def at_random_moments(seed: str, seconds: float, kills: int) -> Fate:
    """Kill so many times from outside, at moments spread over the time that the work takes undisturbed."""
    dice = Random(seed)  # noqa: S311 - a choice, not a secret
    moments = [0.0, *sorted(dice.uniform(0, seconds) for _ in range(kills))]
    spans = [after - before for before, after in pairwise(moments)]
    return lambda number: {"kill_after": spans[number]} if number < kills else {}
