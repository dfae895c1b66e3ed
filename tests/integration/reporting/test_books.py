"""A 台账 is opened again by its library and held against the record, cell by cell."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from quarters import AS_OF, STUDY, Quarter

from calendars.periods import period
from fireduty.errors import UnknownNameError
from flows.catalogue import process_named
from tasks.reporting import books
from tasks.reporting.bookrows import COLUMNS
from tasks.reporting.books import Summary, book_bytes, book_for, summaries

MONTHS = ("2027-01", "2027-02", "2027-03")
MADE_AT = "2027-03-25 09:00:00"


def opened(quarter: Quarter, key: str = "2027-Q1", bodies: Sequence[str] = (), regulation: str = "") -> Workbook:
    district = quarter.desk.district
    with district.database.reading() as connection:
        made = book_for(connection, district, period(key), AS_OF, bodies, regulation)
        content = book_bytes(connection, district, made, process_named, MADE_AT)
        assert book_bytes(connection, district, made, process_named, MADE_AT) == content
    return load_workbook(io.BytesIO(content))


def values(sheet: Any) -> list[list[Any]]:
    """Return what the cells show; a date as it is written in tables."""
    return [[_shown(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def _shown(value: Any) -> Any:
    return value.date().isoformat() if isinstance(value, datetime) else value


def test_the_columns_are_those_of_a_book_of_record() -> None:
    assert (
        *("序号", "责任主体", "事项编码", "事项名称", "依据条款", "频次", "应完成日期", "实际完成日期", "状态"),
        *("责任人", "隐患/问题描述", "整改措施", "整改期限", "复查结果", "证据编号及SHA-256", "备注"),
    ) == COLUMNS


def test_each_body_has_a_sheet_with_a_row_for_each_duty(quarter: Quarter) -> None:
    book = opened(quarter)
    assert book.sheetnames == ["汇总", "街道1（示例）", "街道2（示例）", "说明"]
    title, header, *rows = values(book["街道2（示例）"])
    assert title[0] == "街道2（示例）2027年第一季度消防安全责任制履职台账"
    assert header == list(COLUMNS)
    obligation = quarter.obligations[STUDY]
    name = f"{obligation.title}（{process_named(obligation.flow).step('meeting').chinese}）"
    common = ["街道2（示例）", STUDY, name, "普府办〔2020〕57号 第十六条", "每月"]
    [file] = quarter.desk.rows(
        "SELECT f.id, f.digest FROM evidence_file f JOIN submission s ON s.id = f.submission_id WHERE s.duty_id = :id",
        id=quarter.ids["X-S02", "2027-01"],
    )
    january, february, march = (f"任务{quarter.ids['X-S02', month]}；周期{month}" for month in MONTHS)
    proved = ["逾期办结", "消防安全责任人", "协调解决的问题数2个", None, None, None, f"E{file.id} {file.digest}"]
    nothing = [None] * 6
    assert rows == [
        [1, *common, "2027-01-31", "2027-01-31", *proved, f"{january}；送达2027-02-03 12:00；第1版"],
        [2, *common, "2027-02-28", None, "逾期", *nothing, february],
        [3, *common, "2027-03-31", None, "待办", *nothing, march],
    ]


def test_a_returned_duty_tells_how_often_and_why(quarter: Quarter) -> None:
    quarter.desk.write("DELETE FROM review WHERE outcome = 'accepted'")
    quarter.desk.write("DELETE FROM evidence_file")
    quarter.desk.write("DELETE FROM submission WHERE revision = 2")
    quarter.desk.write("UPDATE duty SET state = 'returned' WHERE id = :id", id=quarter.ids["X-S01", "2027-02"])
    row = values(opened(quarter)["街道1（示例）"])[3]
    assert row[8] == "逾期"
    assert row[15].endswith("第1版；退回1次；退回理由：=缺会议纪要")


def test_the_summary_counts_what_the_sheets_list(quarter: Quarter) -> None:
    book = opened(quarter)
    title, header, *rows = values(book["汇总"])
    assert title[0] == "区消防委办公室2027年第一季度消防安全责任制履职台账（汇总）"
    counts = ["应完成", "已办结", "逾期办结", "待审核", "退回补正", "待办", "逾期", "不适用", "按期办结率"]
    assert header == ["序号", "主体编码", "责任主体", "类别", *counts]
    assert rows == [
        [1, "X-S01", "街道1（示例）", "街道或镇", 3, 2, 0, 1, 0, 0, 0, 0, "100%"],
        [2, "X-S02", "街道2（示例）", "街道或镇", 3, 0, 1, 0, 0, 1, 1, 0, "0%"],
    ]


def test_a_sheet_is_ready_to_be_filtered_printed_and_signed(quarter: Quarter) -> None:
    sheet: Any = opened(quarter)["街道1（示例）"]
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == "A2:P5"
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:P1"]
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    footer = [part.text.rstrip("_") for part in (sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right)]
    assert footer == ["填表人：", "审核人：", "日期："]
    assert [sheet.cell(3, place).number_format for place in (3, 4, 7, 16)] == ["@", "@", "yyyy-mm-dd", "@"]
    assert sheet.row_dimensions[3].height > 30


def test_cells_and_sheet_names_that_look_like_formulas_are_text(quarter: Quarter) -> None:
    quarter.desk.write("UPDATE body SET name = :name WHERE code = 'X-S01'", name="=HYPERLINK([A1]:B2)")
    quarter.desk.write("UPDATE body SET name = :name WHERE code = 'X-S02'", name="@SUM")
    quarter.desk.write("UPDATE body SET name = :name WHERE code = 'X-OFFICE'", name="+办公室")
    book = opened(quarter)
    assert book.sheetnames == ["汇总", "=HYPERLINK(_A1__B2)", "@SUM", "说明"]
    assert [book["@SUM"]["B3"].value, book["汇总"]["C3"].value] == ["'@SUM", "'=HYPERLINK([A1]:B2)"]
    assert book["汇总"]["A1"].value.startswith("'+办公室2027年第一季度")
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_a_month_holds_what_is_due_in_it_and_nothing_else(quarter: Quarter) -> None:
    book = opened(quarter, "2027-02")
    assert [values(book[name])[2][15].split("；")[1] for name in book.sheetnames[1:3]] == ["周期2027-02"] * 2
    assert values(book["汇总"])[0][0].startswith("区消防委办公室2027年2月")


def test_bodies_that_are_asked_for_have_a_sheet_each_also_without_any_duty(quarter: Quarter) -> None:
    book = opened(quarter, bodies=["X-S02", "X-D01"])
    assert book.sheetnames == ["汇总", "区教育局", "街道2（示例）", "说明"]
    assert len(values(book["区教育局"])) == 2
    assert values(opened(quarter, bodies=["X-S02"])["汇总"])[0][0].startswith("街道2（示例）2027年第一季度")


def test_many_bodies_share_one_sheet_and_the_book_says_so(quarter: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "MOST_SHEETS", 1)
    book = opened(quarter)
    assert book.sheetnames == ["汇总", "明细", "说明"]
    assert [row[0] for row in values(book["明细"])[2:]] == [1, 2, 3, 4, 5, 6]
    explained = dict(values(book["说明"])[2:])
    assert explained["分表"].startswith("责任主体2家，超过1家时不逐家分表")
    assert explained["导出时间"] == MADE_AT


def test_rows_beyond_what_a_sheet_can_hold_go_on_in_the_next(quarter: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "MOST_SHEETS", 1)
    monkeypatch.setattr(books, "LAST_ROW", 6)
    book = opened(quarter)
    assert book.sheetnames == ["汇总", "明细", "明细(2)", "说明"]
    assert [row[0] for name in ("明细", "明细(2)") for row in values(book[name])[2:]] == [1, 2, 3, 4, 5, 6]
    assert book["明细(2)"].auto_filter.ref == "A2:P4"


def test_a_book_can_be_kept_to_one_regulation(quarter: Quarter) -> None:
    assert len(opened(quarter, regulation="putuo-2020").sheetnames) == 4
    with pytest.raises(UnknownNameError, match="yanbian-2022: not in force here"):
        opened(quarter, regulation="yanbian-2022")


def test_an_unknown_body_is_refused(quarter: Quarter) -> None:
    with pytest.raises(UnknownNameError, match="X-NOBODY"):
        opened(quarter, bodies=["X-NOBODY"])


def test_summaries_are_the_same_for_programs(quarter: Quarter) -> None:
    district = quarter.desk.district
    with district.database.reading() as connection:
        found: list[Summary] = summaries(connection, book_for(connection, district, period("2027"), AS_OF))
    assert found[0].facts() == {
        "body": "X-S01",
        "name": "街道1（示例）",
        "kind": "street_town",
        "owed": 3,
        "accepted": 2,
        "late": 0,
        "submitted": 1,
        "returned": 0,
        "open": 0,
        "overdue": 0,
        "waived": 0,
    }
