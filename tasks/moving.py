"""Moving: new dates for the steps of a case, sealed with old, new and reason, and told to whom they concern."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from evidence.ledger import Act, Event, EventKind, append
from models.columns import instant_text
from models.database import bulk_insert
from models.states import AWAITING_BODY, CLOSED
from tasks import scope
from tasks.scheduling import StepDates

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
class Moved:
    """What came of new dates: schedules that changed, duties on them, and notices to their bodies."""

    schedules: int = 0
    duties: int = 0
    told: int = 0

    def __add__(self, other: "Moved") -> "Moved":
        """Return the sum of both."""
        return Moved(self.schedules + other.schedules, self.duties + other.duties, self.told + other.told)


@dataclass(frozen=True)
class Move:
    """One schedule whose dates, reminders or certainty change."""

    schedule: Row[Any]
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    rungs: Sequence[Mapping[str, str]]
    ladder: StepDates | None
    """The whole new ladder, where no duty stands on the old one yet, or where it begins anew."""
    restart: str = ""
    """The mark of the rungs of a ladder that begins anew for duties that are open."""

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
        if self.restart:
            restart_ladders(connection, self.schedule.id, act.as_of)
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
                    fall.rung.name + self.restart,
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


def moves_of(
    connection: Connection, act: Act, case_id: int, dates: Mapping[tuple[str, str], StepDates], restart: str = ""
) -> Iterator[Move]:
    """Yield each schedule of a case of which something changes.

    Args:
        connection: The transaction.
        act: Who moves them, and when.
        case_id: The case.
        dates: The new dates by step and variant.
        restart: Where given, the ladders of open duties begin anew and their rungs bear this mark, so that a rung that
            has spoken before can speak again.
    """
    schedules = connection.execute(text("SELECT * FROM schedule WHERE case_id = :case ORDER BY id"), {"case": case_id})
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
            yield Move(schedule, old, new, rungs, found if restart or not opened else None, restart if opened else "")


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


def restart_ladders(connection: Connection, schedule_id: int, as_of: date) -> None:
    """Let the ladders of a schedule's open duties go on from a day, whatever they have said before."""
    sql = (
        "UPDATE duty SET rung = COALESCE((SELECT max(m.position) FROM milestone m WHERE m.schedule_id = :id"
        " AND m.falls_on < :as_of), 0), next_action_on = (SELECT min(m.falls_on) FROM milestone m"
        " WHERE m.schedule_id = :id AND m.falls_on >= :as_of AND m.position > 0)"
        " WHERE schedule_id = :id AND state IN :waiting"
    )
    waiting = [state.value for state in AWAITING_BODY]
    scope.execute(connection, sql, {"id": schedule_id, "as_of": as_of.isoformat(), "waiting": waiting})


def make_moves(connection: Connection, act: Act, moves: Iterable[Move], reason: Reason) -> Moved:
    """Make moves, and tell each body that must still act and whose days are others now."""
    done = Moved()
    for move in moves:
        affected = move.make(connection, act, reason)
        told = _tell(connection, act, reason, affected) if move.shifts else 0
        done += Moved(1, len(affected), told)
    return done


def _tell(connection: Connection, act: Act, reason: Reason, affected: Sequence[Row[Any]]) -> int:
    """Have each body told that must still act."""
    waiting = [state.value for state in AWAITING_BODY]
    at, occasion = instant_text(act.at), f"rescheduled:{reason.name}"
    rows = [(duty.id, occasion, "information", duty.body_code, at) for duty in affected if duty.state in waiting]
    bulk_insert(connection, "notice", ("duty_id", "occasion", "level", "recipient_code", "caused_at"), rows)
    return len(rows)
