"""A small district, copies of it that faults befall, and the program in which they do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from factories import Size, make_district
from faults.houses import DATABASE, Houses, Undisturbed
from faults.nursery import TALLY, Nursery

from fireduty.settings import save

ROUNDS_VARIABLE = "FIREDUTY_FAULT_ROUNDS"
UNITS_VARIABLE = "FIREDUTY_FAULT_UNITS"
IN_FORCE_ON = date(2027, 1, 1)
DAYS = ("2027-01-01", "2027-02-01", "2027-12-07", "2027-12-28")
"""Opening; the first ladders run out; every unit is reminded; every unit again, with one rung overtaken."""

PROVED_ON = ("2027-01-20",)
PROVING = ("duty.submitted", "duty.returned", "duty.accepted")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much the fault tests killed."""
    if TALLY["lives"]:
        terminalreporter.write_line("faults: " + ", ".join(f"{count} {what}" for what, count in TALLY.items()))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Start the program that is killed, once."""
    program = Path(__file__).parent / "child.py"
    process = subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    with process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the district of which all others are copies."""
    folder = tmp_path_factory.mktemp("template") / "house"
    with make_district(folder, IN_FORCE_ON, Size(units=int(os.environ.get(UNITS_VARIABLE, "40")))) as district:
        save(district.settings)
    return folder


@pytest.fixture(scope="session")
def houses(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Houses:
    """Give what makes districts."""
    return Houses(template, tmp_path_factory.mktemp("houses"))


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often each loop is run; `make faults` sets many."""
    return int(os.environ.get(ROUNDS_VARIABLE, "1"))


@pytest.fixture(scope="session")
def days() -> tuple[str, ...]:
    """The days that are lived through."""
    return DAYS


@pytest.fixture(scope="session")
def proved_on() -> tuple[str, ...]:
    """The day on which all is submitted and reviewed."""
    return PROVED_ON


@pytest.fixture(scope="session")
def undisturbed(nursery: Nursery, houses: Houses, days: tuple[str, ...]) -> Undisturbed:
    """Live through the days once without any fault."""
    with houses.with_mail() as (folder, mail):
        before = (folder / DATABASE).stat().st_size
        ended = nursery.finish("days", folder, days)
        after = (folder / DATABASE).stat().st_size
        outcome = houses.outcome(folder)
        assert len(mail.keys) == len(outcome.messages) > 100
        assert mail.doubles == []
    return Undisturbed(ended.seconds, ended.points, outcome, (before, after))


@pytest.fixture(scope="session")
def opened(nursery: Nursery, houses: Houses, days: tuple[str, ...]) -> Iterator[Path]:
    """Open the first day's duties, which nobody has proved yet."""
    with houses.new() as folder:
        nursery.finish("days", folder, days[:1], delivers=False)
        yield folder


@pytest.fixture(scope="session")
def proved(nursery: Nursery, houses: Houses, opened: Path, proved_on: tuple[str, ...]) -> Undisturbed:
    """Prove every one of them once without any fault."""
    with houses.new(like=opened) as folder:
        ended = nursery.finish("proofs", folder, proved_on)
        outcome = houses.outcome(folder)
    assert {state for _, _, state, _, _ in outcome.duties} == {"accepted"}
    assert ended.done == sum(kind in PROVING for _, kind, _ in outcome.histories) > len(outcome.duties) * 2
    return Undisturbed(ended.seconds, ended.points, outcome)
