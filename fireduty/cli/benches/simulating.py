"""Bench `simulate`: a whole year of the example district."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from evidence.ledger import Act
from evidence.store import MemoryStore
from fireduty import clock
from fireduty.cli.benches.figures import Figure, seconds
from fireduty.cli.plans import EXAMPLE
from fireduty.settings import Settings
from models.database import Database
from tasks.agenda import put_in_force
from tasks.behaviour import Behaviour
from tasks.district import District
from tasks.register import import_register, read_register
from tasks.simulation import Simulation

FIRST_ON, LAST_ON = date(2027, 1, 1), date(2027, 12, 31)
LIMIT_SECONDS = 60.0


def run(say: Callable[[str], None]) -> list[Figure]:
    """Simulate 2027 for the example register, with realistic bodies."""
    from flows.catalogue import process_named

    say("simulate: 2027 for the example register")
    with tempfile.TemporaryDirectory(prefix="fireduty-bench-") as folder:
        settings = Settings(folder=Path(folder), in_force_on=FIRST_ON)
        with District(settings, Database(settings.url, durable=False), MemoryStore()) as district:
            import_register(district.database, Act("system:bench", clock.morning_of(FIRST_ON)), read_register(EXAMPLE))
            put_in_force(district, FIRST_ON)
            simulation = Simulation(district, process_named, Behaviour.REALISTIC, 1)
            taken = seconds(lambda: simulation.run(FIRST_ON, LAST_ON))
    ratio = round(taken / LIMIT_SECONDS, 3)
    return [Figure("simulate 2027 (s) of its limit", ratio, 1.0, "lower", round(taken, 2), LIMIT_SECONDS)]
