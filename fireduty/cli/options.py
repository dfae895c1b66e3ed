"""Options that many commands share."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fireduty import settings
from fireduty.settings import DATA_VARIABLE

if TYPE_CHECKING:
    from tasks.district import District

Data = Annotated[
    Path | None,
    typer.Option("--data", envvar=DATA_VARIABLE, help="The data folder of the district.", show_default="fireduty-data"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to look from.")]
As = Annotated[str, typer.Option("--as", help="For which body you act: BODY or BODY/ROLE.")]


def open_district(data: Path | None) -> "District":
    """Open the district of a data folder, on its own clock."""
    from tasks.district import District

    return District.open(settings.enter(settings.data_folder(data)))


def own_regulations(data: Path | None) -> Path | None:
    """Return the folder of the regulations added to the data folder, or nothing where none was."""
    from models.packs import own_folder

    return own_folder(settings.data_folder(data))


def day(given: datetime | None) -> date | None:
    """Return the date of an option."""
    return None if given is None else given.date()
