"""Terms of single schools: one file each, further ones beside it, the last one counts."""

from datetime import date
from pathlib import Path

import pytest

from calendars.own_terms import own_terms
from calendars.terms import terms_version
from calendars.workdays import reload_calendars
from fireduty.errors import CalendarDataError

OWN = "body: {body}\nsource: 校务会议决定\nterms:\n  2026-2027-T1: [2026-08-24, {end}]\n"


def written(root: Path, name: str, body: str = "E1", end: str = "2027-01-08") -> None:
    folder = root / "school_terms" / "bodies"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(OWN.format(body=body, end=end), encoding="utf-8")
    reload_calendars()


def test_where_nothing_was_added_no_school_has_its_own(tmp_path: Path) -> None:
    assert own_terms(None) == {}
    assert own_terms(tmp_path) == {}


def test_each_school_has_those_of_its_file(tmp_path: Path) -> None:
    written(tmp_path, "E1")
    written(tmp_path, "E.2", "E.2", "2027-01-12")
    found = own_terms(tmp_path)["2026-2027-T1"]
    assert {code: one.ends_on for code, one in found.items()} == {"E1": date(2027, 1, 8), "E.2": date(2027, 1, 12)}
    assert not found["E1"].provisional


def test_the_file_added_last_counts_also_after_the_ninth(tmp_path: Path) -> None:
    for name, end in (("E1", "2027-01-04"), ("E1~9", "2027-01-05"), ("E1~10", "2027-01-06")):
        written(tmp_path, name, end=end)
    assert own_terms(tmp_path)["2026-2027-T1"]["E1"].ends_on == date(2027, 1, 6)


def test_a_file_under_another_schools_name_is_refused_at_its_line(tmp_path: Path) -> None:
    written(tmp_path, "E2")
    with pytest.raises(CalendarDataError, match=r"E2\.yaml:1: body: E1 in the file of E2"):
        own_terms(tmp_path)


def test_a_school_calendar_added_changes_the_version_of_its_division_and_no_other(tmp_path: Path) -> None:
    before = {code: terms_version(code, tmp_path) for code in ("310107", "220000")}
    path = tmp_path / "school_terms" / "310000" / "2026-2027.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("x", encoding="utf-8")
    assert terms_version("310107", tmp_path) != before["310107"]
    assert terms_version("220000", tmp_path) == before["220000"]
