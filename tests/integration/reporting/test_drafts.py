"""A draft is opened again by its library and held against what the record says."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.document import Document as Docx
from docx.shared import Mm, Pt
from quarters import AS_OF, STUDY, Quarter

from calendars.periods import period
from fireduty.errors import DutyStateError, UnknownNameError
from flows.catalogue import process_named
from models.states import ReviewOutcome
from tasks.duties import full
from tasks.reporting.drafting import Draft, Order, draft, order_for_duty, order_for_period, previous
from tasks.reporting.kinds import ReportKind

OCTOBER = date(2027, 10, 8)


def drafted(quarter: Quarter, as_of: date = AS_OF, number: str = "", order: Order | None = None) -> Draft:
    district = quarter.desk.district
    with district.database.reading() as connection:
        wanted = order or order_for_period(connection, district, ReportKind.SPECIAL, "2027")
        return draft(connection, district, wanted, as_of, process_named, number)


def opened(made: Draft) -> Docx:
    return Document(io.BytesIO(made.content))


def lines(document: Docx) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def tables(document: Docx) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def test_the_draft_says_what_the_record_says(quarter: Quarter) -> None:
    said = lines(opened(drafted(quarter, number="普府〔2027〕12号")))
    assert said[:3] == ["区人民政府\n关于2027年度消防工作情况的报告", "（普府〔2027〕12号）", "上海市人民政府："]
    assert said[3] == (
        "按照《上海市普陀区消防安全责任制实施细则》（普府办〔2020〕57号）第八条第（十二）项，现将2027年度消防工作情况报告如下。"
        "文中数据取自消防安全责任制履职记录，截至2027年3月25日。"
    )
    assert said[5] == (
        "2027年度应完成任务6项，涉及责任主体2家。截至2027年3月25日，按期办结2项，逾期办结1项，待审核1项，逾期未办结1项，"
        "尚在办理期限内1项；按期办结率50%，与2026年度无可比数据。"
    )
    assert (
        "审核退回补正1次。逾期后通知责任人2次，涉及任务2项；提醒主管部门1次，涉及任务1项；警示0次，涉及任务0项。"
        in said
    )
    assert "（一）“专题研究会议”按期办结率50%，逾期办结1项、逾期未办结1项。" in said
    assert "（一）对截至2027年3月25日逾期未办结的1项任务逐项督办，明确完成时限，办结一项销号一项。" in said


def test_the_draft_keeps_the_order_of_an_official_document(quarter: Quarter) -> None:
    said = lines(opened(drafted(quarter)))
    headings = [line for line in said if line[1:2] == "、"]
    assert [line[0] for line in headings] == list("一二三四五六")
    order = [
        "上海市人民政府：",
        *headings,
        "附件：1. 逾期未办结任务清单",
        "区人民政府",
        "2027年3月25日",
        "附件1",
        "附件2",
    ]
    assert [line for line in said if line in order] == order
    assert said[1] == "上海市人民政府："


def test_the_tables_hold_the_figures_row_by_row(quarter: Quarter) -> None:
    groups, kinds, numbers, overdue, sources = tables(opened(drafted(quarter)))
    head = ["应完成", "按期办结", "逾期办结", "待审核", "逾期未办结", "办理中", "按期办结率"]
    figures = ["6", "2", "1", "1", "1", "1", "50%"]
    assert groups == [["事项", *head], ["专题研究会议", *figures]]
    assert kinds == [["责任主体", *head], ["街道或镇", *figures]]
    assert numbers == [["填报事项", "单位", "填报数", "合计", "平均"], ["协调解决的问题数", "个", "3", "9", "3.0"]]
    late = str(quarter.ids["X-S02", "2027-02"])
    title = quarter.obligations[STUDY].title
    assert overdue[1:] == [["1", late, "街道2（示例）", title, "第十六条", "2027-02-28", "25", "提醒"]]
    assert [(row[4], row[5]) for row in sources[1:]] == [
        ("已办结", "2"),
        ("逾期办结", "1"),
        ("待办", "1"),
        ("逾期", "1"),
        ("待审核", "1"),
    ]
    accepted = "、".join(str(quarter.ids["X-S01", month]) for month in ("2027-01", "2027-02"))
    assert sources[1][6] == accepted


def test_the_charts_stand_in_the_text_with_words_for_those_who_cannot_see_them(quarter: Quarter) -> None:
    document = opened(drafted(quarter))
    months, kinds = document.inline_shapes
    assert [shape.width for shape in (months, kinds)] == [Mm(150), Mm(150)]
    said = [shape._inline.docPr.get("descr") for shape in (months, kinds)]
    assert said[0].startswith("柱状图：2027年度各月到期任务数。1月2项，2月2项，3月2项，4月0项")
    assert said[1] == "条形图：2027年度各类责任主体按期办结率。街道或镇50.0%。"
    pictures = [
        document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed].blob
        for shape in (months, kinds)
    ]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert pictures[0] != pictures[1]


def test_the_page_is_that_of_an_official_document(quarter: Quarter) -> None:
    document = opened(drafted(quarter))
    [section] = document.sections
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]  # type: ignore[union-attr]
    assert [round(length.mm) for length in (section.top_margin, section.left_margin)] == [37, 28]  # type: ignore[union-attr]
    title, body = document.paragraphs[0], next(one for one in document.paragraphs if one.text.startswith("按照《"))
    assert (title.runs[0].font.size, body.runs[0].font.size) == (Pt(22), Pt(16))
    assert document.core_properties.title == "区人民政府关于2027年度消防工作情况的报告"
    assert "PAGE" in section.footer._element.xml


def test_no_field_is_left_unfilled(quarter: Quarter) -> None:
    document = opened(drafted(quarter))
    assert "{" not in document.element.xml.replace("{http", "").partition("<w:body>")[2]


def test_a_draft_changes_nothing_and_the_same_record_gives_the_same_bytes(quarter: Quarter) -> None:
    before = quarter.desk.everything()
    first = drafted(quarter)
    assert drafted(quarter).content == first.content
    assert quarter.desk.everything() == before


def test_names_are_set_as_they_are_whatever_characters_they_have(quarter: Quarter) -> None:
    quarter.desk.write("UPDATE body SET name = :name WHERE code = 'X-S02'", name="A&B<区>{{ x }}\x07街道")
    overdue = tables(opened(drafted(quarter)))[3]
    assert overdue[1][2] == "A&B<区>{{ x }}街道"


def test_a_record_without_any_duty_can_be_reported_as_well(quarter: Quarter) -> None:
    district = quarter.desk.district
    with district.database.reading() as connection:
        order = order_for_period(connection, district, ReportKind.SPECIAL, "2031")
    said = lines(opened(drafted(quarter, order=order)))
    assert any(line.startswith("2031年度应完成任务0项，涉及责任主体0家。") for line in said)
    assert "（一）已到期任务均按期办结，记录中未见薄弱环节。" in said


def test_an_analysis_counts_what_lies_below_its_department(quarter: Quarter) -> None:
    district = quarter.desk.district
    quarter.desk.write("UPDATE duty SET supervisor_code = 'X-D02' WHERE body_code = 'X-S02'")
    with district.database.reading() as connection:
        order = order_for_period(connection, district, ReportKind.ANALYSIS, "2027-H1", "X-D02")
    made = drafted(quarter, order=order)
    assert made.title == "区建管委2027年上半年消防安全形势分析报告"
    assert (made.fields["total"]["owed"], made.fields["addressee"]) == (3, "区消防委办公室")
    assert [row["name"] for row in made.fields["months"]] == ["1月", "2月", "3月", "4月", "5月", "6月"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"kind": ReportKind.ANALYSIS, "key": "2027-H1"}, "X-D01 .*, X-D02"),
        ({"signer": "X-D01"}, "got nobody"),
        # The special report is owed yearly, so nobody owes one of a month.
        ({"key": "2027-03"}, "got nobody"),
    ],
)
def test_a_report_without_a_duty_needs_one_body_that_owes_it(
    quarter: Quarter, given: dict[str, Any], error: str
) -> None:
    district = quarter.desk.district
    wanted: dict[str, Any] = {"kind": ReportKind.SPECIAL, "key": "2027", **given}
    with district.database.reading() as connection, pytest.raises(UnknownNameError, match=error):
        order_for_period(connection, district, **wanted)


def test_the_period_before_is_compared_with(quarter: Quarter) -> None:
    assert previous(period("2027")).key == "2026"
    assert previous(period("2027-H1")).key == "2026-H2"
    district = quarter.desk.district
    quarter.desk.write("UPDATE duty SET due_on = '2026-12-31', submitted_at = '2026-12-30T00:00:00Z' WHERE id = 1")
    with district.database.reading() as connection:
        order = order_for_period(connection, district, ReportKind.SPECIAL, "2027")
    made = drafted(quarter, order=order)
    assert made.fields["previous"]["owed"] == 1
    assert made.fields["change"] == "较2026年度（100%）下降66.7个百分点"


def order_of(quarter: Quarter) -> Callable[[int], Order]:
    def find(duty: int) -> Order:
        with quarter.desk.district.database.reading() as connection:
            return order_for_duty(connection, quarter.desk.district, duty)

    return find


def test_the_draft_of_a_duty_is_handed_in_reviewed_and_sent_with_receipts(quarter: Quarter) -> None:
    desk, order = quarter.desk, order_of(quarter)
    desk.beat(OCTOBER)
    first = desk.duty(step="draft")
    wanted = order(first.id)
    assert (wanted.kind, wanted.signer, wanted.requirement, wanted.period.key) == (
        ReportKind.SPECIAL,
        "X-GOV",
        "draft",
        "2027",
    )
    made = drafted(quarter, OCTOBER, order=wanted)
    assert made.content.startswith(b"PK")
    assert desk.submit(first, OCTOBER).late is False
    desk.review(desk.duty(step="draft"), OCTOBER, ReviewOutcome.ACCEPTED)
    desk.beat(date(2027, 11, 2))
    assert order(desk.duty(step="send").id).requirement == "report"
    with desk.district.database.reading() as connection:
        assert full(connection, desk.district, first.id, OCTOBER)["state"] == "accepted"


def test_a_duty_that_no_report_proves_is_refused_with_those_it_would(quarter: Quarter) -> None:
    with pytest.raises(DutyStateError, match="no report is its proof") as refused:
        order_of(quarter)(quarter.ids["X-S01", "2027-01"])
    assert "higher-report, draft or send" in refused.value.hint
