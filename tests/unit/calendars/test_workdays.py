"""What is known of single days, and the counting that every deadline stands on."""

import csv
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from shutil import copy

import pytest

from calendars.layers import known_days
from calendars.workdays import (
    DayKind,
    DayStatus,
    Layer,
    Roll,
    WorkdayCalendar,
    reload_calendars,
    workday_calendar,
)
from fireduty.errors import (
    CalendarDataError,
    CalendarError,
    CalendarRangeError,
    UnpublishedDateError,
)

LIMITS = Path(__file__).parents[2] / "golden" / "calendars" / "workday-limits.csv"
D = date.fromisoformat
DAY = timedelta(days=1)


def test_every_day_to_the_end_of_2026_agrees_with_the_answer_key(
    nation: WorkdayCalendar, answer_key: dict[date, bool]
) -> None:
    assert len(answer_key) == 3284
    assert {on: nation.is_workday(on) for on in answer_key} == answer_key


def test_limits_agree_with_the_answer_key(nation: WorkdayCalendar) -> None:
    with LIMITS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 400
    for row in rows:
        assert nation.add_workdays(D(row["event_on"]), int(row["n"])) == D(row["due_on"]), row


@pytest.mark.parametrize(
    ("division", "event_on", "due_on"),
    [
        ("000000", "2022-09-30", "2022-10-14"),
        ("000000", "2022-10-03", "2022-10-14"),
        ("000000", "2022-10-08", "2022-10-17"),
        ("000000", "2022-10-15", "2022-10-25"),
        ("000000", "2022-10-17", "2022-10-26"),
        ("222400", "2024-08-28", "2024-09-11"),
        ("000000", "2024-08-28", "2024-09-06"),
        ("222400", "2023-08-28", "2023-09-08"),
        ("000000", "2023-08-28", "2023-09-06"),
        ("310107", "2026-09-30", "2026-10-15"),
    ],
)
def test_seven_workdays_after_an_event(division: str, event_on: str, due_on: str) -> None:
    assert workday_calendar(division).add_workdays(D(event_on), 7) == D(due_on)


@pytest.mark.parametrize(
    ("on", "status", "ground"),
    [
        ("2018-01-01", "rest", "国办发明电〔2017〕12号"),
        ("2018-12-29", "workday", "国办发明电〔2018〕15号"),
        ("2018-12-31", "rest", "国办发明电〔2018〕15号"),
        ("2019-04-28", "workday", "国办发明电〔2019〕3号"),
        ("2019-05-05", "workday", "国办发明电〔2019〕3号"),
        ("2019-05-02", "rest", "国办发明电〔2019〕3号"),
        ("2019-05-03", "rest", "国办发明电〔2019〕3号"),
        ("2020-01-19", "workday", "国办发明电〔2020〕1号"),
        ("2020-01-31", "rest", "国办发明电〔2020〕1号"),
        ("2020-02-01", "rest", "国办发明电〔2020〕1号"),
        ("2023-01-03", "workday", "国务院关于职工工作时间的规定第七条"),
        ("2024-02-09", "workday", "国务院关于职工工作时间的规定第七条"),
        ("2025-02-08", "workday", "国办发明电〔2024〕12号"),
        ("2025-02-28", "workday", "国务院关于职工工作时间的规定第七条"),
        ("2026-10-10", "workday", "国办发明电〔2025〕7号"),
        ("2018-06-16", "rest", "国务院关于职工工作时间的规定第七条"),
        ("2018-09-22", "rest", "国务院关于职工工作时间的规定第七条"),
    ],
)
def test_days_that_other_sources_get_wrong(nation: WorkdayCalendar, on: str, status: str, ground: str) -> None:
    day = nation.explain(D(on))
    assert (day.status, day.source) == (status, ground)


class TestExplaining:
    @pytest.mark.parametrize(
        ("division", "on", "kind", "name", "layer"),
        [
            ("000000", "2026-10-10", DayKind.MAKEUP_WORKDAY, "国庆节", Layer.NOTICE),
            ("000000", "2026-10-01", DayKind.STATUTORY_HOLIDAY, "国庆节", Layer.NOTICE),
            ("000000", "2026-10-05", DayKind.SHIFTED_REST, "国庆节", Layer.NOTICE),
            ("000000", "2026-10-04", DayKind.WEEKEND, "国庆节", Layer.NOTICE),
            ("000000", "2026-10-17", DayKind.WEEKEND, "", Layer.WEEK),
            ("000000", "2026-10-19", DayKind.ORDINARY_WEEKDAY, "", Layer.WEEK),
            ("000000", "2027-02-08", DayKind.STATUTORY_HOLIDAY, "春节", Layer.STATUTE),
            ("000000", "2027-02-09", DayKind.UNPUBLISHED, "春节", Layer.STATUTE),
            ("222401", "2024-09-03", DayKind.LOCAL_HOLIDAY, "延边州州庆", Layer.LOCAL),
            ("222401", "2025-09-03", DayKind.UNPUBLISHED, "延边州州庆", Layer.LOCAL),
        ],
    )
    def test_names_kind_holiday_and_layer(self, division: str, on: str, kind: DayKind, name: str, layer: Layer) -> None:
        day = workday_calendar(division).explain(D(on))
        assert (day.on, day.kind, day.name, day.layer) == (D(on), kind, name, layer)
        assert day.source

    def test_an_open_day_names_the_year_whose_notice_is_missing(self, nation: WorkdayCalendar) -> None:
        assert "2027年" in nation.explain(D("2026-12-30")).source


class TestBeforePublication:
    @pytest.mark.parametrize("on", ["2026-12-29", "2026-12-30", "2026-12-31"])
    def test_the_last_days_of_2026_are_unknown(self, nation: WorkdayCalendar, on: str) -> None:
        assert nation.status(D(on)) is DayStatus.UNKNOWN
        with pytest.raises(UnpublishedDateError, match=on) as refusal:
            nation.is_workday(D(on))
        assert "2026-12-28" in refusal.value.hint

    def test_the_28th_of_december_is_the_last_confirmed_day(self, nation: WorkdayCalendar) -> None:
        assert nation.confirmed_until == D("2026-12-28")

    @pytest.mark.parametrize(
        "on",
        ["2027-01-01", "2027-02-05", "2027-02-08", "2027-04-05", "2027-05-01", "2027-05-02",
         "2027-06-09", "2027-09-15", "2027-10-01", "2027-10-03"],
    )  # fmt: skip
    def test_statutory_days_of_2027_rest(self, nation: WorkdayCalendar, on: str) -> None:
        assert nation.status(D(on)) is DayStatus.REST

    @pytest.mark.parametrize("on", ["2027-02-09", "2027-02-13", "2027-04-03", "2027-10-04"])
    def test_days_near_a_statutory_day_are_unknown(self, nation: WorkdayCalendar, on: str) -> None:
        assert nation.status(D(on)) is DayStatus.UNKNOWN

    @pytest.mark.parametrize(
        ("on", "status"),
        [
            ("2027-09-28", "workday"),  # a weekday 3 days before 1 October
            ("2027-09-29", "unknown"),  # a weekday 2 days before
            ("2027-10-08", "unknown"),  # a weekday 5 days after 3 October
            ("2027-10-11", "workday"),  # a weekday 8 days after
            ("2027-04-24", "unknown"),  # a Saturday 7 days before 1 May
            ("2028-04-22", "rest"),  # a Saturday 9 days before 1 May
            ("2028-04-23", "unknown"),  # a Sunday 8 days before 1 May
            ("2027-05-09", "unknown"),  # a Sunday 7 days after 2 May
            ("2029-05-12", "unknown"),  # a Saturday 10 days after 2 May
            ("2029-05-13", "rest"),  # a Sunday 11 days after 2 May
        ],
    )
    def test_the_windows_end_where_notices_have_never_gone_beyond(
        self, nation: WorkdayCalendar, on: str, status: str
    ) -> None:
        assert nation.status(D(on)) == status

    def test_days_far_from_a_holiday_are_as_usual(self, nation: WorkdayCalendar) -> None:
        assert nation.is_workday(D("2027-07-14"))
        assert not nation.is_workday(D("2027-07-17"))

    def test_a_limit_across_open_days_is_refused_but_bounded(self, nation: WorkdayCalendar) -> None:
        with pytest.raises(UnpublishedDateError, match="2027-01-04 and 2027-01-14"):
            nation.add_workdays(D("2026-12-25"), 7)
        assert nation.bounds(D("2026-12-25"), 7) == (D("2027-01-04"), D("2027-01-14"))

    def test_a_limit_that_no_notice_can_change_is_given(self, nation: WorkdayCalendar) -> None:
        assert nation.add_workdays(D("2027-07-12"), 5) == D("2027-07-19")

    def test_counting_across_open_days_is_refused(self, nation: WorkdayCalendar) -> None:
        with pytest.raises(UnpublishedDateError, match="from 1 to 4"):
            nation.workdays_between(D("2026-12-25"), D("2027-01-01"))

    def test_rolling_onto_an_open_day_is_refused_but_bounded(self, nation: WorkdayCalendar) -> None:
        with pytest.raises(UnpublishedDateError, match="2026-12-28 and 2026-12-31"):
            nation.roll(D("2026-12-31"), Roll.PRECEDING)

    @pytest.mark.parametrize("year", range(2019, 2027))
    def test_each_past_notice_moved_only_days_that_had_been_unknown(
        self,
        year: int,
        published_until: Callable[[int], Path],
        answer_key: dict[date, bool],
    ) -> None:
        before = WorkdayCalendar("000000", known_days("000000", published_until(year - 1)))
        for on, works in answer_key.items():
            if on.year <= year and before.status(on) is not DayStatus.UNKNOWN:
                assert before.is_workday(on) == works, on

    @pytest.mark.parametrize("year", range(2019, 2027))
    def test_each_past_limit_lay_within_the_bounds_given_before_its_notice(
        self,
        year: int,
        published_until: Callable[[int], Path],
        nation: WorkdayCalendar,
    ) -> None:
        before = WorkdayCalendar("000000", known_days("000000", published_until(year - 1)))
        for offset in range(330):
            event_on = date(year - 1, 12, 20) + offset * DAY
            earliest, latest = before.bounds(event_on, 7)
            assert earliest <= nation.add_workdays(event_on, 7) <= latest


class TestAfterPublication:
    def test_the_added_notice_settles_the_year(self, after_2027_notice: Callable[[str], WorkdayCalendar]) -> None:
        calendar = after_2027_notice("310107")
        assert calendar.confirmed_until == D("2027-12-28")
        assert calendar.is_workday(D("2026-12-31"))
        assert calendar.explain(D("2027-02-14")).source == "虚构通知"

    def test_the_version_changes_with_the_data(
        self, after_2027_notice: Callable[[str], WorkdayCalendar], nation: WorkdayCalendar
    ) -> None:
        assert after_2027_notice("000000").version != nation.version

    def test_a_provisional_limit_becomes_a_date_within_its_bounds(
        self, after_2027_notice: Callable[[str], WorkdayCalendar], nation: WorkdayCalendar
    ) -> None:
        for offset in range(330):
            event_on = D("2026-12-20") + offset * DAY
            earliest, latest = nation.bounds(event_on, 7)
            assert earliest <= after_2027_notice("000000").add_workdays(event_on, 7) <= latest

    def test_a_notice_added_later_is_taken_up_on_reload(
        self, tmp_path: Path, published_until: Callable[[int], Path]
    ) -> None:
        folder = tmp_path / "cn" / "notices"
        folder.mkdir(parents=True)
        assert workday_calendar("000000", tmp_path).confirmed_until == D("2026-12-28")
        copy(LIMITS.parent / "invented-2027.yaml", folder / "2027.yaml")
        reload_calendars()
        assert workday_calendar("000000", tmp_path).confirmed_until == D("2027-12-28")
        with pytest.raises(CalendarDataError, match="the notice of 2018 is missing"):
            known_days("000000", published_until(2017))


class TestDivisions:
    @pytest.mark.parametrize("division", ["000000", "110000", "310107", "310113", "330400"])
    def test_a_known_division_is_its_own(self, division: str) -> None:
        calendar = workday_calendar(division)
        assert (calendar.division, calendar.fallback) == (division, None)

    @pytest.mark.parametrize(
        ("division", "used"),
        [("222499", "222400"), ("310199", "310000"), ("999999", "000000")],
    )
    def test_an_unknown_one_falls_back_and_says_so(self, division: str, used: str) -> None:
        calendar = workday_calendar(division)
        assert (calendar.division, calendar.fallback) == (division, used)

    def test_a_county_keeps_the_holiday_of_its_prefecture(self) -> None:
        assert not workday_calendar("222401").is_workday(D("2024-09-02"))

    def test_the_version_is_the_same_where_the_data_is(self) -> None:
        assert workday_calendar("310107").version == workday_calendar("330400").version
        assert workday_calendar("310107").version != workday_calendar("222400").version

    def test_a_missing_local_notice_ends_what_is_confirmed(self, yanbian: WorkdayCalendar) -> None:
        assert yanbian.confirmed_until == D("2025-08-31")
        assert yanbian.status(D("2025-09-02")) is DayStatus.UNKNOWN

    def test_a_weekend_near_an_open_local_holiday_rests(self, yanbian: WorkdayCalendar) -> None:
        assert yanbian.status(D("2028-09-02")) is DayStatus.REST

    @pytest.mark.parametrize("division", ["", "31010", "Putuo", "3101070", "３１０１０７"])  # noqa: RUF001
    def test_a_malformed_code_is_refused(self, division: str) -> None:
        with pytest.raises(CalendarError, match="six digits"):
            workday_calendar(division)


class TestRolling:
    @pytest.mark.parametrize(
        ("on", "convention", "rolled"),
        [
            ("2026-10-03", Roll.UNADJUSTED, "2026-10-03"),
            ("2026-10-03", Roll.FOLLOWING, "2026-10-08"),
            ("2026-10-03", Roll.PRECEDING, "2026-09-30"),
            ("2026-10-03", Roll.MODIFIED_PRECEDING, "2026-10-08"),
            ("2026-10-10", Roll.FOLLOWING, "2026-10-10"),
            ("2026-10-31", Roll.MODIFIED_FOLLOWING, "2026-10-30"),
            ("2026-08-15", Roll.MODIFIED_FOLLOWING, "2026-08-17"),
            ("2026-08-01", Roll.MODIFIED_PRECEDING, "2026-08-03"),
            ("2026-08-15", Roll.MODIFIED_PRECEDING, "2026-08-14"),
        ],
    )
    def test_goes_where_its_name_says(self, nation: WorkdayCalendar, on: str, convention: Roll, rolled: str) -> None:
        assert nation.roll(D(on), convention) == D(rolled)

    def test_over_open_days_gives_the_first_and_the_last_it_can_be(self, nation: WorkdayCalendar) -> None:
        assert nation.roll_bounds(D("2027-02-10"), Roll.FOLLOWING) == (
            D("2027-02-10"),
            D("2027-02-15"),
        )


class TestRange:
    @pytest.mark.parametrize("on", ["2017-12-31", "2051-01-01", "0001-01-01", "9999-12-31"])
    def test_a_day_outside_is_refused_with_the_years_covered(self, nation: WorkdayCalendar, on: str) -> None:
        for ask in (nation.status, nation.is_workday, nation.explain):
            with pytest.raises(CalendarRangeError, match="2018-01-01 to 2050-12-31"):
                ask(D(on))

    def test_an_answer_outside_is_refused(self, nation: WorkdayCalendar) -> None:
        with pytest.raises(CalendarRangeError, match="9 workdays from 2050-12-30"):
            nation.add_workdays(D("2050-12-30"), 9)
        with pytest.raises(CalendarRangeError, match="-5 workdays from 2018-01-04"):
            nation.add_workdays(D("2018-01-04"), -5)
        with pytest.raises(CalendarRangeError):
            nation.roll(D("2018-01-01"), Roll.PRECEDING)

    def test_the_first_and_the_last_day_are_inside(self, nation: WorkdayCalendar) -> None:
        assert nation.status(nation.first_on) is DayStatus.REST
        assert nation.status(nation.last_on) is DayStatus.UNKNOWN
        assert nation.workdays_between(D("2018-01-03"), nation.first_on) == -1
        assert nation.add_workdays(D("2018-01-03"), -1) == D("2018-01-02")


def test_importing_the_calendar_loads_neither_data_nor_heavy_packages() -> None:
    script = (
        "import sys, calendars.workdays, calendars.periods\n"
        "print(*{'yaml', 'pandas', 'numpy', 'prefect', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
