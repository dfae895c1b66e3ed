"""What every workbook that leaves the house keeps to: no formulas, no controls, sheet names and bytes that hold."""

import io
import re
import shutil
import zipfile
from collections.abc import Iterable

LONGEST_NAME = 31
"""How many characters Excel takes for the name of a sheet."""

LONGEST_CELL = 32_767
"""How many characters Excel takes in one cell."""

LAST_ROW = 1_048_576
"""The last row a sheet can have."""

# What Excel takes for the start of a formula, full-width forms included.
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
# What XML 1.0 does not take: controls but for tab and line ends, lone surrogates, two that are no characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CUT = "…"
# Excel keeps this name, in any case and in its own language, for its list of changes.
_KEPT_NAMES = ("history", "历史记录")

# The earliest instant a zip archive can state; any fixed one would do.
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_FIXED_STAMP = rb"\g<1>1980-01-01T00:00:00Z"
_STAMPS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def escape(value: str) -> str:
    """Keep a spreadsheet program from taking a value for a formula."""
    return f"'{value}" if _FORMULA.match(value) else value


def unescape(value: str) -> str:
    """Undo `escape`; every other value is returned as it is."""
    return value[1:] if value.startswith("'") and _FORMULA.match(value) else value


def writable(value: str) -> str:
    """Return a text without the characters that no Office file can hold."""
    return _UNWRITABLE.sub("", value)


def cell_text(value: str) -> str:
    """Return what a cell shows for a text that came from outside: writable, escaped, and cut where it is too long."""
    safe = escape(writable(value))
    return safe if len(safe) <= LONGEST_CELL else safe[: LONGEST_CELL - 1] + _CUT


def sheet_names(wanted: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return names that Excel takes for sheets, in order: none forbidden, none too long, none given twice.

    Args:
        wanted: What the sheets should be called.
        taken: Names of other sheets of the same workbook.
    """
    used = {name.casefold() for name in (*taken, *_KEPT_NAMES)}
    names = []
    for one in wanted:
        name = _free_name(_allowed(one), used)
        used.add(name.casefold())
        names.append(name)
    return names


def same_bytes(packed: bytes) -> bytes:
    """Pack an Office file anew without the times at which it was made, so that the same content is the same bytes."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive, zipfile.ZipFile(again, "w") as same:
        for name in archive.namelist():
            member = zipfile.ZipInfo(name, date_time=_FIXED_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            # Large sheets pass through piece by piece; unpacked they may be ten times the file.
            with archive.open(name) as source, same.open(member, "w", force_zip64=True) as target:
                if name == "docProps/core.xml":
                    target.write(_STAMPS.sub(_FIXED_STAMP, source.read()))
                else:
                    shutil.copyfileobj(source, target)
    return again.getvalue()


def _allowed(name: str) -> str:
    # An apostrophe is refused at either end only.
    kept = _FORBIDDEN.sub("_", writable(name)).replace("\n", " ").replace("\t", " ").strip().strip("'")
    return kept[:LONGEST_NAME].rstrip("'") or "_"


def _free_name(name: str, used: set[str]) -> str:
    number, free = 1, name
    while free.casefold() in used:
        number += 1
        ending = f"({number})"
        free = name[: LONGEST_NAME - len(ending)] + ending
    return free
