"""How messages say dates, spans and occasions."""

from datetime import date

import pytest
from jinja2 import UndefinedError

from tasks import wording
from tasks.messages import Urgency

AS_OF = date(2026, 8, 5)


def test_a_date_is_said_with_its_weekday() -> None:
    assert wording.date_zh(AS_OF) == "2026年8月5日（星期三）"
    assert wording.date_zh(date(2026, 8, 9)) == "2026年8月9日（星期日）"
    assert wording.date_en(AS_OF) == "Wednesday, 5 August 2026"


@pytest.mark.parametrize(
    ("due_on", "chinese", "english"),
    [
        (date(2026, 8, 20), "还有15天", "15 days left"),
        (date(2026, 8, 6), "还有1天", "1 day left"),
        (AS_OF, "今日到期", "due today"),
        (date(2026, 8, 4), "已逾期1天", "1 day overdue"),
        (date(2026, 7, 31), "已逾期5天", "5 days overdue"),
    ],
)
def test_days_left_and_days_overdue_are_counted_from_the_due_date(due_on: date, chinese: str, english: str) -> None:
    assert wording.left_zh(due_on, AS_OF) == chinese
    assert wording.left_en(due_on, AS_OF) == english


@pytest.mark.parametrize(
    ("occasion", "chinese", "english"),
    [
        ("assigned", "任务下达", "assigned"),
        ("remind_15", "提前15个工作日提醒", "reminder 15 working days ahead"),
        ("due_0", "到期提醒", "due"),
        ("overdue_1", "逾期第1个工作日", "working day 1 overdue"),
        ("office_5", "逾期第5个工作日，警示", "working day 5 overdue, warning to the committee office"),
        ("returned:2", "第2版材料退回", "revision 2 returned"),
        ("accepted:12", "第12版材料审核通过", "revision 12 accepted"),
    ],
)
def test_an_occasion_is_said_in_words(occasion: str, chinese: str, english: str) -> None:
    assert wording.occasion_zh(occasion) == chinese
    assert wording.occasion_en(occasion) == english


@pytest.mark.parametrize("occasion", ["", "referral_20", "remind", "returned:", "a:b:c_1", "x\ny_3", "约谈"])
def test_an_unknown_occasion_is_said_as_it_is(occasion: str) -> None:
    assert wording.occasion_zh(occasion) == occasion
    assert wording.occasion_en(occasion) == occasion


def test_every_group_of_a_message_has_a_name_in_both_languages() -> None:
    assert set(wording.GROUPS) == set(Urgency)


def test_a_fact_that_a_template_names_and_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="counts"):
        wording.render("title.txt.j2", {})
