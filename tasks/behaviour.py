"""How simulated bodies behave: when they submit, how long reviewers take, what is returned.

A behaviour answers from the seed and the duty's own identity alone, so the same seed gives the same year,
whatever else happens in it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Any, Protocol


class Behaviour(StrEnum):
    """What bodies are like."""

    PUNCTUAL = "punctual"
    REALISTIC = "realistic"
    SILENT = "silent"


@dataclass(frozen=True)
class Conduct:
    """What will happen to one duty.

    Attributes:
        submits_on: The day its body submits; nothing where it never does.
        review_days: Days until the supervising body decides.
        returned: Whether the first submission is returned.
        mend_days: Days until the body submits again.
    """

    submits_on: date | None
    review_days: int = 1
    returned: bool = False
    mend_days: int = 3


class Character(Protocol):
    """Decides the conduct of bodies."""

    def conduct(self, duty: Any, opened_on: date) -> Conduct:
        """Return what will happen to a duty that was opened on a day."""


class _Punctual:
    """Submits three quarters through the time it has, on or before the planned day."""

    def conduct(self, duty: Any, opened_on: date) -> Conduct:
        plan_by = date.fromisoformat(str(duty.plan_by))
        return Conduct(opened_on + max(plan_by - opened_on, timedelta(0)) * 3 / 4)


class _Silent:
    """Never submits."""

    def conduct(self, duty: Any, opened_on: date) -> Conduct:
        del duty, opened_on
        return Conduct(None)


class _Realistic:
    """Mostly in time, often at the last moment, sometimes late, now and then never.

    The shares are ours, chosen so that every rung and every way back is walked; they describe no real body.
    """

    EARLY, LAST_MOMENT, LATE = 0.62, 0.86, 0.97
    RETURNED = 0.08

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def conduct(self, duty: Any, opened_on: date) -> Conduct:
        identity = (self.seed, duty.obligation_id, duty.period, duty.step, duty.body_code, duty.subject_code)
        dice = Random("|".join(map(str, identity)))  # noqa: S311 - a simulation, not a secret
        due_on = date.fromisoformat(str(duty.due_on))
        share = dice.random()
        if share < self.EARLY:
            submits_on = opened_on + max(due_on - opened_on, timedelta(0)) * dice.uniform(0.05, 0.9)
        elif share < self.LAST_MOMENT:
            submits_on = due_on - timedelta(days=dice.randint(0, 5))
        elif share < self.LATE:
            submits_on = due_on + timedelta(days=dice.randint(1, 25))
        else:
            return Conduct(None)
        return Conduct(
            max(submits_on, opened_on),
            review_days=dice.randint(1, 6),
            returned=dice.random() < self.RETURNED,
            mend_days=dice.randint(1, 8),
        )


def character(behaviour: Behaviour, seed: int) -> Character:
    """Return who decides the conduct of bodies."""
    if behaviour is Behaviour.PUNCTUAL:
        return _Punctual()
    return _Silent() if behaviour is Behaviour.SILENT else _Realistic(seed)
