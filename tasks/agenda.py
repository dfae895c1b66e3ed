"""The agenda: which obligation opens a case when, and the cases with their dates."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from calendars.own_terms import own_terms
from calendars.periods import Frequency, Period
from evidence.ledger import Act, Event, EventKind, append
from models.columns import instant_text
from models.database import bulk_insert, prepared
from models.duties import Case, Schedule
from models.regulation import Obligation, Regulation
from tasks import scope
from tasks.district import District
from tasks.ladders import overridden
from tasks.rolling import due_rounds, join_round
from tasks.scheduling import NOBODY, StepDates, case_dates, periods_of

LOOK_AGAIN = timedelta(days=30)
"""The agenda of every obligation is read anew at least this often."""


def put_in_force(district: District, on: date) -> None:
    """Put every obligation of the district's regulations on the agenda, from a day on."""
    rows = [(o.id, on.isoformat()) for r in district.regulations for o in r.obligations if o.frequency]
    with district.database.transaction() as connection:
        present = set(connection.execute(text("SELECT obligation_id FROM agenda")).scalars())
        fresh = [row for row in rows if row[0] not in present]
        bulk_insert(connection, "agenda", ("obligation_id", "next_on"), fresh)


def due_agenda(connection: Connection, as_of: date) -> list[str]:
    """Return the obligations of which a case must be opened by a day."""
    statement = text("SELECT obligation_id FROM agenda WHERE next_on <= :as_of ORDER BY obligation_id")
    return list(connection.execute(statement, {"as_of": as_of.isoformat()}).scalars())


def open_cases(district: District, act: Act, obligation_id: str) -> int:
    """Open every case of an obligation that is due to open by the day of the act, and note when the next one is.

    Returns:
        How many cases were opened.
    """
    regulation, obligation = district.obligation(obligation_id)
    settings, as_of = district.settings, act.as_of
    if obligation.frequency is Frequency.AFTER_LAST:
        return _open_rounds(district, act, (regulation, obligation))
    with district.database.transaction() as connection:
        regulation = overridden(connection, regulation, obligation, act.at)
        concerned = concerned_codes(connection, obligation)
        own = own_periods(connection, obligation, district.added)
        present = set(
            connection.execute(
                text("SELECT period FROM duty_case WHERE obligation_id = :id"), {"id": obligation_id}
            ).scalars()
        )
        opened, next_on = 0, as_of + LOOK_AGAIN
        for period in periods_of(obligation, settings.in_force_on, as_of, settings.division, district.added):
            if period.key in present:
                continue
            apart = own.get(period.key, NOBODY)
            dates = case_dates(
                regulation, obligation, period, district.calendar, concerned, settings.in_force_on, apart
            )
            opens_on = min((one.opens_on for one in dates), default=None)
            if opens_on is None:
                continue
            if opens_on > as_of:
                next_on = min(next_on, opens_on)
                if obligation.frequency is Frequency.OCCASION:
                    continue  # a season that begins sooner may open later than a holiday within it
                break  # those behind it open later still
            _open_case(connection, act, district, (regulation, obligation), period, dates)
            opened += 1
        _look_next(connection, obligation_id, next_on)
    return opened


def _open_rounds(district: District, act: Act, law: tuple[Regulation, Obligation]) -> int:
    """Open the rounds of what is owed so long after it was last done, and let bodies into those that are open."""
    regulation, obligation = law
    since, opened = district.settings.in_force_on, 0
    with district.database.transaction() as connection:
        regulation = overridden(connection, regulation, obligation, act.at)
        for period, bodies in due_rounds(connection, obligation, since).items():
            if (case_id := case_of(connection, obligation.id, period.key)) is not None:
                join_round(connection, case_id, bodies, act.as_of)
                continue
            dates = case_dates(regulation, obligation, period, district.calendar, bodies, since)
            _open_case(connection, act, district, law, period, dates)
            opened += 1
        _look_next(connection, obligation.id, act.as_of + LOOK_AGAIN)
    return opened


def _look_next(connection: Connection, obligation_id: str, next_on: date) -> None:
    statement = text("UPDATE agenda SET next_on = :next WHERE obligation_id = :id")
    connection.execute(statement, {"next": next_on.isoformat(), "id": obligation_id})


def case_of(connection: Connection, obligation_id: str, period: str) -> int | None:
    """Return the number of the case of an obligation in a period, or nothing where it is not open."""
    statement = text("SELECT id FROM duty_case WHERE obligation_id = :obligation AND period = :period")
    found = connection.execute(statement, {"obligation": obligation_id, "period": period}).scalar_one_or_none()
    return None if found is None else int(found)


def look_again(connection: Connection, as_of: date) -> None:
    """Have every case that is not past looked at anew, so that bodies that joined the register get their duties.

    Also one that is closed: what the others have done is no reason to spare a body that joins. The agenda is read
    anew as well, for a body may bring a case of its own.
    """
    read_anew(connection, as_of)
    statement = text(
        "UPDATE schedule SET look_on = :as_of WHERE opens_on <= :as_of AND due_on >= :as_of"
        # Who has a part in an event was said when it was reported.
        " AND case_id IN (SELECT id FROM duty_case WHERE event_on IS NULL)"
    )
    connection.execute(statement, {"as_of": as_of.isoformat()})


def read_anew(connection: Connection, as_of: date) -> None:
    """Have the agenda of every obligation read anew, because the days on which cases open may have changed."""
    connection.execute(text("UPDATE agenda SET next_on = :as_of WHERE next_on > :as_of"), {"as_of": as_of.isoformat()})


def close_if_done(connection: Connection, act: Act, case_id: int, obligation: Obligation) -> None:
    """Close a case whose steps are all open and whose duties, of which there are some, are all closed.

    Whoever gets a copy by the clause is told then, once.
    """
    closing = prepared(
        "UPDATE duty_case SET closed_at = :at WHERE id = :case AND closed_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM schedule WHERE case_id = :case AND look_on IS NOT NULL)"
        " AND NOT EXISTS (SELECT 1 FROM duty WHERE case_id = :case AND state NOT IN ('accepted', 'waived'))"
        " AND EXISTS (SELECT 1 FROM duty WHERE case_id = :case)"
    )
    if connection.execute(closing, {"at": instant_text(act.at), "case": case_id}).rowcount:
        append(connection, act, [Event(EventKind.CASE_CLOSED, {}, case_id)])
        if obligation.copies:
            _tell_copies(connection, act, case_id, obligation)


def _tell_copies(connection: Connection, act: Act, case_id: int, obligation: Obligation) -> None:
    """Tell the district's bodies that the clause wants informed, by the last duty that was closed."""
    sql = (
        "INSERT INTO notice (duty_id, occasion, level, recipient_code, caused_at)"
        " SELECT d.id, 'informed', 'information', b.code, :at FROM duty d, body b WHERE d.id ="
        " (SELECT max(id) FROM duty WHERE case_id = :case) AND b.code IN"
        " (SELECT min(code) FROM body WHERE kind IN :kinds GROUP BY kind) AND NOT EXISTS (SELECT 1 FROM notice n"
        " JOIN duty o ON o.id = n.duty_id WHERE o.case_id = :case AND n.occasion = 'informed'"
        " AND n.recipient_code = b.code)"
    )
    kinds = [kind.value for kind in obligation.copies]
    scope.execute(connection, sql, {"at": instant_text(act.at), "case": case_id, "kinds": kinds})


def _open_case(
    connection: Connection,
    act: Act,
    district: District,
    law: tuple[Regulation, Obligation],
    period: Period,
    dates: Sequence[StepDates],
) -> None:
    regulation, obligation = law
    case = Case(
        obligation_id=obligation.id,
        period=period.key,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        provisional=any(one.provisional for one in dates),
        regulation_digest=regulation.digest,
        calendar_version=district.calendar_version(obligation),
        opened_at=act.at,
    )
    insert_case(connection, act, case, obligation, dates)


def insert_case(
    connection: Connection, act: Act, case: Case, obligation: Obligation, dates: Sequence[StepDates]
) -> int:
    """Insert a case with the schedules and ladders of its steps, seal it, and return its number."""
    case_id = _insert(connection, Case, case)
    for one in dates:
        schedule = Schedule(
            case_id=case_id,
            step=one.step,
            variant=one.variant,
            opens_on=one.opens_on,
            plan_by=one.plan_by,
            due_on=one.due_on,
            earliest_on=one.earliest_on,
            latest_on=one.latest_on,
            provisional=one.provisional,
            look_on=one.opens_on,
        )
        schedule_id = _insert(connection, Schedule, schedule)
        _insert_ladder(connection, schedule_id, one)
        allot(connection, schedule_id, one.subjects)
    append(connection, act, [Event(EventKind.CASE_OPENED, _case_payload(case, obligation, dates), case_id)])
    return case_id


def allot(connection: Connection, schedule_id: int, codes: Iterable[str]) -> None:
    """Give a schedule the bodies that are its own."""
    bulk_insert(connection, "allotment", ("schedule_id", "body_code"), [(schedule_id, code) for code in codes])


def _insert(connection: Connection, model: Any, row: Any) -> int:
    table = model.__table__
    result = connection.execute(table.insert().values(**row.model_dump(exclude={"id"})))
    (number,) = result.inserted_primary_key or (0,)
    return int(number)


def _insert_ladder(connection: Connection, schedule_id: int, dates: StepDates) -> None:
    rows = [
        (
            schedule_id,
            position,
            fall.rung.name,
            fall.falls_on.isoformat(),
            fall.rung.audience,
            fall.rung.level,
        )
        for position, fall in enumerate(dates.ladder)
    ]
    columns = ("schedule_id", "position", "rung", "falls_on", "audience", "level")
    bulk_insert(connection, "milestone", columns, rows)


def _case_payload(case: Case, obligation: Obligation, dates: Iterable[StepDates]) -> dict[str, Any]:
    return {
        "obligation": obligation.id,
        "ref": obligation.ref,
        "period": case.period,
        "regulation_digest": case.regulation_digest,
        "calendar_version": case.calendar_version,
        "steps": [
            {
                "step": one.step,
                "variant": one.variant,
                "opens_on": one.opens_on.isoformat(),
                "plan_by": one.plan_by.isoformat(),
                "due_on": one.due_on.isoformat(),
                "provisional": one.provisional,
            }
            for one in dates
        ],
    }


def concerned_codes(connection: Connection, obligation: Obligation) -> list[str]:
    """Return the codes of the bodies an obligation is about, in order."""
    if obligation.concerns is None:
        return []
    return scope.codes(connection, scope.belongs("s", obligation.concerns), "s")


def own_periods(
    connection: Connection, obligation: Obligation, added: Path | None
) -> Mapping[str, Mapping[str, Period]]:
    """Return the periods of bodies that have dates of their own, by the period's key and the body's code.

    Only of bodies that an obligation of each school term binds or is about.
    """
    if obligation.frequency is not Frequency.SCHOOL_TERM or not (known := own_terms(added)):
        return {}
    bound = scope.codes(connection, scope.belongs("a", obligation.binds), "a")
    parts = {*bound, *concerned_codes(connection, obligation)}
    return {key: {code: one for code, one in own.items() if code in parts} for key, own in known.items()}
