"""The rows of a book of record (台账), in the columns that inspectors know; read in chunks, however many there are."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row

from fireduty import clock
from models.columns import instant_of
from models.kinds import ContactRole
from models.regulation import Obligation, Regulation
from models.requirements import DateRequirement, NumberRequirement, Requirement, TextRequirement
from tasks.reporting.fields import ProcessNamed
from tasks.reporting.figures import Scope
from tasks.reporting.official import clause_text, frequency_text
from tasks.reporting.statuses import STATUS_SQL, Status
from tasks.scope import execute

COLUMNS = (
    "序号",
    "责任主体",
    "事项编码",
    "事项名称",
    "依据条款",
    "频次",
    "应完成日期",
    "实际完成日期",
    "状态",
    "责任人",
    "隐患/问题描述",
    "整改措施",
    "整改期限",
    "复查结果",
    "证据编号及SHA-256",
    "备注",
)
"""The columns of a 台账, in their order; ours, after what inspections ask for."""

CHUNK = 1000
"""How many duties are read at once."""

# Which answers stand in which column, by the words of the question, as the regulation files put it; the first that
# fits is taken. What fits none stays with the submission.
_PLACES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("整改期限", ("整改期限", "整改时限")),
    ("复查结果", ("复查", "销号", "验收情况")),
    ("整改措施", ("整改", "措施", "部署的任务", "治理")),
    ("隐患/问题描述", ("隐患", "问题", "薄弱", "故障", "总结", "不合格")),
)


@dataclass(frozen=True)
class Reader:
    """What is needed to put a duty into words.

    Attributes:
        laws: The regulation of each obligation, by its id.
        named: Returns the process of a name.
    """

    laws: Mapping[str, Regulation]
    named: ProcessNamed


def rows(connection: Connection, scope: Scope, reader: Reader, body: str = "") -> Iterator[list[Any]]:
    """Yield the rows of a scope, by body and due date; of one body where its code is given.

    Each row has a value for each of `COLUMNS`: a whole number, dates, texts, or nothing.
    """
    found = _duties(connection, scope, body)
    number = 0
    while chunk := list(islice(found, CHUNK)):
        files = _files(connection, [row.submission_id for row in chunk if row.submission_id])
        for row in chunk:
            number += 1
            yield [number, *_cells(row, scope.obligations[row.obligation_id], reader, files.get(row.submission_id, ""))]


def _duties(connection: Connection, scope: Scope, body: str) -> Iterator[Row[Any]]:
    only = "AND d.body_code = :body" if body else ""
    sql = (
        "SELECT d.id, b.name AS body, u.name AS subject, c.obligation_id, c.period, d.step, d.due_on, d.claimed_on,"
        f" d.submitted_at, {STATUS_SQL} AS status, s.id AS submission_id, s.revision, s.submitter, s.answers,"
        " r.outcome, r.reason, (SELECT count(*) FROM review v JOIN submission w ON w.id = v.submission_id"
        " WHERE w.duty_id = d.id AND v.outcome = 'returned') AS returns"
        " FROM duty d JOIN duty_case c ON c.id = d.case_id JOIN body b ON b.code = d.body_code"
        " LEFT JOIN body u ON u.code = d.subject_code LEFT JOIN submission s ON s.duty_id = d.id AND"
        " s.revision = (SELECT max(l.revision) FROM submission l WHERE l.duty_id = d.id)"
        " LEFT JOIN review r ON r.submission_id = s.id"
        f" WHERE {scope.condition} {only} ORDER BY d.body_code, d.due_on, d.id"
    )
    yield from execute(connection, sql, {**scope.values, **({"body": body} if body else {})})


def _files(connection: Connection, submissions: Sequence[int]) -> dict[int, str]:
    """Return number and digest of every file, one a line, by submission."""
    if not submissions:
        return {}
    sql = "SELECT id, submission_id, digest FROM evidence_file WHERE submission_id IN :submissions ORDER BY id"
    found: dict[int, list[str]] = {}
    for row in execute(connection, sql, {"submissions": list(submissions)}):
        found.setdefault(row.submission_id, []).append(f"E{row.id} {row.digest}")
    return {submission: "\n".join(lines) for submission, lines in found.items()}


def _cells(row: Row[Any], obligation: Obligation, reader: Reader, files: str) -> list[Any]:
    status, law = Status(row.status), reader.laws[row.obligation_id]
    step = reader.named(obligation.flow).step(row.step).chinese
    answered = _answered(obligation.steps[row.step].evidence, json.loads(row.answers or "{}"))
    done = status in (Status.ACCEPTED, Status.LATE, Status.SUBMITTED)
    return [
        row.body,
        row.obligation_id,
        f"{obligation.title}（{step}）" + (f"：{row.subject}" if row.subject else ""),
        f"{law.document_number or law.title} {clause_text(obligation.ref)}",
        frequency_text(obligation.frequency),
        _day(row.due_on),
        _day(row.claimed_on) if done else None,
        status.chinese,
        _role(row.submitter),
        answered.get("隐患/问题描述", ""),
        answered.get("整改措施", ""),
        answered.get("整改期限", ""),
        answered.get("复查结果", ""),
        files,
        _remark(row),
    ]


def _answered(requirements: Sequence[Requirement], answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the answers that belong into a column, one a line, by column."""
    found: dict[str, list[str]] = {}
    for one in requirements:
        if one.key not in answers or not isinstance(one, DateRequirement | NumberRequirement | TextRequirement):
            continue
        column = next((name for name, words in _PLACES if any(word in one.title for word in words)), "")
        if column:
            found.setdefault(column, []).append(_said(one, answers[one.key]))
    return {column: "\n".join(lines) for column, lines in found.items()}


def _said(one: DateRequirement | NumberRequirement | TextRequirement, answer: Any) -> str:
    if isinstance(one, NumberRequirement):
        return f"{one.title}{answer}{one.unit}"
    return "、".join(answer) if isinstance(answer, list) else str(answer)


def _remark(row: Row[Any]) -> str:
    parts = [f"任务{row.id}", f"周期{row.period}"]
    if row.submitted_at:
        parts.append(f"送达{instant_of(row.submitted_at).astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}")
    if row.revision:
        parts.append(f"第{row.revision}版")
    if row.returns:
        parts.append(f"退回{row.returns}次")
    if row.outcome == "returned":
        parts.append(f"退回理由：{row.reason}")
    return "；".join(parts)


def _role(submitter: str | None) -> str:
    """Return the role of who submitted, in words; nothing where nobody has, or no person did."""
    role = (submitter or "").partition("/")[2]
    return ContactRole(role).chinese if role in set(ContactRole) else ""


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(str(value))
