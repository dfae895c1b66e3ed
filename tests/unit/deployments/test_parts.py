"""Parts are started again when they die, given up when they die too often, and never outlive their program."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deployments import parts
from deployments.parts import MOST_RESTARTS, Part
from fireduty.errors import StartError

SLEEPS = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"]


def _part(folder: Path, command: list[str], said: list[str]) -> Part:
    return Part("clock", command, dict(os.environ), folder / "logs" / "clock.log", say=said.append)


def test_a_part_that_died_is_started_again_and_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "FIRST_PAUSE_SECONDS", 0.0)
    said: list[str] = []
    part = _part(tmp_path, SLEEPS, said)
    part.start()
    try:
        first = _pid(part.log, 1)
        os.kill(first, signal.SIGKILL)
        _await(lambda: not part.running)
        part.watch()
        assert part.running
        assert "ended unexpectedly" in said[0]
        second = _pid(part.log, 2)
    finally:
        part.stop()
    assert not _alive(second)


def test_a_part_that_dies_too_often_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "FIRST_PAUSE_SECONDS", 0.0)
    said: list[str] = []
    part = _part(tmp_path, [sys.executable, "-S", "-c", "raise SystemExit(7)"], said)
    part.start()
    for _ in range(MOST_RESTARTS):
        _await(lambda: not part.running)
        part.watch()
    _await(lambda: not part.running)
    with pytest.raises(StartError, match="ended 6 times") as refusal:
        part.watch()
    part.stop()
    assert len(said) == MOST_RESTARTS
    assert "clock.log" in refusal.value.hint


def test_a_part_does_not_outlive_a_killed_program(tmp_path: Path) -> None:
    log = tmp_path / "clock.log"
    program = (
        "import os, time; from pathlib import Path; from deployments.parts import Part\n"
        f"Part('clock', {SLEEPS!r}, dict(os.environ), Path({str(log)!r})).start(); time.sleep(600)"
    )
    killed = subprocess.Popen([sys.executable, "-c", program])
    child = _pid(log, 1)
    killed.kill()
    killed.wait()
    _await(lambda: not _alive(child))


def _pid(log: Path, line: int) -> int:
    """Return the process id that the part wrote as the given line of its log."""
    _await(lambda: log.exists() and len(log.read_text().splitlines()) >= line)
    return int(log.read_text().splitlines()[line - 1])


def _await(holds: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < ends_at
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
