"""Administrative divisions by GB/T 2260 code: which lies in which, and which are known."""

import re
from functools import cache
from itertools import dropwhile

from calendars.sources import DATA, read
from fireduty.errors import CalendarError

NATION = "000000"

_CODE = re.compile(r"[0-9]{6}")


def lineage(division: str) -> tuple[str, ...]:
    """Return a division and everything above it, nearest first, ending with the nation.

    Args:
        division: Six digits: two for the province, two for the prefecture, two for the county.

    Raises:
        CalendarError: When the code is not six digits.
    """
    if not _CODE.fullmatch(division):
        message = f"{division!r} is not a division code: expected six digits"
        raise CalendarError(message, "give the GB/T 2260 code, such as 310107 for Putuo")
    above = (division, f"{division[:4]}00", f"{division[:2]}0000", NATION)
    return tuple(dict.fromkeys(above))


def known(division: str) -> str:
    """Return the division itself when it is known, else the nearest known one above it."""
    return next(dropwhile(lambda code: code not in names(), lineage(division)))


@cache
def names() -> dict[str, str]:
    """Return the known divisions, code to Chinese name."""
    table = read(DATA / "cn" / "divisions.yaml").only("divisions").entry("divisions")
    return {code: table.text(code) for code in table.names()}
