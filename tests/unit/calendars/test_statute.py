"""The statutory days of every year, and the lunisolar table they rest on."""

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest
from lunardate import LunarDate

from calendars.statute import festivals, read_festivals, read_statute, statutory_days
from fireduty.errors import CalendarDataError

YEARS = range(2018, 2051)


def test_the_table_covers_2018_to_2050() -> None:
    assert list(festivals()) == list(YEARS)


@pytest.mark.parametrize("year", YEARS)
def test_lunar_festivals_agree_with_lunardate(year: int) -> None:
    row = festivals()[year]
    assert row["spring_festival"] == LunarDate(year, 1, 1).to_solar_date()
    assert row["new_years_eve"] == LunarDate(year, 1, 1).to_solar_date() - timedelta(days=1)
    assert row["dragon_boat"] == LunarDate(year, 5, 5).to_solar_date()
    assert row["mid_autumn"] == LunarDate(year, 8, 15).to_solar_date()


@pytest.mark.parametrize("year", YEARS)
def test_festivals_agree_with_holidays(year: int) -> None:
    named: dict[str, set[date]] = {}
    for on, name in holidays.country_holidays("CN", years=year, observed=False, language="en_US").items():
        for part in name.split("; "):
            named.setdefault(part, set()).add(on)
    row = festivals()[year]
    assert row["qingming"] in named["Tomb-Sweeping Day"]
    assert row["dragon_boat"] in named["Dragon Boat Festival"]
    assert row["mid_autumn"] in named["Mid-Autumn Festival"]
    spring = named["Chinese New Year (Spring Festival)"]
    assert row["spring_festival"] in spring


@pytest.mark.parametrize(("year", "count"), [(2018, 11), (2024, 11), (2025, 13), (2026, 13), (2050, 13)])
def test_the_statute_grants_11_days_and_13_from_2025(year: int, count: int) -> None:
    assert len(statutory_days(year)) == count


def test_new_years_eve_and_the_second_of_may_are_granted_from_2025_only() -> None:
    before = {day.on for day in statutory_days(2024)}
    after = {day.on for day in statutory_days(2025)}
    assert date(2024, 2, 9) not in before
    assert date(2024, 5, 2) not in before
    assert {date(2025, 1, 28), date(2025, 5, 2)} <= after


def test_two_holidays_on_one_day_are_both_granted() -> None:
    names = [day.name for day in statutory_days(2020) if day.on == date(2020, 10, 1)]
    assert sorted(names) == ["中秋节", "国庆节"]


def test_a_year_before_the_first_version_is_refused() -> None:
    with pytest.raises(CalendarDataError, match="2013"):
        statutory_days(2013)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("2027,2027-02-05,2027-02-06,2027-04-05,2027-06-09", "five dates"),
        ("2027,2027-02-05,2027-02-30,2027-04-05,2027-06-09,2027-09-15", "five dates"),
        ("2027,2027-02-05,2028-02-06,2027-04-05,2027-06-09,2027-09-15", "outside the year"),
    ],
)
def test_a_wrong_row_of_the_table_is_named(tmp_path: Path, row: str, fault: str) -> None:
    path = tmp_path / "lunisolar.csv"
    header = "year,new_years_eve,spring_festival,qingming,dragon_boat,mid_autumn"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(CalendarDataError, match=rf"lunisolar\.csv:2: .*{fault}"):
        read_festivals(path)


def test_a_year_the_table_does_not_reach_is_refused() -> None:
    with pytest.raises(CalendarDataError, match="no row for 2051"):
        statutory_days(2051)


def test_an_unknown_festival_is_named(tmp_path: Path) -> None:
    path = tmp_path / "statute.yaml"
    path.write_text(
        "id: x\nversions:\n  - valid_from: 2030-01-01\n    document: 令\n    days: 1\n"
        "    holidays:\n      - {name: 丰收节, festival: harvest, offsets: [0]}\n",
        encoding="utf-8",
    )
    with pytest.raises(CalendarDataError, match=r"statute\.yaml:7: unknown festival 'harvest'"):
        read_statute(path)


def test_a_version_whose_days_do_not_add_up_is_named(tmp_path: Path) -> None:
    path = tmp_path / "statute.yaml"
    path.write_text(
        "id: x\nversions:\n  - valid_from: 2030-01-01\n    document: 令\n    days: 2\n"
        '    holidays:\n      - {name: 元旦, fixed: ["01-01"]}\n',
        encoding="utf-8",
    )
    with pytest.raises(CalendarDataError, match=r"statute\.yaml:5: days: 2 stated, 1 listed"):
        read_statute(path)
