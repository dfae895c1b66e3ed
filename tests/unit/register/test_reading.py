from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fireduty.errors import FileFormatError, FiredutyError, RegisterError
from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register import (
    BodyRow,
    ContactRow,
    Scope,
    SupervisionRow,
    check_register,
    read_register,
    write_template,
)

HEADER = (
    "代码",
    "名称",
    "类别",
    "上级代码",
    "区划代码",
    "消防安全重点单位",
    "火灾高危单位",
    "设有消防控制室",
    "消防委成员单位",
    "示例",
)
FLAT_HEADER = ",".join(HEADER)
FLAT_GOVERNMENT = "A,区人民政府,区人民政府,,310107,否,否,否,否,否"

SaveBook = Callable[..., Path]


def refusal_of(path: Path) -> str:
    with pytest.raises(FiredutyError) as caught:
        read_register(path)
    return caught.value.message


def problems_of(path: Path) -> list[str]:
    return [str(problem) for problem in check_register(read_register(path))]


def test_a_workbook_is_read_row_by_row(save_bodies: SaveBook) -> None:
    path = save_bodies(
        ("A", "区人民政府", "区人民政府", None, "310107", None, None, None, None, None),
        ("B", " 长寿路仓库（示例） ", "单位", "A", 310107, "是", "否", "是", "否", "是"),
        supervision=[("B", "消防", "A")],
        contacts=[("B", "联络员", "email", "b@putuo.example")],
    )
    register = read_register(path)
    flags = frozenset({BodyFlag.KEY_UNIT, BodyFlag.CONTROL_ROOM})
    assert register.bodies == (
        BodyRow(2, "A", "区人民政府", BodyKind.DISTRICT_GOVERNMENT, None, "310107"),
        BodyRow(3, "B", "长寿路仓库（示例）", BodyKind.UNIT, "A", "310107", flags, is_example=True),
    )
    assert register.supervision == (SupervisionRow(2, "B", "fire", "A"),)
    assert register.contacts == (ContactRow(2, "B", ContactRole.LIAISON, "email", "b@putuo.example"),)
    assert check_register(register) == []


def test_a_flat_table_is_read_row_by_row(save_csv: SaveBook) -> None:
    path = save_csv(
        f"{FLAT_HEADER},督管:消防,督管：行业,联系人:联络员:email,联系人:联络员:email\r\n"
        f"{FLAT_GOVERNMENT}\r\n\r\n"
        "B,区教育局,工作部门,A,310107,,,,是,,A,,b@putuo.example,c@putuo.example\r\n"
    )
    register = read_register(path)
    assert [(body.row, body.code, body.parent_code) for body in register.bodies] == [
        (2, "A", None),
        (4, "B", "A"),
    ]
    assert register.supervision == (SupervisionRow(4, "B", "fire", "A"),)
    assert [contact.address for contact in register.contacts] == ["b@putuo.example", "c@putuo.example"]
    assert register.scope == Scope(frozenset({"fire", "industry"}), frozenset({(ContactRole.LIAISON, "email")}))
    assert check_register(register) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_flat_table_may_be_in_either_encoding(save_csv: SaveBook, encoding: str) -> None:
    register = read_register(save_csv(f"{FLAT_HEADER}\n{FLAT_GOVERNMENT}\n", encoding))
    assert register.bodies[0].name == "区人民政府"


def test_a_file_that_speaks_of_bodies_only_leaves_the_rest_alone(save_book: SaveBook) -> None:
    rows = [HEADER, ("A", "区人民政府", "区人民政府", "", "310107", "", "", "", "", "")]
    scope = read_register(save_book({"主体": rows})).scope
    assert not scope.has_line("fire")
    assert not scope.has_contact(ContactRole.LIAISON, "email")


def test_a_missing_column_is_named(save_book: SaveBook) -> None:
    path = save_book({"主体": [HEADER[:4], ("A", "甲", "单位", "")], "督管": [("主体代码", "条线")]})
    assert refusal_of(path).splitlines() == [
        "bodies.xlsx: 7 problems, nothing was imported",
        "  sheet 主体, row 1, column 区划代码: expected this column, found none",
        "  sheet 主体, row 1, column 消防安全重点单位: expected this column, found none",
        "  sheet 主体, row 1, column 火灾高危单位: expected this column, found none",
        "  sheet 主体, row 1, column 设有消防控制室: expected this column, found none",
        "  sheet 主体, row 1, column 消防委成员单位: expected this column, found none",
        "  sheet 主体, row 1, column 示例: expected this column, found none",
        "  sheet 督管, row 1, column 督管主体代码: expected this column, found none",
    ]


def test_an_unknown_column_is_named(save_csv: SaveBook) -> None:
    message = refusal_of(save_csv(f"{FLAT_HEADER},督管:渔业,联系人:主任:email\n{FLAT_GOVERNMENT}\n"))
    allowed = f"{'、'.join(HEADER)}、督管:<条线>、联系人:<角色>:<渠道>"
    assert message.splitlines() == [
        "bodies.csv: 2 problems, nothing was imported",
        f"  row 1, column 督管:渔业: expected only the columns {allowed}; this one is unknown",
        f"  row 1, column 联系人:主任:email: expected only the columns {allowed}; this one is unknown",
    ]


def test_a_repeated_column_is_named(save_csv: SaveBook) -> None:
    message = refusal_of(save_csv(f"{FLAT_HEADER},名称\n{FLAT_GOVERNMENT}\n"))
    assert message.splitlines()[1:] == ["  row 1, column 名称: expected this column once, found it 2 times"]


def test_an_unknown_sheet_is_named(save_book: SaveBook) -> None:
    message = refusal_of(save_book({"单位": [HEADER]}))
    assert message.splitlines() == [
        "bodies.xlsx: 2 problems, nothing was imported",
        "  sheet 主体: expected this sheet, found none",
        "  sheet 单位: expected only the sheets 主体、督管、联系人、说明; this one is unknown",
    ]


def test_a_register_without_bodies_is_refused(tmp_path: Path) -> None:
    book, flat = tmp_path / "empty.xlsx", tmp_path / "empty.csv"
    write_template(book)
    write_template(flat)
    expected = "row 2: expected at least one body, got none"
    assert refusal_of(book) == f"empty.xlsx: 1 problem, nothing was imported\n  sheet 主体, {expected}"
    assert refusal_of(flat) == f"empty.csv: 1 problem, nothing was imported\n  {expected}"


def test_a_sheet_without_anything_lacks_its_columns(save_book: SaveBook) -> None:
    lines = refusal_of(save_book({"主体": []})).splitlines()
    assert lines[1] == "  sheet 主体, row 1, column 代码: expected this column, found none"
    assert len(lines) == 1 + len(HEADER) + 1


def test_a_header_below_the_first_row_is_refused(save_csv: SaveBook) -> None:
    message = problems_of(save_csv(f"\n{FLAT_HEADER}\n{FLAT_GOVERNMENT}\n"))
    assert message == ["row 2: expected the header in row 1, got it in row 2"]


def test_words_that_mean_nothing_are_named_with_those_allowed(save_bodies: SaveBook) -> None:
    path = save_bodies(
        ("A", "甲", "局", "", "310107", "对", "", "", "", ""),
        supervision=[("A", "渔业", "A")],
        contacts=[("A", "主任", "email", "a@putuo.example")],
    )
    kinds = (
        "省人民政府、州人民政府、市人民政府、县（市）人民政府、区委、区人民政府、消防委、消防委办公室、消防救援支队、"
        "工作部门、街道或镇、管委会、居（村）委会、企业集团、物业服务企业、学校、单位"
    )
    lines = (
        "消防、行业、隶属、应急、商务、教育、科技、民政、人社、建设、文旅、卫生、"
        "市场监管、国资、体育、绿化市容、房管、民防、金融、媒体、宗教"
    )
    assert problems_of(path) == [
        f"sheet 主体, row 2, column 类别: expected one of {kinds}, got '局'",
        "sheet 主体, row 2, column 消防安全重点单位: expected one of 是、否, got '对'",
        f"sheet 督管, row 2, column 条线: expected one of {lines}, got '渔业'",
        "sheet 联系人, row 2, column 角色: expected one of 消防安全责任人、主要负责人、联络员, got '主任'",
    ]


def test_a_value_outside_the_columns_is_named(save_csv: SaveBook) -> None:
    assert problems_of(save_csv(f"{FLAT_HEADER}\n{FLAT_GOVERNMENT},路8号\n")) == [
        "row 2: expected nothing outside the named columns, got '路8号'"
    ]


def test_a_code_that_was_rounded_to_a_number_is_refused(save_bodies: SaveBook) -> None:
    path = save_bodies((310107000000000000, "甲", "单位", "", "310107", "", "", "", "", ""))
    assert problems_of(path) == [
        "sheet 主体, row 2: expected text, got the number 310107000000000000, of which only 15 digits are exact"
    ]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.xlsx", b"", "a register, got an empty file"),
        ("a.csv", b"", "a register, got an empty file"),
        ("a.xlsx", "代码,名称".encode(), "an xlsx workbook, got another kind of file under that name"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an xlsx workbook, got an old .xls or a workbook with a password",
        ),
        ("a.csv", b"PK\x03\x04\x00\x00", "a csv table, got a workbook under that name"),
        ("a.csv", b"\xff\xfe\x00\x4e", "text in UTF-8 or GB18030"),
        ("a.csv", b'a,"b\n', "a csv table, got in line 1: unexpected end of data"),
        ("a.pdf", b"%PDF", "a file named .xlsx or .csv, got .pdf"),
        ("a", b"x", "a file named .xlsx or .csv, got no ending"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileFormatError) as caught:
        read_register(path)
    assert caught.value.message == f"{path}: expected {expected}"
    assert caught.value.hint


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.xlsx"
    expected = f"{path}: expected a file that can be read, got: No such file or directory"
    assert refusal_of(path) == expected


def test_a_workbook_too_large_when_unpacked_is_refused(save_bodies: SaveBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.register.tables.GREATEST_CONTENT", 1_000)
    assert "expected a workbook of at most 1000 bytes unpacked, got" in refusal_of(save_bodies())


@given(cut=st.floats(0, 1, exclude_max=True), flipped=st.lists(st.floats(0, 1, exclude_max=True), max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_workbook_never_ends_in_anything_but_a_refusal(
    save_bodies: SaveBook, cut: float, flipped: list[float]
) -> None:
    path = save_bodies()
    content = bytearray(path.read_bytes())
    for place in flipped:
        content[int(place * len(content))] ^= 0x55
    path.write_bytes(content[: len(content) - int(cut * len(content)) * (len(flipped) % 2)])
    try:
        read_register(path)
    except (FileFormatError, RegisterError) as refusal:
        assert refusal.hint  # noqa: PT017 - reading may also succeed
