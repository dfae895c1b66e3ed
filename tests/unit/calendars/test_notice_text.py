"""The official text of a notice, as pasted, becomes the same notice as the one written by hand."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from calendars.notice_text import Reading, read_notice_text
from calendars.notices import NOTICES, WEEKDAYS, Block, Notice, read_notice, stored_notices
from fireduty.errors import CalendarDataError, CalendarError

GOLDEN = Path(__file__).parents[2] / "golden" / "calendars"
READ_ON = date(2026, 11, 21)
NUMBERS = "一二三四五六七"
STORED = {notice.id: notice for notice in stored_notices(NOTICES)}
YEARLY = [notice for notice in STORED.values() if not notice.supersedes]


def day_text(on: date, year: int, weekday: str) -> str:
    named_year = "" if on.year == year else f"{on.year}年"
    marks = {"short": f"（{WEEKDAYS[on.weekday()]}）", "long": f"（星期{WEEKDAYS[on.weekday()][1]}）", "": ""}
    return f"{named_year}{on.month}月{on.day}日{marks[weekday]}"


def rest_text(block: Block, year: int, weekday: str) -> str:
    """One holiday's days of rest, in the forms of the years in which no weekday, or a short one, was printed."""
    first, last = block.rest_from, block.rest_to
    days = (last - first).days + 1
    if first == last:
        tail = "放假，与周末连休" if not block.entry.has("days") else f"放假，共{days}天"
        return day_text(first, year, weekday) + tail
    until = f"{last.day}日" if (first.year, first.month) == (last.year, last.month) else day_text(last, first.year, "")
    shown = f"{until}（农历正月初七、{WEEKDAYS[last.weekday()]}）" if weekday == "short" else until
    return f"{day_text(first, year, weekday)}至{shown}{'放假调休' if block.work else '放假'}，共{days}天"


def items(notice: Notice, weekday: str) -> Iterator[str]:
    for number, block in zip(NUMBERS, notice.blocks, strict=False):
        work = "、".join(day_text(on, notice.year, weekday or "long") for on in block.work)
        made_up = f"{work}上班。" if work else ""
        yield f"{number}、{block.name}：{rest_text(block, notice.year, weekday)}。{made_up}"


def official(notice: Notice, weekday: str = "") -> str:
    issued = notice.issued_on
    return "\n".join(
        [
            f"国务院办公厅关于{notice.year}年",
            "部分节假日安排的通知",
            notice.document,
            "",
            "各省、自治区、直辖市人民政府，国务院各部委、各直属机构：",
            f"　　经国务院批准，现将{notice.year}年元旦、春节等放假调休日期的具体安排通知如下。",
            *(f"　　{item}" for item in items(notice, weekday)),
            "　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。",
            "国务院办公厅",
            f"{issued.year}年{issued.month}月{issued.day}日",
            "",
        ]
    )


@pytest.fixture
def reading() -> Callable[..., Reading]:
    def read(text: str, *known: Notice) -> Reading:
        return read_notice_text(text, Path("pasted.txt"), known, READ_ON)

    return read


@pytest.mark.parametrize("weekday", ["", "short"])
@pytest.mark.parametrize("notice", YEARLY, ids=lambda notice: notice.id)
def test_every_yearly_notice_is_read_as_it_is_on_file(
    notice: Notice, weekday: str, reading: Callable[..., Reading]
) -> None:
    found = reading(official(notice, weekday)).notice
    assert found.decides == notice.decides
    assert found.issued_on == notice.issued_on


def test_a_notice_nobody_has_seen_is_read(reading: Callable[..., Reading], tmp_path: Path) -> None:
    invented = read_notice(GOLDEN / "invented-2027.yaml")
    text = official(invented, "short").replace(invented.document, "国办发明电〔2026〕9号")
    found = reading(text)
    assert found.notice.blocks[1].work == (date(2027, 1, 31), date(2027, 2, 14))
    stored = tmp_path / "2027.yaml"
    stored.write_text(found.yaml, encoding="utf-8")
    assert read_notice(stored).decides == found.notice.decides
    assert read_notice(stored).last_verified_on == READ_ON


AMENDED_2019 = """国务院办公厅关于调整2019年劳动节假期安排的通知
国办发明电〔2019〕3号
经国务院批准，现将调整2019年劳动节放假安排通知如下。
一、2019年5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。
二、各地区、各部门要抓紧做好落实工作。
国务院办公厅
2019年3月22日
"""
EXTENDED_2020 = """国务院办公厅关于延长2020年春节假期的通知
国办发明电〔2020〕1号
经国务院批准，现将延长2020年春节假期的具体安排通知如下。
一、延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。
二、各地大专院校、中小学、幼儿园推迟开学，具体时间由教育部门另行通知。
国务院办公厅
2020年1月26日
"""


@pytest.mark.parametrize(
    ("text", "name"), [(AMENDED_2019, "cn-2019-labour-day"), (EXTENDED_2020, "cn-2020-spring-festival")]
)
def test_both_amendments_are_read_as_they_are_on_file(text: str, name: str, reading: Callable[..., Reading]) -> None:
    assert reading(text, *YEARLY).notice.decides == STORED[name].decides


def test_an_amendment_of_a_year_that_is_not_on_file_is_refused(reading: Callable[..., Reading]) -> None:
    with pytest.raises(CalendarDataError, match=r"pasted\.txt:1: amends 劳动节 of 2019, and no notice on file"):
        reading(AMENDED_2019)


class TestHowItWasPasted:
    text = official(STORED["cn-2026"], "short")

    @pytest.mark.parametrize(
        "changed",
        [
            text.replace("\n", ""),
            text.replace("\n", "\r\n"),
            text.replace("（", "(").replace("）", ")").replace("，", ",").replace("：", ":"),
            text.replace("月", " 月 ").replace("日", " 日"),
            text.translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
            "".join(f"<p><strong>{line}</strong></p>\n" for line in text.splitlines()),
            text.replace("共3天", "共\n3天"),
            "\ufeff" + text,
            f"来源：中国政府网 2025-11-04\n{text}\n相关稿件\n更多",
            text.replace("周", "星期"),
            text.replace("上班", "正常上班"),
            text.replace("国办发明电〔2025〕7号", "国办发明电[2025]7号"),
        ],
    )
    def test_does_not_matter(self, changed: str, reading: Callable[..., Reading]) -> None:
        found = reading(changed).notice
        assert found.blocks[1].rest_from == date(2026, 2, 15)
        assert [block.work for block in found.blocks] == [block.work for block in STORED["cn-2026"].blocks]

    def test_leave_that_is_only_encouraged_changes_no_day(self, reading: Callable[..., Reading]) -> None:
        text = official(STORED["cn-2024"]).replace(
            "三、清明节", "鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。\n三、清明节"
        )
        assert reading(text).notice.decides == STORED["cn-2024"].decides

    def test_a_weekday_in_lieu_of_a_weekend_is_read(self, reading: Callable[..., Reading]) -> None:
        text = official(STORED["cn-2018"]).replace("6月18日放假，与周末连休", "6月16日放假，6月18日（星期一）补休")
        block = reading(text).notice.blocks[4]
        assert (block.rest_from, block.rest_to) == (date(2018, 6, 16), date(2018, 6, 18))

    def test_the_address_is_kept_where_it_was_pasted_too(self, reading: Callable[..., Reading]) -> None:
        found = reading(self.text + "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm\n")
        assert found.notice.url == STORED["cn-2026"].url

    def test_the_address_can_be_given_beside_the_text(self) -> None:
        url = STORED["cn-2026"].url
        assert read_notice_text(self.text, Path("pasted.txt"), (), READ_ON, url).notice.url == url
        with pytest.raises(CalendarError, match=r"address on gov\.cn"):
            read_notice_text(self.text, Path("pasted.txt"), (), READ_ON, "javascript:1")


@pytest.mark.parametrize(
    ("old", "new", "line", "fault"),
    [
        ("共9天", "共8天", 8, "8 days stated, 9 days listed"),
        ("至23日", "至24日", 8, "2026-02-24 is a 周二, not a 周一"),
        ("2月28日（周六）", "2月27日（周六）", 8, "2026-02-27 is a 周五, not a 周六"),
        ("、2月28日（周六）", "", 8, "but 1 make-up days are listed"),
        ("2月15日", "2月30日", 8, "no such date in 2026"),
        ("六、中秋节：9月25日（周五）至27日", "六、中秋节：9月25日（周五）至20日", 12, "before it starts on"),
        ("1月4日（周日）上班", "1月4日（周日）视情上班", 7, "元旦: not understood: 1月4日"),
        (
            "三、清明节：4月4日（周六）至6日（农历正月初七、周一）放假，共3天。",
            "三、清明节：另行通知。",
            9,
            "no days of rest",
        ),
        ("国办发明电〔2025〕7号", "", 1, r"document number .* is missing"),
        ("国务院办公厅\n2025年11月4日", "", 14, "signature .* is missing"),
        ("2025年11月4日", "2024年11月4日", 15, "not in the year arranged"),
        ("2025年11月4日", "2025年13月4日", 15, "no such date"),
        ("部分节假日安排的通知", "工作要点", 1, "not a holiday notice"),
        ("2026年", "2066年", 7, "2066-01-01 is a 周五, not a 周四"),
    ],
)
def test_what_does_not_agree_is_refused_at_its_line_of_the_text(
    old: str, new: str, line: int, fault: str, reading: Callable[..., Reading]
) -> None:
    text = official(STORED["cn-2026"], "short")
    assert old in text
    with pytest.raises(CalendarDataError, match=rf"^pasted\.txt:{line}: .*{fault}") as refusal:
        reading(text.replace(old, new))
    assert refusal.value.hint


@pytest.mark.parametrize(
    "text", ["", " \n", "今日菜单：红烧肉。", "国务院办公厅关于2027年部分节假日安排的通知", "\x00\x01", "年月日" * 1000]
)
def test_a_text_that_is_no_notice_is_refused(text: str, reading: Callable[..., Reading]) -> None:
    with pytest.raises(CalendarDataError, match=r"^pasted\.txt:1: ") as refusal:
        reading(text)
    assert refusal.value.hint
