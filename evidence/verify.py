"""The verifier: recounts the ledger from its rows alone.

It imports none of the writers and takes nothing for granted: numbering, predecessor, canonical form, hash and the
columns used for finding are each compared with the sealed text.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, text

GENESIS = "0" * 64
PROBLEMS_SHOWN = 20


@dataclass
class Verdict:
    """What the recount found.

    Attributes:
        entries: How many entries were read.
        hash: The hash of the last entry.
        problems: What does not agree, oldest first, at most `PROBLEMS_SHOWN`.
    """

    entries: int = 0
    hash: str = GENESIS
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything agrees."""
        return not self.problems


def verify(connection: Connection, progress: Callable[[int], None] | None = None) -> Verdict:
    """Recount the whole ledger, calling `progress` with the count every ten thousand entries."""
    verdict = Verdict()
    rows = connection.execution_options(yield_per=5_000).execute(
        text("SELECT seq, kind, case_id, duty_id, entry, hash FROM ledger ORDER BY seq")
    )
    for row in rows:
        for problem in _faults(row, verdict):
            if len(verdict.problems) < PROBLEMS_SHOWN:
                verdict.problems.append(f"entry {row.seq}: {problem}")
        verdict.entries += 1
        verdict.hash = row.hash
        if progress and verdict.entries % 10_000 == 0:
            progress(verdict.entries)
    return verdict


def _faults(row: Row[Any], before: Verdict) -> list[str]:
    faults = []
    if row.seq != before.entries + 1:
        faults.append(f"number: expected {before.entries + 1}, got {row.seq}")
    sealed = hashlib.sha256(row.entry.encode()).hexdigest()
    if sealed != row.hash:
        faults.append(f"hash: expected {sealed}, got {row.hash}")
    try:
        entry = json.loads(row.entry)
    except json.JSONDecodeError as error:
        return [*faults, f"expected JSON, got {error}"]
    if not isinstance(entry, dict):
        return [*faults, f"expected an object, got {row.entry[:40]}"]
    if json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")) != row.entry:
        faults.append("expected canonical JSON")
    if entry.get("prev") != before.hash:
        faults.append(f"predecessor: expected {before.hash}, got {entry.get('prev')}")
    columns = {"seq": row.seq, "kind": row.kind, "case": row.case_id, "duty": row.duty_id}
    faults += [
        f"column {name}: expected {entry.get(name)!r}, got {value!r}"
        for name, value in columns.items()
        if entry.get(name) != value
    ]
    return faults
