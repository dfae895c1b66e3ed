"""Books of record (台账): a month, quarter or year as a workbook to be printed, signed and filed."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from calendars.periods import Frequency, Period
from fireduty.errors import UnknownNameError
from fireduty.settings import ADMINISTRATION
from models.kinds import BodyKind
from tasks.actors import require_body
from tasks.district import District
from tasks.reporting.bookrows import COLUMNS, Reader, rows
from tasks.reporting.fields import ProcessNamed
from tasks.reporting.figures import Scope, Tally
from tasks.reporting.official import date_text, period_text, share_text
from tasks.reporting.sheeting import Sheet, new_book
from tasks.reporting.statuses import STATUS_SQL, Status
from tasks.scope import execute, office_code
from tasks.sheets import LAST_ROW, same_bytes, sheet_names

NAME = "消防安全责任制履职台账"
SUMMARY, DETAIL, EXPLANATION = "汇总", "明细", "说明"

MOST_SHEETS = 50
"""How many bodies have a sheet each where none is asked for by name; ours: nobody leafs through more."""

FREQUENCIES = (Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.HALF_YEARLY, Frequency.YEARLY)
"""How long a book may be."""

_SUMMARY_COLUMNS = (
    "序号",
    "主体编码",
    "责任主体",
    "类别",
    "应完成",
    "已办结",
    "逾期办结",
    "待审核",
    "退回补正",
    "待办",
    "逾期",
    "不适用",
    "按期办结率",
)
_SUMMARY_STATUSES = (
    Status.ACCEPTED,
    Status.LATE,
    Status.SUBMITTED,
    Status.RETURNED,
    Status.OPEN,
    Status.OVERDUE,
    Status.WAIVED,
)
_SUMMARY_WIDTHS = (6, 22, 30, 16, 9, 9, 10, 9, 10, 9, 9, 9, 12)
_DETAIL_WIDTHS = (5, 13, 15, 16, 14, 7, 11, 11, 9, 10, 14, 14, 10, 10, 24, 16)
_TEXT_COLUMNS = (2, 3, 15)
"""Columns of the detail whose values are identifiers and never numbers."""

_ROWS_ABOVE = 2


@dataclass(frozen=True)
class Summary:
    """How one body stands."""

    code: str
    name: str
    kind: BodyKind
    tally: Tally

    def facts(self) -> dict[str, Any]:
        """Return the summary for programs."""
        counts = {status.value: self.tally[status] for status in _SUMMARY_STATUSES}
        return {"body": self.code, "name": self.name, "kind": self.kind.value, "owed": self.tally.owed, **counts}


@dataclass(frozen=True)
class Book:
    """What a book covers.

    Attributes:
        period: The month, quarter, half-year or year: duties due in it.
        as_of: The day it is made.
        scope: Which duties.
        bodies: Codes of the bodies asked for; empty for all.
        unit: Who keeps it.
    """

    period: Period
    as_of: date
    scope: Scope
    bodies: tuple[str, ...]
    unit: str


def book_for(
    connection: Connection,
    district: District,
    period: Period,
    as_of: date,
    bodies: Sequence[str] = (),
    regulation: str = "",
) -> Book:
    """Return the book of a period.

    Raises:
        UnknownNameError: If a body is not in the register, or the regulation is not in force here.
    """
    for code in bodies:
        require_body(connection, code)
    laws = [law for law in district.regulations if regulation in (law.id, "") and law.id not in _left_out(regulation)]
    if not laws:
        message = f"regulation {regulation}: not in force here"
        raise UnknownNameError(message, f"In force: {', '.join(law.id for law in district.regulations)}.")
    obligations = {one.id: one for law in laws for one in law.obligations}
    scope = Scope(obligations, period.starts_on, period.ends_on, as_of)
    keeper = bodies[0] if len(bodies) == 1 else office_code(connection)
    unit = require_body(connection, keeper) if keeper else ""
    return Book(period, as_of, scope, tuple(dict.fromkeys(bodies)), unit)


def summaries(connection: Connection, book: Book) -> list[Summary]:
    """Return how each body stands, by code; all from one statement."""
    only = "AND d.body_code IN :bodies" if book.bodies else ""
    sql = (
        "SELECT code, name, kind, status, count(*) AS duties FROM (SELECT b.code, b.name, b.kind,"
        f" {STATUS_SQL} AS status FROM duty d JOIN duty_case c ON c.id = d.case_id JOIN body b ON b.code = d.body_code"
        f" WHERE {book.scope.condition} {only}) one GROUP BY code, name, kind, status ORDER BY code"
    )
    values = {**book.scope.values, **({"bodies": list(book.bodies)} if book.bodies else {})}
    found: dict[tuple[str, str, str], dict[Status, int]] = {}
    for row in execute(connection, sql, values):
        found.setdefault((row.code, row.name, row.kind), {})[Status(row.status)] = row.duties
    for row in _idle(connection, book, {code for code, _, _ in found}):
        found[row.code, row.name, row.kind] = {}
    return [Summary(code, name, BodyKind(kind), Tally(counts)) for (code, name, kind), counts in sorted(found.items())]


def book_bytes(connection: Connection, district: District, book: Book, named: ProcessNamed, made_at: str) -> bytes:
    """Return a book as an xlsx workbook; the same record at the same time gives the same bytes.

    Args:
        connection: The database.
        district: The district.
        book: What it covers.
        named: Returns the process of a name.
        made_at: When it is made, as the sheet 说明 says it.
    """
    found = summaries(connection, book)
    reader = Reader({one.id: law for law in district.regulations for one in law.obligations}, named)
    apart = bool(book.bodies) or len(found) <= MOST_SHEETS
    workbook = new_book()
    _write_summary(workbook, book, found)
    if apart:
        fixed = (SUMMARY, DETAIL, EXPLANATION)
        for one, name in zip(found, sheet_names((one.name for one in found), fixed), strict=True):
            _write_rows(workbook, book, [name], one.name, rows(connection, book.scope, reader, one.code))
    else:
        duties = sum(sum(one.tally.counts.values()) for one in found)
        names = sheet_names([DETAIL] * -(-duties // _room()), (SUMMARY, EXPLANATION))
        _write_rows(workbook, book, names, book.unit, rows(connection, book.scope, reader))
    _write_explanation(workbook, book, len(found), made_at, apart=apart)
    target = io.BytesIO()
    workbook.save(target)
    return same_bytes(target.getvalue())


def _idle(connection: Connection, book: Book, busy: set[str]) -> Iterable[Any]:
    """Return the bodies that were asked for and have no duty in the period: a book says so with an empty sheet."""
    idle = [code for code in book.bodies if code not in busy]
    return execute(connection, "SELECT code, name, kind FROM body WHERE code IN :idle", {"idle": idle}) if idle else ()


def _left_out(regulation: str) -> tuple[str, ...]:
    """Our own duties are no part of a record of the law's, unless they are asked for."""
    return () if regulation == ADMINISTRATION else (ADMINISTRATION,)


def _room() -> int:
    return LAST_ROW - _ROWS_ABOVE


def _title(book: Book, unit: str, what: str = NAME) -> str:
    return f"{unit}{period_text(book.period)}{what}"


def _write_summary(workbook: Any, book: Book, found: Iterable[Summary]) -> None:
    sheet = Sheet(workbook, SUMMARY, _title(book, book.unit, f"{NAME}（{SUMMARY}）"))
    sheet.head(_SUMMARY_COLUMNS, _SUMMARY_WIDTHS, text_columns=(1,))
    for number, one in enumerate(found, 1):
        counts = [one.tally[status] for status in _SUMMARY_STATUSES]
        rate = share_text(one.tally[Status.ACCEPTED], one.tally.settled)
        sheet.row([number, one.code, one.name, one.kind.chinese, one.tally.owed, *counts, rate])
    sheet.finish()


def _write_rows(workbook: Any, book: Book, names: Sequence[str], unit: str, found: Iterable[list[Any]]) -> None:
    """Write the rows of duties to a sheet, and on to the next where it is full."""
    lines = iter(found)
    for name in names:
        sheet = Sheet(workbook, name, _title(book, unit))
        sheet.head(COLUMNS, _DETAIL_WIDTHS, _TEXT_COLUMNS)
        for _, line in zip(range(_room()), lines, strict=False):
            sheet.row(line)
        sheet.finish()


def _write_explanation(workbook: Any, book: Book, bodies: int, made_at: str, *, apart: bool) -> None:
    sheet = Sheet(workbook, EXPLANATION, _title(book, book.unit, f"{NAME}（{EXPLANATION}）"))
    sheet.head(("项目", EXPLANATION), (24, 100))
    for line in _explained(book, bodies, made_at, apart=apart).items():
        sheet.row(list(line))
    sheet.finish()


def _explained(book: Book, bodies: int, made_at: str, *, apart: bool) -> Mapping[str, str]:
    spread = (
        "每个责任主体一张表。"
        if apart
        else f"责任主体{bodies}家，超过{MOST_SHEETS}家时不逐家分表，全部任务列于“{DETAIL}”；"
        "用 --body 指定责任主体，可逐家分表。"
    )
    return {
        "导出时间": made_at,
        "统计范围": f"应完成日期自{date_text(book.scope.first_on)}至{date_text(book.scope.last_on)}、已下达的任务。",
        "截至日期": f"{date_text(book.as_of)}；状态取自导出时的记录。",
        "分表": spread,
        "状态": "未到期、待办、待审核、退回补正、已办结、逾期、逾期办结、不适用，共八种；待审核的不计为逾期。",
        "逾期、逾期办结": "以材料送达系统的日期与应完成日期相比，不以主体申报的完成日期为准。",
        "应完成": "除不适用以外的全部任务。",
        "按期办结率": "已办结÷（已办结＋逾期办结＋逾期）。",
        "实际完成日期": "主体申报的完成日期；送达时间见备注。",
        "责任人": "提交材料的人在责任主体中的角色；名录不登记姓名。",
        "隐患/问题描述、整改措施、整改期限、复查结果": "取自主体提交的最新一版材料，按材料要求的名称归入。",
        "证据编号及SHA-256": "最新一版材料的每个文件一行：编号与内容的SHA-256，可用任何工具核对。",
        "备注": "任务编号、周期、送达时间（北京时间）、版本、退回次数和理由。",
        "单引号开头的内容": "原文以 = + - @ 开头，加单引号以防被当作公式。",
    }
