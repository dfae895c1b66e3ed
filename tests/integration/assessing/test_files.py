"""The workbook and the draft, opened again by their libraries and compared with the record."""

import hashlib
import io
from datetime import date
from decimal import Decimal
from typing import Any

import docx
import openpyxl
import pytest
from fakes import Desk

from models.schemes import Method
from tasks.assessing import Assessment, assess, record_lines
from tasks.assessing.document import Heading, document
from tasks.assessing.workbook import workbook

MIXED = "X-S02"
AFTER = date(2028, 1, 3)
HEADING = Heading(date(2028, 1, 5))


def sheets(desk: Desk, year: Assessment) -> dict[str, list[dict[str, Any]]]:
    with desk.district.database.reading() as connection:
        content = workbook(connection, year)
    found = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        _, header, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(map(str, header), row, strict=True)) for row in rows]
    return found


def words(desk: Desk, year: Assessment, heading: Heading = HEADING) -> tuple[list[str], list[list[list[str]]]]:
    with desk.district.database.reading() as connection:
        content = document(connection, year, heading)
    opened = docx.Document(io.BytesIO(content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in opened.tables]
    return [paragraph.text for paragraph in opened.paragraphs], tables


def test_the_workbook_has_the_sheets_in_order(desk: Desk, year: Assessment) -> None:
    assert list(sheets(desk, year)) == ["汇总", "分项", "依据", "后续事项", "说明"]


def test_the_overview_has_every_body_with_rank_score_grade_and_counts(desk: Desk, year: Assessment) -> None:
    rows = sheets(desk, year)["汇总"]
    assert len(rows) == len(year.standings)
    mixed = next(row for row in rows if row["主体代码"] == MIXED)
    wanted = {"排名": 2, "得分": 89.5, "等次": "合格", "应办": 13}
    counts = {"按期": 10, "逾期完成": 1, "未完成": 1, "退回未补正": 1}
    assert mixed.items() >= {**wanted, **counts}.items()
    assert {(row["排名"], row["得分"]) for row in rows if row["等次"] == "无应办"} == {(None, None)}


def test_what_the_grounds_list_adds_up_to_what_was_lost(desk: Desk, year: Assessment) -> None:
    found = sheets(desk, year)
    for row in found["汇总"]:
        lost = sum(Decimal(str(one["失分"])) for one in found["依据"] if one["主体代码"] == row["主体代码"])
        groups = sum(Decimal(str(one["失分"])) for one in found["分项"] if one["主体代码"] == row["主体代码"])
        assert row["得分"] is None or lost == groups == 100 - Decimal(str(row["得分"]))
    numbers = {row["任务编号"] for row in found["依据"]}
    assert {row.id for row in desk.rows("SELECT id FROM duty")} >= numbers
    assert len(found["依据"]) == 10


def test_the_notes_name_scheme_day_and_digests(desk: Desk, year: Assessment) -> None:
    notes = {row["项目"]: row["内容"] for row in sheets(desk, year)["说明"]}
    assert notes["结果摘要（SHA-256）"] == year.digest
    assert notes["办法文件摘要（SHA-256）"] == year.scheme.digest
    assert notes["截止日期"].startswith("2028-01-03")
    assert notes["权重：每月研究"] == "60"
    assert "60%" in notes["逾期完成"]


def test_what_follows_names_clause_recipient_and_bodies(desk: Desk, year: Assessment) -> None:
    rows = sheets(desk, year)["后续事项"]
    assert [(row["依据条款"], row["事项"], row["对象"]) for row in rows][:2] == [
        ("art21", "上报", "区委、区人民政府"),
        ("art21", "抄送", "有关部门"),
    ]
    assert rows[2]["涉及主体"] == "街道2（示例）、街道3（示例）"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_a_name_is_never_taken_for_a_formula(desk: Desk, method: Method, sign: str) -> None:
    desk.write("UPDATE body SET name = :name WHERE code = :code", name=f"{sign}1+1", code=MIXED)
    with desk.district.database.reading() as connection:
        year = assess(connection, method, 2027, AFTER)
        book = openpyxl.load_workbook(io.BytesIO(workbook(connection, year)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert f"'{sign}1+1" in {cell.value for cell in cells}
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []


def test_the_same_result_gives_the_same_bytes(desk: Desk, year: Assessment) -> None:
    with desk.district.database.reading() as connection:
        assert workbook(connection, year) == workbook(connection, year)
        assert document(connection, year, HEADING) == document(connection, year, HEADING)


def test_sheets_can_be_printed_and_filtered(desk: Desk, year: Assessment) -> None:
    with desk.district.database.reading() as connection:
        book = openpyxl.load_workbook(io.BytesIO(workbook(connection, year)))
    for sheet in book:
        assert sheet.freeze_panes == "A3"
        assert sheet.auto_filter.ref.startswith("A2:")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$2"


def test_the_draft_stands_in_the_order_of_the_standard(desk: Desk, year: Assessment) -> None:
    paragraphs, _ = words(desk, year)
    assert paragraphs[0] == "关于2027年度示例考核情况的报告"
    assert paragraphs[1] == "区委，区人民政府："
    assert "普府办〔2020〕57号）第二十一条" in paragraphs[2]
    assert "记录截至2028年1月3日" in paragraphs[2]
    order = [paragraphs.index(one) for one in ("一、总体情况", "五、后续事项", "区消防委办公室", "2028年1月5日")]
    assert order == sorted(order)
    assert paragraphs[order[-1] + 1] == "抄送：有关部门。"
    assert year.digest in paragraphs[-1]


def test_the_draft_counts_as_the_record_does(desk: Desk, year: Assessment) -> None:
    paragraphs, tables = words(desk, year)
    whole = next(one for one in paragraphs if one.startswith("参加考核的责任主体"))
    assert "责任主体3家，应办任务33项，其中按期23项，逾期完成1项，未完成8项，退回未补正1项；另有不适用6项" in whole
    assert "1项提交待审核" in whole
    assert "优秀1家，合格1家，不合格1家。" in next(one for one in paragraphs if one.startswith("考核等次"))
    kinds, groups, last = tables
    assert kinds[1] == ["街道或镇", "3", "33", "23", "1", "8", "1", "63.17"]
    assert groups[1] == ["每月研究", "60", "3", "30", "21", "1", "7", "1"]
    assert [row[0] for row in last[1:]] == ["街道2（示例）", "街道3（示例）"]
    assert last[1][4] == "每月研究（失10.50分）"


def test_the_draft_lists_what_follows_with_its_clause(desk: Desk, year: Assessment) -> None:
    paragraphs, _ = words(desk, year)
    demanded = [one for one in paragraphs if one[:2] in {"1.", "2.", "3.", "4."}]
    assert demanded[0] == "1. 上报（第二十一条）：报告结果。对象：区委、区人民政府。"
    assert (
        demanded[2] == "3. 约谈（第二十五条）：约谈末位。对象：区政府。涉及：街道2（示例）、街道3（示例）。（末两位）"
    )


def test_a_document_number_stands_below_the_title(desk: Desk, year: Assessment) -> None:
    paragraphs, _ = words(desk, year, Heading(date(2028, 1, 5), "示消安委〔2028〕3号"))
    assert paragraphs[1] == "示消安委〔2028〕3号"


def test_the_sealed_lines_give_the_digest(desk: Desk, year: Assessment) -> None:
    with desk.district.database.reading() as connection:
        lines = list(record_lines(connection, year))
    assert hashlib.sha256(b"".join(lines)).hexdigest() == year.digest
    assert len(lines) == 1 + len(year.standings)
