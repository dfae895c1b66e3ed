"""A process that is killed while it opens, sweeps, composes or delivers, and started again, loses and doubles nothing.

The end is compared with a run that nothing befell: not only the same rows, but the same events in the same order, but
for those that flag what may have been sent twice.
"""

from collections import Counter
from pathlib import Path

from faults.houses import Houses, Mail, Undisturbed
from faults.nursery import Fate, Nursery, at_random_moments, at_random_points, once_at_every_kind_of_point
from faults.records import POSSIBLE_DOUBLE, Outcome, read

Days = tuple[str, ...]


def _live(nursery: Nursery, houses: Houses, days: Days, fate: Fate, expected: Outcome) -> tuple[int, int]:
    """Live through the days under a fate, compare, and return the kills and the mails that came twice."""
    with houses.with_mail() as (folder, mail):
        kills = nursery.until_finished("days", folder, days, fate, houses.faults)
        assert houses.outcome(folder) == expected
        return kills, _count_doubles(folder, mail, kills)


def _count_doubles(folder: Path, mail: Mail, kills: int) -> int:
    with read(folder) as record:
        sent = sorted(key for (key,) in record.rows("SELECT key FROM message WHERE state = 'sent'"))
        assert record.rows("SELECT key FROM message WHERE state <> 'sent'") == []
        assert record.rows("SELECT id FROM notice WHERE message_id IS NULL") == []
        flags = "SELECT json_extract(entry, '$.body.message') FROM ledger WHERE kind = ?"
        flagged = [key for (key,) in record.database.execute(flags, (POSSIBLE_DOUBLE,))]
        assert record.scalar("SELECT count(*) FROM message WHERE leased_by <> ''") == 0
    assert mail.keys == sent
    # Killed between the server's acceptance and the record: the one window that stays open.
    assert len(flagged) <= kills
    assert not Counter(mail.doubles) - Counter(flagged), "a double that is not flagged"
    assert set(mail.doubles) <= set(sent)
    return len(mail.doubles)


def test_killed_while_it_makes_the_database_it_makes_it_whole(nursery: Nursery, houses: Houses, tmp_path: Path) -> None:
    kills = nursery.until_finished("found", tmp_path, (), once_at_every_kind_of_point(1), lambda _: [])
    assert kills > 20
    with houses.new() as whole, read(whole) as expected, read(tmp_path) as found:
        tables = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
        assert found.rows(tables) == expected.rows(tables)
        assert found.rows("SELECT * FROM schema_version") == expected.rows("SELECT * FROM schema_version")


def test_killed_once_at_every_kind_of_point_it_comes_to_the_same(
    nursery: Nursery, houses: Houses, days: Days, undisturbed: Undisturbed, rounds: int
) -> None:
    for turn in range(1, min(rounds, 5) + 1):
        kills, doubles = _live(nursery, houses, days, once_at_every_kind_of_point(turn), undisturbed.outcome)
        assert kills > 40
        assert doubles >= 1, "one kind of point lies in the window"


def test_killed_at_random_points_it_comes_to_the_same(
    nursery: Nursery, houses: Houses, days: Days, undisturbed: Undisturbed, rounds: int
) -> None:
    for number in range(rounds):
        _live(nursery, houses, days, at_random_points(f"days {number}", undisturbed.points // 6), undisturbed.outcome)


def test_killed_from_outside_at_random_moments_it_comes_to_the_same(
    nursery: Nursery, houses: Houses, days: Days, undisturbed: Undisturbed, rounds: int
) -> None:
    for number in range(rounds):
        kills, _ = _live(
            nursery, houses, days, at_random_moments(f"days {number}", undisturbed.seconds, 10), undisturbed.outcome
        )
        assert kills > 0


def test_a_day_lived_twice_adds_nothing(nursery: Nursery, houses: Houses, days: Days, undisturbed: Undisturbed) -> None:
    with houses.with_mail() as (folder, mail):
        for number in range(len(days)):
            for _ in range(2):
                (folder / "lived.txt").unlink(missing_ok=True)
                nursery.finish("days", folder, days[number : number + 1])
        assert houses.outcome(folder) == undisturbed.outcome
        assert _count_doubles(folder, mail, 0) == 0
