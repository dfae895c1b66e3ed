"""Clauses are found in a text by its numbers. The texts here are made up."""

import pytest

from models.clauses import clauses_of, digest, number

BY_SECTION = """
某区办公室文件

转发实施意见的通知，请遵照执行。

一、目标

守住底线，减少
火灾。

二、机构

（一）委员会。各街镇设立委员会，

由负责人担任主任。

居委会另设专人。

（二）园区。园区照此设立。

三、机制

（一）排查机制

各街镇开展排查。

1.第一类

对象：住宅。

主体：居委会每月查一遍。

2. 第二类

对象：商铺。

主体：街镇每日查一遍。

（二）处置机制

1.流程。发现后整改。

四、要求

（一）加强领导。各部门落实。

某支队

2027年1月1日

抄送：各单位。
"""


def words_of(text: str) -> dict[str, str]:
    return {clause.ref: clause.words for clause in clauses_of(text)}


def test_a_bare_heading_stands_with_all_that_is_below_it_up_to_the_next_number() -> None:
    found = words_of(BY_SECTION)
    assert found["s1"] == "一、目标守住底线，减少火灾。"
    assert found["s3.1"] == "（一）排查机制各街镇开展排查。"
    assert found["s3.1.1"] == "1.第一类对象：住宅。主体：居委会每月查一遍。"
    assert found["s3.1.2"] == "2.第二类对象：商铺。主体：街镇每日查一遍。"


def test_a_bare_heading_with_nothing_but_numbers_below_it_is_a_clause_of_its_own() -> None:
    found = words_of(BY_SECTION)
    assert (found["s2"], found["s3"], found["s3.2"]) == ("二、机构", "三、机制", "（二）处置机制")


def test_a_heading_with_words_is_followed_by_its_further_paragraphs() -> None:
    found = words_of(BY_SECTION)
    assert found["s2.1"] == "（一）委员会。各街镇设立委员会，由负责人担任主任。"
    assert found["s2.1p2"] == "居委会另设专人。"


def test_notice_signature_and_date_are_no_clauses() -> None:
    assert list(words_of(BY_SECTION)) == [
        *("s1", "s2", "s2.1", "s2.1p2", "s2.2"),
        *("s3", "s3.1", "s3.1.1", "s3.1.2", "s3.2", "s3.2.1", "s4", "s4.1"),
    ]


def test_a_text_with_articles_has_items_and_paragraphs() -> None:
    text = (
        "总则\n第一条 为防火，制定本办法。\n第二章 职责\n第二条 应当：\n（一）巡查；\n（二）演练。\n"
        "街道照此办理。\n第三条 甲。\n乙。"
    )
    assert words_of(text) == {
        "art1": "为防火，制定本办法。",
        "art2": "应当：",
        "art2(1)": "巡查；",
        "art2(2)": "演练。",
        "art2(2)p2": "街道照此办理。",
        "art3.p1": "甲。",
        "art3.p2": "乙。",
    }


def test_blanks_line_ends_and_forms_of_brackets_change_no_digest() -> None:
    assert digest("（一） 巡查，\n演练；") == digest("(一)巡查,演练;")
    assert digest("巡查") != digest("演练")


@pytest.mark.parametrize(("chinese", "value"), [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("三十四", 34)])
def test_chinese_numbers(chinese: str, value: int) -> None:
    assert number(chinese) == value
