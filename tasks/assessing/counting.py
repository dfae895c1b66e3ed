"""What became of each duty by the day of assessment, as SQL over duties, submissions and reviews.

The record is read as it stood at the end of that day: what was submitted or decided later does not count, so the
assessment of a year can be repeated. Dates that were moved since are taken as they are now. While the clock of a case
is stopped, nothing in it is overdue.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, TextClause, bindparam, text

from fireduty.clock import SHANGHAI
from models.assessment import Outcome
from models.columns import instant_text
from models.states import DutyState, ReviewOutcome

CHUNK = 5_000
"""How many rows are held at once."""

# A day in Shanghai ends at this time of the same date in UTC; there has been no summer time since 1991.
_END_OF_DAY = "T16:00:00Z"

# The cases that count, few as they are, are looked up once, so that no name of an obligation is compared for each duty.
_CASES = """
    WITH counted(obligation_id, group_id) AS (VALUES {pairs}),
    counted_case AS MATERIALIZED (
        SELECT c.id, c.obligation_id, c.period, c.paused_on, g.group_id
        FROM duty_case c JOIN counted g ON g.obligation_id = c.obligation_id)
"""

# Most of the table is wanted: joined with nothing, the body's code keeps the database from walking it body by body and
# fetching rows that lie far apart.
_RECORD = f"""
    SELECT d.id, d.body_code || '' AS body_code, c.obligation_id, c.group_id, c.period, c.paused_on, d.step,
           d.subject_code, d.due_on, d.state, d.closed_at, s.id AS submission_id, r.id AS review_id,
           r.outcome AS verdict,
           COALESCE(s.recorded_at, CASE WHEN d.state = '{DutyState.ACCEPTED}' AND d.closed_at < :end
                                        THEN COALESCE(d.submitted_at, d.closed_at) END) AS done_at
    FROM duty d
    JOIN counted_case c ON c.id = d.case_id
    LEFT JOIN submission s ON s.duty_id = d.id AND s.recorded_at < :end AND NOT EXISTS (
        SELECT 1 FROM submission n WHERE n.duty_id = d.id AND n.revision > s.revision AND n.recorded_at < :end)
    LEFT JOIN review r ON r.submission_id = s.id AND r.reviewed_at < :end
    WHERE d.due_on >= :first AND d.due_on <= :last AND d.opened_at < :end{{only}}
"""

_JUDGED = f"""
    SELECT t.*,
           CASE WHEN t.state = '{DutyState.WAIVED}' AND COALESCE(t.closed_at, '') < :end THEN '{Outcome.WAIVED}'
                WHEN t.done_at IS NULL OR t.verdict = '{ReviewOutcome.RETURNED}' THEN
                     CASE WHEN t.due_on >= :as_of OR t.paused_on <= :as_of THEN '{Outcome.NOT_YET_DUE}'
                          WHEN t.done_at IS NULL THEN '{Outcome.MISSING}'
                          ELSE '{Outcome.RETURNED}' END
                WHEN t.done_at < CAST(t.due_on AS VARCHAR) || '{_END_OF_DAY}' THEN '{Outcome.ON_TIME}'
                ELSE '{Outcome.LATE}' END AS outcome
    FROM ({_RECORD}) t
"""


@dataclass(frozen=True)
class Span:
    """The duties of a year, and the day from which they are judged.

    Attributes:
        year: The year in which they are due.
        as_of: The last day whose submissions and reviews count.
        groups: The obligations that count, by full id, with the group each counts in.
    """

    year: int
    as_of: date
    groups: Mapping[str, str]

    def statement(self, sql: str, body: str = "") -> TextClause:
        """Return a statement over `judged`: the duties that count, of all bodies or of one, and what became of them."""
        pairs = ", ".join(f"(:o{number}, :g{number})" for number in range(len(self.groups)))
        cases = _CASES.format(pairs=pairs)
        judged = _JUDGED.format(only=" AND d.body_code = :body" if body else "")
        return text(f"{cases}, judged AS ({judged}) {sql}").execution_options(yield_per=CHUNK)

    def values(self, body: str = "") -> dict[str, Any]:
        """Return the parameters of its statements."""
        end = datetime.combine(self.as_of + timedelta(days=1), time(), SHANGHAI)
        values: dict[str, Any] = {
            "first": f"{self.year}-01-01",
            "last": f"{self.year}-12-31",
            "as_of": self.as_of.isoformat(),
            "end": instant_text(end),
            **({"body": body} if body else {}),
        }
        for number, (obligation, group) in enumerate(self.groups.items()):
            values |= {f"o{number}": obligation, f"g{number}": group}
        return values


def by_group(connection: Connection, span: Span) -> Iterator[Row[Any]]:
    """Yield how many duties of a body and a group came out how, and how many of these wait for review."""
    sql = (
        "SELECT body_code, group_id, outcome, count(*) AS n,"
        " sum(CASE WHEN submission_id IS NOT NULL AND review_id IS NULL THEN 1 ELSE 0 END) AS pending"
        " FROM judged GROUP BY body_code, group_id, outcome"
    )
    yield from connection.execute(span.statement(sql), span.values())


def by_obligation(connection: Connection, span: Span, body: str) -> Iterator[Row[Any]]:
    """Yield how many duties of one body came out how, by obligation."""
    sql = (
        "SELECT group_id, obligation_id, outcome, count(*) AS n FROM judged"
        " GROUP BY group_id, obligation_id, outcome ORDER BY group_id, obligation_id, outcome"
    )
    yield from connection.execute(span.statement(sql, body), span.values(body))


def judged(connection: Connection, span: Span, outcomes: Sequence[Outcome], body: str = "") -> Iterator[Row[Any]]:
    """Yield the duties with one of these outcomes, body by body, of all bodies or of one."""
    if not outcomes:
        return
    sql = "SELECT * FROM judged WHERE outcome IN :outcomes ORDER BY body_code, id"
    statement = span.statement(sql, body).bindparams(bindparam("outcomes", expanding=True))
    yield from connection.execute(statement, {**span.values(body), "outcomes": [one.value for one in outcomes]})
