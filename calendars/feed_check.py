"""A check of calendar feeds, for no published validator looks at everything (RFC 5545).

It reads the bytes and knows nothing of the writer: line ends, lengths, properties each component
must have, unique names, days in order, and the status each component allows.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

MAXIMUM_OCTETS = 75
REQUIRED = {
    "VCALENDAR": ("VERSION", "PRODID"),
    "VEVENT": ("UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE"),
    "VTODO": ("UID", "DTSTAMP", "SUMMARY", "SEQUENCE"),
    "VALARM": ("ACTION", "TRIGGER", "DESCRIPTION"),
}
STATUS = {
    "VEVENT": {"TENTATIVE", "CONFIRMED", "CANCELLED"},
    "VTODO": {"NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"},
}
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "DUE", "DURATION", "STATUS", "SEQUENCE", "SUMMARY", "PRODID", "VERSION")

_LINE = re.compile(r"([A-Z][A-Z0-9-]*)((?:;[A-Z][A-Z0-9-]*=[^:;]*)*):(.*)", re.DOTALL)
_INSTANT = re.compile(r"\d{8}T\d{6}Z")


@dataclass
class _Component:
    """One component with the values of its properties, and the line it begins on."""

    name: str
    line: int
    values: dict[str, list[str]] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)

    def first(self, name: str) -> str:
        return self.values.get(name, [""])[0]


def feed_problems(content: bytes) -> list[str]:
    """Return everything wrong with a feed, each with its line; nothing for a good one."""
    problems = list(_form(content))
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [*problems, f"line {line}: not UTF-8"]
    components, faults = _components(text)
    problems += faults
    for component in components:
        problems += (f"line {component.line}: {component.name}: {what}" for what in _faults(component))
    uids = Counter(component.first("UID") for component in components if component.name in STATUS)
    problems += (f"UID {uid} stands {count} times" for uid, count in uids.items() if count > 1)
    if [component.name for component in components[:1]] != ["VCALENDAR"]:
        problems.append("line 1: expected BEGIN:VCALENDAR")
    return problems


def _form(content: bytes) -> Iterator[str]:
    if not content.endswith(b"\r\n"):
        yield "the last line does not end with CRLF"
    for number, line in enumerate(content.removesuffix(b"\r\n").split(b"\r\n"), 1):
        if b"\n" in line or b"\r" in line:
            yield f"line {number}: a line end that is not CRLF"
        if len(line) > MAXIMUM_OCTETS:
            yield f"line {number}: {len(line)} octets, at most {MAXIMUM_OCTETS} are allowed"
        try:
            line.decode()
        except UnicodeDecodeError:
            yield f"line {number}: folded within a character"


def _components(text: str) -> tuple[list[_Component], list[str]]:
    """Return every component, the outer before the inner, and faults of nesting."""
    found: list[_Component] = []
    open_ones: list[_Component] = []
    faults = []
    for number, line in _unfolded(text):
        match = _LINE.fullmatch(line)
        if match is None:
            faults.append(f"line {number}: not a property: {line[:40]}")
            continue
        name, parameters, value = match.groups()
        if name == "BEGIN":
            open_ones.append(_Component(value, number))
            found.append(open_ones[-1])
        elif name == "END":
            if not open_ones or open_ones.pop().name != value:
                faults.append(f"line {number}: END:{value} closes nothing")
        elif open_ones:
            open_ones[-1].values.setdefault(name, []).append(value)
            open_ones[-1].parameters[name] = parameters
    faults += (f"line {component.line}: {component.name} is never closed" for component in open_ones)
    return found, faults


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    start, whole = 1, ""
    for number, line in enumerate(text.split("\r\n"), 1):
        if line.startswith((" ", "\t")):
            whole += line[1:]
            continue
        if whole:
            yield start, whole
        start, whole = number, line
    if whole:
        yield start, whole


def _faults(component: _Component) -> Iterator[str]:
    values = component.values
    for name in REQUIRED.get(component.name, ()):
        if not component.first(name):
            yield f"{name} is missing"
    for name in ONCE:
        if len(values.get(name, ())) > 1:
            yield f"{name} stands {len(values[name])} times"
    status = component.first("STATUS")
    if component.name in STATUS and status and status not in STATUS[component.name]:
        yield f"STATUS:{status} is not allowed here"
    if component.name == "VEVENT" and ("DTEND" in values) == ("DURATION" in values):
        yield "expected either DTEND or DURATION"
    if component.name == "VTODO" and ("DUE" in values) == ("DURATION" in values):
        yield "expected either DUE or DURATION"
    yield from _times(component)


def _times(component: _Component) -> Iterator[str]:
    starts, ends = component.first("DTSTART"), component.first("DTEND") or component.first("DUE")
    if starts and ends and ends <= starts:
        yield f"ends on {ends}, not after it starts on {starts}"
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED", "COMPLETED"):
        for value in component.values.get(name, ()):
            if not _INSTANT.fullmatch(value):
                yield f"{name}:{value} is not an instant in UTC"
    if component.name == "VALARM":
        absolute = "VALUE=DATE-TIME" in component.parameters.get("TRIGGER", "")
        if not (absolute and _INSTANT.fullmatch(component.first("TRIGGER"))):
            yield "TRIGGER is not an instant in UTC"
    if component.first("SEQUENCE") and not component.first("SEQUENCE").isdigit():
        yield f"SEQUENCE:{component.first('SEQUENCE')} is not a number"
