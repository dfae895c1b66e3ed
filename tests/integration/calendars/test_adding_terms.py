"""A school calendar comes: the terms it sets count everywhere, open cases follow, and the file is kept for good."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import act_on
from fakes import Desk

from fireduty.errors import CalendarDataError
from flows.catalogue import duty_texts, process_named
from tasks.messages import compose
from tasks.planning import plan_year
from tasks.rescheduling import Rescheduled
from tasks.school_terms import add_terms, propose

TODAY = date(2026, 12, 21)
DRILL = "putuo-2020.art11.escape-drill"
TERMS = """division: "310000"
academic_year: 2026-2027
last_verified_on: 2026-12-20
revisions:
  - status: published
    source: 虚构校历
    stages:
      compulsory:
        term1: [2026-08-31, 2027-01-15]
        term2: [2027-02-15, 2027-07-02]
"""
AddTerms = Callable[..., Rescheduled]


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    """A school calendar that nobody published."""
    path = tmp_path / "terms.yaml"
    path.write_text(TERMS, encoding="utf-8")
    return path


@pytest.fixture
def add_file(desk: Desk) -> AddTerms:
    """Add term dates to the district."""

    def call(path: Path) -> Rescheduled:
        return add_terms(desk.district, act_on(TODAY, hour=10), propose(path, desk.district))

    return call


def drill(desk: Desk) -> Any:
    found = desk.duties("drill", "X-E001", period="2026-2027-T1")
    return next(duty for duty in found if duty.obligation_id == DRILL)


def files(desk: Desk) -> list[str]:
    root = desk.district.settings.folder / "calendar"
    return sorted(str(path.relative_to(root)) for path in root.glob("**/*") if path.is_file())


class TestADutyOfThisTerm:
    def test_ends_with_the_published_term_and_is_certain(self, desk: Desk, add_file: AddTerms, terms: Path) -> None:
        assert drill(desk).due_on == "2027-01-22"
        add_file(terms)
        assert drill(desk).due_on == "2027-01-15"
        [case] = desk.rows("SELECT * FROM duty_case WHERE id = :id", id=drill(desk).case_id)
        assert (case.starts_on, case.ends_on) == ("2026-08-31", "2027-01-15")

    def test_is_told_of_a_school_calendar_and_not_of_a_holiday(
        self, desk: Desk, add_file: AddTerms, terms: Path
    ) -> None:
        assert add_file(terms).told > 0
        with desk.district.database.transaction() as connection:
            texts = duty_texts(desk.district.regulations)
            compose(connection, act_on(TODAY), desk.district.settings, texts, 1000)
        [message] = desk.rows("SELECT text FROM message WHERE recipient_code = 'X-E001'")
        assert "校历公布，日期调整" in message.text
        assert "节假日安排公布" not in message.text

    def test_is_recorded_with_the_file_that_moved_it(self, desk: Desk, add_file: AddTerms, terms: Path) -> None:
        add_file(terms)
        [added] = desk.events("calendar.terms_added")
        assert added["body"]["file"] == "310000/2026-2027.yaml"
        [event] = desk.events("duty.rescheduled", drill(desk).id)
        assert (event["body"]["reason"], event["body"]["document"]) == ("terms-310000-2026-2027", "虚构校历")
        assert desk.problems() == []


def test_only_duties_of_a_school_term_are_reckoned_anew(desk: Desk, add_file: AddTerms, terms: Path) -> None:
    add_file(terms)
    moved = desk.rows(
        "SELECT DISTINCT c.obligation_id FROM ledger l JOIN duty_case c ON l.entry LIKE '%\"case\":' || c.id || ',%'"
        " WHERE l.kind = 'case.rescheduled'"
    )
    assert {row.obligation_id for row in moved} <= {
        "putuo-2020.art11.first-lesson",
        "putuo-2020.art11.class-hours",
        DRILL,
    }


def test_the_next_term_opens_on_its_published_day(desk: Desk, add_file: AddTerms, terms: Path) -> None:
    add_file(terms)
    desk.beat(date(2027, 2, 15))
    opened = desk.duty("drill", "X-E001", period="2026-2027-T2")
    assert opened.due_on == "2027-07-02"


def test_the_end_of_a_year_to_come_is_predicted_from_the_last_one_added(
    desk: Desk, add_file: AddTerms, terms: Path
) -> None:
    add_file(terms)
    desk.beat(date(2028, 2, 28))
    assert desk.duty("drill", "X-E001", period="2027-2028-T2").due_on == "2028-07-02"


def test_the_plan_has_the_days_of_what_is_opened(desk: Desk, add_file: AddTerms, terms: Path) -> None:
    add_file(terms)
    desk.beat(date(2027, 2, 15))
    district = desk.district
    [law] = district.regulations
    with district.database.reading() as connection:
        plan = plan_year(connection, law, 2027, district.calendar, process_named, added=district.added)
    planned = {(one.period, one.due_on) for one in plan.duties if one.obligation == DRILL}
    assert {("2026-2027-T1", "2027-01-15"), ("2026-2027-T2", "2027-07-02")} <= planned


class TestTheFile:
    def test_added_again_changes_nothing(self, desk: Desk, add_file: AddTerms, terms: Path) -> None:
        add_file(terms)
        before = desk.everything()
        assert add_file(terms) == Rescheduled()
        assert desk.everything() == before
        assert files(desk) == ["school_terms/310000/2026-2027.yaml"]

    def test_of_a_further_publication_stands_beside_the_first_and_counts(
        self, desk: Desk, add_file: AddTerms, terms: Path
    ) -> None:
        add_file(terms)
        terms.write_text(TERMS.replace("2027-01-15", "2027-01-18"), encoding="utf-8")
        add_file(terms)
        assert files(desk) == ["school_terms/310000/2026-2027.yaml", "school_terms/310000/2026-2027~2.yaml"]
        first = desk.district.settings.folder / "calendar" / "school_terms" / "310000" / "2026-2027.yaml"
        assert first.read_text(encoding="utf-8") == TERMS
        assert drill(desk).due_on == "2027-01-18"
        assert len(desk.events("calendar.terms_added")) == 2

    @pytest.mark.parametrize(
        ("old", "new", "place", "fault"),
        [
            ('"310000"', '"320000"', "terms.yaml:1", "is neither 310107 nor above it"),
            ("2026-08-31, 2027-01-15", "2027-01-15, 2026-08-31", "terms.yaml:9", "before it starts"),
            ("2027-02-15", "2027-01-10", "terms.yaml:10", "before term1 has ended"),
            ("academic_year: 2026-2027", "academic_year: 2026", "terms.yaml:2", "academic_year"),
            ("term2:", "spring:", "terms.yaml:10", "unknown key"),
            (TERMS, "放假\n", "terms.yaml:1", "expected a mapping"),
        ],
    )
    def test_that_is_wrong_is_refused_at_its_line_and_nothing_is_stored(
        self, desk: Desk, add_file: AddTerms, terms: Path, old: str, new: str, place: str, fault: str
    ) -> None:
        terms.write_text(TERMS.replace(old, new), encoding="utf-8")
        before = desk.everything()
        with pytest.raises(CalendarDataError) as refusal:
            add_file(terms)
        assert place in refusal.value.message
        assert fault in refusal.value.message
        assert desk.everything() == before
        assert files(desk) == []


class TestTheCommand:
    def test_shows_asks_stores_and_says_what_came_of_it(self, run: Callable[..., Any], data: Path, terms: Path) -> None:
        refused = run("calendar", "add-terms", terms, "--data", data)
        assert (refused.status, "term1: 2026-08-31 至 2027-01-15" in refused.err) == (1, True)
        assert not (data / "calendar").exists()
        said = run("calendar", "add-terms", terms, "--yes", "--data", data, "--json")
        found = json.loads(said.out)
        assert (said.status, found["place"], found["name"], found["on_file"]) == (0, "310000", "2026-2027", False)
        assert found["duties"] > 0
        again = run("calendar", "add-terms", terms, "--yes", "--data", data)
        assert (again.status, "on file already" in again.err) == (0, True)

    def test_makes_plan_count_it_and_a_notice_without_a_register_file(
        self, run: Callable[..., Any], data: Path, terms: Path, notice_2027: Path
    ) -> None:
        def due() -> set[tuple[str, str]]:
            rows = json.loads(run("plan", "--regulation", "putuo-2020", "--year", 2027, "--data", data, "--json").out)
            return {(row["due_on"], row["status"]) for row in rows if row["obligation"] == DRILL}

        before = due()
        assert ("2027-01-22", "provisional") in before
        run("calendar", "add-terms", terms, "--yes", "--data", data)
        run("calendar", "add-notice", notice_2027, "--yes", "--data", data)
        assert due() >= {("2027-01-15", "confirmed"), ("2027-07-02", "confirmed")}

    def test_makes_simulate_count_it(self, run: Callable[..., Any], data: Path, terms: Path, tmp_path: Path) -> None:
        run("calendar", "add-terms", terms, "--yes", "--data", data)
        kept = tmp_path / "kept"
        days = ("--from", "2027-02-14", "--to", "2027-02-16")
        said = run("simulate", *days, "--behaviour", "silent", "--keep", kept, "--data", data, "--json")
        assert said.status == 0
        rows = json.loads(run("duty", "list", "--data", kept, "--json").out)
        assert "2027-07-02" in {row["due_on"] for row in rows}


def test_the_checkup_names_the_command_that_adds_a_notice(run: Callable[..., Any], data: Path) -> None:
    said = run("doctor", "--data", data, "--json")
    [found] = [one for one in json.loads(said.out) if one["part"] == "calendar"]
    assert "fireduty calendar add-notice FILE" in found["mend"]
