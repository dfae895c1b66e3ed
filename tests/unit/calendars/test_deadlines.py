"""Deadlines: due day, planning day, bounds, ground and trace."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from calendars.deadlines import (
    backward_workday_limit,
    calendar_day_limit,
    counts_workdays,
    day_limit,
    first_week_deadline,
    month_limit,
    periodic_deadline,
    workday_limit,
    year_limit,
)
from calendars.instruments import read_instruments
from calendars.periods import period
from calendars.workdays import WorkdayCalendar
from fireduty.errors import CalendarDataError, CalendarError, CalendarRangeError

D = date.fromisoformat


class TestPeriodic:
    @pytest.mark.parametrize(
        ("key", "due_on", "plan_by"),
        [
            ("2026-H1", "2026-06-30", "2026-06-30"),
            ("2026-02", "2026-02-28", "2026-02-28"),
            ("2026-05", "2026-05-31", "2026-05-29"),
            ("2026-Q3", "2026-09-30", "2026-09-30"),
            ("2023", "2023-12-31", "2023-12-29"),
            ("2026-10-03", "2026-10-03", "2026-09-30"),
            ("2025-2026-T2", "2026-06-30", "2026-06-30"),
        ],
    )
    def test_is_due_on_the_last_day_and_planned_on_a_workday(
        self, nation: WorkdayCalendar, key: str, due_on: str, plan_by: str
    ) -> None:
        found = periodic_deadline(period(key, division="310107"), nation)
        assert (found.due_on, found.plan_by) == (D(due_on), D(plan_by))
        assert (found.earliest_on, found.latest_on) == (D(due_on), D(due_on))
        assert not found.provisional
        assert not found.plan_open

    def test_is_due_for_sure_though_the_planning_day_is_open(self, nation: WorkdayCalendar) -> None:
        found = periodic_deadline(period("2026"), nation)
        assert (found.due_on, found.plan_by) == (D("2026-12-31"), D("2026-12-28"))
        assert (found.provisional, found.plan_open) == (False, True)
        assert any("2027年" in line for line in found.trace)

    def test_the_notice_settles_the_planning_day(self, after_2027_notice: Callable[[str], WorkdayCalendar]) -> None:
        found = periodic_deadline(period("2026"), after_2027_notice("310107"))
        assert (found.plan_by, found.plan_open) == (D("2026-12-31"), False)

    def test_before_the_year_is_the_31st_of_december(self, nation: WorkdayCalendar) -> None:
        found = periodic_deadline(period("2027"), nation, before=True)
        assert found.due_on == D("2026-12-31")
        assert found.rule == "before:yearly"

    def test_of_a_predicted_term_is_provisional_and_planned_by_its_earliest_end(self, nation: WorkdayCalendar) -> None:
        term = period("2026-2027-T1", division="310107")
        found = periodic_deadline(term, nation)
        assert found.provisional
        assert found.earliest_on < found.due_on == term.ends_on < found.latest_on
        assert found.plan_by <= found.earliest_on


class TestFirstWeek:
    @pytest.mark.parametrize(
        ("division", "key", "due_on", "plan_by"),
        [
            ("310107", "2025-2026-T1", "2025-09-07", "2025-09-05"),
            ("310107", "2023-2024-T1", "2023-09-03", "2023-09-01"),
            ("110000", "2024-2025-T1", "2024-09-08", "2024-09-06"),
            ("310107", "2025-2026-T2", "2026-03-08", "2026-03-06"),
        ],
    )
    def test_ends_on_the_sunday_after_the_first_weekday(
        self, nation: WorkdayCalendar, division: str, key: str, due_on: str, plan_by: str
    ) -> None:
        found = first_week_deadline(period(key, division=division), nation)
        assert (found.due_on, found.plan_by) == (D(due_on), D(plan_by))

    def test_of_a_predicted_term_is_provisional(self, nation: WorkdayCalendar) -> None:
        assert first_week_deadline(period("2027-2028-T1"), nation).provisional


class TestWorkdays:
    def test_the_trace_can_be_read_by_a_person(self, nation: WorkdayCalendar) -> None:
        assert workday_limit(D("2026-09-30"), 7, nation).trace == (
            "2026-09-30 Wed: event, not counted (民法典第二百零一条第一款)",
            "2026-10-01 Thu to 2026-10-03 Sat: rest, 国庆节 (国办发明电〔2025〕7号)",
            "2026-10-04 Sun: rest, 国庆节 (国办发明电〔2025〕7号)",
            "2026-10-05 Mon to 2026-10-07 Wed: rest, 国庆节 (国办发明电〔2025〕7号)",
            "2026-10-08 Thu to 2026-10-09 Fri: workday, number 1 to 2",
            "2026-10-10 Sat: workday made up for 国庆节 (国办发明电〔2025〕7号), number 3",
            "2026-10-11 Sun: rest, weekend",
            "2026-10-12 Mon to 2026-10-15 Thu: workday, number 4 to 7",
        )

    def test_carries_rule_ground_and_version(self, nation: WorkdayCalendar) -> None:
        found = workday_limit(D("2026-09-30"), 7, nation, ground="某办法第十条")
        assert (found.rule, found.ground) == ("workdays:7", "某办法第十条")
        assert found.calendar_version == nation.version

    def test_across_open_days_is_provisional_and_due_on_the_earliest(self, nation: WorkdayCalendar) -> None:
        found = workday_limit(D("2026-12-25"), 7, nation)
        assert found.provisional
        assert (found.earliest_on, found.latest_on) == (D("2027-01-04"), D("2027-01-14"))
        assert found.due_on == found.plan_by == found.earliest_on
        assert found.trace[-1].startswith("provisional: between 2027-01-04 and 2027-01-14")

    def test_backward_is_the_last_day_to_act_before(self, nation: WorkdayCalendar) -> None:
        found = backward_workday_limit(D("2026-10-12"), 7, nation, ground="行政处罚法第六十四条")
        assert found.due_on == D("2026-09-24")

    @pytest.mark.parametrize("n", [0, -1])
    def test_a_number_below_one_is_refused(self, nation: WorkdayCalendar, n: int) -> None:
        for limit in (workday_limit, calendar_day_limit, month_limit, year_limit):
            with pytest.raises(CalendarRangeError, match="expected 1 or more"):
                limit(D("2026-09-30"), n, nation)


class TestCalendarDays:
    @pytest.mark.parametrize(
        ("event_on", "n", "due_on"),
        [
            ("2026-09-20", 15, "2026-10-08"),
            ("2026-09-15", 15, "2026-09-30"),
            ("2026-09-25", 15, "2026-10-10"),
            ("2026-05-01", 15, "2026-05-18"),
        ],
    )
    def test_a_last_day_of_rest_moves_to_the_next_workday(
        self, nation: WorkdayCalendar, event_on: str, n: int, due_on: str
    ) -> None:
        assert calendar_day_limit(D(event_on), n, nation).due_on == D(due_on)

    def test_ending_on_an_open_day_is_provisional(self, nation: WorkdayCalendar) -> None:
        found = calendar_day_limit(D("2026-12-15"), 15, nation)
        assert (found.due_on, found.latest_on) == (D("2026-12-30"), D("2027-01-07"))
        assert found.provisional


class TestMonthsAndYears:
    @pytest.mark.parametrize(
        ("event_on", "n", "due_on"),
        [
            ("2025-08-31", 6, "2026-02-28"),
            ("2026-08-31", 6, "2027-03-01"),
            ("2026-01-31", 1, "2026-02-28"),
            ("2026-07-03", 3, "2026-10-08"),
        ],
    )
    def test_months_end_on_the_corresponding_day(
        self, nation: WorkdayCalendar, event_on: str, n: int, due_on: str
    ) -> None:
        assert month_limit(D(event_on), n, nation).due_on == D(due_on)

    def test_years_end_on_the_corresponding_day(self, nation: WorkdayCalendar) -> None:
        assert year_limit(D("2024-02-29"), 1, nation).due_on == D("2025-02-28")
        assert year_limit(D("2023-07-15"), 3, nation).due_on == D("2026-07-15")


class TestInstruments:
    @pytest.mark.parametrize(
        ("instrument", "n", "workdays"),
        [
            ("administrative-penalty-law", 7, True),
            ("administrative-penalty-law", 5, True),
            ("administrative-penalty-law", 15, False),
            ("administrative-penalty-law", 90, False),
            ("行政处罚法", 3, True),
            ("administrative-compulsion-law", 10, True),
            ("administrative-compulsion-law", 30, False),
            ("administrative-reconsideration-law", 10, True),
            ("administrative-reconsideration-law", 60, False),
            ("administrative-licensing-law", 45, True),
            ("civil-code", 7, False),
        ],
    )
    def test_each_counts_by_its_own_rule(self, instrument: str, n: int, workdays: bool) -> None:
        assert counts_workdays(instrument, n) is workdays

    def test_an_unknown_one_is_refused_with_those_known(self) -> None:
        with pytest.raises(CalendarError, match="no such instrument") as refusal:
            counts_workdays("某条例", 7)
        assert "administrative-penalty-law" in refusal.value.hint

    def test_a_limit_is_counted_as_its_instrument_counts(self, nation: WorkdayCalendar) -> None:
        seven = day_limit(D("2026-09-30"), 7, nation, "行政处罚法")
        fifteen = day_limit(D("2026-09-30"), 15, nation, "行政处罚法")
        assert (seven.rule, seven.due_on) == ("workdays:7", D("2026-10-15"))
        assert (fifteen.rule, fifteen.due_on) == ("calendar_days:15", D("2026-10-15"))
        assert seven.ground == "行政处罚法第八十五条"

    @pytest.mark.parametrize(
        ("rule", "fault"),
        [("", "exactly one"), ("up_to: 3\n    days: [1]", "exactly one"),
         ("workdays: some", "expected all or stated")],
    )  # fmt: skip
    def test_a_row_without_one_rule_is_named(self, tmp_path: Path, rule: str, fault: str) -> None:
        path = tmp_path / "instruments.yaml"
        path.write_text(f"instruments:\n  x:\n    title: 甲\n    article: 乙\n    {rule}\n", encoding="utf-8")
        with pytest.raises(CalendarDataError, match=rf"instruments\.yaml:\d: .*{fault}"):
            read_instruments(path)
