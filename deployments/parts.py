"""The parts of an installation: processes that are started, watched, started again and stopped."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deployments.keeper import PATIENCE_SECONDS
from fireduty.errors import StartError

MOST_RESTARTS = 5
RESTART_WINDOW_SECONDS = 600.0
"""A part that dies more than five times in ten minutes is given up."""

FIRST_PAUSE_SECONDS = 1.0
"""How long a part that died rests before it is started again; each further rest is twice as long."""

LARGEST_LOG = 20 * 1024 * 1024

Say = Callable[[str], None]


def say_on_stderr(sentence: str) -> None:
    """Say a sentence to whoever watches the terminal."""
    sys.stderr.write(f"fireduty: {sentence}\n")
    sys.stderr.flush()


@dataclass
class Part:
    """One process of the installation, bound to the life of this one by a keeper.

    Attributes:
        name: What it is called on stderr and in its log's name.
        command: What is run.
        environment: Its whole environment.
        log: Where its output goes.
        holding: Descriptors of files that its keeper holds open as long as it lives.
        say: Told when it dies and is started again.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    holding: tuple[int, ...] = ()
    say: Say = say_on_stderr
    _process: "subprocess.Popen[bytes] | None" = None
    _deaths: list[float] = field(default_factory=list)
    _again_at: float = 0.0

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process that keeps it, or 0."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the process.

        Raises:
            StartError: If it cannot be started at all.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        try:
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603 - our own commands
                    [sys.executable, "-m", "deployments.keeper", *self.command],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=dict(self.environment),
                    # Ctrl-C at the terminal reaches us alone; we then stop the parts in their order.
                    start_new_session=True,
                    pass_fds=self.holding,
                )
        except OSError as error:
            message = f"{self.name}: cannot be started: {error}"
            raise StartError(message, "`fireduty doctor` says what is wrong with this installation.") from error

    def watch(self) -> None:
        """Start the process again if it has died, each time after a longer pause.

        Raises:
            StartError: If it dies too often.
        """
        if self.running:
            return
        now = time.monotonic()
        if not self._again_at:
            self._deaths = [at for at in self._deaths if now - at < RESTART_WINDOW_SECONDS] + [now]
            if len(self._deaths) > MOST_RESTARTS:
                message = f"{self.name} ended {len(self._deaths)} times in ten minutes"
                raise StartError(message, f"Its log says why: {self.log}")
            pause = FIRST_PAUSE_SECONDS * 2 ** (len(self._deaths) - 1)
            self._again_at = now + pause
            self.say(f"{self.name} ended unexpectedly; starting it again in {pause:.0f} s (log: {self.log})")
        if now >= self._again_at:
            self._again_at = 0.0
            self.start()

    def stop(self) -> None:
        """Ask the process to end and wait until it has; does nothing where it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(PATIENCE_SECONDS + 10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
