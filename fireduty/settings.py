"""Where a district's data lies and how it is set up.

A data folder holds everything of one district: its settings (`fireduty.toml`), its database, its evidence files
and Prefect's own database. `--data` or the variable FIREDUTY_DATA names it.
"""

import os
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fireduty import clock
from fireduty.errors import SettingsError

DATA_VARIABLE = "FIREDUTY_DATA"
DEFAULT_FOLDER = Path("fireduty-data")
FILE_NAME = "fireduty.toml"

MEBIBYTE = 1024 * 1024

ADMINISTRATION = "fireduty-administration"
"""The pack of our own duties, such as entering the next holiday notice; in force in every new district."""


class Settings(BaseModel):
    """The settings of one district.

    Attributes:
        folder: The data folder; not written to the file.
        division: GB/T 2260 code of the district.
        regulations: Ids of the regulations in force here.
        in_force_on: The first day for whose duties this installation answers.
        database_url: SQLAlchemy address; a SQLite file in the data folder where empty.
        clock_offset: Seconds by which a demonstration's time is shifted.
        channels: Apprise address by channel, with `{address}` where the contact's own goes.
        rates: How many messages a minute a channel's destination takes, by channel, where its own limit is not known.
        gateways: Web address of a private installation of a robot's service, by `wecombot`, `dingtalk` or `feishu`.
        works_from: When working hours begin, Shanghai time; ordinary messages go out on working days from then on.
        works_until: When they end; the same as the beginning where they last the whole day.
        largest_file: Greatest size of one evidence file, in bytes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path
    division: str = "310107"
    regulations: tuple[str, ...] = ("putuo-2020",)
    in_force_on: date
    database_url: str = ""
    clock_offset: int = 0
    channels: dict[str, str] = Field(default_factory=dict)
    rates: dict[str, Annotated[int, Field(ge=1, le=10_000)]] = Field(default_factory=dict)
    gateways: dict[str, str] = Field(default_factory=dict)
    works_from: time = time(8, 30)
    works_until: time = time(17, 30)
    largest_file: int = 50 * MEBIBYTE

    @model_validator(mode="after")
    def _hours_end_after_they_begin(self) -> Self:
        if self.works_until < self.works_from:
            message = f"works_until: expected a time from {self.works_from} on, got {self.works_until}"
            raise ValueError(message)
        return self

    @property
    def url(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.folder.resolve() / 'fireduty.db'}"

    @property
    def evidence_folder(self) -> Path:
        """Where evidence files lie."""
        return self.folder / "evidence"

    @property
    def prefect_folder(self) -> Path:
        """Where Prefect keeps its own database and files."""
        return self.folder / "prefect"

    @property
    def web_address_file(self) -> Path:
        """Where a running installation notes the address of its web door."""
        return self.folder / "web-url"

    @property
    def mail_folder(self) -> Path:
        """Where the demonstration's mail server keeps what arrived."""
        return self.folder / "mail"


def data_folder(given: Path | None = None) -> Path:
    """Return the data folder: as given, else from FIREDUTY_DATA, else `fireduty-data` here."""
    return given or Path(os.environ.get(DATA_VARIABLE) or DEFAULT_FOLDER)


def load(folder: Path) -> Settings:
    """Read the settings of a data folder.

    Raises:
        SettingsError: If there are none, or a field is unknown or wrong.
    """
    path = folder / FILE_NAME
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return Settings(folder=folder, **content)
    except FileNotFoundError as error:
        hint = "Run `fireduty init --data DIR` first, or `fireduty up --demo` to look around."
        message = f"{folder}: expected a data folder with {FILE_NAME}, found none"
        raise SettingsError(message, hint) from error
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: expected TOML, got {error}"
        raise SettingsError(message, "Mend the line named above.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors())
        message = f"{path}: {faults}"
        raise SettingsError(message, "Fields and their meaning: docs/reference/settings.md.") from error


def enter(folder: Path) -> Settings:
    """Read the settings of a data folder and put this process on the district's clock.

    Raises:
        SettingsError: If there are none, or a field is unknown or wrong.
    """
    settings = load(folder)
    os.environ[clock.OFFSET_VARIABLE] = str(settings.clock_offset)
    return settings


def save(settings: Settings) -> None:
    """Write the settings to their data folder, making the folder where needed."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Settings of one district; docs/reference/settings.md explains each field.",
        f'division = "{settings.division}"',
        f"regulations = [{', '.join(_quoted(name) for name in settings.regulations)}]",
        f"in_force_on = {settings.in_force_on.isoformat()}",
        f"database_url = {_quoted(settings.database_url)}",
        f"clock_offset = {settings.clock_offset}",
        f"works_from = {settings.works_from.isoformat()}",
        f"works_until = {settings.works_until.isoformat()}",
        f"largest_file = {settings.largest_file}",
        "",
        "[channels]",
        *(f"{name} = {_quoted(url)}" for name, url in sorted(settings.channels.items())),
        "",
        "[rates]",
        *(f"{name} = {rate}" for name, rate in sorted(settings.rates.items())),
        "",
        "[gateways]",
        *(f"{name} = {_quoted(url)}" for name, url in sorted(settings.gateways.items())),
    ]
    (settings.folder / FILE_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
