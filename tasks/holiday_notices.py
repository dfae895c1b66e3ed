"""Adding a holiday notice to a district: read, checked against all others, stored for good, and dates reckoned anew.

The file is stored first and never changed afterwards; the ledger and the dates follow. Whoever is cut off between the
two adds the same notice again: what is stored already is found, and the rest is done.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, text

from calendars.coverage import notice_folders
from calendars.notice_text import read_notice_text
from calendars.notices import Notice, agreed, notice_of, stored_notices
from calendars.sources import parse, read_text
from evidence.ledger import Act, Event, EventKind, append
from fireduty.errors import CalendarDataError
from tasks.district import CALENDAR_FOLDER, District
from tasks.keeping import write_once
from tasks.moving import Reason
from tasks.rescheduling import Rescheduled, reschedule

OWED = "fireduty-administration.s1.holiday-notice"
"""The duty of whoever administers the district to add each year's notice, where that is in force."""

_KEY = re.compile(r"^(?:id|year|document|holidays)\s*:", re.MULTILINE)
_SAFE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")


@dataclass(frozen=True)
class Proposal:
    """A notice that is in order and may be added.

    Attributes:
        notice: The notice.
        yaml: How it is stored.
        pasted: The official text it was read from; empty where it was YAML.
        on_file: Whether the very same notice is on file already.
    """

    notice: Notice
    yaml: str
    pasted: str
    on_file: bool


def propose(path: Path, data: Path, as_of: date, url: str = "") -> Proposal:
    """Read a notice from a file, as YAML or as official text, and check it against all that are on file.

    Args:
        path: The file.
        data: The data folder of the district.
        as_of: The day of reading.
        url: The official address, where the text does not carry it.

    Raises:
        CalendarDataError: When it is no notice, or disagrees with itself, another or the statute; names file and line.
    """
    content = read_text(path)
    known = stored_notices(*notice_folders(data / CALENDAR_FOLDER))
    if path.suffix in {".yaml", ".yml"} or _KEY.search(content):
        notice, yaml, pasted = notice_of(parse(content, path)), content, ""
    else:
        reading = read_notice_text(content, path, agreed(known), as_of, url)
        notice, yaml, pasted = reading.notice, reading.yaml, content
    _refuse_odd_names(notice, as_of)
    on_file = notice.decides in {one.decides for one in known}
    if not on_file:
        agreed(known, notice)
    return Proposal(notice, yaml, pasted, on_file)


def add_notice(district: District, act: Act, proposal: Proposal) -> Rescheduled:
    """Store a notice, record it, and reckon the dates that depended on it anew.

    Raises:
        CalendarDataError: When the file cannot be stored.
    """
    if not proposal.on_file:
        store(district.settings.folder, proposal)
        district.forget_calendar()
    _record(district, act, proposal)
    return reschedule(district, act, Reason(proposal.notice.id, proposal.notice.document))


def store(data: Path, proposal: Proposal) -> Path:
    """Write a notice into the data folder, where it is never changed again; return its file.

    Raises:
        CalendarDataError: When there is another of that name, or it cannot be written.
    """
    folder = notice_folders(data / CALENDAR_FOLDER)[-1]
    target = folder / f"{proposal.notice.id}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if proposal.pasted and not target.exists():
            # The text of an attempt that was cut off before its YAML stood may not be the one at hand.
            target.with_suffix(".txt").unlink(missing_ok=True)
            write_once(target.with_suffix(".txt"), proposal.pasted)
        write_once(target, proposal.yaml)
    except FileExistsError as error:
        message = f"{target}: is there already, and a stored notice is never changed"
        raise CalendarDataError(message, "add what changed as an amendment that `supersedes` it") from error
    except OSError as error:
        message = f"{target}: cannot be written: {error.strerror}"
        raise CalendarDataError(message, "make room or give access, then add the notice again") from error
    return target


def owed_duty(connection: Connection, year: int) -> tuple[int, str] | None:
    """Return number and body of the duty to add a year's notice that still waits for its proof, if there is one."""
    statement = text(
        "SELECT d.id, d.body_code FROM duty d JOIN duty_case c ON c.id = d.case_id WHERE c.obligation_id = :owed"
        " AND c.period = :year AND d.state IN ('open', 'returned')"
    )
    found = connection.execute(statement, {"owed": OWED, "year": str(year)}).first()
    return None if found is None else (found.id, found.body_code)


def _refuse_odd_names(notice: Notice, as_of: date) -> None:
    if not _SAFE_ID.fullmatch(notice.id):
        message = f"id: expected small letters, digits and hyphens, got {notice.id!r}"
        raise notice.entry.fault(message, "id", "name it like cn-2027")
    if notice.issued_on > as_of:
        message = f"issued_on: {notice.issued_on} lies ahead of today, {as_of}"
        raise notice.entry.fault(message, "issued_on", "check the day of issue; a draft is no notice")


def _record(district: District, act: Act, proposal: Proposal) -> None:
    """Seal that the notice was added, once; one that came with the release was not added by anybody."""
    notice = proposal.notice
    if not (notice_folders(district.settings.folder / CALENDAR_FOLDER)[-1] / f"{notice.id}.yaml").exists():
        return
    payload = {
        "id": notice.id,
        "year": notice.year,
        "document": notice.document,
        "issued_on": notice.issued_on.isoformat(),
        "supersedes": notice.supersedes,
        "calendar_version": district.calendar.version,
        "confirmed_until": district.calendar.confirmed_until.isoformat(),
        "sha256": hashlib.sha256(proposal.yaml.encode()).hexdigest(),
    }
    with district.database.transaction() as connection:
        statement = text("SELECT 1 FROM ledger WHERE kind = :kind AND entry LIKE :found")
        found = {"kind": EventKind.CALENDAR_NOTICE_ADDED.value, "found": f'%"id":"{notice.id}"%'}
        if connection.execute(statement, found).first() is None:
            append(connection, act, [Event(EventKind.CALENDAR_NOTICE_ADDED, payload)])
