"""What `fireduty doctor` looks at."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from fireduty import clock, settings
from fireduty.errors import FiredutyError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from calendars.workdays import WorkdayCalendar

LEAST_FREE_BYTES = 1024**3

# Versions outside these break Prefect 3.8's server or its scheduler without a word.
FAST_API_BELOW, SQLALCHEMY_BELOW = (0, 151), (2, 1)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        part: What.
        holds: Whether it is in order.
        says: What was found.
        mend: What to do where it is not.
    """

    part: str
    holds: bool
    says: str
    mend: str = ""


def examine(folder: Path) -> list[Finding]:
    """Look at the programs, the data folder, the database, the ledger, the outbox and Prefect."""
    found = [_python(), *_packages()]
    try:
        setup = settings.enter(folder)
    except FiredutyError as error:
        return [*found, Finding("data folder", holds=False, says=error.message, mend=error.hint)]
    found.append(_folder(folder))
    try:
        return [*found, *_district(setup)]
    except FiredutyError as error:
        return [*found, Finding("district", holds=False, says=error.message, mend=error.hint)]


def _python() -> Finding:
    running = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info[:2] == (3, 11), running, "Use Python 3.11.")


def _packages() -> Iterator[Finding]:
    mend = "Run `make install`, which takes the versions of the lock."
    for name, below in (("fastapi", FAST_API_BELOW), ("sqlalchemy", SQLALCHEMY_BELOW), ("prefect", (3, 9))):
        try:
            found = version(name)
        except PackageNotFoundError:
            yield Finding(name, holds=False, says="not installed", mend=mend)
            continue
        number = tuple(int(part) for part in found.split(".")[:2])
        yield Finding(name, number < below, found, mend)


def _folder(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    writable = os.access(folder, os.W_OK)
    says = f"{folder}, {free // 1024**3} GiB free" + ("" if writable else ", not writable")
    return Finding("data folder", writable and free > LEAST_FREE_BYTES, says, "Make room, or give write permission.")


def _district(setup: settings.Settings) -> Iterator[Finding]:
    from deployments.health import health
    from tasks.district import District
    from tasks.outbox import outbox_state

    with District.open(setup) as district:
        yield Finding("regulations", holds=True, says=", ".join(one.id for one in district.regulations))
        yield _calendar(district.calendar)
        with district.database.reading() as connection:
            yield from _records(connection)
            yield _contacts(connection, setup)
            outbox = outbox_state(connection)
    dead = outbox["messages"].get("dead", 0)
    says = ", ".join(f"{number} {state}" for state, number in outbox["messages"].items()) or "no messages"
    mend = "`fireduty message state` shows the last errors; mend the contacts or the channel."
    yield Finding("outbox", not dead, f"{says}, {outbox['notices_waiting']} notices waiting", mend)
    prefect = health(setup)
    says = f"{prefect.address or 'no server known'}, {prefect.workers} workers, runs {prefect.runs or {}}"
    yield Finding("prefect", prefect.server and prefect.workers > 0, says, "Start it with `fireduty up`.")


def _calendar(calendar: "WorkdayCalendar") -> Finding:
    says = f"working days are published until {calendar.confirmed_until}"
    mend = "Add the next notice of the State Council: `fireduty calendar add-notice FILE`."
    return Finding("calendar", calendar.confirmed_until >= clock.today(), says, mend)


def _contacts(connection: "Connection", setup: settings.Settings) -> Finding:
    from collections import Counter

    from tasks.findings import findings

    found = Counter(finding.kind.value for finding in findings(connection, setup, clock.today()))
    says = ", ".join(f"{number} {kind}" for kind, number in sorted(found.items())) or "every body can be told"
    return Finding("contacts", not found, says, "`fireduty register findings` names each with what mends it.")


def _records(connection: "Connection") -> Iterator[Finding]:
    from sqlalchemy import text

    from evidence.verify import verify

    bodies = connection.execute(text("SELECT count(*) FROM body")).scalar_one()
    mend = "Bring in a register: fireduty register import FILE."
    yield Finding("register", bodies > 0, f"{bodies} bodies", mend)
    verdict = verify(connection)
    says = f"{verdict.entries} entries agree" if verdict.holds else verdict.problems[0]
    yield Finding("ledger", verdict.holds, says, "Restore the last good copy; `fireduty ledger verify` says more.")
