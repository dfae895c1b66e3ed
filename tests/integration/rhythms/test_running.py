"""Weekly, five-yearly and occasional duties: planned, opened, proved, closed, and dated anew by a notice."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import act_on
from fakes import Desk
from rhythms import NEW_YEAR, OBLIGATIONS, PACK, district_at, write_pack
from sqlalchemy import Row

from calendars.workdays import workday_calendar
from deployments.describing import describe
from deployments.schedules import timetables, upcoming
from fireduty.errors import EvidenceError, RegulationError
from flows.catalogue import process_named
from models.packs import load_at
from tasks.holiday_notices import add_notice, propose
from tasks.moving import Reason
from tasks.planning import Plan, plan_year
from tasks.rescheduling import Rescheduled, reschedule

NOTICE = Path(__file__).parents[2] / "golden" / "calendars" / "invented-2027.yaml"


def of(desk: Desk, obligation: str, **wanted: Any) -> list[Row[Any]]:
    return [one for one in desk.duties(**wanted) if one.obligation_id == f"{PACK}.{obligation}"]


def plan(desk: Desk, year: int) -> Plan:
    district = desk.district
    [law] = district.regulations
    with district.database.reading() as connection:
        since = district.settings.in_force_on
        return plan_year(connection, law, year, district.calendar, process_named, since=since, added=district.added)


def add_the_notice(desk: Desk, on: date) -> Rescheduled:
    proposal = propose(NOTICE, desk.district.settings.folder, on)
    return add_notice(desk.district, act_on(on, hour=10), proposal)


def test_one_late_beat_opens_what_the_plan_says(desk: Desk) -> None:
    planned = plan(desk, 2027)
    assert planned.binding_nobody == []
    desk.beat(date(2027, 12, 31))
    opened = Counter(
        (one.obligation_id, one.step, one.period, one.body_code, one.subject_code, one.plan_by, one.due_on)
        for one in desk.duties()
        if one.due_on <= "2027-12-31"
    )
    assert opened == Counter(
        (one.obligation, one.step, one.period, one.body, one.subject, one.plan_by, one.due_on) for one in planned.duties
    )
    assert desk.problems() == []


def test_days_of_beats_open_the_same_as_one(desk: Desk) -> None:
    for month in range(1, 13):
        desk.beat(date(2027, month, 15))
        desk.beat(date(2027, month, 15))
    desk.beat(date(2027, 12, 31))
    found = Counter((one.obligation_id, one.period, one.body_code, one.subject_code) for one in desk.duties())
    assert max(found.values()) == 1
    in_plan = {(one.obligation, one.period, one.body, one.subject) for one in plan(desk, 2027).duties}
    assert in_plan <= set(found)


class TestEachWeek:
    def test_opens_on_monday_and_is_due_on_sunday(self, desk: Desk) -> None:
        desk.beat(date(2027, 3, 7))
        assert of(desk, "s1.weekly", period="2027-W10") == []
        desk.beat(date(2027, 3, 8))
        found = of(desk, "s1.weekly", period="2027-W10")
        assert {(one.plan_by, one.due_on) for one in found} == {("2027-03-12", "2027-03-14")}
        assert len(found) == 7

    def test_is_proved_within_the_week_and_closed(self, desk: Desk) -> None:
        desk.beat(date(2027, 3, 8))
        mine, *others = of(desk, "s1.weekly", period="2027-W10")
        with pytest.raises(EvidenceError, match="from 2027-03-08 to 2027-03-14"):
            desk.submit(mine, date(2027, 3, 9), proof=date(2027, 3, 7))
        for one in (mine, *others):
            desk.finish(one, date(2027, 3, 9))
        desk.beat(date(2027, 3, 10))
        assert "2027-W10" in desk.closed()


class TestEachFiveYears:
    def test_every_body_is_visited_once_in_the_years_that_are_left(self, desk: Desk) -> None:
        visits = Counter(
            (duty.subject, duty.period)
            for year in range(2027, 2031)
            for duty in plan(desk, year).duties
            if duty.obligation.endswith("five-yearly")
        )
        assert visits == Counter((f"X-D{n:02}", "2026..2030") for n in range(1, 8))

    def test_the_years_open_one_after_the_other(self, desk: Desk) -> None:
        desk.beat(date(2027, 1, 4))
        assert [one.subject_code for one in of(desk, "s2.five-yearly")] == ["X-D01", "X-D05"]
        desk.beat(date(2030, 1, 4))
        assert len(of(desk, "s2.five-yearly", period="2026..2030")) == 7


class TestAnOccasion:
    SPRING = "2027-spring-festival"

    def test_opens_on_the_earliest_day_and_is_provisional(self, desk: Desk) -> None:
        desk.beat(date(2027, 1, 19))
        assert of(desk, "s3.occasion") == []
        desk.beat(date(2027, 1, 20))
        found = of(desk, "s3.occasion", period=self.SPRING)
        assert [(one.body_code, one.plan_by, one.due_on) for one in found] == [
            ("X-S01", "2027-02-02", "2027-02-08"),
            ("X-S02", "2027-02-02", "2027-02-08"),
        ]
        [case] = desk.rows("SELECT * FROM duty_case WHERE period = :key", key=self.SPRING)
        assert case.provisional

    def test_a_season_is_certain_and_opens_on_its_first_day(self, desk: Desk) -> None:
        desk.beat(date(2027, 10, 31))
        assert of(desk, "s3.occasion", period="2027-fire-month") == []
        desk.beat(date(2027, 11, 1))
        [one, _] = of(desk, "s3.occasion", period="2027-fire-month")
        assert one.due_on == "2027-11-30"

    def test_a_notice_dates_an_open_case_anew_under_its_key(self, desk: Desk) -> None:
        desk.beat(date(2027, 1, 20))
        before = of(desk, "s3.occasion", period=self.SPRING)
        done = add_the_notice(desk, date(2027, 1, 22))
        assert done.left == ()
        moved = of(desk, "s3.occasion", period=self.SPRING)
        assert [one.id for one in moved] == [one.id for one in before]
        # The notice: 5 to 12 February rest and with them Saturday the 13th; 31 January is worked.
        assert {(one.plan_by, one.due_on) for one in moved} == {("2027-02-04", "2027-02-13")}
        [case] = desk.rows("SELECT * FROM duty_case WHERE period = :key", key=self.SPRING)
        assert (case.starts_on, case.ends_on, bool(case.provisional)) == ("2027-01-25", "2027-02-13", False)
        assert ("rescheduled:cn-2027", "X-S01") in desk.notices(moved[0])
        assert add_the_notice(desk, date(2027, 1, 22)) == Rescheduled()

    def test_what_was_done_before_the_notice_moved_the_period_still_proves_it(self, desk: Desk) -> None:
        desk.beat(date(2027, 1, 20))
        add_the_notice(desk, date(2027, 1, 22))
        for one in of(desk, "s3.occasion", period=self.SPRING):
            desk.submit(one, date(2027, 1, 22), proof=date(2027, 1, 21))
            desk.review(one, date(2027, 1, 22))
        assert self.SPRING in desk.closed()

    def test_after_the_notice_it_opens_on_the_certain_day(self, desk: Desk) -> None:
        desk.beat(date(2027, 1, 10))
        add_the_notice(desk, date(2027, 1, 12))
        desk.beat(date(2027, 1, 24))
        assert of(desk, "s3.occasion") == []
        desk.beat(date(2027, 1, 25))
        found = of(desk, "s3.occasion", period=self.SPRING)
        assert {(one.plan_by, one.due_on) for one in found} == {("2027-02-04", "2027-02-13")}

    def test_the_plan_follows_the_notice(self, desk: Desk) -> None:
        status = {one.period: one.status for one in plan(desk, 2027).duties if one.obligation.endswith("occasion")}
        assert status == {self.SPRING: "provisional", "2027-fire-month": "confirmed"}
        add_the_notice(desk, date(2027, 1, 12))
        due = {one.period: one.due_on for one in plan(desk, 2027).duties if one.obligation.endswith("occasion")}
        assert due == {self.SPRING: "2027-02-13", "2027-fire-month": "2027-11-30"}

    def test_seasons_are_part_of_the_version_where_one_is_named(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        district = desk.district
        _, occasion = district.obligation(f"{PACK}.s3.occasion")
        holidays_only = occasion.model_copy(update={"occasions": ("spring_festival",)})
        before = district.calendar_version(occasion)
        assert district.calendar_version(holidays_only) == district.calendar.version != before
        desk.beat(date(2027, 1, 20))
        monkeypatch.setattr("tasks.district.seasons_version", lambda _: "another order of the season")
        district.forget_calendar()
        assert district.calendar_version(occasion) != before
        assert district.calendar_version(holidays_only) == district.calendar.version
        assert reschedule(district, act_on(date(2027, 1, 21)), Reason("season", "虚构命令")).cases == 1


def test_a_holiday_within_a_season_opens_although_the_season_that_began_sooner_opens_later(tmp_path: Path) -> None:
    changed = OBLIGATIONS.replace("fire-month]", "winter-spring-campaign]").replace("opens: start", "opens: end-20d")
    with district_at(tmp_path, changed) as desk:
        desk.beat(date(2027, 1, 18))
        assert of(desk, "s3.occasion") == []
        desk.beat(date(2027, 1, 19))
        assert {one.period for one in of(desk, "s3.occasion")} == {"2027-spring-festival"}
        desk.beat(date(2027, 3, 11))
        assert {one.period for one in of(desk, "s3.occasion")} == {
            "2027-spring-festival",
            "2026-winter-spring-campaign",
        }


def test_an_occasion_that_the_division_does_not_know_is_refused_at_its_line(tmp_path: Path) -> None:
    write_pack(tmp_path, OBLIGATIONS.replace("fire-month]", "forest-fire]"))
    root = tmp_path / "regulations" / PACK
    with pytest.raises(RegulationError) as refused:
        load_at(root)
    [problem] = refused.value.problems
    line = OBLIGATIONS.split("\n").index("  occasions: [spring_festival, fire-month]") + 1
    assert problem.place == f"{root / 'obligations' / 's1.yaml'}:{line}"
    assert problem.message.startswith("occasions: expected one of new_year, spring_festival, ")
    assert problem.message.endswith("got forest-fire")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("  occasions: [spring_festival, fire-month]\n", "", "`occasions` goes with the frequency occasion"),
        ("fire-month]", "spring_festival]", "the same occasion stands twice"),
        ("  interval_months: 6\n", "", "`interval_months` goes with the frequency after_last"),
        ("interval_months: 6", "interval_months: 0", "greater than or equal to 1"),
        ("  binds: {kind: school}\n", "  binds: {kind: school}\n  concerns: {kind: unit}\n", "leave out `concerns`"),
    ],
)
def test_fields_that_do_not_go_together_are_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in OBLIGATIONS
    write_pack(tmp_path, OBLIGATIONS.replace(old, new))
    with pytest.raises(RegulationError) as refused:
        load_at(tmp_path / "regulations" / PACK)
    assert any(fault in problem.message for problem in refused.value.problems)


def test_the_timetables_name_every_period_in_letters_prefect_takes(desk: Desk) -> None:
    district = desk.district
    [law] = district.regulations
    desk.beat(NEW_YEAR)
    slugs = {}
    for obligation in law.obligations:
        periods = upcoming(district, law, obligation, NEW_YEAR)
        slugs[obligation.id.removeprefix(f"{PACK}.")] = [one.slug for one in timetables(obligation, periods, NEW_YEAR)]
    assert slugs["s1.weekly"][:2] == ["2026-w53", "2027-w01"]
    assert slugs["s2.five-yearly"][0] == "2026-2030"
    assert slugs["s3.occasion"][:2] == ["2027-spring-festival", "2027-fire-month"]
    assert slugs["s4.rolling"] == ["2027-01-01-6m"]
    assert all(set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for found in slugs.values() for slug in found)


def test_descriptions_say_how_often(desk: Desk) -> None:
    [law] = desk.district.regulations
    said = [
        next(line for line in describe(law, one, process_named(one.flow), []).splitlines() if line.startswith("- 频次"))
        for one in law.obligations
    ]
    assert said == ["- 频次：每周", "- 频次：每五年", "- 频次：春节前、全国消防宣传月", "- 频次：上次完成后6个月内"]


def test_the_calendar_of_the_district_is_the_one_occasions_are_read_from(desk: Desk) -> None:
    assert desk.district.calendar is workday_calendar("310107", desk.district.added)
