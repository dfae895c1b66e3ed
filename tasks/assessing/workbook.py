"""The result as a workbook: overview, groups, the duties behind every lost point, what follows, and definitions."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from fireduty.clock import local_date
from models.assessment import Outcome
from models.columns import instant_of
from models.kinds import BodyKind
from models.regulation import Obligation
from tasks.assessing.explaining import definitions, named
from tasks.assessing.results import Assessment, Loss, Standing
from tasks.assessing.scoring import POINT, counted
from tasks.sheets import LAST_ROW, cell_text, same_bytes

OVERVIEW, GROUPS, GROUNDS, NEXT, NOTES = "汇总", "分项", "依据", "后续事项", "说明"

HEADER_ROW = 2
"""The first row is the title; a header and then the rows follow."""

_COUNTS = [outcome.chinese for outcome in Outcome]
_SCORES = "0.00"
_PAPER_A4 = 9

Columns = dict[str, int]
"""The headings of a sheet with the widths of their columns."""

_COLUMNS: dict[str, Columns] = {
    OVERVIEW: {
        "排名": 8,
        "同类排名": 10,
        "主体代码": 22,
        "责任主体": 36,
        "类别": 16,
        "得分": 10,
        "等次": 10,
        "应办": 8,
        **dict.fromkeys(_COUNTS, 11),
        "其中待审核": 12,
    },
    GROUPS: {
        "排名": 8,
        "主体代码": 22,
        "责任主体": 36,
        "分项": 30,
        "满分": 10,
        "应办": 8,
        **dict.fromkeys(_COUNTS, 11),
        "失分": 10,
        "得分": 10,
    },
    GROUNDS: {
        "主体代码": 22,
        "责任主体": 36,
        "分项": 30,
        "任务编号": 12,
        "依据条款": 12,
        "职责事项": 40,
        "周期": 16,
        "环节": 16,
        "涉及主体代码": 22,
        "应完成日期": 12,
        "收到日期": 12,
        "结果": 12,
        "提交编号": 12,
        "审核编号": 12,
        "失分": 10,
    },
    NEXT: {"规范性文件": 16, "依据条款": 12, "事项": 14, "要求": 60, "对象": 30, "涉及主体": 80, "本系统设定": 50},
    NOTES: {"项目": 24, "内容": 100},
}


def workbook(connection: Connection, assessment: Assessment, step: Callable[[str], object] | None = None) -> bytes:
    """Return the result as an xlsx workbook; the same result gives the same bytes.

    Args:
        connection: A connection that reads the state that was assessed.
        assessment: The assessment.
        step: Told the name of each body as its duties are written.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and only files need it

    book = Workbook(write_only=True)
    book.properties.creator = "Fireduty"
    written = _Written(book, f"{assessment.scheme.title}（{assessment.year}年度）")
    titles = {group.id: group.title for group in assessment.scheme.groups}
    written.sheet(OVERVIEW, (_overview(one, assessment) for one in assessment.standings))
    written.sheet(GROUPS, (row for one in assessment.ranked for row in _groups(one, assessment, titles)))
    written.sheet(GROUNDS, _grounds(connection, assessment, titles, step or str))
    written.sheet(NEXT, _next(assessment))
    written.sheet(NOTES, definitions(assessment))
    packed = io.BytesIO()
    book.save(packed)
    return same_bytes(packed.getvalue())


@dataclass(frozen=True)
class _Written:
    """A workbook as it is written, sheet by sheet."""

    book: Any
    title: str

    def sheet(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write a sheet, and further ones of its name where one cannot hold all rows."""
        sheet, used, number = self._new(name, name), HEADER_ROW, 1
        for row in rows:
            if used == LAST_ROW:
                number += 1
                sheet, used = self._new(name, f"{name}{number}"), HEADER_ROW
            sheet.append([_value(sheet, value) for value in row])
            used += 1

    def _new(self, name: str, shown: str) -> Any:
        from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

        columns = _COLUMNS[name]
        sheet = self.book.create_sheet(shown)
        last = get_column_letter(len(columns))
        for position, width in enumerate(columns.values(), 1):
            sheet.column_dimensions[get_column_letter(position)].width = width
        sheet.freeze_panes = f"A{HEADER_ROW + 1}"
        sheet.auto_filter.ref = f"A{HEADER_ROW}:{last}{LAST_ROW}"
        sheet.merged_cells.add(f"A1:{last}1")
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _PAPER_A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = f"1:{HEADER_ROW}"
        sheet.oddFooter.left.text = "填表人：　　　　审核人：　　　　日期："
        sheet.oddFooter.right.text = "&P / &N"
        sheet.append([_bold(sheet, f"{self.title} · {shown}", size=14)])
        sheet.append([_bold(sheet, heading) for heading in columns])
        return sheet


def _bold(sheet: Any, value: str, size: int = 11) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    cell = WriteOnlyCell(sheet, cell_text(value))
    cell.font = Font(bold=True, size=size)
    return cell


def _value(sheet: Any, value: Any) -> Any:
    """Return what a cell holds: text that is no formula, whole numbers, and scores with two decimals."""
    if isinstance(value, str):
        return cell_text(value)
    if isinstance(value, Decimal):
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above

        cell = WriteOnlyCell(sheet)
        cell.value = value
        cell.number_format = _SCORES
        return cell
    return value


def _score(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths) / POINT


def _overview(one: Standing, assessment: Assessment) -> list[Any]:
    tally = one.tally
    return [
        one.rank,
        one.rank_in_kind,
        one.code,
        one.name,
        BodyKind(one.kind).chinese,
        _score(one.score),
        one.grade,
        counted(tally, assessment.scheme.credit),
        *(tally[outcome] for outcome in Outcome),
        one.pending,
    ]


def _groups(one: Standing, assessment: Assessment, titles: dict[str, str]) -> Iterator[list[Any]]:
    for group in one.groups:
        yield [
            one.rank,
            one.code,
            one.name,
            titles[group.group],
            _score(group.share),
            counted(group.tally, assessment.scheme.credit),
            *(group.tally.get(outcome, 0) for outcome in Outcome),
            _score(group.lost),
            _score(group.share - group.lost),
        ]


def _grounds(
    connection: Connection, assessment: Assessment, titles: dict[str, str], step: Callable[[str], object]
) -> Iterator[list[Any]]:
    law = {name: obligation for name, (obligation, _) in assessment.method.places().items()}
    for standing, losses in assessment.losses(connection):
        step(standing.name)
        for one in losses:
            yield [standing.code, standing.name, titles[one.group], *_ground(one, law[one.obligation])]


def _ground(one: Loss, obligation: Obligation) -> list[Any]:
    return [
        one.duty_id,
        obligation.ref,
        obligation.title,
        one.period,
        one.step,
        one.about,
        one.due_on,
        local_date(instant_of(one.done_at)).isoformat() if one.done_at else "",
        one.outcome.chinese,
        one.submission_id,
        one.review_id,
        _score(one.lost),
    ]


def _next(assessment: Assessment) -> Iterator[list[Any]]:
    for demand in assessment.demands:
        one = demand.follow_up
        yield [demand.regulation, one.ref, one.kind.chinese, one.title, "、".join(one.to), named(demand), one.ours]
