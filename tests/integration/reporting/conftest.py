"""The quarter of which every duty is known."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from factories import make_district
from fakes import Desk
from quarters import Quarter


@pytest.fixture
def quarter(tmp_path: Path) -> Iterator[Quarter]:
    with make_district(tmp_path / "data", date(2027, 1, 1), durable=False) as district:
        yield Quarter(Desk(district).only("art16.monthly-study", "art8.report-to-city")).play()
