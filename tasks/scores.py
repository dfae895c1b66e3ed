"""Scores: what an assessment's own run leaves beside its steps: how each body it is about stands by the record."""

from datetime import date
from typing import Any

from tasks import scope
from tasks.assessing import assess, points, scheme_in_force
from tasks.assessing.results import Standing
from tasks.district import District

SHOWN = 200
"""How many bodies the table of a run holds; `fireduty assessment export` holds all."""


def score_table(district: District, obligation_id: str, year: int, as_of: date) -> list[dict[str, Any]]:
    """Return the bodies an assessment is about, the best first, with score and counts from the record alone.

    Args:
        district: The district.
        obligation_id: An obligation to assess others; where it names nobody, the bodies it binds are shown.
        year: The year that is assessed.
        as_of: The day up to which the record is read.

    Raises:
        UnknownNameError: If the regulation has no scheme.
        SchemeError: If the scheme is wrong.
    """
    regulation, obligation = district.obligation(obligation_id)
    method = scheme_in_force(district, regulation.id)
    with district.database.reading() as connection:
        found = assess(connection, method, year, as_of)
        among = set(scope.codes(connection, scope.belongs("s", obligation.concerns or obligation.binds), "s"))
    return [_row(one) for one in found.standings if one.code in among][:SHOWN]


def _row(one: Standing) -> dict[str, Any]:
    counts = {outcome.chinese: number for outcome, number in one.tally.items()}
    score = "" if one.score is None else points(one.score)
    return {"名次": one.rank_in_kind or "", "主体": one.name, "得分": score, "等次": one.grade, **counts}
