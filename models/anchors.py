"""Anchors: how a regulation file says on which day of a period something opens or is due.

`start`, `end`, `before` (the day before the period begins), `first_week` (the Sunday of the week in which it
begins), or a month and day such as `03-31`; then, where needed, days to add or take: `end-60d`.
"""

import re
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator

from calendars.periods import Period

_FORM = re.compile(r"^(?:(start|end|before|first_week)|(\d{2})-(\d{2}))(?:([+-]\d{1,3})d)?$")
_LEAP_YEAR = 2028


def _checked(text: str) -> str:
    match = _FORM.match(text)
    if match is None:
        message = "expected start, end, before, first_week or MM-DD, with +Nd or -Nd where needed"
        raise ValueError(message)
    if match[2]:
        date(_LEAP_YEAR, int(match[2]), int(match[3]))
    return text


Anchor = Annotated[str, AfterValidator(_checked)]


def resolve(anchor: str, period: Period, year: int | None = None) -> date:
    """Return the day an anchor names in a period.

    Args:
        anchor: The anchor as written in a regulation file.
        period: The period it belongs to.
        year: For a body allotted to one year of a longer cycle, that year; it then stands for the period.
    """
    starts_on, ends_on = period.starts_on, period.ends_on
    if year is not None:
        starts_on, ends_on = date(year, 1, 1), date(year, 12, 31)
    match = _FORM.match(anchor)
    assert match is not None  # noqa: S101 - anchors are checked when the regulation is loaded
    word, month, day, shift = match.groups()
    if word is None:
        base = date(ends_on.year, int(month), int(day))
    else:
        base = {
            "start": starts_on,
            "end": ends_on,
            "before": starts_on - timedelta(days=1),
            "first_week": starts_on + timedelta(days=6 - starts_on.weekday()),
        }[word]
    return base + timedelta(days=int(shift or 0))
