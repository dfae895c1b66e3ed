"""A district under a small regulation that has one obligation of each further frequency."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from fakes import Desk
from rhythms import district_at

from calendars.workdays import reload_calendars


@pytest.fixture(autouse=True)
def _fresh_calendars() -> Iterator[None]:
    """Let no test see the notices another one added."""
    yield
    reload_calendars()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A district that answers from the beginning of 2027."""
    with district_at(tmp_path / "data") as made:
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    """Return what makes one such district after another, with nothing but its rounds."""
    with ExitStack() as districts:
        numbers = count()

        def make() -> Desk:
            made = districts.enter_context(district_at(tmp_path / str(next(numbers))))
            made.write("DELETE FROM agenda WHERE obligation_id NOT LIKE '%rolling'")
            return made

        yield make
