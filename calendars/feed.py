"""Calendar feeds: duties written as iCalendar (RFC 5545), the same text for the same duties.

A feed is a view that people subscribe to, never the alarm. Each duty is one whole-day event; there
is no recurrence rule, for the days follow a table. Nothing is taken from the clock: the stamps are
those of the duties, so that the text, and with it the ETag, changes only when a duty does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

PRODUCT = "-//Fireduty//Fire-safety duties 1.0//ZH"
REFRESH = "PT12H"
MEDIA_TYPE = "text/calendar; charset=utf-8"
MAXIMUM_OCTETS = 75


class Components(StrEnum):
    """What a feed is made of; most clients show events only."""

    EVENTS = "vevent"
    TODOS = "vtodo"


class Progress(StrEnum):
    """How far a duty is."""

    OWED = "owed"
    SUBMITTED = "submitted"
    DONE = "done"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One duty in a feed.

    Attributes:
        uid: What makes it the same one for ever.
        on: The day to act by, on which it is shown.
        due_on: The day it is due.
        title: What must be done, in one line.
        description: The rest, of several lines.
        categories: Words to group by.
        provisional: Whether a publication to come can still move the day.
        progress: How far it is.
        sequence: How many times its days have moved.
        created_at: When it was opened.
        changed_at: When it last changed.
        done_at: When it was submitted or closed, if it was.
        alarms: When to remind.
    """

    uid: str
    on: date
    due_on: date
    title: str
    description: str
    categories: tuple[str, ...]
    provisional: bool
    progress: Progress
    sequence: int
    created_at: datetime
    changed_at: datetime
    done_at: datetime | None = None
    alarms: tuple[datetime, ...] = ()


def write_feed(name: str, items: Iterable[FeedItem], components: Components = Components.EVENTS) -> bytes:
    """Return a feed.

    Args:
        name: What subscribers see as the calendar's name.
        items: The duties, in any order.
        components: Events for all clients, or to-dos for those that show them.
    """
    write = _event if components is Components.EVENTS else _todo
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
    for item in sorted(items, key=lambda item: item.uid):
        lines += write(item)
    lines.append("END:VCALENDAR")
    return b"".join(map(folded, lines))


def etag(content: bytes) -> str:
    """Return the strong ETag of a feed: equal where every byte is."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def folded(line: str) -> bytes:
    """Return a line as RFC 5545 wants it: no more than 75 octets, no character split, CRLF."""
    octets = line.encode()
    if len(octets) <= MAXIMUM_OCTETS:
        return octets + b"\r\n"
    parts, start, room = [], 0, MAXIMUM_OCTETS
    while start < len(octets):
        end = min(start + room, len(octets))
        # A byte of the form 10xxxxxx goes on with the character before it.
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8's own marks
            end -= 1
        parts.append(octets[start:end])
        start, room = end, MAXIMUM_OCTETS - 1
    return b"\r\n ".join(parts) + b"\r\n"


def _event(item: FeedItem) -> Iterator[str]:
    status = "CANCELLED" if item.progress is Progress.WAIVED else "TENTATIVE" if _open(item) else "CONFIRMED"
    yield "BEGIN:VEVENT"
    yield from _shared(item, item.uid)
    yield f"DTSTART;VALUE=DATE:{item.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{item.on + timedelta(days=1):%Y%m%d}"
    yield f"STATUS:{status}"
    yield "TRANSP:TRANSPARENT"
    yield from _alarms(item)
    yield "END:VEVENT"


def _todo(item: FeedItem) -> Iterator[str]:
    status = {
        Progress.OWED: "NEEDS-ACTION",
        Progress.SUBMITTED: "IN-PROCESS",
        Progress.DONE: "COMPLETED",
        Progress.WAIVED: "CANCELLED",
    }[item.progress]
    yield "BEGIN:VTODO"
    yield from _shared(item, f"todo-{item.uid}")
    yield f"DUE;VALUE=DATE:{item.on:%Y%m%d}"
    yield f"STATUS:{status}"
    if item.progress is Progress.DONE and item.done_at is not None:
        yield f"COMPLETED:{_stamp(item.done_at)}"
    yield f"RELATED-TO:{_text(item.uid)}"
    yield from _alarms(item)
    yield "END:VTODO"


def _shared(item: FeedItem, uid: str) -> Iterator[str]:
    yield f"UID:{_text(uid)}"
    yield f"DTSTAMP:{_stamp(item.changed_at)}"
    yield f"CREATED:{_stamp(item.created_at)}"
    yield f"LAST-MODIFIED:{_stamp(item.changed_at)}"
    yield f"SEQUENCE:{item.sequence}"
    yield f"SUMMARY:{_text(_summary(item))}"
    yield f"DESCRIPTION:{_text(item.description)}"
    if item.categories:
        yield f"CATEGORIES:{','.join(map(_text, item.categories))}"


def _summary(item: FeedItem) -> str:
    marks = {Progress.SUBMITTED: "【待审核】", Progress.DONE: "【已办结】", Progress.WAIVED: "【不适用】"}
    return marks.get(item.progress, "【日期待定】" if item.provisional else "") + item.title


def _open(item: FeedItem) -> bool:
    """Whether the day of a duty that is still owed may move."""
    return item.provisional and item.progress is Progress.OWED


def _alarms(item: FeedItem) -> Iterator[str]:
    if item.progress is not Progress.OWED:
        return
    for at in item.alarms:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        # Working days cannot be written as a duration, so every alarm has its own instant.
        yield f"TRIGGER;VALUE=DATE-TIME:{_stamp(at)}"
        yield f"DESCRIPTION:{_text(item.title)}"
        yield "END:VALARM"


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


# Control characters have no place in a calendar; a line break is written as \\n.
_ESCAPES = dict.fromkeys(range(32), "") | {
    ord(sign): written for sign, written in {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}.items()
}


def _text(value: str) -> str:
    return value.translate(_ESCAPES)
