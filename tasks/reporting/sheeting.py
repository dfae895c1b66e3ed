"""Sheets of a book: title, header, rows written one after the other in constant memory, and how they are printed."""

import math
from collections.abc import Sequence
from typing import Any

from tasks.sheets import cell_text

HEADER_ROW = 2

_TEXT_FORMAT = "@"
_PAPER_A4 = 9
_MARGIN_INCHES = 0.4
_LINE = "_" * 12
_FOOTER = (f"填表人：{_LINE}", f"审核人：{_LINE}", f"日期：{_LINE}")
_HEAD_PT = (26, 20)
_LINE_PT, _LEAD_PT, _HIGHEST_PT = 13.5, 3, 409
_WIDE, _NARROW = 2, 0x2E7F
_DARKER = "DDE6EE"


def new_book() -> Any:
    """Return an empty workbook that is written row by row."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and only workbooks need it

    book = Workbook(write_only=True)
    book.properties.creator = "Fireduty"
    return book


def _lines(value: Any, width: float) -> int:
    """Return how many lines a value takes in a column; a Chinese character is as wide as two others."""
    if not isinstance(value, str):
        return 1
    widths = (sum(_WIDE if ord(one) > _NARROW else 1 for one in line) for line in value.split("\n"))
    # A line that breaks between words loses some of its width.
    return sum(max(1, math.ceil(length / (width - 1.5))) for length in widths)


class Sheet:
    """One sheet while it is written; everything about its columns is said before its first row."""

    def __init__(self, book: Any, name: str, title: str) -> None:
        """Add a sheet to a book.

        Args:
            book: The workbook.
            name: As Excel takes it.
            title: What stands above the columns.
        """
        self._sheet = book.create_sheet(name)
        self._title = title
        self._count = HEADER_ROW
        self._cells: list[Any] = []
        self._columns: Sequence[str] = ()
        self._widths: Sequence[float] = ()

    def head(self, columns: Sequence[str], widths: Sequence[float], text_columns: Sequence[int] = ()) -> None:
        """Write title and header.

        Args:
            columns: Their names.
            widths: Of each, in characters.
            text_columns: Places, from 0, of those that hold identifiers.
        """
        from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

        self._columns, self._widths = columns, widths
        for place, width in enumerate(widths, 1):
            self._sheet.column_dimensions[get_column_letter(place)].width = width
        for row, height in enumerate(_HEAD_PT, 1):
            self._sheet.row_dimensions[row].height = height
        self._print(get_column_letter(len(columns)))
        self._sheet.append([self._styled(cell_text(self._title), size=14, bold=True)])
        self._sheet.append([self._styled(name, bold=True, fill=_DARKER) for name in columns])
        self._cells = [self._styled(None) for _ in columns]
        for place in text_columns:
            self._cells[place].number_format = _TEXT_FORMAT

    def row(self, values: Sequence[Any]) -> None:
        """Write a row; texts are escaped here, and nowhere else."""
        # The cells are written at once, so one row of them serves all rows.
        for cell, value in zip(self._cells, values, strict=True):
            cell.value = (cell_text(value) or None) if isinstance(value, str) else value
        self._count += 1
        self._append(self._cells, values)

    def finish(self) -> None:
        """Let the filter reach down to the last row."""
        from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

        last = get_column_letter(len(self._columns))
        self._sheet.auto_filter.ref = f"A{HEADER_ROW}:{last}{self._count}"

    def _append(self, cells: list[Any], values: Sequence[Any]) -> None:
        """Write a row as high as its text; not every program reckons that itself."""
        lines = (_lines(value, width) for value, width in zip(values, self._widths, strict=True))
        heights = self._sheet.row_dimensions
        heights[self._count].height = min(max(lines) * _LINE_PT + _LEAD_PT, _HIGHEST_PT)
        self._sheet.append(cells)
        # It is written; keeping it would let memory grow with the rows.
        del heights[self._count]

    def _print(self, last: str) -> None:
        sheet = self._sheet
        sheet.freeze_panes = f"A{HEADER_ROW + 1}"
        sheet.merged_cells.add(f"A1:{last}1")
        sheet.print_title_rows = f"1:{HEADER_ROW}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = _PAPER_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        margins = sheet.page_margins
        margins.left = margins.right = _MARGIN_INCHES
        footer = sheet.oddFooter
        footer.left.text, footer.center.text, footer.right.text = _FOOTER
        sheet.oddHeader.right.text = "第&P页 共&N页"

    def _styled(self, value: Any, *, bold: bool = False, size: int = 10, fill: str = "") -> Any:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415 - as above

        cell: Any = WriteOnlyCell(self._sheet, value)
        cell.font = Font(name="宋体", bold=bold, size=size)
        middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.alignment = middle if bold else Alignment(vertical="top", wrap_text=True)
        line = Side("thin")
        cell.border = Border(line, line, line, line)
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
        return cell
