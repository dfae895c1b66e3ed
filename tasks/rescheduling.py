"""Rescheduling: when the calendar has learned more, the dates of open cases are reckoned anew.

What changed is derived from state: every open case remembers the version of the calendar its dates were reckoned by.
So a run that was cut off goes on where it stopped, and a second run finds nothing to do. Rungs that have spoken stay as
they are, and a duty that a person has given other dates keeps them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from calendars.periods import Period, period
from evidence.ledger import Act, Event, EventKind, append
from fireduty.errors import CalendarError, UnknownNameError
from models.columns import instant_text
from models.database import bulk_insert
from models.states import AWAITING_BODY, CLOSED
from tasks import scope
from tasks.agenda import allot, concerned_codes, own_periods, read_anew
from tasks.district import District
from tasks.scheduling import NOBODY, StepDates, case_dates

FIELDS = ("opens_on", "plan_by", "due_on", "earliest_on", "latest_on")


@dataclass(frozen=True)
class Reason:
    """Why dates are reckoned anew.

    Attributes:
        name: What the notices to bodies are told apart by, such as the id of a holiday notice.
        document: What it is called in the ledger.
    """

    name: str
    document: str


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
    schedules = duties = told = 0
    left = []
    for case in cases:
        with district.database.transaction() as connection:
            found = _dates(connection, district, case)
            if found is None:
                left.append(case.id)
                continue
            span, dates = found
            _set_apart(connection, case.id, dates)
            for move in _moves(connection, act, case, dates):
                affected = move.make(connection, act, reason)
                schedules += 1
                duties += len(affected)
                told += _tell(connection, act, reason, affected) if move.shifts else 0
            _settle(connection, case.id, span, _version(district, case.obligation_id))
    return Rescheduled(len(cases) - len(left), schedules, duties, told, tuple(left))


def _stale(connection: Connection, district: District) -> Sequence[Row[Any]]:
    statement = text(
        "SELECT id, obligation_id, period, calendar_version FROM duty_case WHERE closed_at IS NULL ORDER BY id"
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
        span = period(case.period, division=settings.division, added=district.added)
    except (UnknownNameError, CalendarError):
        return None
    concerned = concerned_codes(connection, obligation)
    own = own_periods(connection, obligation, district.added).get(case.period, NOBODY)
    found = case_dates(regulation, obligation, span, district.calendar, concerned, settings.in_force_on, own)
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


@dataclass(frozen=True)
class _Move:
    """One schedule whose dates, reminders or certainty change."""

    schedule: Row[Any]
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    rungs: Sequence[Mapping[str, str]]
    ladder: StepDates | None
    """The whole new ladder, where no duty stands on the old one yet."""

    @property
    def shifts(self) -> bool:
        """Whether the days that bodies work to move."""
        return any(self.old[name] != self.new[name] for name in ("plan_by", "due_on"))

    def make(self, connection: Connection, act: Act, reason: Reason) -> Sequence[Row[Any]]:
        """Write the new dates and seal them; return the duties they are of."""
        self._write_schedule(connection, act)
        self._write_ladder(connection)
        affected = self._affected(connection)
        self._write_duties(connection)
        self._seal(connection, act, reason, affected)
        return affected

    def _write_schedule(self, connection: Connection, act: Act) -> None:
        # A step waits either for its opening or for the day it is planned for; both may have moved.
        statement = text(
            "UPDATE schedule SET opens_on = :opens_on, plan_by = :plan_by, due_on = :due_on,"
            " earliest_on = :earliest_on, latest_on = :latest_on, provisional = :provisional,"
            " look_on = CASE WHEN look_on <= :as_of THEN look_on WHEN look_on = :old_plan THEN :plan_by"
            " WHEN look_on = :old_opens THEN :opens_on ELSE look_on END"
            " WHERE id = :id"
        )
        olds = {"old_plan": self.old["plan_by"], "old_opens": self.old["opens_on"]}
        connection.execute(statement, {**self.new, **olds, "as_of": act.as_of.isoformat(), "id": self.schedule.id})

    def _write_ladder(self, connection: Connection) -> None:
        if self.ladder is not None:
            connection.execute(text("DELETE FROM milestone WHERE schedule_id = :id"), {"id": self.schedule.id})
            columns = ("schedule_id", "position", "rung", "falls_on", "audience", "level")
            rows = [
                (
                    self.schedule.id,
                    place,
                    fall.rung.name,
                    fall.falls_on.isoformat(),
                    fall.rung.audience,
                    fall.rung.level,
                )
                for place, fall in enumerate(self.ladder.ladder)
            ]
            bulk_insert(connection, "milestone", columns, rows)
            return
        statement = text("UPDATE milestone SET falls_on = :new WHERE schedule_id = :id AND rung = :rung")
        for rung in self.rungs:
            values = {"new": rung["new"], "id": self.schedule.id, "rung": rung["rung"]}
            connection.execute(statement, values)

    def _affected(self, connection: Connection) -> Sequence[Row[Any]]:
        """Return the duties that follow the schedule: not closed, and on its dates, not on others a person set."""
        if not self.shifts and self.old["provisional"] == self.new["provisional"]:
            return ()
        sql = (
            "SELECT id, case_id, body_code, state FROM duty WHERE schedule_id = :id AND plan_by = :plan_by"
            " AND due_on = :due_on AND state NOT IN :closed ORDER BY id"
        )
        values = {"id": self.schedule.id, "plan_by": self.old["plan_by"], "due_on": self.old["due_on"]}
        found: Sequence[Row[Any]] = scope.execute(
            connection, sql, {**values, "closed": [state.value for state in CLOSED]}
        ).all()
        return found

    def _write_duties(self, connection: Connection) -> None:
        values = {name: self.new[name] for name in ("plan_by", "due_on")}
        olds = {"old_plan": self.old["plan_by"], "old_due": self.old["due_on"], "id": self.schedule.id}
        following = "schedule_id = :id AND plan_by = :old_plan AND due_on = :old_due"
        # A duty that was returned is left in peace for some days, so its next rung never comes sooner by this.
        ahead = (
            "(SELECT min(falls_on) FROM milestone m WHERE m.schedule_id = duty.schedule_id AND m.position > duty.rung)"
        )
        sql = (
            f"UPDATE duty SET next_action_on = CASE WHEN state = 'returned' AND {ahead} < next_action_on"
            f" THEN next_action_on ELSE {ahead} END WHERE {following} AND next_action_on IS NOT NULL"
        )
        connection.execute(text(sql), olds)
        sql = f"UPDATE duty SET plan_by = :plan_by, due_on = :due_on WHERE {following} AND state NOT IN :closed"
        scope.execute(connection, sql, {**values, **olds, "closed": [state.value for state in CLOSED]})

    def _seal(self, connection: Connection, act: Act, reason: Reason, affected: Sequence[Row[Any]]) -> None:
        change = {"reason": reason.name, "document": reason.document, "old": self.old, "new": self.new}
        step = {"step": self.schedule.step, "variant": self.schedule.variant, "rungs": list(self.rungs)}
        case_id = self.schedule.case_id
        events = [Event(EventKind.CASE_RESCHEDULED, {**change, **step}, case_id)]
        events += (Event(EventKind.DUTY_RESCHEDULED, change, case_id, duty.id) for duty in affected)
        append(connection, act, events)


def _moves(
    connection: Connection, act: Act, case: Row[Any], dates: Mapping[tuple[str, str], StepDates]
) -> Iterator[_Move]:
    schedules = connection.execute(text("SELECT * FROM schedule WHERE case_id = :case ORDER BY id"), {"case": case.id})
    for schedule in schedules.all():
        if (found := dates.get((schedule.step, schedule.variant))) is None:
            continue
        opened = connection.execute(
            text("SELECT 1 FROM duty WHERE schedule_id = :id LIMIT 1"), {"id": schedule.id}
        ).one_or_none()
        old = {name: str(getattr(schedule, name)) for name in FIELDS} | {"provisional": bool(schedule.provisional)}
        new = {name: getattr(found, name).isoformat() for name in FIELDS} | {"provisional": found.provisional}
        if opened:
            new["opens_on"] = old["opens_on"]
        rungs = list(_rungs(connection, schedule.id, found, act.as_of))
        if old != new or rungs:
            yield _Move(schedule, old, new, rungs, None if opened else found)


def _rungs(connection: Connection, schedule_id: int, dates: StepDates, as_of: date) -> Iterator[dict[str, str]]:
    """Yield each rung still ahead that falls on another day now."""
    days = {fall.rung.name: fall.falls_on.isoformat() for fall in dates.ladder}
    statement = text(
        "SELECT rung, falls_on FROM milestone WHERE schedule_id = :id AND falls_on > :as_of ORDER BY position"
    )
    for row in connection.execute(statement, {"id": schedule_id, "as_of": as_of.isoformat()}).all():
        old, new = str(row.falls_on), days.get(row.rung, str(row.falls_on))
        if old != new:
            yield {"rung": row.rung, "old": old, "new": new}


def _tell(connection: Connection, act: Act, reason: Reason, affected: Sequence[Row[Any]]) -> int:
    """Have each body told that must still act."""
    waiting = [state.value for state in AWAITING_BODY]
    at, occasion = instant_text(act.at), f"rescheduled:{reason.name}"
    rows = [(duty.id, occasion, "information", duty.body_code, at) for duty in affected if duty.state in waiting]
    bulk_insert(connection, "notice", ("duty_id", "occasion", "level", "recipient_code", "caused_at"), rows)
    return len(rows)


def _settle(connection: Connection, case_id: int, span: Period, version: str) -> None:
    # A term may begin sooner than was predicted, and what is dated in its true first week proves it all the same.
    provisional = "EXISTS (SELECT 1 FROM schedule WHERE case_id = :id AND provisional)"
    statement = text(
        "UPDATE duty_case SET calendar_version = :version, starts_on = :starts_on, ends_on = :ends_on,"
        f" provisional = {provisional} WHERE id = :id"
    )
    days = {"starts_on": span.starts_on.isoformat(), "ends_on": span.ends_on.isoformat()}
    connection.execute(statement, {**days, "version": version, "id": case_id})
