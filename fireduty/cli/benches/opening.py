"""Bench `open`: one duty each for many bodies, with assignment notices and ledger events."""

import sqlite3
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from evidence.ledger import Act
from evidence.store import MemoryStore
from fireduty import clock
from fireduty.cli.benches.figures import Figure, measure, peak_megabytes, seconds
from fireduty.settings import Settings
from models.database import Database, bulk_insert
from models.register import Body
from tasks.agenda import open_cases, put_in_force
from tasks.district import District
from tasks.opening import open_step, waiting_schedules

BODIES = 100_000
ROUNDS = 3
OPENS_ON = date(2027, 1, 1)
OBLIGATION = "putuo-2020.art13.drill"
MEMORY_LIMIT = 500.0


def run(say: Callable[[str], None]) -> list[Figure]:
    """Open a duty for every unit of a large register and compare with a plain `executemany` of the same rows."""
    rounds = []
    for number in range(ROUNDS):
        say(f"open: round {number + 1} of {ROUNDS}")
        with tempfile.TemporaryDirectory(prefix="fireduty-bench-") as folder:
            rounds.append(_round(Path(folder)))
    peak = peak_megabytes()
    return [
        measure(f"open {BODIES} duties with notices and events, against executemany of the rows (s)", rounds, 4.0),
        Figure("peak memory (MB) of its limit", round(peak / MEMORY_LIMIT, 3), 1.0, "lower", round(peak), MEMORY_LIMIT),
    ]


def big_district(folder: Path, bodies: int) -> District:
    """Make a district with many units in a folder, durable as in earnest."""
    settings = Settings(folder=folder, in_force_on=OPENS_ON)
    district = District(settings, Database(settings.url), MemoryStore())
    upper = [("OFFICE", "区消防委办公室", "fire_committee_office", None), ("S1", "街道（示例）", "street_town", None)]
    rest = ("310107", False, False, False, False, True)
    with district.database.transaction() as connection:
        bulk_insert(connection, "body", tuple(Body.model_fields), [(*row, *rest) for row in upper])
        rows = [(f"U{n:07}", f"单位{n}（示例）", "unit", "S1", *rest) for n in range(bodies)]
        bulk_insert(connection, "body", tuple(Body.model_fields), rows)
    put_in_force(district, OPENS_ON)
    return district


def _round(folder: Path) -> tuple[float, float]:
    from flows.evacuation_drill import PROCESS

    with big_district(folder, BODIES) as district:
        act = Act("system:bench", clock.morning_of(OPENS_ON))
        open_cases(district, act, OBLIGATION)
        with district.database.reading() as connection:
            (schedule,) = waiting_schedules(connection, act.as_of)
        ours = seconds(lambda: open_step(district, act, PROCESS, schedule.id))
    return ours, _plain(folder / "fireduty.db", folder / "plain.db")


def _plain(source: Path, target: Path) -> float:
    """Insert the very same duty rows into an empty table with the same columns and indexes."""
    with sqlite3.connect(source) as reading:
        wanted = reading.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'duty' AND sql IS NOT NULL").fetchall()
        rows = reading.execute("SELECT * FROM duty").fetchall()
    plain = sqlite3.connect(target, isolation_level=None)
    plain.execute("PRAGMA journal_mode=WAL")
    plain.execute("PRAGMA synchronous=FULL")
    for (statement,) in wanted:
        plain.execute(statement)
    marks = ", ".join("?" * len(rows[0]))

    def insert() -> None:
        plain.execute("BEGIN IMMEDIATE")
        plain.executemany(f"INSERT INTO duty VALUES ({marks})", rows)  # noqa: S608 - question marks only
        plain.execute("COMMIT")

    taken = seconds(insert)
    plain.close()
    return taken
