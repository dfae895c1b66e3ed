"""A district at work: its settings, database, regulations, calendar and evidence store, opened together."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from calendars.occasions import is_season
from calendars.own_terms import body_files
from calendars.periods import Frequency
from calendars.seasons import seasons_version
from calendars.sources import digest
from calendars.terms import terms_version
from calendars.workdays import WorkdayCalendar, reload_calendars, workday_calendar
from evidence.store import LocalStore, Store
from fireduty.settings import Settings
from models.database import Database
from models.packs import find_obligation, load, own_folder
from models.regulation import Obligation, Regulation

CALENDAR_FOLDER = "calendar"
"""Where in the data folder the calendar data lies that was added after installation, laid out as `calendars/data`."""


def added_folder(data: Path) -> Path | None:
    """Return the calendar folder of a data folder, or nothing where none was ever needed."""
    folder = data / CALENDAR_FOLDER
    return folder if folder.is_dir() else None


@dataclass
class District:
    """What every verb needs of the district it works for.

    Use it as a context manager, or call `close`, so that database connections are given back.
    """

    settings: Settings
    database: Database
    store: Store

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the district that lies in the settings' data folder.

        Raises:
            SettingsError: If the database was written by another release.
        """
        return cls(settings, Database(settings.url), LocalStore(settings.evidence_folder))

    @cached_property
    def regulations(self) -> Sequence[Regulation]:
        """The regulations in force here: installed ones, and those added to the data folder."""
        own = own_folder(self.settings.folder)
        return [load(name, own=own) for name in self.settings.regulations]

    @cached_property
    def calendar(self) -> WorkdayCalendar:
        """The calendar of working days that holds here, with the holiday notices added since installation."""
        return workday_calendar(self.settings.division, self.added)

    @property
    def added(self) -> Path | None:
        """The folder of calendar data added since installation, or nothing where none was."""
        return added_folder(self.settings.folder)

    def calendar_version(self, obligation: Obligation) -> str:
        """Return the digest of all data that the dates of an obligation are reckoned from.

        Only a duty of each school term depends on school terms, so that a school calendar touches no other case; only
        one that names a season depends on the seasons.
        """
        if obligation.frequency is Frequency.SCHOOL_TERM:
            return self._version_with_terms
        if any(is_season(name) for name in obligation.occasions):
            return self._version_with_seasons
        return self.calendar.version

    @cached_property
    def _version_with_terms(self) -> str:
        return self._version_with(terms_version(self.settings.division, self.added), digest(body_files(self.added)))

    @cached_property
    def _version_with_seasons(self) -> str:
        return self._version_with(seasons_version(self.settings.division))

    def _version_with(self, *versions: str) -> str:
        parts = "".join([self.calendar.version, *versions])
        return hashlib.sha256(parts.encode()).hexdigest()[: len(self.calendar.version)]

    def forget_calendar(self) -> None:
        """Read the calendar anew when next asked for, because something was added to it."""
        reload_calendars()
        for name in ("calendar", "_version_with_terms", "_version_with_seasons"):
            self.__dict__.pop(name, None)

    def obligation(self, name: str) -> tuple[Regulation, Obligation]:
        """Return an obligation in force here, with its regulation.

        Raises:
            UnknownNameError: If there is none of that id.
        """
        return find_obligation(name, self.regulations)

    def close(self) -> None:
        """Give back the database's connections."""
        self.database.close()

    def __enter__(self) -> Self:
        """Return the district itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the district."""
        self.close()
