"""Bench `deliver`: the outbox to a mail server, against a bare loop that hands the same mails to it."""

import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from evidence.ledger import Act
from fireduty import clock
from fireduty.cli.benches.figures import Figure, seconds
from fireduty.settings import Settings
from models.columns import instant_text
from models.database import Database, bulk_insert
from tasks.delivery import Letter, deliver_due

MAILS = 1_000
ROUNDS = 5
FEW, MANY = 2_000, 20_000
DAY = date(2027, 3, 1)
PATIENCE = 10.0
COLUMNS = ("key", "recipient_code", "channel", "address", "title", "text", "html", "state", "attempts", "begun")
FURTHER = ("doubles", "composed_at", "next_attempt_at", "last_error", "answer", "leased_by")


def run(say: Callable[[str], None]) -> list[Figure]:
    """Deliver to a server in a process of its own, and measure memory with a long outbox and a short one."""
    rates = []
    with tempfile.TemporaryDirectory(prefix="fireduty-bench-") as folder, _mail_server() as port:
        _round(Path(folder) / "warm", port, 50)
        for number in range(ROUNDS):
            say(f"deliver: round {number + 1} of {ROUNDS}")
            rates.append(_round(Path(folder) / str(number), port, MAILS))
        say(f"deliver: memory with {MANY} messages")
        few, many = _memory(Path(folder) / "few", FEW), _memory(Path(folder) / "many", MANY)
    ratio = statistics.median(ours / bare for ours, bare in rates)
    ours, bare = (statistics.median(rate[place] for rate in rates) for place in (0, 1))
    memory = f"peak memory (MB) delivering {MANY} messages, against {FEW}"
    return [
        Figure(
            f"deliver {MAILS} mails, recorded, against smtplib alone (mails a second)",
            round(ratio, 3),
            0.6,
            "higher",
            round(ours),
            round(bare),
        ),
        Figure(memory, round(many / few, 3), 1.2, "lower", round(many, 2), round(few, 2)),
    ]


@contextmanager
def _mail_server() -> Iterator[int]:
    """Start a mail server that forgets all it gets, and yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:  # noqa: S603 - our own words
        try:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield port
        finally:
            server.terminate()


def _round(folder: Path, port: int, count: int) -> tuple[float, float]:
    """Return mails a second, ours and bare."""
    from tasks.channels import Channels
    from tasks.mails import build

    url = f"mailto://127.0.0.1:{port}/?mode=insecure&from=a%40district.example&to={{address}}"
    settings, database = _outbox(folder, url, count)
    act = Act("system:bench", clock.morning_of(DAY))
    with Channels(settings.channels) as channels:
        plugin = channels.plugin_of("email")
        mails = [build(plugin, _letter(number)) for number in range(count)]

        def bare() -> None:
            with smtplib.SMTP("127.0.0.1", port) as smtp:
                for mail in mails:
                    smtp.sendmail(mail.sender, list(mail.recipients), mail.content)

        before = seconds(bare)
        ours = seconds(lambda: deliver_due(database, act, settings, count, lambda: act.at))
        after = seconds(bare)
    database.close()
    return count / ours, 2 * count / (before + after)


class _Nobody:
    """A courier that takes everything and keeps nothing."""

    def send(self, letter: Letter) -> str:
        """Take a letter."""
        return f"250 {letter.key[:8]}"


def _memory(folder: Path, count: int) -> float:
    """Return the greatest memory in megabytes that delivering so many messages takes."""
    settings, database = _outbox(folder, "mailto://127.0.0.1:9/?to={address}", count)
    act = Act("system:bench", clock.morning_of(DAY))
    tracemalloc.start()
    deliver_due(database, act, settings, count, lambda: act.at, courier=_Nobody())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    database.close()
    return peak / 1024 / 1024


def _outbox(folder: Path, url: str, count: int) -> tuple[Settings, Database]:
    settings = Settings(folder=folder, in_force_on=DAY, channels={"email": url})
    folder.mkdir()
    database = Database(settings.url)
    at = instant_text(clock.morning_of(DAY))
    with database.transaction() as connection:
        rows = []
        for letter in map(_letter, range(count)):
            words = (letter.key, f"U{letter.key[-7:]}", "email", letter.address, letter.title, letter.text, letter.html)
            rows.append((*words, "claimed", 0, 0, 0, at, at, "", "", ""))
        bulk_insert(connection, "message", (*COLUMNS, *FURTHER), rows)
    return settings, database


def _letter(number: int) -> Letter:
    """Return a letter of the usual length: one duty, in two languages and two parts."""
    from tasks.message_templates import SAMPLES
    from tasks.messages import message_key
    from tasks.wording import date_zh

    key = message_key("bench", [number])
    text = f"示例单位{number}：\n" + (f"{SAMPLES[0].obligation.title} {date_zh(DAY)}\n" * 40)
    html = "<!DOCTYPE html><body>" + (f"<p>{SAMPLES[0].obligation.title} {date_zh(DAY)}</p>" * 40) + "</body>"
    title = f"【临近1项】组织疏散演练（{number}）"
    return Letter(key, "email", f"u{number}@example.test", title, text, clock.morning_of(DAY), html)
