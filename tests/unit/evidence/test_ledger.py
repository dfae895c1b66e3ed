"""The ledger: appended in the caller's transaction, recounted by a verifier that shares no code with it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from evidence.ledger import GENESIS, MAXIMUM_ENTRY_BYTES, Act, Event, EventKind, append, head, history
from evidence.verify import PROBLEMS_SHOWN, verify
from fireduty.errors import InputError
from models.database import Database

AT = datetime(2027, 3, 1, 1, tzinfo=UTC)
ACT = Act("X-D01/responsible", AT)
COLUMNS = ("seq", "kind", "case_id", "duty_id", "entry", "hash")

payloads = st.dictionaries(
    st.sampled_from(["rung", "to", "count", "note"]), st.text('消防abc\n"', max_size=9), max_size=4
)
events = st.builds(
    Event, st.sampled_from(EventKind), payloads, st.none() | st.integers(1, 9), st.none() | st.integers(1, 9)
)
acts = st.builds(Act, st.just("system:test"), st.datetimes(timezones=st.just(UTC)), st.sampled_from(["", "run-1"]))


def reminded(number: int) -> Event:
    return Event(EventKind.DUTY_REMINDED, {"rung": "due_0", "number": number}, 1, number)


@pytest.fixture
def five(database: Database) -> Database:
    """Seal five events in two acts."""
    with database.transaction() as connection:
        append(connection, ACT, [reminded(1), reminded(2)])
    with database.transaction() as connection:
        append(connection, Act("system:heartbeat", AT), [reminded(3), reminded(4), reminded(5)])
    return database


def problems(database: Database) -> list[str]:
    with database.reading() as connection:
        return verify(connection).problems


def change(database: Database, sql: str, **values: object) -> None:
    with database.transaction() as connection:
        connection.execute(text(sql), values)


@given(st.lists(st.tuples(acts, st.lists(events, max_size=5)), max_size=5))
def test_whatever_is_appended_verifies(batches: list[tuple[Act, list[Event]]]) -> None:
    database = Database("sqlite://", durable=False)
    last = None
    with database.transaction() as connection:
        for act, some in batches:
            last = append(connection, act, some)
            assert last == head(connection)
        verdict = verify(connection)
    database.close()
    assert verdict.holds
    assert verdict.entries == sum(len(some) for _, some in batches)
    assert verdict.hash == (GENESIS if last is None else last.hash)


def test_an_empty_ledger_holds_and_begins_with_the_genesis(database: Database) -> None:
    with database.reading() as connection:
        verdict = verify(connection)
        assert head(connection).seq == 0
    assert (verdict.holds, verdict.entries, verdict.hash) == (True, 0, GENESIS)


def test_the_events_of_two_acts_form_one_chain(five: Database) -> None:
    with five.reading() as connection:
        rows = connection.execute(text("SELECT entry, hash FROM ledger ORDER BY seq")).all()
    entries = [json.loads(row.entry) for row in rows]
    assert [entry["prev"] for entry in entries] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert [entry["seq"] for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry["actor"] for entry in entries] == ["X-D01/responsible"] * 2 + ["system:heartbeat"] * 3


def test_an_entry_holds_who_did_what_when_and_in_which_run(database: Database) -> None:
    with database.transaction() as connection:
        append(connection, Act("system:flow", AT, "run-7"), [Event(EventKind.CASE_CLOSED, {"why": "done"}, 4)])
        entry = connection.execute(text("SELECT entry FROM ledger")).scalar_one()
    assert json.loads(entry) == {
        "actor": "system:flow",
        "at": "2027-03-01T01:00:00Z",
        "body": {"why": "done"},
        "case": 4,
        "kind": "case.closed",
        "prev": GENESIS,
        "run": "run-7",
        "seq": 1,
        "v": 1,
    }


def test_the_day_of_an_act_is_that_of_shanghai() -> None:
    assert Act("system:test", datetime(2027, 3, 1, 15, 59, tzinfo=UTC)).as_of == date(2027, 3, 1)
    assert Act("system:test", datetime(2027, 3, 1, 16, 0, tzinfo=UTC)).as_of == date(2027, 3, 2)


def test_the_history_of_a_duty_holds_its_own_events_in_order(five: Database) -> None:
    with five.transaction() as connection:
        append(connection, ACT, [Event(EventKind.DUTY_SUBMITTED, {}, 1, 2)])
        found = history(connection, 2)
    assert [(entry["seq"], entry["kind"]) for entry in found] == [(2, "duty.reminded"), (6, "duty.submitted")]


@pytest.mark.parametrize("payload", [{"share": 0.5}, {"day": date(2027, 1, 1)}, {"天": 1}, {"n": 2**60}])
def test_a_payload_that_is_not_canonical_is_refused_and_nothing_is_kept(
    five: Database, payload: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="canonical JSON"), five.transaction() as connection:
        append(connection, ACT, [reminded(6), Event(EventKind.DUTY_SUBMITTED, payload)])
    with five.reading() as connection:
        assert head(connection).seq == 5


def test_an_entry_that_is_too_long_is_refused_with_its_length(five: Database) -> None:
    note = "火" * (MAXIMUM_ENTRY_BYTES // 3)
    wanted = r"duty\.submitted: expected at most 65535 bytes, got 65\d\d\d"
    with pytest.raises(InputError, match=wanted), five.transaction() as connection:
        append(connection, ACT, [Event(EventKind.DUTY_SUBMITTED, {"note": note})])
    assert problems(five) == []


def test_the_longest_entry_is_taken(database: Database) -> None:
    def sealed(note: str) -> int:
        with database.transaction() as connection:
            append(connection, ACT, [Event(EventKind.CASE_CLOSED, {"note": note})])
            entry = connection.execute(text("SELECT entry FROM ledger ORDER BY seq DESC LIMIT 1")).scalar_one()
            return len(entry.encode())

    rest = MAXIMUM_ENTRY_BYTES - sealed("")
    assert sealed("a" * rest) == MAXIMUM_ENTRY_BYTES


def test_appending_nothing_leaves_the_head(five: Database) -> None:
    with five.transaction() as connection:
        before = head(connection)
        assert append(connection, ACT, []) == before


# --- tampering -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One stored entry, as somebody with access to the database can rewrite it."""

    seq: int
    kind: str
    case_id: int | None
    duty_id: int | None
    entry: str
    hash: str


def resealed(entry: str) -> dict[str, str]:
    """Return an entry with a hash that fits it, as a forger would write it."""
    return {"entry": entry, "hash": hashlib.sha256(entry.encode()).hexdigest()}


def row_of(connection: Connection, seq: int) -> Row:
    found = connection.execute(text("SELECT * FROM ledger WHERE seq = :seq"), {"seq": seq}).one()
    return Row(**{name: getattr(found, name) for name in COLUMNS})


def rewrite(database: Database, seq: int, make: Callable[[Row], dict[str, object]]) -> None:
    with database.transaction() as connection:
        new = make(row_of(connection, seq))
        names = ", ".join(f"{name} = :{name}" for name in new)
        connection.execute(text(f"UPDATE ledger SET {names} WHERE seq = :at"), {**new, "at": seq})


numbers = pytest.mark.parametrize("seq", [1, 2, 3, 4, 5])


@numbers
def test_an_edited_entry_is_named(five: Database, seq: int) -> None:
    rewrite(five, seq, lambda row: {"entry": row.entry.replace("due_0", "due_9")})
    [problem] = problems(five)
    assert problem.startswith(f"entry {seq}: hash: expected ")


@numbers
def test_an_edited_hash_is_named_there_and_at_the_next(five: Database, seq: int) -> None:
    rewrite(five, seq, lambda _: {"hash": "f" * 64})
    found = problems(five)
    assert found[0].startswith(f"entry {seq}: hash: expected ")
    assert [one.split(":")[:2] for one in found[1:]] == [[f"entry {seq + 1}", " predecessor"]] * (seq < 5)


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_an_entry_resealed_after_an_edit_is_named_at_the_next(five: Database, seq: int) -> None:
    rewrite(five, seq, lambda row: dict(resealed(row.entry.replace("due_0", "due_9"))))
    [problem] = problems(five)
    assert problem.startswith(f"entry {seq + 1}: predecessor: expected ")


def test_an_edit_of_the_last_entry_that_was_resealed_changes_the_head(five: Database) -> None:
    with five.reading() as connection:
        before = verify(connection).hash
    rewrite(five, 5, lambda row: dict(resealed(row.entry.replace("due_0", "due_9"))))
    with five.reading() as connection:
        assert verify(connection).hash != before


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_a_missing_entry_is_named_at_the_next(five: Database, seq: int) -> None:
    change(five, "DELETE FROM ledger WHERE seq = :seq", seq=seq)
    found = problems(five)
    assert found[0] == f"entry {seq + 1}: number: expected {seq}, got {seq + 1}"
    assert found[1].startswith(f"entry {seq + 1}: predecessor: expected ")


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_a_gap_closed_by_renumbering_is_named(five: Database, seq: int) -> None:
    change(five, "DELETE FROM ledger WHERE seq = :seq", seq=seq)
    for later in range(seq + 1, 6):
        change(five, "UPDATE ledger SET seq = seq - 1 WHERE seq = :seq", seq=later)
    found = problems(five)
    assert found[0].startswith(f"entry {seq}: predecessor: expected ")
    assert found[1] == f"entry {seq}: column seq: expected {seq + 1}, got {seq}"


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_two_entries_that_changed_places_are_named(five: Database, seq: int) -> None:
    change(five, "UPDATE ledger SET seq = 99 WHERE seq = :seq", seq=seq)
    change(five, "UPDATE ledger SET seq = :seq WHERE seq = :next", seq=seq, next=seq + 1)
    change(five, "UPDATE ledger SET seq = :next WHERE seq = 99", next=seq + 1)
    found = problems(five)
    assert f"entry {seq}: column seq: expected {seq + 1}, got {seq}" in found
    assert f"entry {seq + 1}: column seq: expected {seq}, got {seq + 1}" in found


@numbers
@pytest.mark.parametrize(("column", "value"), [("kind", "duty.accepted"), ("case_id", 7), ("duty_id", None)])
def test_a_column_that_says_other_than_its_entry_is_named(five: Database, seq: int, column: str, value: object) -> None:
    with five.reading() as connection:
        before = getattr(row_of(connection, seq), column)
    rewrite(five, seq, lambda _: {column: value})
    name = column.removesuffix("_id")
    assert problems(five) == [f"entry {seq}: column {name}: expected {before!r}, got {value!r}"]


@pytest.mark.parametrize(
    "forged",
    [
        lambda entry: entry + " ",
        lambda entry: entry.replace('","', '", "', 1),
        lambda entry: entry[:-1] + ',"v":1}',
        lambda entry: entry.replace("due_0", "\\u0064ue_0"),
    ],
    ids=["blank at the end", "blank inside", "key twice", "escaped letter"],
)
def test_an_entry_written_another_way_is_named_though_it_was_resealed(
    five: Database, forged: Callable[[str], str]
) -> None:
    rewrite(five, 3, lambda row: dict(resealed(forged(row.entry))))
    assert "entry 3: expected canonical JSON" in problems(five)


@pytest.mark.parametrize(
    ("entry", "reason"), [("{", "expected JSON"), ("[]", "expected an object"), ("7", "expected an object")]
)
def test_an_entry_that_is_no_entry_is_named(five: Database, entry: str, reason: str) -> None:
    rewrite(five, 2, lambda _: dict(resealed(entry)))
    assert any(one.startswith(f"entry 2: {reason}") for one in problems(five))


def test_an_entry_slipped_in_is_named(five: Database) -> None:
    with five.transaction() as connection:
        row = row_of(connection, 5)
        values = {**vars(row), "seq": 6}
        connection.execute(text("INSERT INTO ledger VALUES (:seq, :kind, :case_id, :duty_id, :entry, :hash)"), values)
    found = problems(five)
    assert found[0].startswith("entry 6: predecessor")
    assert found[1] == "entry 6: column seq: expected 5, got 6"


def test_problems_are_named_up_to_a_number_and_all_entries_are_counted(database: Database) -> None:
    with database.transaction() as connection:
        append(connection, ACT, [reminded(number) for number in range(1, 41)])
    change(database, "UPDATE ledger SET kind = 'duty.opened'")
    with database.reading() as connection:
        verdict = verify(connection)
    assert len(verdict.problems) == PROBLEMS_SHOWN
    assert verdict.entries == 40
    assert not verdict.holds


def test_progress_is_told_every_ten_thousand_entries(database: Database) -> None:
    with database.transaction() as connection:
        append(connection, ACT, (reminded(number) for number in range(1, 20_002)))
    told: list[int] = []
    with database.reading() as connection:
        assert verify(connection, told.append).entries == 20_001
    assert told == [10_000, 20_000]
