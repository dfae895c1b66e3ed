"""Bench `heartbeat`: its cost follows what is due, not what exists."""

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from evidence.ledger import Act
from fireduty import clock
from fireduty.cli.benches.figures import Figure, measure, seconds
from fireduty.cli.benches.opening import OBLIGATION, big_district
from models.database import bulk_insert
from models.process import Process
from tasks.beating import beat
from tasks.district import District

DUTY_COLUMNS = (
    "case_id",
    "schedule_id",
    "step",
    "body_code",
    "subject_code",
    "supervisor_code",
    "state",
    "plan_by",
    "due_on",
    "rung",
    "next_action_on",
    "opened_at",
)
MANY = 1_000_000
DUE = 10_000
REPEATS = 200
ROUNDS = 5
TODAY = date(2027, 3, 1)


def run(say: Callable[[str], None]) -> list[Figure]:
    """Beat with a million open duties, none due and then some, against a probe and against few duties."""
    with tempfile.TemporaryDirectory(prefix="fireduty-bench-") as folder:
        say(f"heartbeat: filling {MANY} duties")
        large, small = Path(folder) / "large", Path(folder) / "small"
        with _filled(large, MANY) as many, _filled(small, DUE) as few:
            say("heartbeat: none due")
            idle = [(_beats(many), _probes(many)) for _ in range(ROUNDS)]
            due = []
            for number in range(ROUNDS):
                say(f"heartbeat: {DUE} due, round {number + 1} of {ROUNDS}")
                due.append((_due_beat(many, number), _due_beat(few, number)))
    return [
        measure(f"beat with {MANY} duties and none due, against one index probe (s)", idle, 5.0),
        measure(f"beat with {DUE} due among {MANY}, against the same among {DUE} (s)", due, 1.5),
    ]


def _process_of(name: str) -> Process:
    from flows.catalogue import process_named

    return process_named(name)


def _filled(folder: Path, duties: int) -> District:
    """Make a district whose duties are all open and have their next rung in the far future."""
    folder.mkdir()
    district = big_district(folder, 100)
    far = (TODAY + timedelta(days=3000)).isoformat()
    at, due_on = "2027-01-01T01:00:00Z", "2027-12-31"
    with district.database.transaction() as connection:
        connection.execute(text("UPDATE agenda SET next_on = :far"), {"far": far})
        connection.execute(
            text(
                "INSERT INTO duty_case (id, obligation_id, period, starts_on, ends_on, provisional,"
                " regulation_digest, calendar_version, opened_at, note, reference) VALUES (1, :o, '2027', '2027-01-01',"
                " :due, false, '', '', :at, '', '')"
            ),
            {"o": OBLIGATION, "due": due_on, "at": at},
        )
        connection.execute(
            text(
                "INSERT INTO schedule (id, case_id, step, variant, opens_on, plan_by, due_on, earliest_on, latest_on,"
                " provisional) VALUES (1, 1, 'drill', '', '2027-01-01', :due, :due, :due, :due, false)"
            ),
            {"due": due_on},
        )
        steps = [(1, n, f"rung_{n}", TODAY.isoformat(), "body", "reminder") for n in range(1, ROUNDS + 1)]
        bulk_insert(
            connection, "milestone", ("schedule_id", "position", "rung", "falls_on", "audience", "level"), steps
        )
        for first in range(0, duties, 50_000):
            rows: list[tuple[Any, ...]] = [
                (1, 1, "drill", f"U{n % 100:07}", str(n), "S1", "open", due_on, due_on, 0, far, at)
                for n in range(first, min(first + 50_000, duties))
            ]
            bulk_insert(connection, "duty", DUTY_COLUMNS, rows)
    return district


def _beats(district: District) -> float:
    act = Act("system:bench", clock.morning_of(TODAY))
    beat(district, act, _process_of)
    return min(seconds(lambda: beat(district, act, _process_of)) for _ in range(REPEATS))


def _probes(district: District) -> float:
    """Ask the index once for one due duty, in a transaction of its own, as any program would."""
    statement = text("SELECT id FROM duty WHERE next_action_on <= :day LIMIT 1")

    def probe() -> None:
        with district.database.transaction() as connection:
            connection.execute(statement, {"day": TODAY.isoformat()}).all()

    probe()
    return min(seconds(probe) for _ in range(REPEATS))


def _due_beat(district: District, number: int) -> float:
    """Make the first duties due again, one rung further, and beat once."""
    with district.database.transaction() as connection:
        connection.execute(
            text("UPDATE duty SET next_action_on = :day, rung = :rung WHERE id <= :last"),
            {"day": TODAY.isoformat(), "rung": number, "last": DUE},
        )
        connection.execute(
            text("UPDATE milestone SET falls_on = CASE WHEN position <= :n THEN :day ELSE '2099-01-01' END"),
            {"n": number + 1, "day": TODAY.isoformat()},
        )
    act = Act("system:bench", clock.morning_of(TODAY))
    return seconds(lambda: beat(district, act, _process_of))
