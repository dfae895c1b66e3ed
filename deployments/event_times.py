"""The days on which Prefect runs the flows of events that are not closed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text

from deployments.schedules import MOST_DATES, Timetable
from models.regulation import Obligation
from tasks.district import District


def event_timetables(district: District, obligation: Obligation, as_of: date) -> tuple[Timetable, ...]:
    """Return one schedule for each event of an obligation that is not closed, with its days from a day on."""
    statement = text(
        "SELECT c.period, m.falls_on FROM duty_case c JOIN schedule s ON s.case_id = c.id"
        " JOIN milestone m ON m.schedule_id = s.id WHERE c.obligation_id = :obligation AND c.event_on IS NOT NULL"
        " AND c.closed_at IS NULL AND c.paused_on IS NULL AND m.falls_on >= :as_of"
    )
    days: dict[str, set[date]] = {}
    with district.database.reading() as connection:
        for row in connection.execute(statement, {"obligation": obligation.id, "as_of": as_of.isoformat()}):
            days.setdefault(row.period, set()).add(date.fromisoformat(str(row.falls_on)))
    return tuple(_timetable(obligation, number, sorted(found)) for number, found in sorted(days.items()))


def _timetable(obligation: Obligation, number: str, days: Sequence[date]) -> Timetable:
    parameters: dict[str, str | bool] = {"obligation": obligation.id, "period": number}
    return Timetable(slug=number.lower(), parameters=parameters, dates=tuple(days[:MOST_DATES]))
