"""Occasions: the workdays before each great holiday up to its last sure day, and the seasons of the division."""

import random
from datetime import date, timedelta
from pathlib import Path
from shutil import copy

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.layers import known_days
from calendars.notices import NOTICES
from calendars.occasions import (
    HOLIDAYS,
    WORKDAYS_BEFORE,
    is_season,
    known_occasions,
    occasion,
    occasion_title,
    occasions,
)
from calendars.periods import Frequency
from calendars.seasons import season_rule, seasons_version
from calendars.sources import DATA
from calendars.statute import statutory_days
from calendars.workdays import WorkdayCalendar, workday_calendar
from fireduty.errors import CalendarError, CalendarRangeError, UnknownNameError

D = date.fromisoformat
DAY = timedelta(days=1)
CALENDAR = workday_calendar("310107")
NAMES = st.sampled_from(sorted(HOLIDAYS))

# Counted by hand on the notices of 2025 (国办发明电〔2024〕12号) and 2026 (国办发明电〔2025〕7号).
BY_HAND = [
    ("2025-new-year", "2024-12-18", "2025-01-01"),
    ("2025-spring-festival", "2025-01-15", "2025-02-04"),
    ("2025-qingming", "2025-03-21", "2025-04-06"),
    ("2025-labour-day", "2025-04-18", "2025-05-05"),
    ("2025-dragon-boat", "2025-05-19", "2025-06-02"),
    ("2025-mid-autumn", "2025-09-18", "2025-10-08"),
    ("2025-national-day", "2025-09-18", "2025-10-08"),
    ("2026-new-year", "2025-12-18", "2026-01-03"),
    ("2026-spring-festival", "2026-02-03", "2026-02-23"),
    ("2026-qingming", "2026-03-23", "2026-04-06"),
    ("2026-labour-day", "2026-04-17", "2026-05-05"),
    ("2026-dragon-boat", "2026-06-05", "2026-06-21"),
    ("2026-mid-autumn", "2026-09-14", "2026-09-27"),
    ("2026-national-day", "2026-09-17", "2026-10-07"),
]


@pytest.mark.parametrize(("key", "starts_on", "ends_on"), BY_HAND)
def test_a_published_holiday_has_the_days_counted_by_hand(key: str, starts_on: str, ends_on: str) -> None:
    found = occasion(key, CALENDAR)
    assert (found.key, found.frequency) == (key, Frequency.OCCASION)
    assert (found.starts_on, found.ends_on) == (D(starts_on), D(ends_on))
    assert (found.provisional, found.starts_margin, found.ends_margin) == (False, 0, 0)
    assert found.source.startswith("国办发明电")


@pytest.mark.parametrize("year", range(2019, 2027))
@pytest.mark.parametrize("name", HOLIDAYS)
def test_every_published_holiday_agrees_with_chinese_calendar(name: str, year: int) -> None:
    found = occasion(f"{year}-{name.replace('_', '-')}", CALENDAR)
    last = first = first_day_of(name, year)
    while not chinese_calendar.is_workday(first - DAY):
        first -= DAY
    while not chinese_calendar.is_workday(last + DAY):
        last += DAY
    before = [on for n in range(1, 40) if chinese_calendar.is_workday(on := first - n * DAY)]
    assert (found.starts_on, found.ends_on) == (before[WORKDAYS_BEFORE - 1], last)


def first_day_of(name: str, year: int) -> date:
    return min(day.on for day in statutory_days(year) if day.name == HOLIDAYS[name])


@given(NAMES, st.integers(2019, 2050))
def test_every_occasion_contains_its_holiday(name: str, year: int) -> None:
    found = occasion(f"{year}-{name.replace('_', '-')}", CALENDAR)
    days = [day.on for day in statutory_days(year) if day.name == HOLIDAYS[name]]
    assert all(found.starts_on < on <= found.ends_on for on in days)
    assert found.provisional == (year > 2026)
    if found.provisional:
        assert found.starts_margin > 0
    workdays = CALENDAR.count_bounds(found.starts_on - DAY, min(days) - DAY)
    assert workdays[0] <= workdays[1]
    assert workdays[1] >= WORKDAYS_BEFORE


def before_the_notice(folder: Path, year: int) -> WorkdayCalendar:
    """Return the calendar as it was before the notice of a year."""
    target = folder / NOTICES.relative_to(DATA)
    target.mkdir(parents=True)
    for path in NOTICES.glob("*.yaml"):
        if int(path.stem[:4]) < year:
            copy(path, target)
    return WorkdayCalendar("000000", known_days("000000", folder))


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024, 2025, 2026])
def test_the_notice_moves_an_occasion_only_within_its_margins(year: int, tmp_path: Path) -> None:
    earlier = before_the_notice(tmp_path, year)
    for name in HOLIDAYS:
        key = f"{year}-{name.replace('_', '-')}"
        was, is_now = occasion(key, earlier), occasion(key, workday_calendar("000000"))
        assert was.provisional
        assert timedelta(0) <= is_now.starts_on - was.starts_on <= timedelta(days=was.starts_margin), key
        assert timedelta(0) <= is_now.ends_on - was.ends_on <= timedelta(days=was.ends_margin), key


def test_without_the_notice_the_earliest_days_hold() -> None:
    found = occasion("2027-national-day", CALENDAR)
    # 1 to 3 October rest for sure, and the notice may join the two days before to them. Before these, the workdays
    # that no notice can take are 28, 27, 24, 23, 22, 21, 10, 9, 8 and 7 September: 13 to 20 lie about 中秋节.
    assert (found.starts_on, found.ends_on) == (D("2027-09-07"), D("2027-10-03"))
    assert found.provisional
    assert "放假办法" in found.source


def test_the_new_year_has_the_year_it_begins_and_its_days_before() -> None:
    found = occasion("2027-new-year", CALENDAR)
    assert found.starts_on.year == 2026
    assert D("2027-01-01") == found.ends_on


def test_two_holidays_in_one_block_have_a_period_each() -> None:
    found = occasions(["national_day", "mid_autumn"], D("2025-09-25"), D("2025-09-30"), CALENDAR)
    assert [one.key for one in found] == ["2025-mid-autumn", "2025-national-day"]
    assert len({(one.starts_on, one.ends_on) for one in found}) == 1


@pytest.mark.parametrize(
    ("division", "key", "starts_on", "ends_on", "provisional"),
    [
        ("310107", "2027-fire-month", "2027-11-01", "2027-11-30", False),
        ("310107", "2026-winter-spring-campaign", "2026-11-01", "2027-03-31", True),
        ("110108", "2026-forest-fire", "2026-11-01", "2027-05-31", False),
        ("330402", "2026-forest-fire", "2026-11-01", "2027-04-30", False),
        ("222401", "2027-forest-fire-spring", "2027-03-01", "2027-06-15", True),
    ],
)
def test_a_season_has_its_days_and_the_year_it_begins(
    division: str, key: str, starts_on: str, ends_on: str, provisional: bool
) -> None:
    found = occasion(key, workday_calendar(division))
    assert (found.key, found.starts_on, found.ends_on) == (key, D(starts_on), D(ends_on))
    assert found.provisional is provisional


def test_the_name_of_both_a_holiday_and_a_season_means_the_holiday() -> None:
    assert season_rule("310107", "qingming").name == "清明祭祀用火高峰"
    assert occasion("2026-qingming", CALENDAR).starts_on == D("2026-03-23")
    assert known_occasions("310107").count("qingming") == 1
    assert not is_season("qingming")
    assert is_season("fire-month")


@given(
    names=st.lists(st.sampled_from(known_occasions("110108")), unique=True),
    first_on=st.dates(D("2019-01-01"), D("2050-01-01")),
    days=st.integers(0, 800),
    order=st.randoms(use_true_random=False),
)
def test_a_span_has_every_occasion_that_overlaps_it_once_and_in_order(
    names: list[str], first_on: date, days: int, order: random.Random
) -> None:
    calendar, last_on = workday_calendar("110108"), first_on + timedelta(days=days)
    found = occasions(names, first_on, last_on, calendar)
    assert len({one.key for one in found}) == len(found)
    assert list(found) == sorted(found, key=lambda one: (one.starts_on, one.key))
    assert all(one.starts_on <= last_on and one.ends_on >= first_on for one in found)
    assert all(occasion(one.key, calendar) == one for one in found)
    shuffled = order.sample(names, len(names))
    assert occasions(shuffled, first_on, last_on, calendar) == found
    within = range(first_on.year + 1, last_on.year)
    assert {f"{year}-{name.replace('_', '-')}" for year in within for name in names} <= {one.key for one in found}


@pytest.mark.parametrize("key", ["", "2027", "2027-03", "2027-Spring-Festival", "27-new-year", "2027_new_year", "soon"])
def test_a_key_of_another_form_is_refused_with_help(key: str) -> None:
    with pytest.raises(CalendarError, match="not an occasion") as refusal:
        occasion(key, CALENDAR)
    assert refusal.value.hint


def test_an_unknown_name_is_refused_with_those_the_division_knows() -> None:
    with pytest.raises(CalendarError, match=r"occasion 'forest-fire': expected one of new_year, .*, fire-month, "):
        occasion("2027-forest-fire", CALENDAR)
    with pytest.raises(CalendarError, match="expected one of"):
        occasions(["new-year"], D("2027-01-01"), D("2027-12-31"), CALENDAR)
    with pytest.raises(UnknownNameError, match="expected one of fire-day, "):
        season_rule("310107", "forest-fire")


@pytest.mark.parametrize("key", ["2017-new-year", "2018-new-year", "2051-new-year", "2051-fire-month"])
def test_outside_the_years_of_the_calendar_there_is_none(key: str) -> None:
    with pytest.raises(CalendarRangeError):
        occasion(key, CALENDAR)


def test_a_span_at_the_edge_of_the_calendar_has_what_is_known() -> None:
    assert occasions(["new_year"], D("2018-01-01"), D("2018-12-20"), CALENDAR) == (occasion("2019-new-year", CALENDAR),)
    assert occasions(["national_day"], D("2050-12-01"), D("2052-12-20"), CALENDAR) == ()


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(CalendarRangeError, match="before it starts"):
        occasions(["new_year"], D("2027-01-02"), D("2027-01-01"), CALENDAR)


def test_occasions_have_chinese_names() -> None:
    titles = [occasion_title(name, "110108") for name in known_occasions("110108")]
    assert titles[:3] == ["元旦前", "春节前", "清明节前"]
    assert titles[-1] == "今冬明春火灾防控"
    assert len(set(titles)) == len(titles)


def test_the_version_of_seasons_is_of_the_division() -> None:
    assert seasons_version("310107") == seasons_version("310113")
    assert seasons_version("310107") != seasons_version("110108")
