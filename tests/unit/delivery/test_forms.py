"""Each channel gets its message in its own form, and never more than it takes."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.ledger import Head
from fireduty.settings import Settings
from tasks import wording
from tasks.forms import DINGTALK, FEISHU, MAIL, PLAIN, SHORT, WECOM, Form, Words, form_of
from tasks.message_templates import SAMPLE_DAY, SAMPLES
from tasks.messages import Item, render

ITEM = SAMPLES[2]


def _render(form: Form, *items: Item) -> Words:
    return render(items, "曹杨第一小学", "a" * 40, SAMPLE_DAY, Head(41, "f" * 64), form)


def _many(count: int) -> list[Item]:
    return [replace(ITEM, duty_id=number, period=f"第{number}期", subject="") for number in range(count)]


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("mailtos://a:b@c.example/?to={address}", MAIL),
        ("wecombot://{address}", WECOM),
        ("dingtalk://s@{address}", DINGTALK),
        ("feishu://{address}", FEISHU),
        ("sns://a/b/c/{address}", SHORT),
        ("jsons://c.example/{address}", PLAIN),
    ],
)
def test_a_channel_has_the_form_of_its_service(url: str, form: Form) -> None:
    settings = Settings(folder=Path(), in_force_on=SAMPLE_DAY, channels={"one": url})
    assert form_of(settings, "one") is form
    assert form_of(settings, "none") is PLAIN


@pytest.mark.parametrize("form", [WECOM, DINGTALK, FEISHU, SHORT])
def test_what_does_not_fit_is_cut_between_items_and_counted(form: Form) -> None:
    words = _render(form, *_many(400))
    assert form.fits(words.text)
    shown = (
        sum(f"第{number}期）" in words.text for number in range(400))
        if form is not SHORT
        else words.text.count("；") - 1
    )
    assert shown >= 1
    assert f"…另有{400 - shown}项" in words.text
    assert "aaaaaaaa" in words.text


@given(count=st.integers(1, 60), length=st.integers(1, 300))
def test_no_message_is_ever_too_long(count: int, length: int) -> None:
    items = [replace(one, body="甲" * length, reason="理" * length) for one in _many(count)]
    for form in (WECOM, SHORT):
        assert form.fits(_render(form, *items).text)


def test_a_single_item_that_is_too_long_is_cut_and_ends_with_an_ellipsis() -> None:
    long = replace(ITEM, obligation=replace(ITEM.obligation, title="长" * 3000))
    text = _render(WECOM, long).text
    assert WECOM.fits(text)
    assert text.endswith("…")


def test_one_item_fits_everywhere_and_nothing_is_said_to_be_left_out() -> None:
    for form in (WECOM, DINGTALK, FEISHU, SHORT, PLAIN):
        assert "…另有" not in _render(form, ITEM).text


def test_many_bodies_of_one_duty_are_counted_where_they_are_not_listed() -> None:
    below = [
        replace(SAMPLES[4], duty_id=number, body=f"学校{number:03}", event_on=None, subject="") for number in range(50)
    ]
    assert "学校004…另有45项" in _render(WECOM, *below).text


def test_html_says_the_same_in_colours_with_their_words_and_escapes_what_it_is_given() -> None:
    late = replace(SAMPLES[0], obligation=replace(ITEM.obligation, title="A & B <script>"))
    html = _render(MAIL, late).html
    assert "A &amp; B &lt;script&gt;" in html
    assert "<script>" not in html
    assert "background:#f2c100" in html
    assert "黄色·逾期" in html
    assert "f" * 64 in html
    assert _render(PLAIN, late).html == ""


@pytest.mark.parametrize(
    ("level", "word"),
    [
        ("information", "蓝色·告知"),
        ("warning", "黄色·警示"),
        ("admonition", "红色·告诫"),
        ("unheard-of", "蓝色·unheard-of"),
    ],
)
def test_every_level_has_a_colour_and_its_word(level: str, word: str) -> None:
    assert wording.level_zh(level) == word
    assert word in _render(MAIL, replace(ITEM, level=level)).html


def test_the_most_pressing_level_is_told() -> None:
    assert wording.pressing(["overdue", "information", "warning", "reminder"]) == "warning"


@pytest.mark.parametrize(
    ("left", "chinese", "english"),
    [
        ((7, 7), "（7个工作日）", " (7 working days)"),
        ((1, 1), "（1个工作日）", " (1 working day)"),
        ((6, 7), "（6至7个工作日，以放假安排为准）", " (6 to 7 working days, as the holiday notice will say)"),
        (None, "", ""),
        ((-3, -3), "", ""),
    ],
)
def test_working_days_left_are_said_where_they_are_known(
    left: tuple[int, int] | None, chinese: str, english: str
) -> None:
    assert wording.workdays_zh(left) == chinese
    assert wording.workdays_en(left) == english


def test_a_weekday_and_the_working_days_left_stand_by_the_date() -> None:
    text = _render(PLAIN, replace(ITEM, due_on=date(2027, 3, 19), workdays_left=(14, 14))).text
    assert "期限：2027年3月19日（星期五），还有18天（14个工作日）" in text
    assert "Friday, 19 March 2027, 18 days left (14 working days)" in text
