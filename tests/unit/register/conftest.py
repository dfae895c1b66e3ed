"""Register files to read, written cell by cell without the code under test."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

Sheets = Mapping[str, Sequence[Sequence[object]]]

BODY_HEADER = (
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
SUPERVISION_HEADER = ("主体代码", "条线", "督管主体代码")
CONTACT_HEADER = ("主体代码", "角色", "渠道", "地址")
NOES = ("否", "否", "否", "否", "否")

GOVERNMENT = ("A", "区人民政府", "区人民政府", "", "310107", *NOES)
BUREAU = ("B", "区教育局", "工作部门", "A", "310107", *NOES)


@pytest.fixture
def save_book(tmp_path: Path) -> Callable[[Sheets], Path]:
    """Return a function that writes sheets, header rows included, as a workbook."""

    def save(sheets: Sheets) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        path = tmp_path / "bodies.xlsx"
        book.save(path)
        return path

    return save


@pytest.fixture
def save_bodies(save_book: Callable[[Sheets], Path]) -> Callable[..., Path]:
    """Return a function that writes the three sheets from the rows below their headers."""

    def save(
        *bodies: Sequence[object],
        supervision: Sequence[Sequence[object]] = (),
        contacts: Sequence[Sequence[object]] = (),
    ) -> Path:
        return save_book(
            {
                "主体": [BODY_HEADER, *(bodies or (GOVERNMENT, BUREAU))],
                "督管": [SUPERVISION_HEADER, *supervision],
                "联系人": [CONTACT_HEADER, *contacts],
            }
        )

    return save


@pytest.fixture
def save_csv(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a text as a csv file."""

    def save(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "bodies.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return save
