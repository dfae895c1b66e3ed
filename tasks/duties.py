"""Reading duties: one by its number, many by what is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from calendars.periods import Frequency
from evidence.contract import Span
from evidence.ledger import history
from fireduty.clock import local_date
from fireduty.errors import UnknownNameError
from models.columns import instant_of
from models.database import prepared
from models.regulation import Obligation, Regulation, StepTerms
from models.states import DutyState
from tasks.district import District

_COLUMNS = """
    SELECT d.id, d.case_id, c.obligation_id, c.period, c.starts_on, c.ends_on, c.event_on, c.note, c.paused_on,
           d.step, d.body_code, b.name AS body, d.subject_code, s.name AS subject, d.supervisor_code,
           u.name AS supervisor, d.state, h.opens_on, d.plan_by, d.due_on, h.provisional, h.variant, d.opened_at,
           d.claimed_on, d.submitted_at, d.closed_at
    FROM duty d
    JOIN duty_case c ON c.id = d.case_id
    JOIN schedule h ON h.id = d.schedule_id
    JOIN body b ON b.code = d.body_code
    LEFT JOIN body s ON s.code = d.subject_code
    LEFT JOIN body u ON u.code = d.supervisor_code
"""


_NAMES = tuple(
    name.split()[-1].rpartition(".")[2] for name in _COLUMNS.partition("FROM")[0].split("SELECT")[1].split(",")
)


@dataclass(frozen=True)
class DutyRecord:
    """A duty with the terms it stands under."""

    row: Row[Any]
    regulation: Regulation
    obligation: Obligation
    terms: StepTerms

    @property
    def span(self) -> Span:
        """The days its dates must lie in.

        A step that comes before its period, such as a survey before the year, is proved by days between its
        opening and its due date. A body with dates of its own may begin sooner or end later than the others. An
        occasion may have been opened before its notice came and moved it.
        """
        if self.row.event_on is not None:
            # A late decision is recorded as late, never refused; nothing done before the event proves it.
            return Span(date.fromisoformat(min(str(self.row.starts_on), str(self.row.opens_on))), date.max)
        starts_on, ends_on = (date.fromisoformat(str(value)) for value in (self.row.starts_on, self.row.ends_on))
        if self.obligation.frequency is Frequency.AFTER_LAST:
            # The day of the event is not counted (民法典 art. 201): what was done then proves the round before.
            return Span(starts_on + timedelta(days=1), date.max)
        due_on, opens_on = (date.fromisoformat(str(value)) for value in (self.row.due_on, self.row.opens_on))
        if self.row.variant or self.obligation.frequency is Frequency.OCCASION:
            return Span(min(starts_on, opens_on), max(ends_on, due_on))
        return Span(opens_on, due_on) if due_on < starts_on else Span(starts_on, ends_on)


def find(connection: Connection, district: District, duty_id: int) -> DutyRecord:
    """Return a duty by its number.

    Raises:
        UnknownNameError: If there is none.
    """
    row = connection.execute(prepared(f"{_COLUMNS} WHERE d.id = :id", *_NAMES), {"id": duty_id}).one_or_none()
    if row is None:
        message = f"duty {duty_id}: there is none of that number"
        raise UnknownNameError(message, "`fireduty duty list` shows those that exist.")
    regulation, obligation = district.obligation(row.obligation_id)
    return DutyRecord(row, regulation, obligation, obligation.steps[row.step])


def opened_since(connection: Connection, district: District, last_id: int) -> Iterator[DutyRecord]:
    """Yield the duties with higher numbers than one, in order."""
    rows = connection.execute(prepared(f"{_COLUMNS} WHERE d.id > :last ORDER BY d.id", *_NAMES), {"last": last_id})
    for row in rows.all():
        regulation, obligation = district.obligation(row.obligation_id)
        yield DutyRecord(row, regulation, obligation, obligation.steps[row.step])


@dataclass(frozen=True)
class Filter:
    """Which duties to list; empty fields do not narrow."""

    body: str = ""
    supervisor: str = ""
    obligation: str = ""
    period: str = ""
    state: str = ""
    overdue: bool = False
    limit: int = 200


def list_duties(connection: Connection, wanted: Filter, as_of: date) -> Sequence[dict[str, Any]]:
    """Return duties, the earliest due first, each with whether it is overdue on a day."""
    conditions = {
        "d.body_code = :body": wanted.body,
        "d.supervisor_code = :supervisor": wanted.supervisor,
        "c.obligation_id = :obligation": wanted.obligation,
        "c.period = :period": wanted.period,
        "d.state = :state": wanted.state,
    }
    parts = [condition for condition, value in conditions.items() if value]
    if wanted.overdue:
        parts.append("d.due_on < :as_of AND d.state IN ('open', 'submitted', 'returned') AND c.paused_on IS NULL")
    where = f"WHERE {' AND '.join(parts)}" if parts else ""
    statement = text(f"{_COLUMNS} {where} ORDER BY d.due_on, d.id LIMIT :limit")
    given = {name: value for name, value in vars(wanted).items() if value and name != "overdue"}
    if wanted.overdue:
        given["as_of"] = as_of.isoformat()
    return [describe(row, as_of) for row in connection.execute(statement, given)]


def describe(row: Row[Any], as_of: date) -> dict[str, Any]:
    """Return a duty as programs read it, with the facts that follow from its dates."""
    found = {name: value if value is None else _plain(value) for name, value in row._mapping.items()}
    found["state_zh"] = DutyState(row.state).chinese
    found["provisional"] = bool(row.provisional)
    closed = row.state in (DutyState.ACCEPTED, DutyState.WAIVED)
    found["overdue"] = not closed and row.paused_on is None and str(row.due_on) < as_of.isoformat()
    found["late"] = bool(closed and row.submitted_at and _late(row))
    return found


def counts(connection: Connection, as_of: date) -> dict[str, int]:
    """Return how many duties stand in each state, and how many are overdue."""
    statement = text("SELECT state, count(*) AS n FROM duty GROUP BY state")
    found = {row.state: row.n for row in connection.execute(statement)}
    overdue = text(
        "SELECT count(*) FROM duty WHERE due_on < :as_of AND state IN ('open', 'submitted', 'returned')"
        " AND case_id NOT IN (SELECT id FROM duty_case WHERE paused_on IS NOT NULL)"
    )
    found["overdue"] = connection.execute(overdue, {"as_of": as_of.isoformat()}).scalar_one()
    return found


def full(connection: Connection, district: District, duty_id: int, as_of: date) -> dict[str, Any]:
    """Return one duty with its legal ground, what proves it, its submissions, reviews, notices and events."""
    record = find(connection, district, duty_id)
    found = describe(record.row, as_of)
    found["regulation"] = record.regulation.title
    found["ref"] = record.obligation.ref
    found["title"] = record.obligation.title
    found["summary"] = record.obligation.summary
    found["proof"] = [requirement.model_dump(mode="json") for requirement in record.terms.evidence]
    found["proof_zh"] = [requirement.describe() for requirement in record.terms.evidence]
    found["period_days"] = [str(record.span.starts_on), str(record.span.ends_on)]
    found["submissions"] = _rows(
        connection,
        "SELECT s.id, s.revision, s.submitter, s.claimed_on, s.recorded_at, s.answers, r.outcome, r.reason,"
        " r.reviewer, r.reviewed_at, o.duty_id AS shared_with FROM submission s"
        " LEFT JOIN review r ON r.submission_id = s.id LEFT JOIN submission o ON o.id = s.shares_id"
        " WHERE s.duty_id = :id ORDER BY s.revision",
        duty_id,
    )
    found["files"] = _rows(
        connection,
        "SELECT s.revision, f.requirement, f.name, f.media_type, f.size, f.digest FROM evidence_file f"
        " JOIN submission s ON s.id = f.submission_id WHERE s.duty_id = :id ORDER BY f.id",
        duty_id,
    )
    found["notices"] = _rows(
        connection,
        "SELECT n.occasion, n.level, b.name AS recipient, n.caused_at, m.state AS delivery, m.sent_at FROM notice n"
        " JOIN body b ON b.code = n.recipient_code LEFT JOIN message m ON m.id = n.message_id"
        " WHERE n.duty_id = :id ORDER BY n.id",
        duty_id,
    )
    found["history"] = list(history(connection, duty_id))
    return found


def _rows(connection: Connection, sql: str, duty_id: int) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(text(sql), {"id": duty_id})]


def _late(row: Row[Any]) -> bool:
    """Whether a closed duty was late on the record: what counts is when it reached us, not what was claimed."""
    return local_date(instant_of(row.submitted_at)).isoformat() > str(row.due_on)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
