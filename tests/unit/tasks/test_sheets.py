"""What every workbook keeps to: no formula, no name that Excel refuses, no character it cannot hold."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from tasks.sheets import LONGEST_CELL, LONGEST_NAME, cell_text, same_bytes, sheet_names, unescape


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM", "＝1", "＋1", "－1", "＠a", "'=1"])
def test_a_value_that_looks_like_a_formula_is_shown_as_text(value: str) -> None:
    assert cell_text(value) == f"'{value}"
    assert unescape(cell_text(value)) == value


def test_a_text_as_long_as_a_cell_is_kept_and_a_longer_one_is_cut() -> None:
    assert cell_text("字" * LONGEST_CELL) == "字" * LONGEST_CELL
    assert cell_text("字" * (LONGEST_CELL + 1)) == "字" * (LONGEST_CELL - 1) + "…"


@given(st.text(max_size=60))
def test_every_text_can_be_written_and_no_cell_is_a_formula(value: str) -> None:
    book = Workbook()
    book.active["A1"].value = cell_text(value) or None  # type: ignore[index]
    assert book.active["A1"].data_type in {"s", "n"}  # type: ignore[index]
    book.save(io.BytesIO())


@given(st.lists(st.text(max_size=40), max_size=12))
def test_every_list_of_names_becomes_names_of_sheets(wanted: list[str]) -> None:
    names = sheet_names(wanted, ["汇总", "说明"])
    assert len(names) == len(wanted)
    assert len({name.casefold() for name in [*names, "汇总", "说明"]}) == len(names) + 2
    for name in names:
        assert 0 < len(name) <= LONGEST_NAME
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")


def test_names_alike_but_for_case_are_told_apart_and_stay_short() -> None:
    long = "上海市普陀区某某街道某某居民委员会某某网格消防工作站示例单位名称"
    assert sheet_names(["A/B", "a/b", "History", long, long]) == [
        "A_B",
        "a_b(2)",
        "History(2)",
        long[:LONGEST_NAME],
        f"{long[: LONGEST_NAME - 3]}(2)",
    ]


def test_the_same_workbook_is_the_same_bytes_and_still_opens() -> None:
    packed = io.BytesIO()
    Workbook().save(packed)
    once = same_bytes(packed.getvalue())
    assert same_bytes(once) == once
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert load_workbook(io.BytesIO(once)).sheetnames == ["Sheet"]
