"""Opening the duties of each step, once however often it is run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, text

from evidence.ledger import Act, Event, EventKind, append
from models.columns import instant_text
from models.database import bulk_insert
from models.process import Join, Process, Step
from models.regulation import Obligation
from models.states import CLOSED, DutyState
from tasks import scope
from tasks.agenda import LOOK_AGAIN, close_if_done
from tasks.district import District
from tasks.event_dates import bases
from tasks.happenings import is_taken

CHUNK = 5_000
"""Duties opened in one transaction: large enough to be quick, small enough to keep memory flat."""


def waiting_schedules(connection: Connection, as_of: date, case_id: int | None = None) -> Sequence[Row[Any]]:
    """Return the schedules that must be looked at by a day, with their case's obligation and period."""
    only = "" if case_id is None else " AND s.case_id = :case"
    statement = text(
        "SELECT s.id, s.case_id, s.step, c.obligation_id, c.period FROM schedule s"
        " JOIN duty_case c ON c.id = s.case_id"
        f" WHERE s.look_on <= :as_of{only} AND c.paused_on IS NULL ORDER BY s.id"
    )
    values: dict[str, Any] = {"as_of": as_of.isoformat()}
    if case_id is not None:
        values["case"] = case_id
    return connection.execute(statement, values).all()


def open_step(district: District, act: Act, process: Process, schedule_id: int, chunk: int = CHUNK) -> int:
    """Open the duties of one step on one schedule, in chunks that are each a transaction.

    A body gets its duty once the steps before are closed, for it or for all as the process says. On the day by
    which the step is planned it is opened in any case, so that a late predecessor hides nobody's duty.

    Returns:
        How many duties were opened.
    """
    total = 0
    after = ("", "")
    while True:
        with district.database.transaction() as connection:
            opening = _Opening.of(connection, district, process, schedule_id, act.as_of)
            if not opening.branch_is_taken(connection):
                opening.leave_out(connection, act)
                return total
            rows = opening.insert_duties(connection, act, after, chunk)
            if rows:
                _record(connection, act, opening, rows)
            if len(rows) < chunk:
                opening.note_next_look(connection, act)
                return total + len(rows)
        total += len(rows)
        after = (rows[-1].body_code, rows[-1].subject_code)


@dataclass(frozen=True)
class _Opening:
    """One step on one schedule, about to be opened."""

    obligation: Obligation
    step: Step
    case_id: int
    schedule: Row[Any]
    first_rung: Row[Any] | None
    predecessors: list[str]
    as_of: date

    @classmethod
    def of(
        cls, connection: Connection, district: District, process: Process, schedule_id: int, as_of: date
    ) -> "_Opening":
        schedule = connection.execute(
            text(
                "SELECT s.*, c.obligation_id, c.period FROM schedule s JOIN duty_case c ON c.id = s.case_id"
                " WHERE s.id = :id"
            ),
            {"id": schedule_id},
        ).one()
        _, obligation = district.obligation(schedule.obligation_id)
        first_rung = connection.execute(
            text("SELECT * FROM milestone WHERE schedule_id = :id AND position = 1"), {"id": schedule_id}
        ).one_or_none()
        step = process.step(schedule.step)
        present = set(
            connection.execute(
                text("SELECT step FROM schedule WHERE case_id = :case"), {"case": schedule.case_id}
            ).scalars()
        )
        needed = process.before(step.name, present) | bases(obligation, step.name)
        before = sorted(needed & present)
        return cls(obligation, step, schedule.case_id, schedule, first_rung, before, as_of)

    @property
    def forced(self) -> bool:
        """Whether the step opens without waiting for the steps before it."""
        if not self.predecessors:
            return True
        if self.step.when or bases(self.obligation, self.step.name):
            return False  # it has no day of its own until they are done
        return self.as_of >= date.fromisoformat(str(self.schedule.plan_by))

    def branch_is_taken(self, connection: Connection) -> bool:
        """Whether the step is to be done at all, as far as that is settled."""
        when = self.step.when
        if when is None or when.step not in self.predecessors or not self._is_done(connection, when.step):
            return True
        return is_taken(connection, self.case_id, when)

    def leave_out(self, connection: Connection, act: Act) -> None:
        """Note that the step is not to be done, because another branch was taken."""
        done = text("UPDATE schedule SET look_on = NULL WHERE id = :id")
        connection.execute(done, {"id": self.schedule.id})
        assert self.step.when is not None  # noqa: S101 - only a branch is left out
        payload = {"step": self.step.name, "because": f"{self.step.when.step}.{self.step.when.key}"}
        append(connection, act, [Event(EventKind.STEP_LEFT_OUT, payload, self.case_id)])
        close_if_done(connection, act, self.case_id, self.obligation)

    def _is_done(self, connection: Connection, step: str) -> bool:
        statement = text(
            "SELECT sum(CASE WHEN state IN ('accepted', 'waived') THEN 0 ELSE 1 END) FROM duty"
            " WHERE case_id = :case AND step = :step"
        )
        left = connection.execute(statement, {"case": self.case_id, "step": step}).scalar_one()
        return left is not None and int(left) == 0

    def insert_duties(self, connection: Connection, act: Act, after: tuple[str, str], chunk: int) -> Sequence[Row[Any]]:
        """Insert the next duties behind `after`, and return them in order."""
        supervisor = scope.supervisor(self.obligation, self.obligation.steps[self.step.name])
        candidates = self._candidates(self._waits())
        subject = self._subject
        sql = (
            "INSERT INTO duty (case_id, schedule_id, step, body_code, subject_code, supervisor_code, state,"
            " plan_by, due_on, rung, next_action_on, opened_at)"
            f" SELECT :case, :schedule, :step, a.code, {subject}, {supervisor.sql}, 'open',"
            f" :plan_by, :due_on, 0, :next_on, :at {candidates.sql}"
            # The first comparison lets the database start where the last chunk ended.
            f" AND a.code >= :after_body AND (a.code, {subject}) > (:after_body, :after_subject)"
            f" ORDER BY a.code, {subject} LIMIT :chunk"
            " RETURNING id, body_code, subject_code, supervisor_code"
        )
        values = {
            "plan_by": self.schedule.plan_by,
            "due_on": self.schedule.due_on,
            "next_on": None if self.first_rung is None else self.first_rung.falls_on,
            "at": instant_text(act.at),
            "after_body": after[0],
            "after_subject": after[1],
            "chunk": chunk,
            **supervisor.values,
            **candidates.values,
        }
        rows: Sequence[Row[Any]] = scope.execute(connection, sql, values).all()
        return sorted(rows, key=itemgetter(1, 2))

    @property
    def _subject(self) -> str:
        return "''" if self.step.about is None else "s.code"

    def _candidates(self, waits: Sequence[scope.Condition]) -> scope.Condition:
        """Return FROM and WHERE for the bodies that have a part in this step and no duty in it yet."""
        conditions = [scope.actors(self.step, self.obligation), *waits]
        tables = "body a"
        if (subject := scope.subjects(self.step, self.obligation)) is not None:
            conditions.append(subject)
            tables = "body a, body s"
        conditions.append(self._allotted())
        sql = (
            f"FROM {tables} WHERE {' AND '.join(condition.sql for condition in conditions)}"
            " AND NOT EXISTS (SELECT 1 FROM duty d WHERE d.case_id = :case AND d.step = :step"
            f" AND d.body_code = a.code AND d.subject_code = {self._subject})"
        )
        values = {"case": self.case_id, "schedule": self.schedule.id, "step": self.step.name}
        for condition in conditions:
            values.update(condition.values)
        return scope.Condition(sql, values)

    def _allotted(self) -> scope.Condition:
        """Return the condition on the body a schedule is for: one of its own, or one that no other schedule has."""
        body = "a.code" if self.step.about is None else "s.code"
        if self.schedule.variant:
            return scope.Condition(
                f"EXISTS (SELECT 1 FROM allotment l WHERE l.schedule_id = :schedule AND l.body_code = {body})"
            )
        return scope.Condition(
            "NOT EXISTS (SELECT 1 FROM schedule o JOIN allotment l ON l.schedule_id = o.id WHERE o.case_id = :case"
            f" AND o.step = :step AND o.variant <> '' AND l.body_code = {body})"
        )

    def _waits(self) -> list[scope.Condition]:
        """Return the conditions under which the steps before allow a body its duty."""
        if self.forced:
            return []
        values = {
            "before": self.predecessors,
            "case": self.case_id,
            "closed": [state.value for state in CLOSED],
        }
        if self.step.join is Join.SAME_BODY:
            same = "s.code" if self.step.about is not None else "a.code"
            sql = (
                "(SELECT count(*) FROM duty p WHERE p.case_id = :case AND p.step IN :before"
                f" AND p.body_code = {same} AND p.state IN :closed) = :befores"
            )
            return [scope.Condition(sql, {**values, "befores": len(self.predecessors)})]
        sql = (
            "NOT EXISTS (SELECT 1 FROM duty p WHERE p.case_id = :case AND p.step IN :before"
            " AND p.state NOT IN :closed) AND NOT EXISTS (SELECT 1 FROM schedule q WHERE q.case_id = :case"
            " AND q.step IN :before AND q.look_on IS NOT NULL)"
        )
        return [scope.Condition(sql, values)]

    def note_next_look(self, connection: Connection, act: Act) -> None:
        """Note that all is open, or that the step must be looked at again on the day it is planned for.

        Where nothing was left to open, the duties of the case may all be closed already.
        """
        left = self._candidates(())
        more = scope.execute(connection, f"SELECT 1 {left.sql} LIMIT 1", left.values).one_or_none()
        next_look = None if more is None else self._next_look()
        connection.execute(
            text("UPDATE schedule SET look_on = :next WHERE id = :id"),
            {"next": next_look, "id": self.schedule.id},
        )
        if next_look is None:
            close_if_done(connection, act, self.case_id, self.obligation)

    def _next_look(self) -> str:
        """Return the day it is planned for; where it waits beyond that, a day on which all is looked at anyway."""
        plan_by = str(self.schedule.plan_by)
        return plan_by if plan_by > self.as_of.isoformat() else (self.as_of + LOOK_AGAIN).isoformat()


def _record(connection: Connection, act: Act, opening: _Opening, rows: Sequence[Row[Any]]) -> None:
    """Seal the new duties and put their assignment notices into the outbox; a closed case is open again."""
    schedule = opening.schedule
    reopening = text("UPDATE duty_case SET closed_at = NULL WHERE id = :case AND closed_at IS NOT NULL")
    connection.execute(reopening, {"case": opening.case_id})
    shared = {
        "obligation": opening.obligation.id,
        "period": schedule.period,
        "step": opening.step.name,
        "state": DutyState.OPEN.value,
        "due_on": str(schedule.due_on),
        "notice": "assigned",
    }
    events = (
        Event(
            EventKind.DUTY_OPENED,
            {
                **shared,
                "to": row.body_code,
                "about": row.subject_code,
                "supervisor": row.supervisor_code or "",
            },
            opening.case_id,
            row.id,
        )
        for row in rows
    )
    append(connection, act, events)
    columns = ("duty_id", "occasion", "level", "recipient_code", "caused_at")
    at = instant_text(act.at)
    notices = [(duty_id, "assigned", "information", body_code, at) for duty_id, body_code, _, _ in rows]
    bulk_insert(connection, "notice", columns, notices)
