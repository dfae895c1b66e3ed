"""The arithmetic of an assessment, in whole hundredths of a point: exact, repeatable, and nothing lost by rounding."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.assessment import FULL, Credit, Grade, Outcome

POINT = 100
"""Hundredths in a point; scores are reckoned in these and never in fractions."""

Tally = dict[Outcome, int]
"""How many duties came out how."""


@dataclass(frozen=True)
class GroupScore:
    """What a body did in one group.

    Attributes:
        group: Id of the group.
        tally: Its duties by outcome.
        share: Hundredths it can reach here: the group's weight, with its part of those in which it owes nothing.
        lost: Hundredths of them that it lost.
    """

    group: str
    tally: Tally
    share: int
    lost: int


def apportion(amount: int, parts: Sequence[int]) -> list[int]:
    """Divide a whole amount in proportion to parts, by largest remainder; what is given adds up to the amount.

    Of equal remainders the earlier part goes first. Parts that add up to nothing get nothing.
    """
    whole = sum(parts)
    if whole == 0:
        return [0] * len(parts)
    given = [amount * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: (-(amount * parts[index] % whole), index))
    for index in by_remainder[: amount - sum(given)]:
        given[index] += 1
    return given


def counted(tally: Tally, credit: Credit) -> int:
    """Return how many duties count."""
    return sum(number for outcome, number in tally.items() if credit.of(outcome) is not None)


def cost(outcome: Outcome, credit: Credit) -> int:
    """Return the per cent of its share that a duty loses."""
    percent = credit.of(outcome)
    return 0 if percent is None else FULL - percent


def costing(credit: Credit) -> list[Outcome]:
    """Return the outcomes that lose anything."""
    return [outcome for outcome in Outcome if cost(outcome, credit)]


def score_groups(
    total: int, weights: Sequence[tuple[str, int]], tallies: dict[str, Tally], credit: Credit
) -> tuple[GroupScore, ...]:
    """Return what a body reached in each group in which duties of its count.

    Within a group every duty has the same share. Of groups in which nothing counts, the others take over the weight
    in proportion to their own, so that whoever did everything on time has the total.

    Args:
        total: Points of the scheme.
        weights: Id and weight of each group, in the order of the scheme.
        tallies: The body's duties by group.
        credit: What each outcome brings.
    """
    here = [(group, weight) for group, weight in weights if counted(tallies.get(group, {}), credit)]
    shares = apportion(total * POINT, [weight for _, weight in here])
    found = []
    for (group, _), share in zip(here, shares, strict=True):
        tally = tallies[group]
        costs = sum(number * cost(outcome, credit) for outcome, number in tally.items())
        whole = FULL * counted(tally, credit)
        lost = (2 * share * costs + whole) // (2 * whole)  # halves are lost
        found.append(GroupScore(group, tally, share, lost))
    return tuple(found)


def grade_of(score: int, grades: Sequence[Grade]) -> Grade:
    """Return the first grade that a score, in hundredths, reaches; the last begins at 0."""
    return next(grade for grade in grades if grade.at_least * POINT <= score)


def ranks(scores: Sequence[int]) -> list[int]:
    """Return the rank of each score: 1 for the highest, equal scores share one, and as many are skipped after them."""
    first: dict[int, int] = {}
    for position, score in enumerate(sorted(scores, reverse=True), 1):
        first.setdefault(score, position)
    return [first[score] for score in scores]


def points(hundredths: int) -> str:
    """Return hundredths as people read points, always with two decimals."""
    return f"{hundredths // POINT}.{hundredths % POINT:02}"
