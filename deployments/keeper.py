"""Keeps one process alive no longer than the program that wanted it: `python -m deployments.keeper COMMAND…`.

Its standard input is a pipe that the program holds open. When the pipe closes, be it that the program stops this
process or that it was itself killed, the command is asked to end and, after a while, made to. So a killed program
leaves no server behind that the next one would meet.
"""

import os
import signal
import subprocess
import sys
import threading

PATIENCE_SECONDS = 10
"""How long a command may take to end by itself: a worker would first finish every run it has fetched."""


def main(command: list[str]) -> int:
    """Run a command in a process group of its own until it ends or the pipe closes; return its exit status."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603 - our own commands
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: child.terminate())
    threading.Thread(target=_end_with_the_pipe, args=(child,), daemon=True).start()
    status = child.wait()
    # What the command started and left behind is in its group.
    _kill_group(child.pid)
    return status


def _end_with_the_pipe(child: "subprocess.Popen[bytes]") -> None:
    # Read from the descriptor: the buffered file's lock would be met when Python shuts down.
    while os.read(sys.stdin.fileno(), 1):
        pass
    child.terminate()
    try:
        child.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        _kill_group(child.pid)


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
