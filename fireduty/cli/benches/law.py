"""Bench `law`: loading the five regulations, and the year's plan of all of them for a register of ten thousand."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from calendars.workdays import workday_calendar
from fireduty.cli.benches.figures import Figure, measure, seconds
from models.database import Database, bulk_insert
from models.kinds import BodyKind
from models.packs import load
from models.register import Body
from models.regulation import Regulation
from tasks.planning import PlannedDuty, as_rows, plan_year

REGULATIONS = ("putuo-2020", "beijing-draft", "yanbian-2022", "jiaxing-2018", "baoshan-2022")
BODIES = 10_000
YEAR = 2027
SINCE = date(2027, 1, 1)
ROUNDS = 5
LOAD_LIMIT_SECONDS = 0.5
PLAN_LIMIT_SECONDS = 10.0
CSV_LIMIT = 3.0

SHARES = {
    BodyKind.STREET_TOWN: 15,
    BodyKind.MANAGEMENT_COMMITTEE: 5,
    BodyKind.RESIDENTS_COMMITTEE: 300,
    BodyKind.SCHOOL: 250,
    BodyKind.PROPERTY_COMPANY: 150,
    BodyKind.GROUP_COMPANY: 10,
}
"""How many bodies of each kind there are; the rest are units."""


def run(say: Callable[[str], None]) -> list[Figure]:
    """Load all regulations from their files, and plan a year of them."""
    say("law: loading five regulations")
    taken = sorted(seconds(_load_all) for _ in range(ROUNDS))[ROUNDS // 2]
    loading = Figure(
        "load and validate five regulations (s) of its limit",
        round(taken / LOAD_LIMIT_SECONDS, 3),
        1.0,
        "lower",
        round(taken, 3),
        LOAD_LIMIT_SECONDS,
    )
    return [loading, *_planning(say)]


def _load_all() -> list[Regulation]:
    load.cache_clear()
    return [load(name) for name in REGULATIONS]


def _planning(say: Callable[[str], None]) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="fireduty-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'plan.db'}", durable=False)
        laws = [load(name) for name in REGULATIONS]
        _fill(database, laws)
        rounds = []
        duties: list[PlannedDuty] = []
        for number in range(ROUNDS // 2 + 1):
            say(f"law: planning {YEAR} for {BODIES} bodies, round {number + 1}")
            duties.clear()
            ours = seconds(lambda: duties.extend(_plan(database, laws)))
            rounds.append((ours, _write(duties, Path(folder) / "plan.csv")))
        database.close()
    against = measure(f"plan {len(duties)} duties, against to_csv of the rows (s)", rounds, CSV_LIMIT)
    ratio = round(against.ours / PLAN_LIMIT_SECONDS, 3)
    whole = Figure("plan five regulations (s) of its limit", ratio, 1.0, "lower", against.ours, PLAN_LIMIT_SECONDS)
    return [whole, against]


def _plan(database: Database, laws: Sequence[Regulation]) -> list[PlannedDuty]:
    from flows.catalogue import process_named

    with database.reading() as connection:
        return [
            duty
            for law in laws
            for duty in plan_year(
                connection, law, YEAR, workday_calendar(law.division), process_named, since=SINCE
            ).duties
        ]


def _write(duties: list[PlannedDuty], path: Path) -> float:
    """Return how long pandas takes to write the same rows."""
    import pandas as pd

    from tasks.planning import Plan

    frame = pd.DataFrame(as_rows(Plan(duties, [])))
    return seconds(lambda: frame.to_csv(path, index=False))


def _fill(database: Database, laws: Sequence[Regulation]) -> None:
    """Fill a register: one body of each kind above, every department the laws name, and many below."""
    above = [kind for kind in BodyKind if kind not in {*SHARES, BodyKind.UNIT, BodyKind.DEPARTMENT}]
    named = sorted({name for law in laws for one in law.obligations for name in one.binds.names})
    rows: list[tuple[object, ...]] = [_body(kind.value, kind.chinese, kind, None) for kind in above]
    office = BodyKind.FIRE_COMMITTEE_OFFICE.value
    rows += [_body(f"D{n:03}", name, BodyKind.DEPARTMENT, office, member=True) for n, name in enumerate(named)]
    for kind, count in SHARES.items():
        rows += [_body(f"{kind.value}-{n:05}", f"{kind.chinese}{n}（示例）", kind, office) for n in range(count)]
    street = f"{BodyKind.STREET_TOWN.value}-00000"
    rows += [
        _body(f"U{n:06}", f"单位{n}（示例）", BodyKind.UNIT, street, key=n % 10 == 0) for n in range(BODIES - len(rows))
    ]
    with database.transaction() as connection:
        bulk_insert(connection, "body", tuple(Body.model_fields), rows)


def _body(
    code: str, name: str, kind: BodyKind, parent: str | None, *, member: bool = False, key: bool = False
) -> tuple[object, ...]:
    return (code, name, kind.value, parent, "310107", key, False, key, member, True)
