"""School terms: as published where a file is, else predicted and marked so."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from calendars.terms import (
    ENDS_MARGIN,
    SCHOOL_TERMS,
    STARTS_MARGIN,
    _predicted,
    read_school_year,
    school_year,
    term,
)
from fireduty.errors import CalendarDataError, CalendarRangeError

D = date.fromisoformat
FILES = sorted(SCHOOL_TERMS.glob("*/*.yaml"))
GOOD = """division: "310000"
academic_year: 2026-2027
revisions:
  - status: superseded
    source: 初稿
    stages:
      compulsory: {term1: [2026-09-01, 2027-01-29]}
  - published_on: 2026-04-01
    status: published
    source: 校历
    stages:
      compulsory:
        term1: [2026-09-01, 2027-01-22]
        winter: [2027-01-25, 2027-02-19]
        term2: [2027-02-22, 2027-06-30]
"""


def written(root: Path, text: str) -> Path:
    path = root / "school_terms" / "310000" / "2026-2027.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("division", "year", "number", "stage", "starts_on", "ends_on"),
    [
        ("310107", 2023, 2, "compulsory", "2024-02-19", "2024-06-28"),
        ("310113", 2024, 1, "compulsory", "2024-09-02", "2025-01-17"),
        ("310000", 2025, 1, "non_compulsory", "2025-09-01", "2026-01-30"),
        ("110108", 2024, 1, "compulsory", "2024-09-01", "2025-01-11"),
        ("110000", 2024, 2, "non_compulsory", "2025-02-17", "2025-07-13"),
        ("110000", 2025, 2, "compulsory", "2026-03-02", "2026-07-07"),
        ("330402", 2020, 1, "compulsory", "2020-09-01", "2021-01-31"),
    ],
)
def test_a_published_term_is_given_as_published(
    division: str, year: int, number: int, stage: str, starts_on: str, ends_on: str
) -> None:
    found = term(division, year, number, stage)
    assert (found.starts_on, found.ends_on) == (D(starts_on), D(ends_on))
    assert (found.provisional, found.starts_margin, found.ends_margin) == (False, 0, 0)


@pytest.mark.parametrize("division", ["310107", "110000", "330400", "222400", "000000"])
@pytest.mark.parametrize("number", [1, 2])
def test_the_terms_of_2026_are_predicted_and_say_so(division: str, number: int) -> None:
    found = term(division, 2026, number)
    assert found.provisional
    assert found.key == f"2026-2027-T{number}"
    assert "预测" in found.source


def test_the_prediction_follows_the_stated_rule() -> None:
    first, second = term("222400", 2026, 1), term("222400", 2026, 2)
    assert (first.starts_on, first.ends_on) == (D("2026-09-01"), D("2027-01-22"))
    assert (second.starts_on, second.ends_on) == (D("2027-02-22"), D("2027-06-30"))
    assert term("222400", 2024, 1).starts_on == D("2024-09-02")
    assert term("222400", 2025, 2).starts_on == D("2026-03-02")
    assert term("222400", 2024, 1).ends_on == D("2025-01-10")
    assert term("222400", 2017, 1).ends_on == D("2018-02-02")


def test_the_second_term_is_predicted_to_end_as_it_did_last() -> None:
    assert term("110000", 2026, 2).ends_on == D("2027-07-07")
    assert term("110000", 2026, 2, "non_compulsory").ends_on == D("2027-07-14")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_published_term_lies_within_the_margins_of_the_rule(path: Path) -> None:
    published = read_school_year(path)
    for stage, spans in published.spans.items():
        for number in (1, 2):
            starts_on, ends_on = spans[f"term{number}"]
            rule = _predicted(published.division, published.year, number, stage)
            assert abs(rule.starts_on - starts_on) <= timedelta(days=STARTS_MARGIN)
            assert abs(rule.ends_on - ends_on) <= timedelta(days=ENDS_MARGIN)


def test_the_revision_in_force_is_taken_and_the_superseded_one_is_not(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    found = term("310107", 2026, 1, added=tmp_path)
    assert (found.ends_on, found.provisional, found.source) == (D("2027-01-22"), False, "校历")


def test_what_the_file_does_not_say_is_predicted(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    assert term("310107", 2026, 1, "non_compulsory", tmp_path).provisional


def test_a_prediction_on_file_stays_provisional(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("status: published", "status: predicted"))
    found = term("310107", 2026, 1, added=tmp_path)
    assert (found.provisional, found.ends_margin) == (True, ENDS_MARGIN)


def test_vacations_are_on_file_where_published() -> None:
    found = school_year("310000", 2025)
    assert found is not None
    assert found.spans["compulsory"]["winter"] == (D("2026-02-02"), D("2026-02-27"))
    assert school_year("222400", 2025) is None


@pytest.mark.parametrize(
    ("year", "number", "stage"),
    [(2026, 3, "compulsory"), (2026, 1, "university"), (2050, 2, "compulsory")],
)
def test_a_term_that_cannot_be_is_refused(year: int, number: int, stage: str) -> None:
    with pytest.raises(CalendarRangeError):
        term("310000", year, number, stage)


@pytest.mark.parametrize(
    ("old", "new", "line", "fault"),
    [
        ("[2026-09-01, 2027-01-22]", "[2027-01-22, 2026-09-01]", 13, "before it starts"),
        ("[2027-02-22, 2027-06-30]", "[2027-02-19, 2027-06-30]", 15, "before winter has ended"),
        ("[2027-02-22, 2027-06-30]", "[2028-02-22, 2028-06-30]", 15, "outside 2026-2027"),
        ("2026-2027", "2026-2028", 2, "expected two years"),
        ('"310000"', '"310107"', 1, "in the folder of 310000"),
        ("status: superseded", "status: published", 3, "2 are in force"),
        ("status: published", "status: draft", 9, "expected published, predicted"),
        ("term2:", "spring:", 15, "unknown key 'spring'"),
        ("      compulsory:\n", "      kindergarten:\n", 12, "unknown key 'kindergarten'"),
    ],
)  # fmt: skip
def test_a_fault_is_named_at_its_line(tmp_path: Path, old: str, new: str, line: int, fault: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(CalendarDataError, match=rf"2026-2027\.yaml:{line}: .*{fault}"):
        read_school_year(path)
