"""The text of a message, from its items."""

from dataclasses import replace
from datetime import date

import pytest

from evidence.ledger import Head
from models.states import DutyState
from tasks.messages import MOST_LISTED, DutyText, Item, StepText, Urgency, message_key, render

AS_OF = date(2026, 8, 5)
DRILL = DutyText(
    title="组织疏散演练",
    english="Hold an evacuation drill",
    regulation="普陀区消防安全责任制实施办法",
    ref="art13(4)",
    steps={},
)
PLAIN = Item(
    urgency=Urgency.DUE,
    duty_id=123,
    obligation=DRILL,
    step=StepText("实施演练", ("演练记录，1份以上", "现场照片，3张以上")),
    period="2026-H2",
    plan_by=date(2026, 8, 14),
    due_on=date(2026, 8, 15),
    provisional=False,
    state=DutyState.OPEN,
    occasions=("remind_5",),
    reason="",
    own=True,
    body="曹杨第一小学",
    subject="",
)


def _render(*items: Item) -> tuple[str, str]:
    words = render(items, "曹杨第一小学", "a" * 40, AS_OF, Head(41, "f" * 64))
    return words.title, words.text


def test_a_message_says_what_by_when_on_what_ground_with_what_proof_and_how() -> None:
    title, text = _render(PLAIN)
    assert title == "【临近1项】组织疏散演练（2026-H2）"
    chinese, english, foot = text.split("-" * 70)
    for said in (
        "曹杨第一小学：",
        "截至2026年8月5日（星期三）",
        "■ 临近",
        "1. 〔蓝色·告知〕组织疏散演练（2026-H2）",
        "环节：实施演练",
        "期限：2026年8月15日（星期六），还有10天\n",
        "计划完成：2026年8月14日（星期五）",
        "缘由：提前5个工作日提醒",
        "依据：普陀区消防安全责任制实施办法 art13(4)",
        "- 演练记录，1份以上\n     - 现场照片，3张以上",
        "提交：fireduty duty submit 123 …",
    ):
        assert said in chinese
    for said in (
        "Hold an evacuation drill",
        "Saturday, 15 August 2026, 10 days left",
        "Due soon",
        "submit 123 …",
    ):
        assert said in english
    assert f"存证账 第 41 条 {'f' * 64}" in foot
    assert "a" * 40 in foot


def test_the_title_counts_each_group_and_names_the_most_urgent_duty() -> None:
    late = replace(PLAIN, urgency=Urgency.OVERDUE, duty_id=9, due_on=date(2026, 7, 31), period="2026-H1")
    fresh = replace(PLAIN, urgency=Urgency.NEW, duty_id=10)
    title, text = _render(fresh, PLAIN, late)
    assert title == "【逾期1项·临近1项·新任务1项】组织疏散演练（2026-H1）等3项"
    assert "已逾期5天" in text
    assert text.index("■ 逾期") < text.index("■ 临近") < text.index("■ 新任务")


def test_a_return_gives_the_reviewers_reason() -> None:
    returned = replace(
        PLAIN,
        urgency=Urgency.RETURNED,
        state=DutyState.RETURNED,
        occasions=("returned:1",),
        reason="照片不足3张",
    )
    _, text = _render(returned)
    assert "状态：退回补正" in text
    assert "缘由：第1版材料退回\n   审核意见：照片不足3张" in text


def test_a_supervisor_sees_the_bodies_of_one_duty_together_and_no_command_to_submit() -> None:
    below = replace(PLAIN, urgency=Urgency.BELOW, own=False, due_on=date(2026, 7, 31), occasions=("supervise_3",))
    items = [replace(below, duty_id=number, body=f"学校{number}") for number in (5, 4, 6)]
    title, text = _render(*items)
    assert title == "【下级逾期提醒3项】组织疏散演练（2026-H2）等3项"
    assert "责任主体（3）：\n     任务 4  学校4\n     任务 5  学校5\n     任务 6  学校6\n" in text
    assert "duty submit" not in text


def test_a_single_body_and_its_subject_are_named_on_one_line() -> None:
    below = replace(PLAIN, urgency=Urgency.OTHER, own=False, subject="曹杨新村街道")
    assert "责任主体：曹杨第一小学，对象：曹杨新村街道\n" in _render(below)[1]


def test_duties_of_one_body_that_differ_in_their_subject_are_listed_by_subject() -> None:
    items = [replace(PLAIN, duty_id=number, subject=f"街道{number}") for number in (1, 2)]
    assert "对象（2）：\n     任务 1  街道1\n     任务 2  街道2\n" in _render(*items)[1]


def test_of_very_many_bodies_the_rest_is_counted() -> None:
    below = replace(PLAIN, urgency=Urgency.BELOW, own=False)
    items = [replace(below, duty_id=number, body=f"单位{number}") for number in range(MOST_LISTED + 7)]
    title, text = _render(*items)
    assert title.startswith(f"【下级逾期提醒{MOST_LISTED + 7}项】")
    assert "另有 7 项，见 fireduty duty list" in text


def test_a_provisional_date_is_marked_in_both_languages() -> None:
    _, text = _render(replace(PLAIN, provisional=True))
    assert "计划日期以节假日安排或校历公布后为准" in text
    assert "planned days may move" in text


def test_a_closed_duty_is_told_without_days_and_without_a_command_to_submit() -> None:
    closed = replace(PLAIN, urgency=Urgency.SETTLED, state=DutyState.ACCEPTED, occasions=("accepted:1",))
    _, text = _render(closed)
    assert "期限：2026年8月15日（星期六）\n" in text
    assert "duty submit" not in text
    assert "佐证材料" not in text


def test_names_are_not_escaped_and_a_title_is_one_line() -> None:
    odd = replace(PLAIN, obligation=replace(DRILL, title="A & B\n<演练>"))
    title, text = _render(odd)
    assert title == "【临近1项】A & B <演练>（2026-H2）"
    assert "A & B" in text


def test_the_lines_of_a_message_carry_no_blanks_at_their_ends_and_no_gaps() -> None:
    _, text = _render(PLAIN, replace(PLAIN, urgency=Urgency.NEW, duty_id=7, provisional=True))
    assert all(line == line.rstrip() for line in text.splitlines())
    assert "\n\n\n\n" not in text


@pytest.mark.parametrize("other", [("a@example.test", [1, 2]), ("b@example.test", [1, 2, 3]), ("", [12, 3])])
def test_the_key_depends_on_the_address_and_the_notices_alone(other: tuple[str, list[int]]) -> None:
    key = message_key("a@example.test", [3, 1, 2])
    assert key == message_key("a@example.test", [1, 2, 3])
    assert key != message_key(*other)
    assert len(key) == 40
