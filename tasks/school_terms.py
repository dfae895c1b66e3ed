"""Adding a school calendar, or one school's own, to a district: read, checked, stored for good, dates reckoned anew.

As with a holiday notice, the file is stored first and never changed afterwards; the ledger and the dates follow, and
whoever is cut off between the two adds the same file again. A later publication for the same academic year is a file
of its own beside the first, and counts in its place.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from calendars.divisions import lineage
from calendars.own_terms import BODIES, own_terms, own_terms_of
from calendars.sources import Entry, parse, read_text
from calendars.terms import SchoolYear, following, newest, school_year, school_year_of, term_folders
from evidence.ledger import Act, Event, EventKind, append
from fireduty.errors import CalendarDataError, UnknownNameError
from tasks.district import CALENDAR_FOLDER, District
from tasks.keeping import write_once
from tasks.moving import Reason
from tasks.rescheduling import Rescheduled, reschedule


@dataclass(frozen=True)
class Proposal:
    """Term dates that are in order and may be added.

    Attributes:
        place: The folder they are stored in, below that of school terms: a division, or `bodies`.
        name: What their file is called there: `2026-2027`, or the code of the school.
        source: The title of the publication.
        yaml: How they are stored.
        lines: What they say, for people.
        on_file: Whether the very same dates are on file already.
    """

    place: str
    name: str
    source: str
    yaml: str
    lines: tuple[str, ...]
    on_file: bool


def propose(path: Path, district: District) -> Proposal:
    """Read the terms of a division and academic year from a file, and check them.

    Raises:
        CalendarDataError: When the file contradicts itself, or is of a division whose schools are not here; names
            file and line.
    """
    content = read_text(path)
    entry = parse(content, path)
    if "body" in entry.names():
        message = "body: these are the dates of one school, not of a division"
        raise entry.fault(message, "body", "name the school with --body CODE as well")
    found = school_year_of(entry)
    _refuse_elsewhere(entry, found.division, district.settings.division)
    return Proposal(
        place=found.division,
        name=f"{found.year}-{found.year + 1}",
        source=found.source,
        yaml=content,
        lines=tuple(_lines(found)),
        on_file=_in_force(found, district) == found,
    )


def propose_own(path: Path, district: District, body: str) -> Proposal:
    """Read the own term dates of one school from a file, and check them.

    Raises:
        CalendarDataError: When the file contradicts itself or is that of another school; names file and line.
        UnknownNameError: When the register has no body of that code.
    """
    content = read_text(path)
    entry = parse(content, path)
    found = own_terms_of(entry)
    if found.body != body:
        message = f"body: {found.body} in a file given for {body}"
        raise entry.fault(message, "body", "correct the code, or give the file of that school")
    _refuse_unknown(district, body)
    known = own_terms(district.added)
    return Proposal(
        place=BODIES,
        name=body,
        source=found.source,
        yaml=content,
        lines=tuple(f"{key}: {one.starts_on} 至 {one.ends_on}" for key, one in found.periods.items()),
        on_file=all(known.get(key, {}).get(body) == one for key, one in found.periods.items()),
    )


def add_terms(district: District, act: Act, proposal: Proposal) -> Rescheduled:
    """Store term dates, record them, and reckon the dates that depended on them anew.

    Raises:
        CalendarDataError: When the file cannot be stored.
    """
    if not proposal.on_file:
        _store(_folder(district, proposal), proposal)
        district.forget_calendar()
    name = _record(district, act, proposal)
    return reschedule(district, act, Reason(name, proposal.source))


def _refuse_unknown(district: District, body: str) -> None:
    with district.database.reading() as connection:
        found = connection.execute(text("SELECT 1 FROM body WHERE code = :code"), {"code": body}).one_or_none()
    if found is None:
        message = f"body {body}: there is none of that code in the register"
        raise UnknownNameError(message, "look the code up in the register: fireduty register export FILE")


def _refuse_elsewhere(entry: Entry, division: str, here: str) -> None:
    if division not in lineage(here):
        message = f"division: {division} is neither {here} nor above it, so no school here follows its calendar"
        raise entry.fault(message, "division", f"correct the code; it is one of {', '.join(lineage(here))}")


def _in_force(found: SchoolYear, district: District) -> SchoolYear | None:
    known = (school_year(found.division, found.year, folder) for folder in term_folders(district.added))
    return next((one for one in known if one is not None), None)


def _lines(found: SchoolYear) -> list[str]:
    return [
        f"{stage} {name}: {starts_on} 至 {ends_on}"
        for stage, spans in found.spans.items()
        for name, (starts_on, ends_on) in spans.items()
    ]


def _folder(district: District, proposal: Proposal) -> Path:
    return term_folders(district.settings.folder / CALENDAR_FOLDER)[0] / proposal.place


def _store(folder: Path, proposal: Proposal) -> None:
    target = following(folder, proposal.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_once(target, proposal.yaml)
    except FileExistsError as error:
        message = f"{target}: was added by somebody else at this moment"
        raise CalendarDataError(message, "look at it, and add yours again if it still differs") from error
    except OSError as error:
        message = f"{target}: cannot be written: {error.strerror}"
        raise CalendarDataError(message, "make room or give access, then add the file again") from error


def _record(district: District, act: Act, proposal: Proposal) -> str:
    """Seal that the dates were added, once, and return what they are called in the ledger.

    Those that came with the release were not added by anybody.
    """
    stored = newest(_folder(district, proposal), proposal.name)
    if stored is None:
        return f"terms-{proposal.place}-{proposal.name}"
    name = f"terms-{proposal.place}-{stored.stem}"
    payload = {
        "id": name,
        "source": proposal.source,
        "file": f"{proposal.place}/{stored.name}",
        "sha256": hashlib.sha256(stored.read_bytes()).hexdigest(),
    }
    with district.database.transaction() as connection:
        statement = text("SELECT 1 FROM ledger WHERE kind = :kind AND entry LIKE :found ESCAPE '!'")
        # A code may hold an underscore, which LIKE takes for any character.
        found = {"kind": EventKind.CALENDAR_TERMS_ADDED.value, "found": f'%"id":"{name.replace("_", "!_")}"%'}
        if connection.execute(statement, found).first() is None:
            append(connection, act, [Event(EventKind.CALENDAR_TERMS_ADDED, payload)])
    return name
