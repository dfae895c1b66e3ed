"""A small district of its own for each test, in force from the beginning of 2027."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from factories import make_district
from fakes import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_district(tmp_path / "data", date(2027, 1, 1), durable=False) as district:
        yield Desk(district)
