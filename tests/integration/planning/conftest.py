"""The example district, imported once and only read, and small districts to live a year in."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from factories import Size, act_on, make_district

from calendars.workdays import workday_calendar
from evidence.store import MemoryStore
from fireduty.settings import Settings
from flows.catalogue import process_named
from models.database import Database
from models.packs import load
from tasks.agenda import put_in_force
from tasks.behaviour import Behaviour
from tasks.district import District
from tasks.planning import Plan, plan_year
from tasks.register import import_register, read_register
from tasks.simulation import Outcome, Simulation

EXAMPLE = Path(__file__).parents[3] / "examples" / "putuo.xlsx"
NEW_YEAR = date(2027, 1, 1)
SMALL = Size()
Row = dict[str, str]


@pytest.fixture(scope="session")
def sheets() -> dict[str, list[Row]]:
    """Return the example register as it stands in the file, read without the code under test."""
    book = openpyxl.load_workbook(EXAMPLE, read_only=True)
    found = {}
    for name in ("主体", "督管"):
        header, *rows = book[name].iter_rows(values_only=True)
        found[name] = [dict(zip(map(str, header), (str(cell or "") for cell in row), strict=True)) for row in rows]
    return found


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """Import the example register into a district in force from the beginning of 2027."""
    settings = Settings(folder=tmp_path_factory.mktemp("example"), in_force_on=NEW_YEAR)
    database = Database(settings.url, durable=False)
    with District(settings, database, MemoryStore()) as district:
        import_register(database, act_on(NEW_YEAR, hour=0), read_register(EXAMPLE))
        put_in_force(district, NEW_YEAR)
        yield district


def planned(district: District, year: int) -> Plan:
    with district.database.reading() as connection:
        law, calendar = load("putuo-2020"), workday_calendar("310107")
        return plan_year(connection, law, year, calendar, process_named, since=district.settings.in_force_on)


@pytest.fixture(scope="session")
def plan_of() -> Callable[[District, int], Plan]:
    """Return the function that plans a year of a district."""
    return planned


@pytest.fixture(scope="session")
def plan(example: District) -> Plan:
    """Plan 2027 for the example district."""
    return planned(example, 2027)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., tuple[District, Outcome]]]:
    """Return a function that lives through a span in a small district of its own."""
    made: list[District] = []

    def run(
        behaviour: Behaviour, first_on: date, last_on: date, seed: int = 1, size: Size = SMALL, *, whole: bool = False
    ) -> tuple[District, Outcome]:
        district = make_district(tmp_path / str(len(made)), first_on, size, durable=False, whole=whole)
        made.append(district)
        return district, Simulation(district, process_named, behaviour, seed).run(first_on, last_on)

    yield run
    for district in made:
        district.close()
