"""A small district with a law of its own, made of events."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from factories import make_district
from towns import Town, law


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with make_district(tmp_path, date(2026, 1, 1)) as district:
        town = Town(district)
        town.write("DELETE FROM agenda")
        district.__dict__["regulations"] = [law()]
        yield town
