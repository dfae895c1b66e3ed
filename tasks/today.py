"""One day at a glance: what happened, what is overdue, what comes next."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from fireduty import clock
from models.columns import instant_text
from tasks.district import District
from tasks.duties import counts

SHOWN = 8
"""How many obligations a glance names."""


def glance(connection: Connection, district: District, as_of: date) -> dict[str, Any]:
    """Return what happened on a day and how the district stands at its end."""
    begins, ends = (instant_text(clock.morning_of(day, 0)) for day in (as_of, as_of + timedelta(days=1)))
    happened = {
        "duties_opened": "SELECT count(*) FROM duty WHERE opened_at >= :begins AND opened_at < :ends",
        "notices_caused": "SELECT count(*) FROM notice WHERE caused_at >= :begins AND caused_at < :ends",
        "submissions": "SELECT count(*) FROM submission WHERE recorded_at >= :begins AND recorded_at < :ends",
        "reviews": "SELECT count(*) FROM review WHERE reviewed_at >= :begins AND reviewed_at < :ends",
        "messages_sent": "SELECT count(*) FROM message WHERE sent_at >= :begins AND sent_at < :ends",
    }
    span = {"begins": begins, "ends": ends}
    states = counts(connection, as_of)
    return {
        "as_of": as_of.isoformat(),
        "today": {name: connection.execute(text(sql), span).scalar_one() for name, sql in happened.items()},
        "states": states,
        "overdue": _overdue(connection, district, as_of),
    }


def _overdue(connection: Connection, district: District, as_of: date) -> list[dict[str, Any]]:
    """Return the obligations with most overdue duties."""
    statement = text(
        "SELECT c.obligation_id, count(*) AS n, min(d.due_on) AS since FROM duty d JOIN duty_case c ON c.id = d.case_id"
        " WHERE d.due_on < :as_of AND d.state IN ('open', 'submitted', 'returned') AND c.paused_on IS NULL"
        " GROUP BY c.obligation_id ORDER BY n DESC, c.obligation_id LIMIT :shown"
    )
    rows = connection.execute(statement, {"as_of": as_of.isoformat(), "shown": SHOWN})
    found = []
    for row in rows:
        _, obligation = district.obligation(row.obligation_id)
        found.append(
            {
                "obligation": row.obligation_id,
                "ref": obligation.ref,
                "title": obligation.title,
                "duties": row.n,
                "since": str(row.since),
            }
        )
    return found
