"""A delivery that is killed goes on where it was: nothing is lost, and doubles are recognised."""

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from fireduty.settings import save
from tasks.mailbox import DUPLICATES, Mailbox

COUNT = 300
ROUNDS = 4

DELIVERING = """
import sys
from datetime import datetime
from pathlib import Path
from evidence.ledger import Act
from fireduty.settings import load
from models.database import Database
from tasks.delivery import deliver_due

settings = load(Path(sys.argv[1]))
at = datetime.fromisoformat(sys.argv[2])
deliver_due(Database(settings.url), Act("system:delivery", at), settings, 10_000, lambda: at)
"""


def _deliver(district: Any) -> subprocess.Popen[bytes]:
    arguments = [str(district.settings.folder), district.at.isoformat()]
    return subprocess.Popen([sys.executable, "-c", DELIVERING, *arguments])


def _kept(folder: Path) -> list[str]:
    return [path.stem for path in folder.rglob("*.eml")]


def _kill_after(child: subprocess.Popen[bytes], folder: Path, more: int) -> None:
    target = len(_kept(folder)) + more
    while len(_kept(folder)) < target and child.poll() is None:
        time.sleep(0.005)
    child.kill()
    child.wait()


def test_every_message_arrives_once_however_often_its_delivery_is_killed(district: Any, tmp_path: Path) -> None:
    district.schools(COUNT)
    assert district.compose() == COUNT
    folder = tmp_path / "mail"
    with Mailbox(folder) as mailbox:
        address = f"mailto://127.0.0.1:{mailbox.port}/?mode=insecure&from=a%40putuo.example&to={{address}}"
        district.channels(email=address)
        save(district.settings)
        for _ in range(ROUNDS):
            child = _deliver(district)
            _kill_after(child, folder, COUNT // (ROUNDS + 2))
            assert child.returncode == -9
        assert district.scalar("SELECT count(*) FROM message WHERE state = 'claimed'") > 0
        assert _deliver(district).wait(timeout=60) == 0
    keys = [row.key for row in district.rows("SELECT key FROM message WHERE state = 'sent'")]
    assert len(keys) == COUNT
    assert sorted(_kept(folder)) == sorted(keys)
    assert district.scalar("SELECT count(*) FROM ledger WHERE kind = 'message.sent'") == COUNT
    assert district.verdict().holds
    log = folder / DUPLICATES
    doubles = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    # Each kill can hit between the server's acceptance and the record once: the window that is documented.
    assert len(doubles) <= ROUNDS
    flags = district.rows("SELECT entry FROM ledger WHERE kind = 'message.possible_double'")
    flagged = [json.loads(row.entry)["body"]["message"] for row in flags]
    assert len(flagged) <= ROUNDS
    assert not Counter(line.split("\t")[0] for line in doubles) - Counter(flagged)
    assert district.scalar("SELECT count(*) FROM message WHERE leased_by <> ''") == 0
