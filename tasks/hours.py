"""Hours: ordinary messages go out in working hours of working days; what is urgent goes out at once.

Urgent is what an event sets a limit of at most two more working days for, and what must be done every day or at all
times. Everything else waits in the outbox until the hours begin.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, text

from calendars.days import DayStatus
from calendars.periods import Frequency
from calendars.workdays import WorkdayCalendar
from evidence.ledger import Act
from fireduty.clock import SHANGHAI
from fireduty.settings import Settings
from models.columns import instant_text
from models.regulation import Regulation
from models.states import AWAITING_BODY
from tasks.scope import Condition, execute

SOON = 2
"""Within so many working days the limit of an event is urgent; ours."""

ROUND_THE_CLOCK = (Frequency.DAILY, Frequency.CONTINUOUS)
"""The frequencies of duties that do not rest at night or on holidays."""

LONGEST_REST = 40
"""Days to look ahead for the next working day; the longest holiday is far shorter."""

_SATURDAY = 5


def is_worked(calendar: WorkdayCalendar, on: date) -> bool:
    """Tell whether messages go out on a day; one that only a notice to come decides counts as its weekday says."""
    status = calendar.status(on)
    return on.weekday() < _SATURDAY if status is DayStatus.UNKNOWN else status is DayStatus.WORKDAY


def is_open(calendar: WorkdayCalendar, settings: Settings, at: datetime) -> bool:
    """Tell whether an instant lies in the working hours of a working day."""
    local = at.astimezone(SHANGHAI)
    if not is_worked(calendar, local.date()):
        return False
    return settings.works_from == settings.works_until or settings.works_from <= local.time() < settings.works_until


def opens_at(calendar: WorkdayCalendar, settings: Settings, at: datetime) -> datetime:
    """Return the instant at which working hours begin next, or the instant itself where they have."""
    if is_open(calendar, settings, at):
        return at
    local = at.astimezone(SHANGHAI)
    begins = time(0) if settings.works_from == settings.works_until else settings.works_from
    for number in range(LONGEST_REST):
        day = local.date() + timedelta(days=number)
        opening = datetime.combine(day, begins, SHANGHAI)
        if opening > at and is_worked(calendar, day):
            return opening.astimezone(at.tzinfo)
    message = f"no working day within {LONGEST_REST} days of {local.date()}"
    raise ValueError(message)  # a calendar without working days is refused when it is read


def urgent(regulations: Iterable[Regulation], calendar: WorkdayCalendar, as_of: date) -> Condition:
    """Return the condition that a notice is urgent, on the tables of its duty `d` and its case `c`.

    Where days are not settled yet, the limit of an event is taken to be nearer rather than farther.
    """
    always = [
        one.id for regulation in regulations for one in regulation.obligations if one.frequency in ROUND_THE_CLOCK
    ]
    sql = (
        "d.state IN :urgent_states AND (c.obligation_id IN :urgent_always"
        " OR (c.event_on IS NOT NULL AND d.due_on <= :urgent_until))"
    )
    values = {
        "urgent_states": [state.value for state in AWAITING_BODY],
        "urgent_always": sorted(always),
        "urgent_until": calendar.bounds(as_of, SOON)[1].isoformat(),
    }
    return Condition(sql, values)


def hold_back(connection: Connection, act: Act, until: datetime, now: Condition) -> int:
    """Let composed messages that nobody has in hand and that carry nothing urgent wait; return how many.

    Args:
        connection: The transaction.
        act: Who delivers, and when.
        until: When working hours begin.
        now: What is urgent.
    """
    times = {"until": instant_text(until), "at": instant_text(act.at)}
    due = "state IN ('claimed', 'failed') AND next_attempt_at <= :at AND leased_by = ''"
    # Most runs find nothing: only then are the notices of the messages worth looking for.
    if connection.execute(text(f"SELECT 1 FROM message WHERE {due} LIMIT 1"), times).one_or_none() is None:
        return 0
    sql = (
        f"UPDATE message SET next_attempt_at = :until WHERE {due} AND id NOT IN (SELECT n.message_id FROM notice n"
        " JOIN duty d ON d.id = n.duty_id JOIN duty_case c ON c.id = d.case_id"
        f" WHERE n.message_id IN (SELECT id FROM message WHERE {due}) AND {now.sql})"
    )
    return int(execute(connection, sql, {**times, **now.values}).rowcount)
