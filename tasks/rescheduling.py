"""Rescheduling: when the calendar has learned more, the dates of open cases are reckoned anew.

What changed is derived from state: every open case remembers the version of the calendar its dates were reckoned by.
So a run that was cut off goes on where it stopped, and a second run finds nothing to do. Rungs that have spoken stay as
they are, and a duty that a person has given other dates keeps them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from calendars.periods import Period
from evidence.ledger import Act
from fireduty.errors import CalendarError, UnknownNameError
from tasks.agenda import allot, concerned_codes, own_periods, read_anew
from tasks.district import District
from tasks.ladders import overridden
from tasks.moving import Moved, Reason, make_moves, moves_of
from tasks.redating import redate_event
from tasks.scheduling import NOBODY, StepDates, case_dates, period_of_key


@dataclass(frozen=True)
class Rescheduled:
    """What came of it.

    Attributes:
        cases: Cases whose dates were reckoned anew.
        schedules: Steps of which a date, a reminder or the certainty changed.
        duties: Duties whose dates moved or became certain.
        told: Notices to bodies whose dates moved.
        left: Cases that could not be reckoned because their obligation or period is not known here.
    """

    cases: int = 0
    schedules: int = 0
    duties: int = 0
    told: int = 0
    left: tuple[int, ...] = ()


def reschedule(district: District, act: Act, reason: Reason) -> Rescheduled:
    """Reckon the dates of every open case that an earlier version of the calendar gave, each case a transaction.

    A case that is still to be opened may be so sooner than was thought, so the agenda is read anew.
    """
    with district.database.transaction() as connection:
        read_anew(connection, act.as_of)
    with district.database.reading() as connection:
        cases = _stale(connection, district)
    moved = Moved()
    left = []
    for case in cases:
        with district.database.transaction() as connection:
            done = _reschedule_case(connection, act, district, case, reason)
        if done is None:
            left.append(case.id)
        else:
            moved += done
    return Rescheduled(len(cases) - len(left), moved.schedules, moved.duties, moved.told, tuple(left))


def _reschedule_case(
    connection: Connection, act: Act, district: District, case: Row[Any], reason: Reason
) -> Moved | None:
    """Reckon the dates of one case anew; nothing where its obligation or period is not known here."""
    version = _version(district, case.obligation_id)
    if case.event_on is not None:
        try:
            moved = redate_event(connection, act, district, case.id, reason)
        except UnknownNameError:
            return None
        statement = text("UPDATE duty_case SET calendar_version = :version WHERE id = :id")
        connection.execute(statement, {"version": version, "id": case.id})
        return moved
    found = _dates(connection, district, case)
    if found is None:
        return None
    span, dates = found
    _set_apart(connection, case.id, dates)
    moved = make_moves(connection, act, moves_of(connection, act, case.id, dates), reason)
    _settle(connection, case.id, span, version)
    return moved


def _stale(connection: Connection, district: District) -> Sequence[Row[Any]]:
    statement = text(
        "SELECT id, obligation_id, period, event_on, calendar_version, opened_at FROM duty_case WHERE closed_at IS NULL"
        " ORDER BY id"
    )
    versions: dict[str, str] = {}
    stale = []
    for case in connection.execute(statement).all():
        if case.obligation_id not in versions:
            versions[case.obligation_id] = _version(district, case.obligation_id)
        if case.calendar_version != versions[case.obligation_id]:
            stale.append(case)
    return stale


def _version(district: District, obligation_id: str) -> str:
    """Return the version that the dates of an obligation should be of, also where it is not known here."""
    try:
        return district.calendar_version(district.obligation(obligation_id)[1])
    except UnknownNameError:
        return district.calendar.version


def _dates(
    connection: Connection, district: District, case: Row[Any]
) -> tuple[Period, Mapping[tuple[str, str], StepDates]] | None:
    """Return the period of a case and its dates by step and variant, or nothing where they cannot be reckoned."""
    settings = district.settings
    try:
        regulation, obligation = district.obligation(case.obligation_id)
        span = period_of_key(obligation, case.period, settings.division, district.added)
    except (UnknownNameError, CalendarError):
        return None
    concerned = concerned_codes(connection, obligation)
    own = own_periods(connection, obligation, district.added).get(case.period, NOBODY)
    law = overridden(connection, regulation, obligation, case.opened_at)
    found = case_dates(law, obligation, span, district.calendar, concerned, settings.in_force_on, own)
    return span, {(dates.step, dates.variant): dates for dates in found}


def _set_apart(connection: Connection, case_id: int, dates: Mapping[tuple[str, str], StepDates]) -> None:
    """Give each body that has got dates of its own a schedule of its own, as yet a copy of the one it was on.

    Its duty goes along; then its dates move as those of any other schedule do. One whose own dates are gone keeps its
    schedule as it is.
    """
    schedules = connection.execute(text("SELECT * FROM schedule WHERE case_id = :case ORDER BY id"), {"case": case_id})
    present = {(one.step, one.variant): one for one in schedules}
    for (step, variant), found in dates.items():
        common = present.get((step, ""))
        if variant and common is not None and (step, variant) not in present:
            copy = _copied(connection, common, variant)
            allot(connection, copy, found.subjects)
            statement = text(
                "UPDATE duty SET schedule_id = :copy WHERE schedule_id = :common"
                " AND CASE WHEN subject_code = '' THEN body_code ELSE subject_code END = :body"
            )
            connection.execute(statement, {"copy": copy, "common": common.id, "body": variant})


def _copied(connection: Connection, common: Row[Any], variant: str) -> int:
    """Copy a schedule with its ladder under a variant; return the number of the copy."""
    statement = text(
        "INSERT INTO schedule (case_id, step, variant, opens_on, plan_by, due_on, earliest_on, latest_on, provisional,"
        " look_on) SELECT case_id, step, :variant, opens_on, plan_by, due_on, earliest_on, latest_on, provisional,"
        " look_on FROM schedule WHERE id = :common RETURNING id"
    )
    copy = int(connection.execute(statement, {"variant": variant, "common": common.id}).scalar_one())
    ladder = text(
        "INSERT INTO milestone (schedule_id, position, rung, falls_on, audience, level)"
        " SELECT :copy, position, rung, falls_on, audience, level FROM milestone WHERE schedule_id = :common"
    )
    connection.execute(ladder, {"copy": copy, "common": common.id})
    return copy


def _settle(connection: Connection, case_id: int, span: Period, version: str) -> None:
    # A term may begin sooner than was predicted, and what is dated in its true first week proves it all the same.
    provisional = "EXISTS (SELECT 1 FROM schedule WHERE case_id = :id AND provisional)"
    statement = text(
        "UPDATE duty_case SET calendar_version = :version, starts_on = :starts_on, ends_on = :ends_on,"
        f" provisional = {provisional} WHERE id = :id"
    )
    days = {"starts_on": span.starts_on.isoformat(), "ends_on": span.ends_on.isoformat()}
    connection.execute(statement, {**days, "version": version, "id": case_id})
