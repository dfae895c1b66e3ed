"""Register files as plain tables of text: what a workbook and a flat file have in common."""

import csv
import hashlib
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from fireduty.errors import FileFormatError
from tasks.register import words
from tasks.register.rows import HEADER_ROW, Fault, Source
from tasks.sheets import unescape

XLSX = ".xlsx"
CSV = ".csv"

GREATEST_CONTENT = 512 * 1024 * 1024
"""How many bytes a workbook may hold when unpacked; a hundred thousand bodies need about a fifth of it."""

EXACT_DIGITS = 15
"""How many digits of a number a spreadsheet program keeps."""

_XLSX_HINT = "Save the register as .xlsx or .csv; `fireduty register template FILE` writes an empty one."

# What the reader of workbooks raises on a damaged or foreign file.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
)


@dataclass(frozen=True)
class Table:
    """One table of text: its header, and its rows with the row numbers a reader sees; empty rows are left out."""

    sheet: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    faults: tuple[Fault, ...] = ()


def read_tables(path: Path) -> tuple[Source, list[Table]]:
    """Read all tables of a register file.

    Raises:
        FileFormatError: If there is no such file, or it is neither an xlsx workbook nor a csv table.
    """
    suffix = path.suffix.lower()
    if suffix not in {XLSX, CSV}:
        raise FileFormatError(path, f"a file named .xlsx or .csv, got {suffix or 'no ending'}", _XLSX_HINT)
    content = _content(path)
    name = path.name.encode("utf-8", "replace").decode()
    source = Source(name, hashlib.sha256(content).hexdigest(), is_flat=suffix == CSV)
    return source, [_flat_table(path, content)] if source.is_flat else _sheets(path, content)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"a file that can be read, got: {error.strerror}"
        raise FileFormatError(path, message, "Check the name of the file.") from error
    if not content:
        raise FileFormatError(path, "a register, got an empty file", _XLSX_HINT)
    return content


def _sheets(path: Path, content: bytes) -> list[Table]:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        message = "an xlsx workbook, got an old .xls or a workbook with a password"
        raise FileFormatError(path, message, "Open it, take the password off, and save it as .xlsx.")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        message = "an xlsx workbook, got another kind of file under that name"
        raise FileFormatError(path, message, "Save it as .xlsx in a spreadsheet program; name a csv table .csv.")
    try:
        _refuse_excess(path, content)
        return _cells_of_sheets(content)
    except _DAMAGE as error:
        message = "an xlsx workbook, got a file that is damaged or of another kind"
        hint = "Open it in a spreadsheet program and save it as .xlsx again."
        raise FileFormatError(path, message, hint) from error


def _refuse_excess(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > GREATEST_CONTENT:
        message = f"a workbook of at most {GREATEST_CONTENT} bytes unpacked, got {size}"
        raise FileFormatError(path, message, "Divide the register into several files.")


def _cells_of_sheets(content: bytes) -> list[Table]:
    import openpyxl  # noqa: PLC0415 - slow to load, and only this needs it

    tables = []
    with warnings.catch_warnings():
        # It warns of decorations it does not know; only the cells matter here.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            # Some programs state a wrong size of the sheet; the cells themselves are right.
            sheet.reset_dimensions()
            tables.append(_table(sheet.title, sheet.iter_rows(values_only=True)))
    return tables


def _flat_table(path: Path, content: bytes) -> Table:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileFormatError(path, "a csv table, got a workbook under that name", "Name a workbook .xlsx.")
    reader = csv.reader(io.StringIO(_decoded(path, content), newline=""), strict=True)
    try:
        return _table(words.BODIES, reader)
    except csv.Error as error:
        message = f"a csv table, got in line {reader.line_num}: {error}"
        raise FileFormatError(path, message, "Check the quotation marks in that line.") from error


def _decoded(path: Path, content: bytes) -> str:
    # GB18030 is what Chinese spreadsheet programs write where they are not told otherwise. It reads nearly
    # any bytes, so the stricter encoding is tried first.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFormatError(path, "text in UTF-8 or GB18030", "Save it as `CSV UTF-8` in a spreadsheet program.")


def _table(sheet: str, lines: Iterable[Iterable[object]]) -> Table:
    faults: list[Fault] = []
    rows = _filled_rows(sheet, lines, faults)
    nothing: tuple[str, ...] = ()
    number, header = next(rows, (HEADER_ROW, nothing))
    if header and number != HEADER_ROW:
        faults.append(Fault(sheet, f"expected the header in row {HEADER_ROW}, got it in row {number}", number))
    # Chinese input methods write the colon in its full width.
    columns = tuple(column.replace("：", ":") for column in header)
    return Table(sheet, columns, tuple(rows), tuple(faults))


def _filled_rows(
    sheet: str, lines: Iterable[Iterable[object]], faults: list[Fault]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, line in enumerate(lines, start=HEADER_ROW):
        cells = list(line)
        values = [_text(cell) for cell in cells]
        if any(values):
            faults.extend(_rounded(sheet, number, cells))
            yield number, tuple(values)


def _rounded(sheet: str, number: int, cells: list[object]) -> Iterator[Fault]:
    for cell in cells:
        if isinstance(cell, int | float) and abs(cell) >= 10**EXACT_DIGITS:
            message = f"expected text, got the number {cell:.0f}, of which only {EXACT_DIGITS} digits are exact"
            yield Fault(sheet, message, number)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unescape(str(cell).strip())
