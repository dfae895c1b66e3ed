"""A real mail server for demonstrations and tests, on loopback: what arrives is kept readable in a folder.

Each mail is `<folder>/<date of the mail>/<recipient>/<key>.eml`, as it came, and beside it `.txt` to read.
A mail is accepted once both are written out. The same mail arriving twice leaves one file and a line in
`duplicates.log`.

It runs as a process of its own too: `python -m tasks.mailbox --folder DIR --port N`.
"""

import argparse
import asyncio
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Awaitable
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from fireduty.clock import SHANGHAI
from fireduty.errors import StartError

HOST = "127.0.0.1"
KEY_HEADERS = ("X-Fireduty-Message", "Message-ID")
DUPLICATES = "duplicates.log"
UNDATED = "undated"
LONGEST_NAME = 100


class Mailbox:
    """The mail server and its folder; a context manager that starts and stops it.

    Args:
        folder: Where mails are kept; made where needed.
        port: Where to listen; any free port where 0.

    Attributes:
        port: Where it listens, once started.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        """Prepare a server that does not listen yet."""
        self.folder = folder
        self.port = port
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen from now on.

        Raises:
            StartError: If the port is taken or the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            listening = socket.create_server((HOST, self.port))
        except OSError as error:
            message = f"mail server at {HOST}:{self.port} with folder {self.folder}: {error}"
            raise StartError(message, "Choose another port, or 0 for any free one.") from error
        self.port = listening.getsockname()[1]
        self._controller = _Controller(self, listening)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening; mails that were accepted are on disk."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail once for each of its recipients, then accept it."""
        del server, session
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = message_from_bytes(content, policy=policy.default)
        for recipient in envelope.rcpt_tos:
            self._keep(mail, content, recipient)
        return "250 OK kept"

    def _keep(self, mail: EmailMessage, content: bytes, recipient: str) -> None:
        key = next((str(mail[name]) for name in KEY_HEADERS if mail[name]), "without-key")
        place = self.folder / _date_of(mail) / _safe(recipient.rpartition("@")[0] or recipient)
        kept = place / f"{_safe(key)}.eml"
        if kept.exists():
            with (self.folder / DUPLICATES).open("a", encoding="utf-8") as log:
                log.write(f"{key}\t{kept.relative_to(self.folder)}\n")
            return
        place.mkdir(parents=True, exist_ok=True)
        # The readable copy first: where the mail itself lies, its copy does too.
        _write(kept.with_suffix(".txt"), _readable(mail).encode())
        _write(kept, content)


class _Controller(Controller):
    """Serves a socket that listens already, so that a taken port shows at once and a free one is known."""

    def __init__(self, mailbox: Mailbox, listening: socket.socket) -> None:
        super().__init__(mailbox, hostname=HOST, port=mailbox.port)
        self._listening = listening

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


def _date_of(mail: EmailMessage) -> str:
    sent = getattr(mail["Date"], "datetime", None)
    if not isinstance(sent, datetime):
        return UNDATED
    return (sent.astimezone(SHANGHAI) if sent.tzinfo else sent).date().isoformat()


def _readable(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain", "html"))
    heads = ("Subject", "From", "To", "Date", "X-Fireduty-Message")
    lines = [f"{name}: {mail[name]}" for name in heads if mail[name]]
    return "\n".join([*lines, "", body.get_content() if body is not None else ""])


def _safe(name: str) -> str:
    """Return a name that is one part of a path, and cannot lead out of its folder."""
    return re.sub(r"[^\w@+=.-]", "_", name).strip(".")[:LONGEST_NAME] or "_"


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is whole or not there, whatever happens."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Run the server until SIGINT or SIGTERM; its address is the first line of output."""
    parser = argparse.ArgumentParser(prog="python -m tasks.mailbox", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        with Mailbox(options.folder, options.port) as mailbox:
            sys.stdout.write(f"smtp://{HOST}:{mailbox.port}\n")
            sys.stdout.flush()
            ended.wait()
    except StartError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
