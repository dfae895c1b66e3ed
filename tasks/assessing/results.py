"""Results of an assessment (考核结果): scores, ranks and grades of all bodies, and what the texts demand next."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row

from evidence.canonical import encode
from models.assessment import FollowUp, Outcome, Scheme
from models.schemes import Method
from tasks.assessing.counting import Span, judged
from tasks.assessing.scoring import GroupScore, Tally, apportion, cost, costing

FORMAT = 1
"""The version of the shape of `record_lines`."""

UNRANKED = "无应办"
"""Stands for the grade of a body none of whose duties count."""

_NAMES = [(outcome, outcome.value) for outcome in Outcome]


@dataclass(frozen=True)
class Standing:
    """Where one body stands.

    Attributes:
        rank: Among all bodies; bodies with the same score share it; nothing where none of its duties count.
        rank_in_kind: The same among bodies of its kind.
        score: Hundredths of a point.
        grade: Title of its grade.
        pending: How many of its submissions nobody had decided on; they count as they came in.
        groups: What it reached, by group, where any of its duties count.
        tallies: Its duties by group and outcome, those that do not count included.
    """

    code: str
    name: str
    kind: str
    score: int | None
    grade: str
    groups: tuple[GroupScore, ...]
    tallies: dict[str, Tally]
    pending: int
    rank: int | None = None
    rank_in_kind: int | None = None

    @property
    def tally(self) -> Tally:
        """All its duties by outcome."""
        return {outcome: sum(one.get(outcome, 0) for one in self.tallies.values()) for outcome in Outcome}

    @property
    def lost(self) -> int:
        """Hundredths lost in all groups."""
        return sum(group.lost for group in self.groups)


@dataclass(frozen=True)
class Loss:
    """A duty that cost points, and the rows that prove it."""

    duty_id: int
    group: str
    obligation: str
    period: str
    step: str
    about: str
    due_on: str
    done_at: str
    outcome: Outcome
    submission_id: int | None
    review_id: int | None
    lost: int


@dataclass(frozen=True)
class Demand:
    """Something a text demands next, with the bodies it is about, by name."""

    follow_up: FollowUp
    regulation: str
    bodies: tuple[Standing, ...]


@dataclass(frozen=True)
class Assessment:
    """The assessment of a year under a scheme.

    Attributes:
        standings: All bodies of the register, by rank and then code; those without a rank last.
        demands: What the texts demand next.
        digest: SHA-256 of `record_lines`.
    """

    method: Method
    span: Span
    standings: tuple[Standing, ...]
    demands: tuple[Demand, ...] = ()
    digest: str = ""

    @property
    def scheme(self) -> Scheme:
        """What counted how much."""
        return self.method.scheme

    @property
    def year(self) -> int:
        """The year that was assessed."""
        return self.span.year

    @property
    def as_of(self) -> date:
        """The day up to which the record was read."""
        return self.span.as_of

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """The bodies that have a rank."""
        return tuple(one for one in self.standings if one.rank is not None)

    def losses(self, connection: Connection, body: str = "") -> Iterator[tuple[Standing, list[Loss]]]:
        """Yield the duties that cost a body points, body by body; what they cost adds up to what it lost."""
        by_code = {one.code: one for one in self.standings}
        lost = costing(self.scheme.credit)
        costs = {outcome.value: cost(outcome, self.scheme.credit) for outcome in lost}
        for code, found in groupby(judged(connection, self.span, lost, body), key=lambda row: row.body_code):
            by_group = defaultdict(list)
            for row in found:
                by_group[row.group_id].append(row)
            losses: list[Loss] = []
            for group in by_code[code].groups:
                here = by_group.get(group.group, [])
                parts = apportion(group.lost, [costs[row.outcome] for row in here])
                losses += [_loss(row, part) for row, part in zip(here, parts, strict=True)]
            yield by_code[code], losses


def record_lines(connection: Connection, assessment: Assessment) -> Iterator[bytes]:
    """Yield the whole result as lines of canonical JSON (RFC 8785): a head, then each body by code with its losses.

    Scores, shares and losses are hundredths of a point; a loss names the duty and what it cost.
    """
    scheme, span = assessment.scheme, assessment.span
    head = {"as_of": span.as_of.isoformat(), "scheme": scheme.id, "scheme_digest": scheme.digest, "v": FORMAT}
    yield encode({**head, "year": span.year}) + b"\n"
    # Databases sort text each in its own way; what is sealed must not depend on it.
    lines = {one.code: _line(one, losses) for one, losses in assessment.losses(connection)}
    for one in sorted(assessment.standings, key=lambda standing: standing.code):
        yield lines.get(one.code) or _line(one, [])


def _loss(row: Row[Any], lost: int) -> Loss:
    return Loss(
        duty_id=row.id,
        group=row.group_id,
        obligation=row.obligation_id,
        period=row.period,
        step=row.step,
        about=row.subject_code,
        due_on=str(row.due_on),
        done_at=row.done_at or "",
        outcome=Outcome(row.outcome),
        submission_id=row.submission_id,
        review_id=row.review_id,
        lost=lost,
    )


def _line(standing: Standing, losses: Sequence[Loss]) -> bytes:
    groups = [
        {
            "group": group.group,
            "lost": group.lost,
            "share": group.share,
            **{name: group.tally.get(outcome, 0) for outcome, name in _NAMES},
        }
        for group in standing.groups
    ]
    entry = {
        "body": standing.code,
        "grade": standing.grade,
        "groups": groups,
        "losses": [[one.duty_id, one.lost] for one in losses],
        "rank": standing.rank,
        "score": standing.score,
    }
    return encode(entry) + b"\n"
