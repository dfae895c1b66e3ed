"""The demonstration district: the example register, a history of some weeks, and a day to look at."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from deployments.installation import free_port
from deployments.server import HOST
from evidence.ledger import Act
from fireduty import clock, settings
from fireduty.errors import SettingsError
from fireduty.settings import Settings
from flows.catalogue import process_named
from tasks.agenda import put_in_force
from tasks.behaviour import Behaviour
from tasks.district import District
from tasks.register import import_register, read_register
from tasks.simulation import Simulation

RUN_UP = timedelta(days=45)
"""How much history the demonstration begins with, so that some duties are done and some overdue."""

SEED = 1
USUAL_MAIL_PORT = 2525
SENDER = "fireduty@putuo.example"


def mail_channel(port: int) -> str:
    """Return the Apprise address of the demonstration's mailbox."""
    return f"mailto://{HOST}:{port}?mode=insecure&from={SENDER}&to={{address}}"


def prepare(folder: Path, register: Path, as_of: date | None, progress: Callable[[date], None]) -> tuple[District, int]:
    """Open the demonstration district of a folder, making it where there is none.

    Args:
        folder: Its data folder.
        register: The register of a new one.
        as_of: The day it is to be there; today for a new one, or as it was, where left out.
        progress: Called with each day of its history while that is lived through.

    Returns:
        The district, and the port on which its mailbox is to listen.

    Raises:
        SettingsError: If an existing one is to be put back to an earlier day.
    """
    mail_port = free_port(USUAL_MAIL_PORT)
    channels = {"email": mail_channel(mail_port)}
    if (folder / settings.FILE_NAME).exists():
        setup = settings.load(folder).model_copy(update={"channels": channels})
        setup = _moved(setup, as_of)
        settings.save(setup)
        settings.enter(folder)
        return District.open(setup), mail_port
    return _new(folder, register, as_of or clock.today(), channels, progress), mail_port


def run_up_days() -> int:
    """Return how many days of history a new demonstration lives through."""
    return RUN_UP.days


def _new(
    folder: Path, register: Path, as_of: date, channels: dict[str, str], progress: Callable[[date], None]
) -> District:
    read = read_register(register)
    offset = int(clock.offset_to(as_of).total_seconds())
    first_on = as_of - RUN_UP
    setup = Settings(
        folder=folder,
        regulations=("putuo-2020", settings.ADMINISTRATION),
        in_force_on=first_on,
        clock_offset=offset,
        channels=channels,
    )
    folder.mkdir(parents=True, exist_ok=True)
    district = District.open(setup)
    import_register(district.database, Act("system:demonstration", clock.morning_of(first_on, 0)), read)
    put_in_force(district, first_on)
    Simulation(district, process_named, Behaviour.REALISTIC, SEED).run(first_on, as_of - timedelta(days=1), progress)
    # The settings come last: a folder without them is one whose making was broken off.
    settings.save(setup)
    settings.enter(folder)
    return district


def _moved(setup: Settings, as_of: date | None) -> Settings:
    """Return the settings with their clock put forward to a day."""
    if as_of is None:
        return setup
    offset = int(clock.offset_to(as_of).total_seconds())
    if offset < setup.clock_offset:
        message = f"{setup.folder}: the demonstration is at a later day than {as_of} already"
        raise SettingsError(message, "Time only goes forward; begin a new one with another --data folder.")
    return setup.model_copy(update={"clock_offset": offset})
