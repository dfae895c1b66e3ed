"""Local holidays check themselves too."""

from pathlib import Path

import pytest

from calendars.overlays import OVERLAYS, overlay_files, read_overlay, read_overlays
from fireduty.errors import CalendarDataError

GOOD = """id: yanbian-2024
division: "222400"
name: 延边州州庆
year: 2024
status: published
document: 通告
last_verified_on: 2026-11-21
rest: [2024-09-02, 2024-09-04]
days: 3
"""


@pytest.mark.parametrize("path", sorted(OVERLAYS.glob("*/*.yaml")), ids=lambda path: path.stem)
def test_those_of_the_package_are_read(path: Path) -> None:
    assert read_overlay(path).division == path.parent.name


@pytest.mark.parametrize(
    ("old", "new", "line", "fault"),
    [
        ("days: 3", "days: 4", 9, "4 stated, 3 listed"),
        ("year: 2024", "year: 2025", 8, "outside 2025"),
        ("status: published", "status: sure", 5, "expected published or predicted"),
        ('division: "222400"', 'division: "222401"', 2, "in the folder of 222400"),
        ("2024-09-04]", "2024-09-01]", 8, "before it starts"),
        ("status: published", 'status: predicted\nwindow: ["09-31", "10-01"]', 6, "MM-DD"),
    ],
)
def test_a_fault_is_named_at_its_line(tmp_path: Path, old: str, new: str, line: int, fault: str) -> None:
    path = tmp_path / "222400" / "2024.yaml"
    path.parent.mkdir()
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(CalendarDataError, match=rf"2024\.yaml:{line}: .*{fault}"):
        read_overlay(path)


def test_a_holiday_set_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "222400").mkdir()
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / "222400" / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(CalendarDataError, match=r"b\.yaml:1: .*already set"):
        read_overlays(overlay_files(("222401", "222400"), tmp_path))
