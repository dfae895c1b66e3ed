"""Reviewing: the supervising body accepts a submission, or returns it with a reason."""

from typing import Any

from sqlalchemy import Connection, Row

from evidence.ledger import Act, Event, EventKind, append
from fireduty.clock import local_date
from fireduty.errors import DutyStateError, ReviewError
from models.columns import instant_of, instant_text
from models.database import prepared
from models.regulation import Trigger
from models.states import DutyState, ReviewOutcome
from tasks.actors import Actor
from tasks.agenda import close_if_done
from tasks.district import District
from tasks.duties import DutyRecord, find
from tasks.moving import Reason
from tasks.redating import redate_event
from tasks.rolling import ask_for_next_round
from tasks.substitutes import may_be_one_person, place_filled, standing_in

RETURN_GRACE = 3
"""Working days a returned duty is left in peace before its ladder speaks again; ours, not the law's."""

SHORTEST_REASON = 2
"""A return must say something: at least a word."""


def review(
    connection: Connection,
    act: Act,
    district: District,
    duty_id: int,
    outcome: ReviewOutcome,
    reason: str = "",
) -> None:
    """Decide on the submission of a duty that waits for review, within the caller's transaction.

    Accepting closes the duty, and the case with its last one. Returning needs a reason, tells the body, and lets
    the ladder run again.

    Raises:
        UnknownNameError: If there is no such duty.
        DutyStateError: If nothing waits for review.
        ReviewError: If the reviewer submitted it or may have as a substitute, neither is of the supervising body nor
            stands in for somebody there, or gives no reason.
    """
    record = find(connection, district, duty_id)
    submission = _waiting(connection, record)
    place = _require_right(connection, act, record, submission)
    if outcome is ReviewOutcome.RETURNED and len(reason.strip()) < SHORTEST_REASON:
        message = f"duty {duty_id}: a return needs a reason"
        raise ReviewError(message, "Say what is missing with --reason, so that the body can mend it.")
    connection.execute(
        prepared(
            "INSERT INTO review (submission_id, reviewer, outcome, reason, reviewed_at)"
            " VALUES (:submission, :reviewer, :outcome, :reason, :at)"
        ),
        {
            "submission": submission.id,
            "reviewer": act.actor,
            "outcome": outcome.value,
            "reason": reason.strip(),
            "at": instant_text(act.at),
        },
    )
    accepted = outcome is ReviewOutcome.ACCEPTED
    _move(connection, act, district, record, DutyState.ACCEPTED if accepted else DutyState.RETURNED)
    payload = {"revision": submission.revision, "reason": reason.strip(), **standing_in(act.actor, place)}
    kind = EventKind.DUTY_ACCEPTED if accepted else EventKind.DUTY_RETURNED
    append(connection, act, [Event(kind, payload, record.row.case_id, duty_id)])
    _notify_body(connection, act, record, f"{outcome.value}:{submission.revision}")
    if accepted:
        if record.obligation.trigger is Trigger.EVENT:
            # Later steps are counted from the day this one was done.
            done = Reason(f"step-{record.row.step}-{duty_id}", record.row.step)
            redate_event(connection, act, district, record.row.case_id, done)
        _go_on(connection, act, record)


def _waiting(connection: Connection, record: DutyRecord) -> Row[Any]:
    if record.row.state != DutyState.SUBMITTED:
        state = DutyState(record.row.state)
        message = f"duty {record.row.id}: expected a submission to review, it is {state.value} ({state.chinese})"
        raise DutyStateError(message, "`fireduty duty list --state submitted` shows what waits.")
    columns = ("id", "revision", "submitter", "recorded_at")
    sql = f"SELECT {', '.join(columns)} FROM submission WHERE duty_id = :id ORDER BY revision DESC LIMIT 1"
    statement = prepared(sql, *columns)
    return connection.execute(statement, {"id": record.row.id}).one()


def _require_right(connection: Connection, act: Act, record: DutyRecord, submission: Row[Any]) -> Actor:
    """Return the place in the supervising body that the reviewer fills: their own, or one in which they stand in."""
    reviewer, submitter = Actor.parse(act.actor), Actor.parse(submission.submitter)
    if str(reviewer) == submission.submitter:
        message = f"duty {record.row.id}: {reviewer} submitted it and cannot review it"
        raise ReviewError(message, f"The supervising body reviews: {record.row.supervisor_code}.")
    submitted_on = local_date(instant_of(submission.recorded_at))
    if may_be_one_person(connection, (submitter, submitted_on), (reviewer, act.as_of)):
        message = f"duty {record.row.id}: {submitter} submitted it; as substitutes they may be the same as {reviewer}"
        hint = f"Somebody else of the supervising body, {record.row.supervisor_code}, reviews it."
        raise ReviewError(message, hint)
    place = place_filled(connection, reviewer, record.row.supervisor_code or "", act.as_of)
    if place is None:
        message = (
            f"duty {record.row.id}: expected a reviewer of {record.row.supervisor_code}"
            f" ({record.row.supervisor}), got {reviewer.body_code}"
        )
        hint = "Only the supervising body reviews; act for it with --as BODY/ROLE, or as its substitute."
        raise ReviewError(message, hint)
    return place


def _move(connection: Connection, act: Act, district: District, record: DutyRecord, state: DutyState) -> None:
    """Set the state; the ladder of a returned duty goes on, but not before its grace is over."""
    if state is DutyState.ACCEPTED:
        statement = "UPDATE duty SET state = :state, closed_at = :at, next_action_on = NULL WHERE id = :id"
        values = {"state": state.value, "id": record.row.id, "at": instant_text(act.at)}
    else:
        statement = (
            "UPDATE duty SET state = :state, submitted_at = NULL, next_action_on = (SELECT"
            " CASE WHEN min(m.falls_on) < :grace THEN :grace ELSE min(m.falls_on) END FROM milestone m"
            " WHERE m.schedule_id = duty.schedule_id AND m.position > duty.rung) WHERE id = :id"
        )
        if record.row.paused_on is not None:
            statement = "UPDATE duty SET state = :state, submitted_at = NULL, next_action_on = NULL WHERE id = :id"
            connection.execute(prepared(statement), {"state": state.value, "id": record.row.id})
            return  # its clock stands still; the ladder begins anew when it goes on
        grace = district.calendar.bounds(act.as_of, RETURN_GRACE)[1]
        values = {"state": state.value, "id": record.row.id, "grace": grace.isoformat()}
    connection.execute(prepared(statement), values)


def _notify_body(connection: Connection, act: Act, record: DutyRecord, occasion: str) -> None:
    connection.execute(
        prepared(
            "INSERT INTO notice (duty_id, occasion, level, recipient_code, caused_at)"
            " VALUES (:duty, :occasion, 'information', :to, :at)"
        ),
        {
            "duty": record.row.id,
            "occasion": occasion,
            "to": record.row.body_code,
            "at": instant_text(act.at),
        },
    )


def _go_on(connection: Connection, act: Act, record: DutyRecord) -> None:
    """Let the steps behind be looked at, and close the case with its last duty."""
    as_of = act.as_of.isoformat()
    waiting = prepared(
        "UPDATE schedule SET look_on = :as_of WHERE case_id = :case AND look_on > :as_of"
        # A step that was only forecast may be left out by what has been decided now.
        " AND (opens_on <= :as_of OR (provisional AND :by_event))"
    )
    if len(record.obligation.steps) > 1:
        values = {"as_of": as_of, "case": record.row.case_id, "by_event": record.row.event_on is not None}
        connection.execute(waiting, values)
    close_if_done(connection, act, record.row.case_id, record.obligation)
    ask_for_next_round(connection, record.obligation, act.as_of)
