"""Sharing: one act of a body, proved once, fulfils each of its duties that overlap, and each says so."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from evidence.contract import Answers, Files
from evidence.ledger import Act
from fireduty.errors import EvidenceError, Problem
from models.regulation import Obligation
from tasks.district import District
from tasks.duties import DutyRecord, find
from tasks.submitting import Receipt, submit

HINT = "`fireduty duty show` names the duties that the same proof can fulfil."


def submit_shared(
    connection: Connection,
    act: Act,
    district: District,
    duty_ids: Sequence[int],
    answers: Answers,
    files: Files,
    claimed_on: date | None = None,
) -> list[Receipt]:
    """Submit one proof for several duties of a body, within the caller's transaction: all of them or none.

    Each duty takes of the answers and files what it asks for; it must be proved by them in full.

    Args:
        connection: The transaction.
        act: Who submits, and when.
        district: The district.
        duty_ids: The duties; those after the first share the proof of the first.
        answers: Answers by requirement key, of all duties together.
        files: Files in the store, by requirement key.
        claimed_on: When the body says it did it.

    Raises:
        EvidenceError: If a duty is not proved, none asks for what was given, or two of them do not overlap.
    """
    records = [find(connection, district, duty_id) for duty_id in duty_ids]
    _require_overlap(records)
    _require_asked(records, {*answers, *files})
    receipts: list[Receipt] = []
    for record in records:
        asked = {one.key for one in record.terms.evidence}
        own_answers = {key: value for key, value in answers.items() if key in asked}
        own_files = {key: value for key, value in files.items() if key in asked}
        first = receipts[0] if receipts else None
        receipts.append(submit(connection, act, district, record.row.id, own_answers, own_files, claimed_on, first))
    return receipts


def overlapping(connection: Connection, district: District, record: DutyRecord) -> list[dict[str, Any]]:
    """Return the duties of the same body that wait for it and that the same act and proof can fulfil."""
    names = [
        other.id
        for law in district.regulations
        for other in law.obligations
        if overlap(record.obligation, other) and other.id != record.obligation.id
    ]
    if not names:
        return []
    statement = text(
        "SELECT d.id, c.obligation_id, c.period, d.step, d.due_on FROM duty d JOIN duty_case c ON c.id = d.case_id"
        " WHERE d.body_code = :body AND d.state IN ('open', 'returned') ORDER BY d.due_on, d.id"
    )
    rows = connection.execute(statement, {"body": record.row.body_code})
    return [{**row._mapping, "due_on": str(row.due_on)} for row in rows if row.obligation_id in names]


def overlap(one: Obligation, other: Obligation) -> bool:
    """Whether two obligations can be fulfilled by one act, as either of them says."""
    return other.id in one.overlaps or one.id in other.overlaps


def _require_overlap(records: Sequence[DutyRecord]) -> None:
    first = records[0]
    apart = [record for record in records[1:] if not overlap(first.obligation, record.obligation)]
    if apart:
        problems = [
            Problem(f"duty {record.row.id}", f"{record.obligation.id} does not overlap {first.obligation.id}")
            for record in apart
        ]
        message = "one proof cannot fulfil these duties:"
        raise EvidenceError(message, problems, HINT)


def _require_asked(records: Sequence[DutyRecord], given: set[str]) -> None:
    asked = {one.key for record in records for one in record.terms.evidence}
    if strange := sorted(given - asked):
        message = "the submission does not prove the duties:"
        problems = [Problem(key, f"is not asked for; expected {', '.join(sorted(asked))}") for key in strange]
        raise EvidenceError(message, problems, "`fireduty duty show ID` lists what is asked for.")
