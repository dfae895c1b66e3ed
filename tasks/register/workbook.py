"""Register workbooks: frozen headers, filters, drop-down lists, codes kept as text, always the same bytes."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register import words
from tasks.register.explanation import HEADER, explanation
from tasks.register.rows import HEADER_ROW
from tasks.sheets import LAST_ROW, same_bytes

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.datavalidation import DataValidation

_WIDTHS = {
    words.CODE: 24,
    words.NAME: 36,
    words.KIND: 16,
    words.PARENT: 24,
    words.BODY_CODE: 24,
    words.SUPERVISOR: 24,
    words.ADDRESS: 40,
    HEADER[2]: 12,
    HEADER[3]: 60,
    HEADER[4]: 90,
}
_USUAL_WIDTH = 18

_YES_NO = (words.YES, words.NO)
_LISTS: Mapping[str, Sequence[str]] = {
    words.KIND: tuple(kind.chinese for kind in BodyKind),
    **{flag.chinese: _YES_NO for flag in BodyFlag},
    words.EXAMPLE: _YES_NO,
    words.LINE: tuple(words.WORD_TO_LINE),
    words.ROLE: tuple(role.chinese for role in ContactRole),
}

_TEXT_FORMAT = "@"


def workbook_bytes(sheets: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """Return a workbook of the register's sheets and the sheet that explains them.

    Args:
        sheets: The rows below the header, by the name of the sheet; values are already escaped.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and only files need it

    book = Workbook(write_only=True)
    book.properties.creator = "Fireduty"
    for name, rows in sheets.items():
        sheet = _new_sheet(book, name, words.COLUMNS[name])
        for row in rows:
            sheet.append(_as_text(sheet, row))
    sheet = _new_sheet(book, words.EXPLANATION, HEADER)
    for line in explanation():
        sheet.append(line)
    unpacked = io.BytesIO()
    book.save(unpacked)
    return same_bytes(unpacked.getvalue())


def _new_sheet(book: "Workbook", name: str, columns: Sequence[str]) -> Any:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    sheet: Any = book.create_sheet(name)  # its stub lacks half of what it can do
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    letters = [get_column_letter(position) for position in range(1, len(columns) + 1)]
    for letter, column in zip(letters, columns, strict=True):
        sheet.column_dimensions[letter].width = _WIDTHS.get(column, _USUAL_WIDTH)
        if name != words.EXPLANATION:
            sheet.column_dimensions[letter].number_format = _TEXT_FORMAT
            if column in _LISTS:
                sheet.data_validations.append(_drop_down(letter, _LISTS[column]))
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{letters[-1]}{LAST_ROW}"
    sheet.append(_as_header(sheet, columns))
    return sheet


def _drop_down(letter: str, allowed: Sequence[str]) -> "DataValidation":
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - as above

    validation = DataValidation(
        type="list",
        formula1=f'"{",".join(allowed)}"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=words.EXPLANATION,
        error="、".join(allowed),
    )
    validation.add(f"{letter}{HEADER_ROW + 1}:{letter}{LAST_ROW}")
    return validation


def _as_header(sheet: Any, columns: Sequence[str]) -> list["Cell"]:
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415 - as above

    cells = _as_text(sheet, columns)
    font, fill = Font(bold=True), PatternFill("solid", fgColor="DDE6EE")
    for cell in cells:
        cell.font, cell.fill = font, fill
    return cells


def _as_text(sheet: Any, values: Sequence[str]) -> list["Cell"]:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above

    cells = [WriteOnlyCell(sheet, value) for value in values]
    for cell in cells:
        # Not for show: a code that is typed over must not become a number and lose its digits.
        cell.number_format = _TEXT_FORMAT
    return cells
