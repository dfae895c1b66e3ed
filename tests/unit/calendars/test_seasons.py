"""Seasons by division, and the blocks of rest around statutory holidays."""

from datetime import date
from pathlib import Path

import pytest

from calendars.holidays import holiday_blocks, inspection_window
from calendars.seasons import SEASONS, SeasonKind, read_seasons, seasons
from calendars.workdays import WorkdayCalendar
from fireduty.errors import CalendarDataError, CalendarRangeError

D = date.fromisoformat
YEAR_2026 = (D("2026-01-01"), D("2026-12-31"))


def spans(division: str, name: str) -> list[tuple[str, str, bool]]:
    return [
        (str(one.starts_on), str(one.ends_on), one.provisional)
        for one in seasons(division, *YEAR_2026)
        if one.id == name
    ]


@pytest.mark.parametrize(
    ("division", "name", "expected"),
    [
        ("000000", "fire-day", [("2026-11-09", "2026-11-09", False)]),
        ("310107", "fire-month", [("2026-11-01", "2026-11-30", False)]),
        ("310107", "work-safety-month", [("2026-06-01", "2026-06-30", False)]),
        ("310107", "qingming", [("2026-04-05", "2026-04-05", False)]),
        (
            "310107",
            "winter-spring-campaign",
            [("2025-11-01", "2026-03-31", True), ("2026-11-01", "2027-03-31", True)],
        ),
        ("310107", "forest-fire", []),
        (
            "110108",
            "forest-fire",
            [("2025-11-01", "2026-05-31", False), ("2026-11-01", "2027-05-31", False)],
        ),
        ("110108", "forest-fire-alert", [("2026-03-15", "2026-04-15", False)]),
        (
            "330402",
            "forest-fire",
            [("2025-11-01", "2026-04-30", False), ("2026-11-01", "2027-04-30", False)],
        ),
        ("222401", "forest-fire-spring", [("2026-03-01", "2026-06-15", True)]),
    ],
)
def test_the_seasons_of_2026(division: str, name: str, expected: list[tuple[str, str, bool]]) -> None:
    assert spans(division, name) == expected


def test_what_needs_a_yearly_order_is_provisional_until_it_is_on_file() -> None:
    for one in seasons("222401", D("2018-01-01"), D("2050-12-31")):
        by_order = one.kind in (SeasonKind.ANNUAL_ORDER, SeasonKind.CAMPAIGN)
        assert one.provisional == by_order
        assert one.starts_on <= one.ends_on
        assert one.source


def test_a_published_order_overrules_the_prediction(tmp_path: Path) -> None:
    path = tmp_path / "220000.yaml"
    text = (SEASONS / "220000.yaml").read_text(encoding="utf-8")
    order = "    published:\n      - {span: [2026-03-15, 2026-06-10], source: 当年命令}\n"
    path.write_text(text + order, encoding="utf-8")
    found = read_seasons(path)[0].in_year(2026)
    assert (found.starts_on, found.ends_on) == (D("2026-03-15"), D("2026-06-10"))
    assert (found.provisional, found.source) == (False, "当年命令")


@pytest.mark.parametrize(
    ("old", "new", "line", "fault"),
    [
        ('"03-01"', '"02-29"', 8, "expected a day as MM-DD"),
        ("kind: annual_order", "kind: sometimes", 6, "expected one of"),
        ('"220000"', '"110000"', 1, "in the file of 220000"),
        ('    to: "06-15"\n', "", 4, "to: missing"),
        ("    source:", "    festival: harvest\n    source:", 10, "expected one of new_years_eve"),
    ],
)
def test_a_fault_is_named_at_its_line(tmp_path: Path, old: str, new: str, line: int, fault: str) -> None:
    path = tmp_path / "220000.yaml"
    text = (SEASONS / "220000.yaml").read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CalendarDataError, match=rf"220000\.yaml:{line}: .*{fault}"):
        read_seasons(path)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(CalendarRangeError, match="before it starts"):
        seasons("000000", D("2026-12-31"), D("2026-01-01"))


class TestHolidayBlocks:
    def test_of_2026_are_those_of_the_notice(self, nation: WorkdayCalendar) -> None:
        found = holiday_blocks(nation, D("2026-01-01"), D("2026-12-28"))
        assert [(b.name, str(b.starts_on), str(b.ends_on)) for b in found] == [
            ("元旦", "2026-01-01", "2026-01-03"),
            ("春节", "2026-02-15", "2026-02-23"),
            ("清明节", "2026-04-04", "2026-04-06"),
            ("劳动节", "2026-05-01", "2026-05-05"),
            ("端午节", "2026-06-19", "2026-06-21"),
            ("中秋节", "2026-09-25", "2026-09-27"),
            ("国庆节", "2026-10-01", "2026-10-07"),
        ]
        assert not any(block.provisional for block in found)

    def test_reach_over_the_weekend_beside_them(self, nation: WorkdayCalendar) -> None:
        (block,) = holiday_blocks(nation, D("2024-06-01"), D("2024-06-30"))
        assert (block.starts_on, block.ends_on) == (D("2024-06-08"), D("2024-06-10"))

    def test_that_begin_on_the_last_day_of_the_span_are_found(self, nation: WorkdayCalendar) -> None:
        (block,) = holiday_blocks(nation, D("2018-02-01"), D("2018-02-15"))
        assert (block.starts_on, block.ends_on) == (D("2018-02-15"), D("2018-02-21"))

    def test_that_fall_together_carry_both_names(self, nation: WorkdayCalendar) -> None:
        (block,) = holiday_blocks(nation, D("2025-09-20"), D("2025-10-10"))
        assert block.name == "国庆节、中秋节"

    def test_before_the_notice_are_provisional(self, nation: WorkdayCalendar) -> None:
        (block,) = holiday_blocks(nation, D("2027-01-20"), D("2027-03-01"))
        assert block.provisional
        assert (block.starts_on, block.ends_on) == (D("2027-02-05"), D("2027-02-08"))
        assert block.earliest_on < block.starts_on < block.ends_on < block.latest_on

    def test_the_workdays_before_are_counted_with_make_up_days(self, nation: WorkdayCalendar) -> None:
        block = holiday_blocks(nation, D("2026-02-01"), D("2026-02-28"))[0]
        assert inspection_window(block, 5, nation) == (D("2026-02-10"), D("2026-02-14"))
