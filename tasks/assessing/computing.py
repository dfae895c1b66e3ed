"""Assessing (考核): from the record of a year to scores, ranks, grades and what follows."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, text

from models.assessment import FollowUp, Outcome, Scheme, Selection
from models.kinds import BodyKind
from models.schemes import Method
from tasks.assessing.counting import Span, by_group
from tasks.assessing.results import UNRANKED, Assessment, Demand, Standing, record_lines
from tasks.assessing.scoring import POINT, Tally, grade_of, ranks, score_groups

STAGES = 3
"""How many times `assess` says how far it is."""

Step = Callable[[str], object]


def assess(connection: Connection, method: Method, year: int, as_of: date, step: Step | None = None) -> Assessment:
    """Assess every body of the register for a year, from its duties and their evidence alone.

    Args:
        connection: A connection that reads one consistent state.
        method: What counts how much.
        year: The year in which the duties are due.
        as_of: The last day whose submissions and reviews count.
        step: Told of each of the stages as it begins.
    """
    say = step or str
    span = Span(year, as_of, {name: group.id for name, (_, group) in method.places().items()})
    say("counting")
    found, pending = _count(connection, span)
    say("scoring")
    standings = _stand(_scored(connection, method.scheme, found, pending))
    assessment = Assessment(method, span, standings)
    say("tracing")
    digest = hashlib.sha256()
    for line in record_lines(connection, assessment):
        digest.update(line)
    demands = tuple(_demand(one, method.scheme, assessment.ranked) for one in method.scheme.follow_ups)
    return replace(assessment, demands=demands, digest=digest.hexdigest())


def _count(connection: Connection, span: Span) -> tuple[dict[str, dict[str, Tally]], dict[str, int]]:
    """Return the duties of each body by group and outcome, and how many wait for review."""
    found: dict[str, dict[str, Tally]] = defaultdict(dict)
    pending: dict[str, int] = defaultdict(int)
    outcomes = {outcome.value: outcome for outcome in Outcome}
    for body, group, outcome, number, waiting in by_group(connection, span):
        found[body].setdefault(group, {})[outcomes[outcome]] = number
        pending[body] += waiting
    return found, pending


def _scored(
    connection: Connection, scheme: Scheme, found: dict[str, dict[str, Tally]], pending: dict[str, int]
) -> Iterator[Standing]:
    weights = [(group.id, group.weight) for group in scheme.groups]
    for code, name, kind in connection.execute(text("SELECT code, name, kind FROM body")):
        groups = score_groups(scheme.total, weights, found.get(code, {}), scheme.credit)
        score, grade = None, UNRANKED
        if groups:
            score = scheme.total * POINT - sum(group.lost for group in groups)
            grade = grade_of(score, scheme.grades).title
        yield Standing(code, name, kind, score, grade, groups, found.get(code, {}), pending.get(code, 0))


def _stand(scored: Iterator[Standing]) -> tuple[Standing, ...]:
    """Return all bodies with their ranks, in the order of them."""
    by_kind: dict[str, list[Standing]] = defaultdict(list)
    without: list[Standing] = []
    for one in scored:
        (without if one.score is None else by_kind[one.kind]).append(one)
    bodies = [one for found in by_kind.values() for one in found]
    in_kind = [rank for found in by_kind.values() for rank in ranks([one.score or 0 for one in found])]
    overall = ranks([one.score or 0 for one in bodies])
    ranked = [
        replace(one, rank=rank, rank_in_kind=within) for one, rank, within in zip(bodies, overall, in_kind, strict=True)
    ]
    ranked.sort(key=lambda one: (one.rank or 0, one.code))
    return (*ranked, *sorted(without, key=lambda one: one.code))


def _demand(one: FollowUp, scheme: Scheme, ranked: Sequence[Standing]) -> Demand:
    titles = {grade.id: grade.title for grade in scheme.grades}
    bodies = () if one.about is None else _selected(one.about, titles, ranked)
    return Demand(one, one.regulation or scheme.regulations[0], bodies)


def _selected(about: Selection, titles: dict[str, str], ranked: Sequence[Standing]) -> tuple[Standing, ...]:
    """Return the bodies a selection means, in the order of their ranks."""
    grades = {titles[grade] for grade in about.grades}
    left = [
        one
        for one in ranked
        if (not about.kinds or BodyKind(one.kind) in about.kinds) and (not grades or one.grade in grades)
    ]
    if about.last is None:
        return tuple(left)
    scores = {one.score for one in left[-about.last :]}
    return tuple(one for one in left if one.lost and one.score in scores)
