"""An empty database, and acts upon it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence.ledger import Act
from models.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Yield an empty database."""
    opened = Database(f"sqlite:///{tmp_path / 'fireduty.db'}")
    yield opened
    opened.close()


@pytest.fixture
def act() -> Act:
    """Return the act of an administrator."""
    return Act("310107-xiaofangban/liaison", datetime(2027, 1, 4, 1, 0, tzinfo=UTC))
