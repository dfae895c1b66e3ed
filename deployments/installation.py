"""A whole installation on one machine: Prefect's server, its worker, and a mailbox for demonstrations.

Nothing of ours lives in these processes. Without them every verb still works; once they are back, runs that became
late are made up for, and the heartbeat does whatever was missed.
"""

import fcntl
import math
import os
import signal
import socket
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Self, TextIO

from deployments.applying import apply, ensure_pool
from deployments.changes import Action, Change
from deployments.desired import POOL, POOL_LIMIT
from deployments.environment import children_environment, log_file
from deployments.keeper import PATIENCE_SECONDS
from deployments.parts import Part, Say, say_on_stderr
from deployments.queueing import await_scheduler, name_coming_runs, queue_today, settle_stale_runs
from deployments.server import HOST, USUAL_PORT, address_file, connected, is_healthy
from evidence.ledger import Act
from fireduty import clock
from fireduty.errors import DeploymentError, StartError
from tasks.district import District

ACTOR = "system:installation"
START_SECONDS = 180
"""A fresh server makes its tables first; on a small machine that takes half a minute."""

WATCH_SECONDS = 0.5
NAMING_SECONDS = 60.0
"""How long after schedules changed their runs are given names; Prefect makes them meanwhile."""

NAMING_AGAIN_SECONDS = 900.0


def free_port(preferred: int) -> int:
    """Return a port of loopback that nobody listens on: the preferred one, else any."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    message = f"{HOST}: no port is free"
    raise StartError(message, "Stop some of what listens on this machine.")


@dataclass
class Installation:
    """The processes of one data folder; a context manager that starts them and stops them in order.

    Attributes:
        district: The district they work for; its settings must have been saved to its data folder.
        mail_port: Port of the demonstration's mailbox; no mailbox where 0.
        web_port: Port of the calendar feeds; none where 0.
        port: Port for Prefect's server, if it is free.
        say: Told what people at the terminal should know.
    """

    district: District
    mail_port: int = 0
    web_port: int = 0
    port: int = USUAL_PORT
    say: Say = say_on_stderr
    parts: list[Part] = field(default_factory=list)
    _applied_on: str = ""
    _name_at: float = math.inf
    _ending: threading.Event = field(default_factory=threading.Event)
    _held: ExitStack = field(default_factory=ExitStack)
    _lock_file: TextIO = field(init=False, repr=False)

    @property
    def api_url(self) -> str:
        """Where Prefect's programming interface answers."""
        return f"{self.page_url}/api"

    @property
    def page_url(self) -> str:
        """Where Prefect's pages are for people."""
        return f"http://{HOST}:{self.port}"

    @property
    def web_url(self) -> str:
        """Where the calendar feeds are."""
        return f"http://{HOST}:{self.web_port}"

    def start(self) -> list[Change]:
        """Start server, mailbox and worker, and bring the deployments up to date; return what changed in them.

        Raises:
            StartError: If a part cannot be started, or the data folder is in use by another installation.
            DeploymentError: If Prefect refuses a deployment.
        """
        self._lock()
        self.port = free_port(self.port)
        if self.mail_port:
            self._start_part("mailbox", ["-m", "tasks.mailbox", *self._mailbox_options()])
        if self.web_port:
            self._start_part("web", ["-m", "fireduty.web", "--port", str(self.web_port)])
            self.district.settings.web_address_file.write_text(f"{self.web_url}\n", encoding="utf-8")
        self._start_part("server", ["-m", "prefect", "server", "start", "--host", HOST, "--port", str(self.port)])
        self._await_server()
        address_file(self.district.settings).write_text(self.api_url + "\n", encoding="utf-8")
        with connected(self.api_url) as client:
            ensure_pool(client)
            if stale := settle_stale_runs(client):
                self.say(f"{stale} runs that an earlier stop had broken off are settled")
        self.say("Prefect's server is up; writing the timetable of every obligation")
        changes = self._apply()
        if any(change.action is not Action.UNCHANGED for change in changes):
            with connected(self.api_url) as client:
                await_scheduler(client)
        # Always the same name: Prefect would else count the worker of an earlier start for some minutes.
        worker = ["worker", "start", "--pool", POOL, "--type", "process", "--limit", str(POOL_LIMIT), "--name", POOL]
        self._start_part("worker", ["-m", "prefect", *worker])
        return changes

    def queue_today(self) -> list[str]:
        """Have Prefect run now what today asks for; return the names of the runs."""
        return queue_today(self.district, _act(), self.api_url)

    def run(self) -> None:
        """Watch over the parts until SIGINT or SIGTERM comes or `end` is called.

        A part that dies is started again; with each new day the schedules are brought up to date.

        Raises:
            StartError: If a part dies too often.
        """
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            while not self._ending.wait(WATCH_SECONDS):
                for part in self.parts:
                    part.watch()
                if clock.today().isoformat() != self._applied_on:
                    self._apply_or_say()
                if time.monotonic() >= self._name_at:
                    self._name_or_wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def end(self) -> None:
        """Make `run` return."""
        self._ending.set()

    def stop(self) -> None:
        """Stop the worker, then the server, then the mailbox; only what this installation started."""
        for part in reversed(self.parts):
            part.stop()
        self.parts.clear()
        self._held.close()

    def __enter__(self) -> Self:
        """Start all parts; where one fails, those started are stopped again."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all parts."""
        self.stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._ending.set()

    def _lock(self) -> None:
        """Hold the data folder against a second installation.

        The keepers of the parts hold it too, so that it is free only when the last part has ended, also after this
        process was killed.
        """
        folder = self.district.settings.prefect_folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock_file = self._held.enter_context((folder / "up.lock").open("a+", encoding="utf-8"))
        ends_at = time.monotonic() + PATIENCE_SECONDS + 10
        while not _locked(self._lock_file):
            if _alive(_pid_in(self._lock_file)) or time.monotonic() > ends_at:
                message = f"{self.district.settings.folder}: an installation is running on this data folder"
                raise StartError(message, "Stop it first, or give another folder with --data.")
            time.sleep(WATCH_SECONDS)
        self._lock_file.truncate(0)
        self._lock_file.write(f"{os.getpid()}\n")
        self._lock_file.flush()
        self._held.callback(address_file(self.district.settings).unlink, missing_ok=True)
        self._held.callback(self.district.settings.web_address_file.unlink, missing_ok=True)

    def _mailbox_options(self) -> list[str]:
        folder = self.district.settings.mail_folder.resolve()
        return ["--folder", str(folder), "--port", str(self.mail_port)]

    def _start_part(self, name: str, command: list[str]) -> None:
        settings = self.district.settings
        part = Part(
            name=name,
            command=[sys.executable, *command],
            environment=children_environment(settings, self.api_url),
            log=log_file(settings, name),
            holding=(self._lock_file.fileno(),),
            say=self.say,
        )
        part.start()
        self.parts.append(part)

    def _await_server(self) -> None:
        server = self.parts[-1]
        ends_at = time.monotonic() + START_SECONDS
        while not is_healthy(self.api_url):
            if not server.running or time.monotonic() > ends_at:
                message = f"Prefect's server did not come up at {self.page_url}"
                raise StartError(message, f"Its log says why: {server.log}")
            time.sleep(0.2)

    def _apply(self) -> list[Change]:
        act = _act()
        changes = apply(self.district, act, self.api_url)
        self._applied_on = act.as_of.isoformat()
        self._name_at = time.monotonic() + NAMING_SECONDS
        return changes

    def _apply_or_say(self) -> None:
        """Bring the schedules to a new day; where Prefect is away just then, it is tried again the next day."""
        self._applied_on = clock.today().isoformat()
        try:
            self._apply()
        except DeploymentError as error:
            self.say(f"schedules could not be brought up to date: {error.message}")

    def _name_or_wait(self) -> None:
        """Name the runs that are coming; where Prefect is away just then, soon again."""
        pause = NAMING_AGAIN_SECONDS
        try:
            name_coming_runs(self.district, self.api_url)
        except DeploymentError:
            # The server may just be starting again; whether it does is watched elsewhere.
            pause = NAMING_SECONDS
        self._name_at = time.monotonic() + pause


def _act() -> Act:
    return Act(ACTOR, clock.now())


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid_in(file: TextIO) -> int:
    file.seek(0)
    written = file.read().strip()
    return int(written) if written.isdigit() else 0


def _alive(pid: int) -> bool:
    """Say whether there is a process of that number; 0 is none."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
