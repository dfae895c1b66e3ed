"""Bench `assess`: a year of ten thousand bodies and half a million duties, from the record to ranks and digest."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from fireduty.cli.benches.figures import Figure, measure, peak_megabytes, seconds
from fireduty.cli.benches.opening import big_district
from models.database import bulk_insert
from models.schemes import Method, load_scheme, scheme_file
from tasks.assessing import assess
from tasks.district import District

BODIES = 10_000
CASES = 50
ROUNDS = 3
CHUNK = 1_000
LIMIT_SECONDS = 20.0
RATIO_LIMIT = 4.0
MEMORY_LIMIT = 500.0
YEAR = 2027
DUE_ON, AS_OF = date(2027, 11, 30), date(2027, 12, 31)
_AT, _ON_TIME, _LATE = "2027-01-01T01:00:00Z", "2027-11-20T01:00:00Z", "2027-12-05T01:00:00Z"

# Of a hundred duties: this many accepted on time, then late, waiting for review, returned, waived; the rest missing.
_PARTS = (("accepted", _ON_TIME, 78), ("accepted", _LATE, 12), ("submitted", _ON_TIME, 2), ("returned", _ON_TIME, 2))
_WAIVED = 1

_PLAIN = """
    SELECT d.body_code, c.obligation_id, d.state, r.outcome, s.recorded_at > d.due_on AS late, count(*) AS n
    FROM duty d
    JOIN duty_case c ON c.id = d.case_id
    LEFT JOIN submission s ON s.duty_id = d.id
    LEFT JOIN review r ON r.submission_id = s.id
    WHERE d.due_on >= '2027-01-01' AND d.due_on <= '2027-12-31'
    GROUP BY d.body_code, c.obligation_id, d.state, r.outcome, late
"""


def run(say: Callable[[str], None]) -> list[Figure]:
    """Assess a filled year, and compare with one plain GROUP BY over the same rows, read through pandas."""
    method = load_scheme(scheme_file("putuo-2020"))
    with tempfile.TemporaryDirectory(prefix="fireduty-bench-") as folder:
        say(f"assess: filling {BODIES * CASES} duties")
        with big_district(Path(folder), BODIES) as district:
            fill(district, method)
            with district.database.reading() as connection:
                _ours(connection, method)
            peak = peak_megabytes()  # before the baseline's data frames
            rounds = []
            for number in range(ROUNDS):
                say(f"assess: round {number + 1} of {ROUNDS}")
                with district.database.reading() as connection:
                    rounds.append((_ours(connection, method), _plain(connection)))
    name = f"assess {BODIES} bodies with {BODIES * CASES} duties"
    ours = measure(f"{name}, against a plain GROUP BY of the same rows through pandas (s)", rounds, RATIO_LIMIT)
    ratio = round(ours.ours / LIMIT_SECONDS, 3)
    return [
        ours,
        Figure(f"{name} (s) of its limit", ratio, 1.0, "lower", round(ours.ours, 2), LIMIT_SECONDS),
        Figure("peak memory (MB) of its limit", round(peak / MEMORY_LIMIT, 3), 1.0, "lower", round(peak), MEMORY_LIMIT),
    ]


def fill(district: District, method: Method, cases: int = CASES) -> None:
    """Give every unit of a district a duty in each of so many cases, with submissions and reviews as they may be."""
    obligations = sorted(method.places())
    with district.database.transaction() as connection:
        bodies = list(connection.execute(text("SELECT code FROM body WHERE kind = 'unit' ORDER BY code")).scalars())
        shared = (f"{YEAR}-01-01", f"{YEAR}-12-31", False, "", "", _AT, "", "")
        columns = (
            "id", "obligation_id", "period", "starts_on", "ends_on", "provisional", "regulation_digest",
            "calendar_version", "opened_at", "note", "reference",
        )  # fmt: skip
        rows = [(n, obligations[n % len(obligations)], f"bench-{n}", *shared) for n in range(1, cases + 1)]
        bulk_insert(connection, "duty_case", columns, rows)
        due_on = DUE_ON.isoformat()
        schedules = [(n, n, "bench", "", due_on, due_on, due_on, due_on, due_on, False) for n in range(1, cases + 1)]
        dates = (
            "id", "case_id", "step", "variant", "opens_on", "plan_by", "due_on", "earliest_on", "latest_on",
            "provisional",
        )  # fmt: skip
        bulk_insert(connection, "schedule", dates, schedules)
        duties = _duties(bodies, cases)
        while chunk := list(islice(duties, CHUNK)):
            _insert(connection, chunk)


def _duties(bodies: list[str], cases: int) -> Iterator[tuple[int, int, str, str, str | None]]:
    """Yield number, case, body, state and time of submission, in a mix that is the same each time."""
    number = 0
    for case in range(1, cases + 1):  # duties come case by case, so those of a body lie far apart
        for place, body in enumerate(bodies):
            number += 1
            state, at = _fate((place * 31 + case * 17) % 100)
            yield number, case, body, state, at


def _fate(lot: int) -> tuple[str, str | None]:
    for state, at, part in _PARTS:
        if lot < part:
            return state, at
        lot -= part
    return ("waived", None) if lot < _WAIVED else ("open", None)


def _insert(connection: Connection, chunk: list[tuple[int, int, str, str, str | None]]) -> None:
    due_on = DUE_ON.isoformat()
    duties: list[tuple[Any, ...]] = [
        (n, case, case, "bench", body, "", "OFFICE", state, due_on, due_on, 0, _AT, at, at)
        for n, case, body, state, at in chunk
    ]
    columns = (
        "id", "case_id", "schedule_id", "step", "body_code", "subject_code", "supervisor_code", "state", "plan_by",
        "due_on", "rung", "opened_at", "submitted_at", "closed_at",
    )  # fmt: skip
    bulk_insert(connection, "duty", columns, duties)
    handed_in = [(n, body, state, at) for n, _, body, state, at in chunk if at]
    submissions = [(n, n, 1, f"{body}/responsible", due_on, at, "{}") for n, body, _, at in handed_in]
    fields = ("id", "duty_id", "revision", "submitter", "claimed_on", "recorded_at", "answers")
    bulk_insert(connection, "submission", fields, submissions)
    reviews = [(n, "OFFICE/liaison", state, "", at) for n, _, state, at in handed_in if state != "submitted"]
    bulk_insert(connection, "review", ("submission_id", "reviewer", "outcome", "reason", "reviewed_at"), reviews)


def _ours(connection: Connection, method: Method) -> float:
    return seconds(lambda: assess(connection, method, YEAR, AS_OF))


def _plain(connection: Connection) -> float:
    """Let the database count the same rows by what stands in them, unweighed and untraced, into a data frame."""
    import pandas as pd

    return seconds(lambda: pd.read_sql(text(_PLAIN), connection))
