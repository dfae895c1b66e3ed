import csv
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fireduty.errors import FileFormatError
from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register import (
    BodyRow,
    ContactRow,
    Register,
    SupervisionRow,
    check_register,
    read_register,
    words,
    write_register,
    write_template,
)
from tasks.register.explanation import COLUMN_TEXTS
from tasks.sheets import escape, unescape

FORMATS = ("bodies.xlsx", "bodies.csv")

NAMES = (
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
    | st.text("'=+-@＝甲", min_size=1, max_size=6)
    | st.sampled_from(["#N/A", "1", "310107", "TRUE", "2027-01-01", 'a"b,c;d', "_x0041_", "1e5", "名 称"])
)
CODES = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z._-]{0,8}", fullmatch=True)
CHANNELS = st.sampled_from(["email", "sms", "wecom"])


@st.composite
def registers(draw: st.DrawFn) -> Register:
    codes = draw(st.lists(CODES, min_size=1, max_size=6, unique=True))
    bodies = tuple(
        BodyRow(
            row=place + 2,
            code=code,
            name=draw(NAMES),
            kind=draw(st.sampled_from(BodyKind)),
            parent_code=draw(st.sampled_from([None, *codes[:place]])),
            division=draw(st.sampled_from(["310107", "310107005", "310107005001"])),
            flags=draw(st.frozensets(st.sampled_from(BodyFlag))),
            is_example=draw(st.booleans()),
        )
        for place, code in enumerate(codes)
    )
    pairs = [(upper, lower) for place, lower in enumerate(codes) for upper in codes[:place]]
    chosen = st.lists(st.sampled_from(pairs), unique_by=lambda pair: pair[1]) if pairs else st.just([])
    lines = draw(st.lists(st.sampled_from(sorted(words.LINE_TO_WORD)), max_size=3, unique=True))
    supervision = [(lower, line, upper) for line in lines for upper, lower in draw(chosen)]
    return Register(bodies, _supervision(supervision), _contacts(draw(st.sets(_contact_values(codes), max_size=8))))


def _supervision(values: list[tuple[str, str, str]]) -> tuple[SupervisionRow, ...]:
    return tuple(SupervisionRow(row, *cells) for row, cells in enumerate(values, 2))


def _contact_values(codes: list[str]) -> st.SearchStrategy[tuple[str, ContactRole, str, str]]:
    addresses = st.tuples(st.just("email"), st.sampled_from(["a@b.cn", "=a@b.cn", "-x+y@putuo.example"]))
    others = st.tuples(CHANNELS.filter(lambda channel: channel != "email"), NAMES)
    places = st.tuples(st.sampled_from(codes), st.sampled_from(ContactRole))
    return st.builds(lambda place, reached: (*place, *reached), places, addresses | others)


def _contacts(values: set[tuple[str, ContactRole, str, str]]) -> tuple[ContactRow, ...]:
    return tuple(ContactRow(row, *cells) for row, cells in enumerate(sorted(values), 2))


def as_sets(register: Register) -> tuple[object, ...]:
    """Return what a register says; in which rows it says so differs between the two formats."""
    bodies = {(b.code, b.name, b.kind, b.parent_code, b.division, b.flags, b.is_example) for b in register.bodies}
    supervision = {(row.body_code, row.line, row.supervisor_code) for row in register.supervision}
    contacts = {(row.body_code, row.role, row.channel, row.address) for row in register.contacts}
    return bodies, supervision, contacts


@pytest.mark.parametrize("name", FORMATS)
@given(register=registers())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_again(tmp_path: Path, name: str, register: Register) -> None:
    write_register(tmp_path / name, register)
    found = read_register(tmp_path / name)
    assert check_register(found) == []
    assert as_sets(found) == as_sets(register)


@given(st.text("'=+-@＝＠a", max_size=5) | st.text())
def test_an_escaped_value_is_no_formula_and_comes_back(value: str) -> None:
    assert not escape(value).startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert unescape(escape(value)) == value


def test_a_value_that_looks_like_a_formula_is_escaped_in_the_file(tmp_path: Path) -> None:
    body = BodyRow(2, "A", "=cmd|' /C calc'!A0", BodyKind.UNIT, None, "310107")
    write_register(tmp_path / "a.csv", Register((body,)))
    write_register(tmp_path / "a.xlsx", Register((body,)))
    (_, row) = csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8-sig")))
    assert row[1] == "'=cmd|' /C calc'!A0"
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["主体"]["B2"]
    assert (cell.data_type, cell.value) == ("s", "'=cmd|' /C calc'!A0")


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_register_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_template(path)
    first = path.read_bytes()
    path.unlink()
    write_template(path)
    assert path.read_bytes() == first


def test_a_workbook_states_no_time_of_its_own(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b">1980-01-01T00:00:00Z<") == 2


def test_the_template_is_ready_to_be_filled_in(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert tuple(book.sheetnames) == words.SHEETS
    for name, columns in words.COLUMNS.items():
        sheet = book[name]
        assert tuple(cell.value for cell in sheet[1]) == columns
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(sheet.column_dimensions[letter].width > 13 for letter in "ABCDEFGHIJ"[: len(columns)])
    assert book["主体"].column_dimensions["A"].number_format == "@"


def test_the_template_offers_every_allowed_word_in_a_list(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    lists = {
        (sheet.title, sheet[f"{str(validation.sqref).partition(':')[0][0]}1"].value): validation.formula1
        for sheet in book.worksheets
        for validation in sheet.data_validations.dataValidation
    }
    yes_no = {("主体", column): '"是,否"' for column in words.BODY_COLUMNS[5:]}
    assert lists == {
        ("主体", "类别"): f'"{",".join(kind.chinese for kind in BodyKind)}"',
        **yes_no,
        ("督管", "条线"): f'"{",".join(words.WORD_TO_LINE)}"',
        ("联系人", "角色"): '"消防安全责任人,主要负责人,联络员"',
    }
    # Excel refuses a longer list.
    assert all(len(formula) <= 257 for formula in lists.values())


def test_every_column_and_every_allowed_word_is_explained_in_both_languages(tmp_path: Path) -> None:
    assert [(text.sheet, text.column) for text in COLUMN_TEXTS] == [
        (sheet, column) for sheet, columns in words.COLUMNS.items() for column in columns
    ]
    write_template(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["说明"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert all(re.search(r"[一-鿿]", str(row[3])) and re.search(r"[a-z]{3}", str(row[4])) for row in rows)
    explained = {row[3] for row in rows}
    allowed = {*(kind.chinese for kind in BodyKind), *words.WORD_TO_LINE, *(role.chinese for role in ContactRole)}
    assert allowed <= explained


def test_a_flat_template_shows_how_supervisors_and_contacts_are_given(tmp_path: Path) -> None:
    write_template(tmp_path / "a.csv")
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    (header,) = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert header[: len(words.BODY_COLUMNS)] == list(words.BODY_COLUMNS)
    assert {"督管:消防", "督管:行业", "联系人:消防安全责任人:email"} <= set(header)


def test_a_template_never_overwrites_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("filled in", encoding="utf-8")
    with pytest.raises(FileFormatError) as caught:
        write_template(path)
    assert caught.value.message == f"{path}: expected a name that is not taken yet"
    assert path.read_text(encoding="utf-8") == "filled in"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.ods", "a file named .xlsx or .csv, got .ods"),
        ("none/a.csv", "a place that can be written to, got: No such file or directory"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_refused(tmp_path: Path, name: str, expected: str) -> None:
    with pytest.raises(FileFormatError) as caught:
        write_register(tmp_path / name, Register(()))
    assert caught.value.message == f"{tmp_path / name}: expected {expected}"
    assert list(tmp_path.iterdir()) == []
