"""A small district that needs no Prefect."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from factories import make_district

from tasks.district import District


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    folder: Path = tmp_path_factory.mktemp("district")
    with make_district(folder / "data", date(2026, 1, 1)) as made:
        yield made
