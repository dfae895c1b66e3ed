"""A message is in one worker's hands at a time; a dead worker's are freed, and what it may have sent is flagged."""

import json
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from fireduty.settings import save
from tasks import delivery, leases
from tasks.delivery import DeliveryResult, Letter, deliver_due
from tasks.leases import FOLDER, LEASE, Worker

DYING = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from evidence.ledger import Act
from fireduty.settings import load
from models.database import Database
from tasks.delivery import deliver_due

class Dying:
    left = int(sys.argv[3])
    def send(self, letter):
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return "250 ok"

settings = load(Path(sys.argv[1]))
at = datetime.fromisoformat(sys.argv[2])
deliver_due(Database(settings.url), Act("system:delivery", at), settings, 10_000, lambda: at, courier=Dying())
"""


class Noting:
    """Takes every letter and notes its key; does something else first where it is told to."""

    def __init__(self, first: Any = None) -> None:
        """Note nothing yet."""
        self.first, self.keys = first, list[str]()

    def send(self, letter: Letter) -> str:
        """Take a letter."""
        if self.first is not None:
            self.first()
        self.keys.append(letter.key)
        return "250 ok"


def _deliver(district: Any, courier: Any, limit: int = 1000) -> DeliveryResult:
    return deliver_due(district.database, district.act, district.settings, limit, lambda: district.at, courier=courier)


def _doubles(district: Any) -> list[dict[str, Any]]:
    rows = district.rows("SELECT entry FROM ledger WHERE kind = 'message.possible_double' ORDER BY seq")
    return [json.loads(row.entry)["body"] for row in rows]


def _die_after(district: Any, sent: int) -> None:
    save(district.settings)
    arguments = [str(district.settings.folder), district.at.isoformat(), str(sent)]
    assert subprocess.run([sys.executable, "-c", DYING, *arguments], check=False).returncode == -9


@pytest.fixture
def five(district: Any) -> Any:
    """Compose a message for each of five schools."""
    district.schools(5)
    assert district.compose() == 5
    return district


def test_while_one_worker_sends_another_finds_nothing_to_do(five: Any) -> None:
    other = Noting()
    results = []
    one = Noting(first=lambda: results.append(_deliver(five, other)))
    assert _deliver(five, one) == DeliveryResult(sent=5)
    assert results == [DeliveryResult()] * 5
    assert (len(one.keys), other.keys) == (5, [])


def test_two_workers_at_once_send_each_message_once(district: Any) -> None:
    district.schools(120)
    district.compose()
    couriers = [Noting(), Noting()]
    together = threading.Barrier(2)

    def work(courier: Noting) -> None:
        together.wait()
        _deliver(district, courier)

    threads = [threading.Thread(target=work, args=(courier,)) for courier in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = couriers[0].keys + couriers[1].keys
    assert (len(keys), len(set(keys))) == (120, 120)
    assert district.scalar("SELECT count(*) FROM ledger WHERE kind = 'message.sent'") == 120
    assert district.verdict().holds


def test_nothing_stays_leased_after_a_run(five: Any) -> None:
    _deliver(five, Noting(), limit=3)
    assert five.scalar("SELECT count(*) FROM message WHERE leased_by <> '' OR lease_until IS NOT NULL") == 0
    assert list((five.settings.folder / FOLDER).iterdir()) == []


def test_what_a_killed_worker_may_have_sent_is_flagged_and_sent_under_the_same_key(five: Any) -> None:
    _die_after(five, 2)
    courier = Noting()
    assert _deliver(five, courier) == DeliveryResult(sent=3)
    (double,) = _doubles(five)
    (third,) = five.rows("SELECT key FROM message WHERE recipient_code = 'S0002'")
    assert double == {"message": third.key, "recipient": "S0002", "channel": "email", "attempt": 1}
    assert double["message"] in courier.keys
    assert five.rows("SELECT doubles FROM message ORDER BY id")[2].doubles == 1
    assert five.scalar("SELECT count(*) FROM ledger WHERE kind = 'message.sent'") == 5
    assert five.verdict().holds
    assert _deliver(five, courier) == DeliveryResult()
    assert len(_doubles(five)) == 1


def test_a_worker_that_cannot_be_seen_from_here_keeps_its_lease_until_it_runs_out(five: Any) -> None:
    _die_after(five, 2)
    (lock,) = (five.settings.folder / FOLDER).iterdir()
    lock.unlink()
    courier = Noting()
    assert _deliver(five, courier) == DeliveryResult()
    five.wait(seconds=LEASE.total_seconds())
    assert _deliver(five, courier) == DeliveryResult(sent=5)
    assert len(_doubles(five)) == 5, "its journal is out of sight too, so nothing is known of any"


def test_a_lease_taken_before_the_clock_was_set_back_does_not_hold_for_an_hour(five: Any) -> None:
    _die_after(five, 2)
    (lock,) = (five.settings.folder / FOLDER).iterdir()
    lock.unlink()
    with five.database.transaction() as connection:
        connection.execute(text("UPDATE message SET next_attempt_at = '2026-08-01T00:00:00Z' WHERE state = 'claimed'"))
    five.wait(hours=-1)
    assert _deliver(five, Noting()) == DeliveryResult(sent=5)


def test_after_a_power_cut_all_that_the_worker_held_may_have_been_sent(
    five: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _die_after(five, 2)
    other_boot = tmp_path / "boot"
    other_boot.write_text("another run of the machine", encoding="ascii")
    monkeypatch.setattr(leases, "_BOOT", other_boot)
    assert _deliver(five, Noting()) == DeliveryResult(sent=3)
    assert [double["recipient"] for double in _doubles(five)] == ["S0002", "S0003", "S0004"]


def test_a_worker_whose_lease_was_taken_over_leaves_the_message_alone(
    five: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "TURN", 1)
    courier = Noting()

    def take_over() -> None:
        if not courier.keys:
            with five.database.transaction() as connection:
                connection.execute(
                    text("UPDATE message SET leased_by = 'somebody else' WHERE recipient_code > 'S0002'")
                )

    courier.first = take_over
    assert _deliver(five, courier) == DeliveryResult(sent=3)
    assert five.scalar("SELECT count(*) FROM message WHERE leased_by = 'somebody else'") == 2


def test_a_fault_of_the_program_leaves_no_message_behind(five: Any) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _deliver(five, Noting(first=fail))
    assert _deliver(five, Noting()) == DeliveryResult(sent=5)
    assert len(_doubles(five)) == 1


def test_locks_of_workers_that_left_nothing_are_cleared_away(five: Any) -> None:
    folder = five.settings.folder / FOLDER
    folder.mkdir()
    (folder / "long-gone").write_text("", encoding="utf-8")
    with Worker.here(five.settings.folder) as alive:
        _deliver(five, Noting())
        assert [path.name for path in folder.iterdir()] == [alive.name]


def test_messages_are_not_sent_on_a_lease_that_may_run_out(five: Any) -> None:
    ends = []

    def look() -> None:
        ends.append(five.scalar("SELECT max(lease_until) FROM message WHERE begun > attempts"))
        five.at += timedelta(minutes=9)

    assert _deliver(five, Noting(first=look)) == DeliveryResult(sent=5)
    assert len(set(ends)) == 5, "each was leased anew, for each took nearly as long as a lease"
    assert _doubles(five) == []


def test_what_a_killed_worker_noted_is_carried_over_with_its_instants_and_answers(five: Any) -> None:
    _die_after(five, 4)
    assert five.scalar("SELECT count(*) FROM message WHERE state = 'sent'") == 0
    five.wait(seconds=40)
    assert _deliver(five, Noting()) == DeliveryResult(sent=1)
    (told,) = five.rows(
        "SELECT sent_at, answer, attempts, begun, sealed_seq FROM message WHERE recipient_code = 'S0003'"
    )
    assert tuple(told)[:4] == ("2026-08-05T01:00:00Z", "250 ok", 1, 1)
    (entry,) = five.rows("SELECT entry FROM ledger WHERE seq = :seq", seq=told.sealed_seq)
    assert json.loads(entry.entry)["body"]["recipient"] == "S0003"
    assert json.loads(entry.entry)["at"] == "2026-08-05T01:00:00Z"
    assert [double["recipient"] for double in _doubles(five)] == ["S0004"]


def test_a_journal_that_was_broken_off_is_read_up_to_there(five: Any) -> None:
    _die_after(five, 2)
    (journal,) = (five.settings.folder / FOLDER).iterdir()
    whole = journal.read_text(encoding="utf-8")
    journal.write_text(whole[: whole.rindex("begun") + 3], encoding="utf-8")
    assert _deliver(five, Noting()) == DeliveryResult(sent=3)
