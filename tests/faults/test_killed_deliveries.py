"""Deliveries that are killed at any point: every message arrives, and what came twice is flagged in the ledger.

A short form runs with the suite; FIREDUTY_FAULT_ROUNDS=200 runs the long one.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.houses import Houses
from faults.nursery import Fate, Nursery, at_random_points, once_at_every_kind_of_point
from faults.records import POSSIBLE_DOUBLE, read

RATE = 25
"""Mails a minute, fewer than there are messages, so that a delivery also waits for tokens."""

FLAGGED = f"SELECT json_extract(entry, '$.body.message') FROM ledger WHERE kind = '{POSSIBLE_DOUBLE}'"


@pytest.fixture(scope="module")
def composed(nursery: Nursery, houses: Houses, days: tuple[str, ...]) -> Iterator[Path]:
    """Make a district whose outbox is full and of which nothing was delivered."""
    with houses.with_mail() as (folder, _):
        nursery.finish("days", folder, days[:1], delivers=False)
        yield folder


def _deliver(nursery: Nursery, houses: Houses, composed: Path, days: tuple[str, ...], fate: Fate) -> tuple[int, int]:
    """Deliver under a fate, and return the kills and the mails that came twice."""
    with houses.with_mail(composed, RATE) as (folder, mail):
        kills = nursery.until_finished("deliver", folder, days[:1], fate, houses.faults)
        with read(folder) as record:
            assert record.faults() == []
            keys = sorted(key for (key,) in record.rows("SELECT key FROM message"))
            states = "SELECT DISTINCT state, attempts, begun, leased_by FROM message"
            assert record.rows(states) == [("sent", 1, 1, "")]
            flagged = [key for (key,) in record.rows(FLAGGED)]
        assert len(keys) > RATE
        assert mail.keys == keys
        assert len(flagged) <= kills
        assert not Counter(mail.doubles) - Counter(flagged), "a double that is not flagged"
        return kills, len(mail.doubles)


def test_killed_once_at_every_kind_of_point_of_delivery_nothing_is_lost(
    nursery: Nursery, houses: Houses, composed: Path, days: tuple[str, ...]
) -> None:
    kills, doubles = _deliver(nursery, houses, composed, days, once_at_every_kind_of_point(1))
    assert kills > 20
    assert doubles >= 1, "one kind of point lies in the window"


def test_killed_at_random_points_of_delivery_nothing_is_lost(
    nursery: Nursery, houses: Houses, composed: Path, days: tuple[str, ...], rounds: int
) -> None:
    for number in range(rounds):
        _deliver(nursery, houses, composed, days, at_random_points(f"deliver {number}", 300))
