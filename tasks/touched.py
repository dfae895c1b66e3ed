"""Touched: what is open now for obligations of which the law changes."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from tasks.scope import execute


@dataclass(frozen=True)
class Touched:
    """What is open for one obligation.

    Attributes:
        cases: How many cases are open.
        duties: How many duties of theirs are open.
        duty_ids: The lowest numbers of these duties, up to the limit.
    """

    cases: int = 0
    duties: int = 0
    duty_ids: tuple[int, ...] = ()


_COUNTS = """
    SELECT c.obligation_id, count(DISTINCT c.id) AS cases, count(d.id) AS duties
    FROM duty_case c LEFT JOIN duty d ON d.case_id = c.id AND d.closed_at IS NULL
    WHERE c.closed_at IS NULL AND c.obligation_id IN :obligations
    GROUP BY c.obligation_id
"""
_LOWEST = """
    SELECT obligation_id, id FROM (
        SELECT c.obligation_id, d.id, row_number() OVER (PARTITION BY c.obligation_id ORDER BY d.id) AS place
        FROM duty_case c JOIN duty d ON d.case_id = c.id
        WHERE c.closed_at IS NULL AND d.closed_at IS NULL AND c.obligation_id IN :obligations
    ) numbered
    WHERE place <= :most ORDER BY obligation_id, id
"""


def touched(connection: Connection, obligations: Collection[str], most: int) -> dict[str, Touched]:
    """Return what is open for each of the obligations that has anything open.

    Args:
        connection: The district's database.
        obligations: Their full ids.
        most: How many duties of each obligation are named by their number.
    """
    if not obligations:
        return {}
    values: dict[str, Any] = {"obligations": sorted(obligations)}
    named: dict[str, list[int]] = {}
    for row in execute(connection, _LOWEST, {**values, "most": most}):
        named.setdefault(row.obligation_id, []).append(row.id)
    return {
        row.obligation_id: Touched(row.cases, row.duties, tuple(named.get(row.obligation_id, ())))
        for row in execute(connection, _COUNTS, values)
    }
