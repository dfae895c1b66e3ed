"""Two schools, one with term dates of its own: each is asked for its proof on its own days, and the plan says so."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import act_on, make_district
from fakes import Desk
from sqlalchemy import Row

from fireduty.errors import CalendarDataError, UnknownNameError
from flows.catalogue import process_named
from tasks.moving import Reason
from tasks.planning import plan_year
from tasks.rescheduling import Rescheduled, reschedule
from tasks.school_terms import add_terms, propose, propose_own

LESSON, HOURS, DRILL = "art11.first-lesson", "art11.class-hours", "art11.escape-drill"
FIRST, SECOND = "X-E001", "X-E002"
TERM = "2026-2027-T1"
OWN = """body: X-E001
source: 校务会议决定（虚构）
last_verified_on: 2026-07-10
terms:
  2026-2027-T1: [2026-08-24, 2027-01-08]
  2026-2027-T2: [2027-02-15, 2027-07-09]
"""
AddOwn = Callable[..., Rescheduled]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A district in the summer before the academic year 2026-2027, with its duties of a term only."""
    with make_district(tmp_path / "data", date(2026, 7, 15), durable=False) as district:
        yield Desk(district).only(LESSON, HOURS, DRILL)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The dates that one school set for itself."""
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.fixture
def add_own(desk: Desk, file: Path) -> AddOwn:
    """Add a school's own dates on a day."""

    def call(on: date = date(2026, 7, 15), body: str = FIRST) -> Rescheduled:
        return add_terms(desk.district, act_on(on, hour=10), propose_own(file, desk.district, body))

    return call


def duties(desk: Desk, body: str, obligation: str, period: str = TERM) -> list[Row[Any]]:
    found = desk.duties(body=body, period=period)
    return [one for one in found if one.obligation_id == f"putuo-2020.{obligation}"]


def duty(desk: Desk, body: str, obligation: str, period: str = TERM) -> Row[Any]:
    [found] = duties(desk, body, obligation, period)
    return found


def live(desk: Desk, *days: date) -> None:
    for on in days:
        desk.beat(on)


def planned(desk: Desk, year: int) -> set[tuple[str, ...]]:
    district = desk.district
    [law] = district.regulations
    with district.database.reading() as connection:
        since = district.settings.in_force_on
        plan = plan_year(connection, law, year, district.calendar, process_named, since=since, added=district.added)
    return {
        (one.obligation, one.period, one.body, one.plan_by, one.due_on)
        for one in plan.duties
        if one.obligation.partition(".")[2] in (LESSON, HOURS, DRILL)
    }


class TestBeforeTheTerm:
    def test_each_school_opens_on_its_own_day(self, desk: Desk, add_own: AddOwn) -> None:
        add_own()
        live(desk, date(2026, 8, 23))
        assert desk.duties() == []
        live(desk, date(2026, 8, 24))
        assert {one.body_code for one in desk.duties()} == {FIRST}
        live(desk, date(2026, 8, 31))
        assert {one.body_code for one in desk.duties()} == {FIRST}
        live(desk, date(2026, 9, 1))
        assert duty(desk, FIRST, LESSON).due_on == "2026-08-30"
        assert duty(desk, SECOND, LESSON).due_on == "2026-09-06"
        assert (duty(desk, FIRST, DRILL).due_on, duty(desk, SECOND, DRILL).due_on) == ("2027-01-08", "2027-01-22")

    def test_each_has_its_duty_once_however_often_the_heart_beats(self, desk: Desk, add_own: AddOwn) -> None:
        add_own()
        live(desk, *(date(2026, 8, day) for day in range(23, 32)), *(date(2026, 9, day) for day in range(1, 10)))
        assert len(desk.duties(period=TERM)) == 6
        assert desk.problems() == []

    def test_the_plan_agrees_with_what_is_opened(self, desk: Desk, add_own: AddOwn) -> None:
        add_own()
        live(desk, date(2026, 8, 24), date(2026, 9, 1), date(2027, 2, 15), date(2027, 2, 22))
        opened = {(o.obligation_id, o.period, o.body_code, str(o.plan_by), str(o.due_on)) for o in desk.duties()}
        assert len(opened) == 12
        due_by = {one for year in (2026, 2027) for one in planned(desk, year) if one[1].startswith("2026-2027")}
        assert opened == due_by

    def test_dates_of_its_own_are_certain_where_the_others_are_predicted(self, desk: Desk, add_own: AddOwn) -> None:
        add_own()
        live(desk, date(2026, 8, 24))
        case = duty(desk, FIRST, LESSON).case_id
        rows = desk.rows("SELECT variant, provisional FROM schedule WHERE case_id = :case ORDER BY id", case=case)
        assert [(row.variant, bool(row.provisional)) for row in rows] == [("", True), (FIRST, False)]

    def test_a_lesson_before_the_others_begin_is_within_the_term(self, desk: Desk, add_own: AddOwn) -> None:
        add_own()
        live(desk, date(2026, 8, 24))
        lesson = duty(desk, FIRST, LESSON)
        desk.finish(lesson, date(2026, 8, 25))
        assert duty(desk, FIRST, LESSON).state == "accepted"


class TestWhileTheTermRuns:
    TODAY = date(2026, 10, 12)

    @pytest.fixture(autouse=True)
    def _term_runs(self, desk: Desk) -> None:
        live(desk, date(2026, 9, 1), self.TODAY)

    def test_only_the_duties_of_that_school_move_and_it_is_told(self, desk: Desk, add_own: AddOwn) -> None:
        other, rung = duty(desk, SECOND, DRILL), duty(desk, FIRST, DRILL).rung
        done = add_own(self.TODAY)
        moved = duty(desk, FIRST, DRILL)
        assert (moved.due_on, moved.rung) == ("2027-01-08", rung)
        assert duty(desk, SECOND, DRILL) == other
        assert done.told > 0
        [event] = desk.events("duty.rescheduled", moved.id)
        assert event["body"]["reason"] == "terms-bodies-X-E001"
        assert (event["body"]["old"]["due_on"], event["body"]["new"]["due_on"]) == ("2027-01-22", "2027-01-08")
        assert desk.problems() == []

    def test_the_plan_agrees_afterwards(self, desk: Desk, add_own: AddOwn) -> None:
        add_own(self.TODAY)
        live(desk, date(2026, 10, 13))
        opened = {(o.obligation_id, o.period, o.body_code, str(o.plan_by), str(o.due_on)) for o in desk.duties()}
        assert {one for one in opened if one[4] > "2027"} == {one for one in planned(desk, 2027) if one[1] == TERM}
        assert len(opened) == 6

    def test_the_ladder_goes_on_by_its_own_days(self, desk: Desk, add_own: AddOwn) -> None:
        add_own(self.TODAY)
        live(desk, date(2027, 1, 11))
        assert "overdue_1" in desk.rungs(duty(desk, FIRST, DRILL))
        assert "overdue_1" not in desk.rungs(duty(desk, SECOND, DRILL))

    def test_added_again_changes_nothing(self, desk: Desk, add_own: AddOwn) -> None:
        add_own(self.TODAY)
        before = desk.everything()
        assert add_own(self.TODAY) == Rescheduled()
        assert desk.everything() == before

    def test_further_dates_of_the_school_count_from_then_on(self, desk: Desk, add_own: AddOwn, file: Path) -> None:
        add_own(self.TODAY)
        file.write_text(OWN.replace("2027-01-08", "2027-01-12"), encoding="utf-8")
        add_own(self.TODAY)
        assert duty(desk, FIRST, DRILL).due_on == "2027-01-12"
        folder = desk.district.settings.folder / "calendar" / "school_terms" / "bodies"
        assert sorted(path.name for path in folder.iterdir()) == ["X-E001.yaml", "X-E001~2.yaml"]

    def test_a_school_calendar_of_the_division_leaves_them_alone(
        self, desk: Desk, add_own: AddOwn, tmp_path: Path
    ) -> None:
        add_own(self.TODAY)
        path = tmp_path / "terms.yaml"
        path.write_text(
            'division: "310000"\nacademic_year: 2026-2027\nrevisions:\n  - status: published\n    source: 虚构校历\n'
            "    stages: {compulsory: {term1: [2026-09-01, 2027-01-15]}}\n",
            encoding="utf-8",
        )
        add_terms(desk.district, act_on(self.TODAY), propose(path, desk.district))
        assert (duty(desk, FIRST, DRILL).due_on, duty(desk, SECOND, DRILL).due_on) == ("2027-01-08", "2027-01-15")


def test_a_school_whose_dates_are_removed_keeps_those_of_open_cases(desk: Desk, add_own: AddOwn) -> None:
    add_own()
    live(desk, date(2026, 8, 24), date(2026, 9, 1))
    before = [(one.id, one.schedule_id, one.plan_by, one.due_on) for one in desk.duties(period=TERM)]
    (desk.district.settings.folder / "calendar" / "school_terms" / "bodies" / "X-E001.yaml").unlink()
    desk.district.forget_calendar()
    reschedule(desk.district, act_on(date(2026, 9, 2)), Reason("x", "y"))
    live(desk, date(2026, 9, 2))
    assert [(one.id, one.schedule_id, one.plan_by, one.due_on) for one in desk.duties(period=TERM)] == before
    live(desk, date(2027, 2, 15))
    assert desk.duties(period="2026-2027-T2") == []
    live(desk, date(2027, 2, 22))
    assert duty(desk, FIRST, DRILL, "2026-2027-T2").due_on == duty(desk, SECOND, DRILL, "2026-2027-T2").due_on


class TestAFile:
    @pytest.mark.parametrize(
        ("old", "new", "place", "fault"),
        [
            ("X-E001", "X-E002", "own.yaml:1", "in a file given for X-E001"),
            ("2026-08-24, 2027-01-08", "2027-01-08, 2026-08-24", "own.yaml:5", "before it starts"),
            ("2027-02-15", "2027-01-08", "own.yaml:6", "before 2026-2027-T1 has ended"),
            ("2026-2027-T2:", "2026-2027:", "own.yaml:6", "not a school term"),
            ("2027-02-15, 2027-07-09", "2028-02-15, 2028-07-09", "own.yaml:6", "outside its academic year"),
            ("source:", "author:", "own.yaml:2", "unknown key"),
        ],
    )
    def test_that_is_wrong_is_refused_at_its_line_and_nothing_is_stored(
        self, desk: Desk, add_own: AddOwn, file: Path, old: str, new: str, place: str, fault: str
    ) -> None:
        file.write_text(OWN.replace(old, new), encoding="utf-8")
        before = desk.everything()
        with pytest.raises(CalendarDataError) as refusal:
            add_own()
        assert place in refusal.value.message
        assert fault in refusal.value.message
        assert desk.everything() == before
        assert not (desk.district.settings.folder / "calendar").exists()

    def test_of_a_school_the_register_does_not_know_is_refused(self, add_own: AddOwn, file: Path) -> None:
        file.write_text(OWN.replace("X-E001", "X-E999"), encoding="utf-8")
        with pytest.raises(UnknownNameError, match="X-E999"):
            add_own(body="X-E999")

    def test_given_without_its_school_says_what_is_missing(self, desk: Desk, file: Path) -> None:
        with pytest.raises(CalendarDataError, match=r"own\.yaml:1: .*dates of one school") as refusal:
            propose(file, desk.district)
        assert "--body" in refusal.value.hint


def test_the_command_adds_the_dates_of_one_school(run: Callable[..., Any], data: Path, file: Path) -> None:
    said = run("calendar", "add-terms", file, "--body", FIRST, "--yes", "--data", data)
    assert said.status == 0
    assert "2026-2027-T1: 2026-08-24 至 2027-01-08" in said.err
    assert (data / "calendar" / "school_terms" / "bodies" / "X-E001.yaml").exists()
