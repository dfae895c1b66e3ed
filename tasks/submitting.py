"""Submitting: what a body hands in as proof becomes a revision that never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from evidence.canonical import canonical
from evidence.contract import Answers, Files, check, dates_in
from evidence.ledger import Act, Event, EventKind, append
from evidence.store import StoredFile
from fireduty.errors import DutyStateError, EvidenceError, Problem, ReviewError
from models.columns import instant_text
from models.database import bulk_insert, prepared
from models.states import AWAITING_BODY, DutyState
from tasks.actors import Actor
from tasks.district import District
from tasks.duties import DutyRecord, find
from tasks.substitutes import place_filled, standing_in


@dataclass(frozen=True)
class Receipt:
    """What a body gets for its submission.

    Attributes:
        duty_id: The duty.
        revision: Which submission for it this is, from 1.
        claimed_on: When the body says it did its duty.
        recorded_at: When the submission reached us.
        late: Whether it reached us after the due date.
        digest: The hash of the ledger entry that sealed it.
        shared_with: The duty with whose submission it shares its proof, where it does.
    """

    duty_id: int
    revision: int
    claimed_on: date
    recorded_at: str
    late: bool
    digest: str
    shared_with: int | None = None


def submit(
    connection: Connection,
    act: Act,
    district: District,
    duty_id: int,
    answers: Answers,
    files: Files,
    claimed_on: date | None = None,
    shares: Receipt | None = None,
) -> Receipt:
    """Check a submission and record it, within the caller's transaction; the ladder falls silent.

    Args:
        connection: The transaction.
        act: Who submits, as `<body code>/<role>`, and when.
        district: The district.
        duty_id: The duty.
        answers: Answers by requirement key.
        files: Files already in the store, by requirement key.
        claimed_on: When the body says it did its duty; the last date it names where left out, else the day
            of the act.
        shares: The receipt of another duty that the same act and the same proof fulfil.

    Raises:
        UnknownNameError: If there is no such duty.
        ReviewError: If the actor's body is not the one that owes the duty, and the actor stands in for nobody there.
        DutyStateError: If the duty waits for review or is closed.
        EvidenceError: If the submission does not prove what is asked for, or names a day that has not come.
    """
    record = find(connection, district, duty_id)
    place = _require_turn(connection, act, record)
    _require_past(claimed_on or act.as_of, act.as_of)
    taken = check(record.terms.evidence, answers, files, replace(record.span, today=act.as_of))
    named = max(dates_in(record.terms.evidence, taken), default=act.as_of)
    claimed = claimed_on or named
    submission_id, revision = _insert_submission(connection, act, duty_id, claimed, taken)
    if shares is not None:
        _note_sharing(connection, submission_id, shares)
    _insert_files(connection, submission_id, files)
    _fall_silent(connection, act, duty_id, claimed)
    late = act.as_of.isoformat() > str(record.row.due_on)
    given = {key: [file.digest for file in of_key] for key, of_key in files.items()}
    payload = {"revision": revision, "claimed_on": claimed.isoformat(), "late": late, "answers": taken, "files": given}
    with_duty = None if shares is None else shares.duty_id
    shared = {} if shares is None else {"shared_with": {"duty": with_duty, "revision": shares.revision}}
    event = Event(
        EventKind.DUTY_SUBMITTED, {**payload, **shared, **standing_in(act.actor, place)}, record.row.case_id, duty_id
    )
    head = append(connection, act, [event])
    return Receipt(duty_id, revision, claimed, instant_text(act.at), late, head.hash, with_duty)


def _fall_silent(connection: Connection, act: Act, duty_id: int, claimed: date) -> None:
    statement = prepared(
        "UPDATE duty SET state = :state, claimed_on = :claimed, submitted_at = :at, next_action_on = NULL"
        " WHERE id = :id"
    )
    values = {"claimed": claimed.isoformat(), "at": instant_text(act.at), "id": duty_id}
    connection.execute(statement, {"state": DutyState.SUBMITTED.value, **values})


def _require_turn(connection: Connection, act: Act, record: DutyRecord) -> Actor:
    """Return the place in the body that the actor fills: their own, or one in which they stand in."""
    actor = Actor.parse(act.actor)
    place = place_filled(connection, actor, record.row.body_code, act.as_of)
    if place is None:
        message = f"duty {record.row.id}: expected a submission by {record.row.body_code}, got {actor.body_code}"
        hint = "A body submits its own duties only; act for it with --as BODY/ROLE, or as its substitute."
        raise ReviewError(message, hint)
    state = DutyState(record.row.state)
    if state in AWAITING_BODY:
        return place
    message = f"duty {record.row.id}: expected open or returned, it is {state.value} ({state.chinese})"
    hint = "It waits for review." if state is DutyState.SUBMITTED else "It is closed; nothing more is owed."
    raise DutyStateError(message, hint)


def _require_past(claimed_on: date, as_of: date) -> None:
    if claimed_on > as_of:
        message = "the submission does not prove the duty:"
        problem = Problem("claimed_on", f"expected a day up to today, {as_of}, got {claimed_on}")
        raise EvidenceError(message, [problem], "Submit a duty once it is done.")


def _insert_submission(
    connection: Connection, act: Act, duty_id: int, claimed: date, taken: Mapping[str, Any]
) -> tuple[int, int]:
    """Insert the next revision of a duty's submission; return its number in our tables, and which revision it is."""
    statement = prepared(
        "INSERT INTO submission (duty_id, revision, submitter, claimed_on, recorded_at, answers)"
        " SELECT :duty, COALESCE(max(revision), 0) + 1, :submitter, :claimed, :at, :answers FROM submission"
        " WHERE duty_id = :duty RETURNING id, revision"
    )
    values = {
        "duty": duty_id,
        "submitter": act.actor,
        "claimed": claimed.isoformat(),
        "at": instant_text(act.at),
        "answers": canonical(dict(taken)),
    }
    inserted = connection.execute(statement, values).one()
    return int(inserted.id), int(inserted.revision)


def _note_sharing(connection: Connection, submission_id: int, shares: Receipt) -> None:
    statement = prepared(
        "UPDATE submission SET shares_id = (SELECT o.id FROM submission o WHERE o.duty_id = :duty"
        " AND o.revision = :revision) WHERE id = :id"
    )
    connection.execute(statement, {"duty": shares.duty_id, "revision": shares.revision, "id": submission_id})


def _insert_files(connection: Connection, submission_id: int, files: Mapping[str, Sequence[StoredFile]]) -> None:
    columns = ("submission_id", "requirement", "name", "media_type", "size", "digest")
    different = {(key, file.digest): file for key, given in files.items() for file in given}
    rows = [
        (submission_id, key, file.name, file.media_type, file.size, digest) for (key, digest), file in different.items()
    ]
    bulk_insert(connection, "evidence_file", columns, rows)
