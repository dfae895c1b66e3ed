"""A database of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'ledger.db'}", durable=False)
    yield made
    made.close()
