"""Notices check themselves, each other and the statute; every fault names its file and line."""

from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest

from calendars.notices import NOTICES, read_notice, read_notices
from fireduty.errors import CalendarDataError

HEAD = """id: cn-2026
year: 2026
document: 国办发明电〔2025〕7号
issued_on: 2025-11-04
url: https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm
last_verified_on: 2026-11-21
holidays:
"""
GOOD = """  - name: 劳动节
    rest: [2026-05-01, 2026-05-05]
    days: 5
    work: {2026-05-09: 周六}
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, name: str = "2026.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def packaged(tmp_path: Path) -> Path:
    """A copy of all notices of the package, to be damaged."""
    folder = tmp_path / "notices"
    folder.mkdir()
    for path in NOTICES.glob("*.yaml"):
        copy(path, folder)
    return folder


def damage(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


class TestThoseOfThePackage:
    def test_are_eleven_for_nine_years(self) -> None:
        notices = read_notices(NOTICES)
        assert len(notices) == 11
        assert {notice.year for notice in notices} == set(range(2018, 2027))

    def test_carry_number_day_of_issue_address_and_day_of_check(self) -> None:
        for notice in read_notices(NOTICES):
            assert notice.document.startswith("国办发明电〔")
            assert notice.issued_on.year in (notice.year - 1, notice.year)
            assert notice.url.startswith("https://www.gov.cn/zhengce/")
            assert notice.last_verified_on >= notice.issued_on

    @pytest.mark.parametrize(("amended", "holiday"), [("cn-2019", "劳动节"), ("cn-2020", "春节")])
    def test_lose_the_holiday_an_amendment_replaces(self, amended: str, holiday: str) -> None:
        found = {notice.id: notice for notice in read_notices(NOTICES)}
        assert holiday not in {block.name for block in found[amended].blocks}
        amendment = next(n for n in found.values() if n.supersedes == amended)
        assert [block.name for block in amendment.blocks] == [holiday]


def test_a_good_notice_is_read(written: Callable[..., Path]) -> None:
    assert read_notice(written(HEAD + GOOD)).blocks[0].name == "劳动节"


@pytest.mark.parametrize(
    ("old", "new", "line", "fault"),
    [
        ("days: 5", "days: 6", 10, "6 days stated, 5 days listed"),
        ("2026-05-05]", "2026-05-06]", 10, "5 days stated, 6 days listed"),
        ("周六", "周日", 11, "2026-05-09 is a 周六, not a 周日"),
        ("2026-05-09: 周六", "2026-05-11: 周一", 11, "only a weekend day can be made up"),
        ("2026-05-09: 周六", "2026-05-02: 周六", 11, "2026-05-02 is also a day of rest"),
        ("    work: {2026-05-09: 周六}\n", "", 9, "but 0 make-up days are listed"),
        ("2026-05-09: 周六", "2026-05-09: 周六, 2026-05-10: 周日", 9, "but 2 make-up days"),
        ("[2026-05-01, 2026-05-05]", "[2026-05-05, 2026-05-01]", 9, "before it starts on"),
        ("[2026-05-01, 2026-05-05]", "[2027-05-01, 2027-05-05]", 9, "outside the year 2026"),
        ("[2026-05-01, 2026-05-05]", "[2026-05-01]", 9, "expected two dates"),
        ("[2026-05-01, 2026-05-05]", "2026-05-01", 9, "expected a list"),
        ("2026-05-05]", "2026-02-30]", 9, "no such date"),
        ("2026-05-05]", "五月五日]", 9, "expected a list of date"),
        ("2026-05-09: 周六", "五月九日: 周六", 11, "expected a date"),
        ("days: 5", "days: five", 10, "expected a whole number"),
        ("days: 5", "dayz: 5", 10, "unknown key 'dayz'"),
        ("days: 5", "days: 5\n    days: 5", 11, "'days' appears twice"),
        ("name: 劳动节", "nama: 劳动节", 8, "unknown key 'nama'"),
        ("year: 2026", "year: soon", 2, "expected a whole number"),
        ("year: 2026", "year: true", 2, "expected a whole number"),
        ("year: 2026", "year: 2066", 2, "2066 lies outside the years covered, 2018 to 2050"),
        ("issued_on: 2025-11-04", "issued_on: 2024-11-04", 4, "not in the year arranged or the one before"),
        ("issued_on: 2025-11-04", "issued_on: 4 Nov", 4, "expected a date"),
        ("document: 国办发明电〔2025〕7号", "document: 7", 3, "expected a text"),
        ("document: 国办发明电〔2025〕7号\n", "", 1, "document: missing"),
        ("holidays:\n", "holidays: none\nx:\n", 8, "unknown key 'x'"),
        ("  - name: 劳动节\n", "  - 劳动节\n  - name: 劳动节\n", 7, "expected mappings"),
        ("    rest: [", "   rest: [", 9, "not readable as YAML"),
        ("    rest: [2026-05-01, 2026-05-05]", "    rest: [2026-05-01, 2026-05-05", 10, "YAML"),
    ],
)  # fmt: skip
def test_a_notice_that_contradicts_itself_is_refused_at_its_line(
    written: Callable[..., Path], old: str, new: str, line: int, fault: str
) -> None:
    path = written(HEAD + GOOD)
    damage(path, old, new)
    with pytest.raises(CalendarDataError, match=rf"2026\.yaml:{line}: .*{fault}"):
        read_notice(path)


@pytest.mark.parametrize("text", ["", "国务院办公厅通知", "- 1\n", "\x00", "a: [1"])
def test_a_text_that_is_no_notice_is_refused(written: Callable[..., Path], text: str) -> None:
    with pytest.raises(CalendarDataError, match=r"2026\.yaml:[12]: ") as refusal:
        read_notice(written(text))
    assert refusal.value.hint


def test_a_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "2026.yaml"
    path.write_bytes("id: 节假日".encode("gb18030"))
    with pytest.raises(CalendarDataError, match="not UTF-8"):
        read_notice(path)


class TestTogether:
    def test_a_missing_year_is_refused(self, packaged: Path) -> None:
        (packaged / "2024.yaml").unlink()
        with pytest.raises(CalendarDataError, match=r"2025\.yaml:2: year: 2025 follows 2023"):
            read_notices(packaged)

    def test_two_notices_for_a_year_are_refused_unless_one_amends_the_other(self, packaged: Path) -> None:
        copy(packaged / "2026.yaml", packaged / "2026-copy.yaml")
        damage(packaged / "2026-copy.yaml", "id: cn-2026", "id: cn-2026-copy")
        with pytest.raises(CalendarDataError, match=r":2: year: .* already arranges 2026"):
            read_notices(packaged)

    def test_one_that_a_later_release_brings_too_counts_once(self, packaged: Path, tmp_path: Path) -> None:
        added = tmp_path / "added"
        added.mkdir()
        copy(packaged / "2026.yaml", added / "cn-2026.yaml")
        assert len(read_notices(packaged, added)) == len(read_notices(packaged))

    def test_one_that_says_otherwise_than_the_release_is_refused(self, packaged: Path, tmp_path: Path) -> None:
        added = tmp_path / "added"
        added.mkdir()
        copy(packaged / "2026.yaml", added / "cn-2026.yaml")
        damage(added / "cn-2026.yaml", "2026-05-09: 周六", "2026-05-10: 周日")
        with pytest.raises(CalendarDataError, match=r"cn-2026\.yaml:1: id: cn-2026 is already taken"):
            read_notices(packaged, added)

    def test_an_id_taken_twice_is_refused(self, packaged: Path) -> None:
        damage(packaged / "2026.yaml", "id: cn-2026", "id: cn-2025")
        with pytest.raises(CalendarDataError, match=r"2026\.yaml:1: .*already taken"):
            read_notices(packaged)

    def test_an_overlap_is_refused_at_its_line(self, packaged: Path) -> None:
        damage(
            packaged / "2019-labour-day.yaml",
            "[2019-05-01, 2019-05-04]\n    days: 4\n    work: {2019-04-28: 周日, 2019-05-05: 周日}",
            "[2019-06-07, 2019-06-07]",
        )
        with pytest.raises(CalendarDataError, match=r"labour-day\.yaml:10: .*2019-06-07 is already arranged"):
            read_notices(packaged)

    @pytest.mark.parametrize(
        ("old", "new"),
        [("supersedes: cn-2019", "supersedes: cn-1919"), ("name: 劳动节", "name: 劳动日")],
    )
    def test_an_amendment_of_nothing_is_refused(self, packaged: Path, old: str, new: str) -> None:
        damage(packaged / "2019-labour-day.yaml", old, new)
        with pytest.raises(CalendarDataError, match=r"labour-day\.yaml:7: supersedes: .*no holiday"):
            read_notices(packaged)

    def test_a_forgotten_statutory_day_is_refused(self, packaged: Path) -> None:
        damage(
            packaged / "2026.yaml",
            "  - name: 端午节\n    rest: [2026-06-19, 2026-06-21]\n    days: 3\n",
            "",
        )
        with pytest.raises(CalendarDataError, match=r"2026\.yaml:7: 端午节: .*2026-06-19"):
            read_notices(packaged)
