"""How official documents write dates, periods, clauses, shares and document numbers (GB/T 9704, GB/T 15835)."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from calendars.periods import Frequency, Period
from fireduty.errors import InputError, Problem

NOTHING = "—"
"""What stands where there is no figure."""

_DIGITS = "零一二三四五六七八九"
_TEN = 10
_HUNDRED = 100

# The brackets people type in place of 〔〕: square, round and lenticular ones, narrow and wide.
_NUMBER = re.compile(
    r"(?P<issuer>.+?)[〔\[(【（\uff3b](?P<year>\d{4})[〕\])】）\uff3d]第?(?P<number>\d{1,6})号",
)
_ARTICLE = re.compile(r"art(\d+)(?:\((\d+)\))?(?:\.?p(\d+))?")
_SECTION = re.compile(r"s(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.?p(\d+))?")

_FREQUENCIES = {
    "daily": "每日",
    "weekly": "每周",
    "monthly": "每月",
    "quarterly": "每季度",
    "half_yearly": "每半年",
    "yearly": "每年",
    "school_term": "每学期",
    "every_3_years": "每三年",
    "every_5_years": "每五年",
    "continuous": "持续",
    "occasion": "重要时段",
    "after_last": "距上次一定期限",
}


@dataclass(frozen=True)
class DocumentNumber:
    """A document number (发文字号) as GB/T 9704-2012, 7.2.5 has it.

    Attributes:
        text: Issuer, year in full in six-angle brackets, number without 第 and without leading noughts, 号.
        changed: Whether it was given in another form.
    """

    text: str
    changed: bool


def document_number(given: str) -> DocumentNumber:
    """Read a document number; other brackets, full-width characters, 第 and leading noughts are put right.

    Raises:
        InputError: If it is none.
    """
    match = _NUMBER.fullmatch("".join(given.split()))
    if match is None or int(match["number"]) == 0:
        message = "document number refused:"
        fault = Problem("document number", f"expected one such as 普府〔2027〕12号, got {given!r}")
        hint = "Write issuer, year of four digits in brackets, number, 号; leave it out where none is given yet."
        raise InputError(message, [fault], hint)
    text = f"{match['issuer']}〔{int(match['year'])}〕{int(match['number'])}号"
    return DocumentNumber(text, text != given)


def date_text(on: date) -> str:
    """Write a date as documents do: 2027年8月5日, without leading noughts."""
    return f"{on.year}年{on.month}月{on.day}日"


def period_text(period: Period) -> str:
    """Name a natural period in Chinese: 2027年度, 2027年上半年, 2027年第一季度, 2027年3月; others by their days."""
    on = period.starts_on
    match period.frequency:
        case Frequency.YEARLY:
            return f"{on.year}年度"
        case Frequency.HALF_YEARLY:
            return f"{on.year}年{'上' if on.month == 1 else '下'}半年"
        case Frequency.QUARTERLY:
            return f"{on.year}年第{_DIGITS[(on.month + 2) // 3]}季度"
        case Frequency.MONTHLY | Frequency.CONTINUOUS:
            return f"{on.year}年{on.month}月"
        case _:
            return f"{date_text(on)}至{date_text(period.ends_on)}"


def clause_text(ref: str) -> str:
    """Write a place in a text as documents do: art8(12) is 第八条第（十二）项."""
    if match := _ARTICLE.fullmatch(ref):
        article, item, paragraph = match.groups()
        words = f"第{chinese_number(int(article))}条"
        if item and paragraph:
            return f"{words}第（{chinese_number(int(item))}）项第{chinese_number(int(paragraph))}段"
        if item:
            return f"{words}第（{chinese_number(int(item))}）项"
        return f"{words}第{chinese_number(int(paragraph))}款" if paragraph else words
    if match := _SECTION.fullmatch(ref):
        section, item, point, paragraph = match.groups()
        words = f"第{chinese_number(int(section))}部分"
        words += f"第（{chinese_number(int(item))}）项" if item else ""
        words += f"第{point}点" if point else ""
        return f"{words}第{chinese_number(int(paragraph))}段" if paragraph else words
    return ref


def chinese_number(value: int) -> str:
    """Write a number from 0 to 999 in Chinese, as numbered places are."""
    hundreds, rest = divmod(value, _HUNDRED)
    tens, ones = divmod(rest, _TEN)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += f"{'' if tens == 1 and not hundreds else _DIGITS[tens]}十"
    elif hundreds and ones:
        words += _DIGITS[0]
    return words + (_DIGITS[ones] if ones or not value else "")


def frequency_text(frequency: Frequency | None) -> str:
    """Name a frequency in Chinese; an obligation without one runs from events."""
    return "事件触发" if frequency is None else _FREQUENCIES[frequency.value]


def share(part: int, whole: int) -> Decimal | None:
    """Return a share in per cent with one decimal, rounded half up; nothing of nothing has none."""
    if not whole:
        return None
    return (Decimal(_HUNDRED * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def share_text(part: int, whole: int) -> str:
    """Write a share: 95.3%, 100%, or a dash."""
    found = share(part, whole)
    return (
        NOTHING if found is None else f"{found.to_integral_value() if found == found.to_integral_value() else found}%"
    )


def change_text(now: Decimal | None, before: Decimal | None, period: str) -> str:
    """Say how a share in per cent compares with that of an earlier period, in percentage points."""
    if now is None or before is None:
        return f"与{period}无可比数据"
    if now == before:
        return f"与{period}持平"
    return f"较{period}（{_plain(before)}%）{'上升' if now > before else '下降'}{_plain(abs(now - before))}个百分点"


def _plain(value: Decimal) -> str:
    return str(value).removesuffix(".0")
