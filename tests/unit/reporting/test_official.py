"""Dates, numbers and clauses as official documents write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.periods import Frequency, period
from fireduty.errors import InputError
from tasks.reporting.official import (
    change_text,
    chinese_number,
    clause_text,
    date_text,
    document_number,
    frequency_text,
    period_text,
    share,
    share_text,
)


def test_a_date_has_no_leading_noughts() -> None:
    assert date_text(date(2026, 8, 5)) == "2026年8月5日"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("2027", "2027年度"),
        ("2027-H1", "2027年上半年"),
        ("2027-H2", "2027年下半年"),
        ("2027-Q1", "2027年第一季度"),
        ("2027-Q4", "2027年第四季度"),
        ("2027-03", "2027年3月"),
        ("2026..2028", "2026年1月1日至2028年12月31日"),
    ],
)
def test_a_period_is_said_in_chinese(key: str, said: str) -> None:
    assert period_text(period(key)) == said


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("art8(12)", "第八条第（十二）项"),
        ("art10(4)", "第十条第（四）项"),
        ("art24.p1", "第二十四条第一款"),
        ("art11(1)p2", "第十一条第（一）项第二段"),
        ("art21", "第二十一条"),
        ("s4.1.2", "第四部分第（一）项第2点"),
        ("s3", "第三部分"),
        ("s1.2p3", "第一部分第（二）项第三段"),
        ("annex", "annex"),
    ],
)
def test_a_clause_is_named_as_documents_name_it(ref: str, said: str) -> None:
    assert clause_text(ref) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "零"),
        (7, "七"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (99, "九十九"),
        (101, "一百零一"),
        (110, "一百一十"),
    ],
)
def test_numbers_are_written_in_chinese(value: int, said: str) -> None:
    assert chinese_number(value) == said


@pytest.mark.parametrize("given_", ["普府〔2027〕12号", "×消安委〔2026〕3号"])
def test_a_document_number_in_order_is_left_alone(given_: str) -> None:
    assert document_number(given_).text == given_
    assert not document_number(given_).changed


@pytest.mark.parametrize(
    "given_",
    [
        "普府[2027]12号",
        "普府(2027)12号",
        "普府（2027）12号",
        "普府【2027】12号",
        "普府\uff3b2027\uff3d12号",
        "普府〔2027〕第12号",
        "普府〔2027〕012号",
        " 普府 〔2027〕 12 号 ",
        "普府〔\uff12\uff10\uff12\uff17〕\uff11\uff12号",
    ],
)
def test_a_document_number_in_another_form_is_put_right_and_says_so(given_: str) -> None:
    found = document_number(given_)
    assert (found.text, found.changed) == ("普府〔2027〕12号", True)


@pytest.mark.parametrize(
    "given_", ["", "普府2027-12", "〔2027〕12号", "普府〔27〕12号", "普府〔2027〕0号", "普府〔2027〕12"]
)
def test_what_is_no_document_number_is_refused_with_an_example(given_: str) -> None:
    with pytest.raises(InputError, match="普府〔2027〕12号"):
        document_number(given_)


@given(st.text(min_size=1), st.integers(1000, 9999), st.integers(1, 999_999))
def test_putting_a_document_number_right_twice_is_the_same_as_once(issuer: str, year: int, number: int) -> None:
    try:
        once = document_number(f"{issuer}[{year}]{number:06}号").text
    except InputError:
        assert not issuer.split()
        return
    assert document_number(once).text == once


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(1, 3, "33.3%"), (1, 1, "100%"), (0, 5, "0%"), (1, 8, "12.5%"), (0, 0, "—")]
)
def test_a_share_has_at_most_one_decimal(part: int, whole: int, said: str) -> None:
    assert share_text(part, whole) == said


def test_half_a_tenth_is_rounded_up() -> None:
    assert share(1, 80) == Decimal("1.3")


def test_a_change_is_said_in_percentage_points() -> None:
    now, before = Decimal("87.5"), Decimal("85.0")
    assert change_text(now, before, "2026年度") == "较2026年度（85%）上升2.5个百分点"
    assert change_text(before, now, "2026年度") == "较2026年度（87.5%）下降2.5个百分点"
    assert change_text(now, now, "2026年度") == "与2026年度持平"
    assert change_text(now, None, "2026年度") == "与2026年度无可比数据"


@pytest.mark.parametrize("frequency", [*Frequency, None])
def test_every_frequency_has_a_word(frequency: Frequency | None) -> None:
    assert frequency_text(frequency)
