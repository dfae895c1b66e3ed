import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from evidence.ledger import Act
from fireduty.errors import RegisterError
from models.database import Database
from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register import (
    BodyRow,
    ContactRow,
    Register,
    Scope,
    Source,
    SupervisionRow,
    Tally,
    import_register,
    known_bodies,
)

SOURCE = Source("bodies.xlsx", "ab" * 32)


def body(code: str, parent: str | None = None, *flags: BodyFlag) -> BodyRow:
    return BodyRow(2, code, f"单位{code}", BodyKind.UNIT, parent, "310107", frozenset(flags))


def contact(code: str, address: str) -> ContactRow:
    return ContactRow(2, code, ContactRole.LIAISON, "email", address)


# The subordinate comes first, as it may in a file.
REGISTER = Register(
    bodies=(body("C", "B"), body("B", "A", BodyFlag.KEY_UNIT), body("A")),
    supervision=(SupervisionRow(2, "B", "fire", "A"), SupervisionRow(3, "C", "health", "A")),
    contacts=(contact("A", "a@putuo.example"), contact("B", "b@putuo.example")),
    source=SOURCE,
)


def stored(database: Database, table: str) -> set[tuple[object, ...]]:
    columns = "*" if table != "contact" else "body_code, role, channel, address"
    with database.reading() as connection:
        return {tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM {table}"))}


def everything(database: Database) -> list[set[tuple[object, ...]]]:
    return [stored(database, table) for table in ("body", "supervision", "contact", "ledger")]


def test_an_import_stores_bodies_supervision_and_contacts(database: Database, act: Act) -> None:
    result = import_register(database, act, REGISTER)
    assert (result.bodies, result.supervision, result.contacts) == (
        Tally(added=3),
        Tally(added=2),
        Tally(added=2),
    )
    assert result.changes_anything
    assert stored(database, "body") == {
        ("A", "单位A", "unit", None, "310107", 0, 0, 0, 0, 0),
        ("B", "单位B", "unit", "A", "310107", 1, 0, 0, 0, 0),
        ("C", "单位C", "unit", "B", "310107", 0, 0, 0, 0, 0),
    }
    assert stored(database, "supervision") == {("B", "fire", "A"), ("C", "health", "A")}
    assert stored(database, "contact") == {
        ("A", "liaison", "email", "a@putuo.example"),
        ("B", "liaison", "email", "b@putuo.example"),
    }


def test_an_import_leaves_one_event_with_its_counts_and_its_file(database: Database, act: Act) -> None:
    import_register(database, act, REGISTER)
    with database.reading() as connection:
        (entry,) = connection.execute(text("SELECT entry FROM ledger")).scalars()
    event = json.loads(entry)
    nothing = {"changed": 0, "removed": 0, "unchanged": 0}
    assert (event["kind"], event["actor"]) == ("register.imported", act.actor)
    assert event["body"] == {
        "file": "bodies.xlsx",
        "sha256": "ab" * 32,
        "bodies": {"added": 3, "absent": 0, **nothing},
        "supervision": {"added": 2, **nothing},
        "contacts": {"added": 2, **nothing},
    }


def test_importing_the_same_register_again_changes_nothing(database: Database, act: Act) -> None:
    import_register(database, act, REGISTER)
    before = everything(database)[:3]
    result = import_register(database, act, REGISTER)
    assert not result.changes_anything
    assert (result.bodies, result.contacts) == (Tally(unchanged=3), Tally(unchanged=2))
    assert everything(database)[:3] == before


def test_a_new_file_changes_what_it_says_otherwise(database: Database, act: Act) -> None:
    import_register(database, act, REGISTER)
    changed = replace(
        REGISTER,
        bodies=(replace(body("A"), name="新名称"), body("B", "D", BodyFlag.HIGH_RISK), body("C", "B"), body("D")),
        supervision=(SupervisionRow(2, "B", "fire", "D"), SupervisionRow(3, "C", "sports", "A")),
        contacts=(contact("A", "new@putuo.example"), contact("B", "b@putuo.example")),
    )
    result = import_register(database, act, changed)
    assert result.bodies == Tally(added=1, changed=2, unchanged=1)
    assert result.supervision == Tally(added=1, changed=1, removed=1)
    assert result.contacts == Tally(added=1, removed=1, unchanged=1)
    assert ("B", "单位B", "unit", "D", "310107", 0, 1, 0, 0, 0) in stored(database, "body")
    assert stored(database, "supervision") == {("B", "fire", "D"), ("C", "sports", "A")}
    assert ("A", "liaison", "email", "a@putuo.example") not in stored(database, "contact")


def test_bodies_that_the_file_does_not_name_stay_as_they_are(database: Database, act: Act) -> None:
    import_register(database, act, REGISTER)
    result = import_register(database, act, Register((body("D", "A"),), source=SOURCE))
    assert result.absent == ("A", "B", "C")
    assert result.as_dict()["bodies"]["absent"] == 3
    assert len(stored(database, "body")) == 4
    assert len(stored(database, "supervision")) == len(stored(database, "contact")) == 2


def test_what_lies_outside_the_scope_of_a_file_stays(database: Database, act: Act) -> None:
    import_register(database, act, REGISTER)
    scope = Scope(lines=frozenset({"health"}), contacts=frozenset())
    result = import_register(database, act, replace(REGISTER, supervision=(), contacts=(), scope=scope))
    assert (result.supervision, result.contacts) == (Tally(removed=1), Tally())
    assert stored(database, "supervision") == {("B", "fire", "A")}
    assert len(stored(database, "contact")) == 2


def test_one_wrong_row_keeps_the_whole_register_out(database: Database, act: Act) -> None:
    import_register(database, act, REGISTER)
    before = everything(database)
    wrong = replace(REGISTER, bodies=(*REGISTER.bodies, body("D"), BodyRow(6, "E", "", BodyKind.UNIT, "Z", "31")))
    with pytest.raises(RegisterError) as caught:
        import_register(database, act, wrong)
    known = "the code of a body in this file or in the register"
    assert caught.value.message.splitlines() == [
        "bodies.xlsx: 3 problems, nothing was imported",
        "  sheet 主体, row 6, column 名称: expected a name of 1 to 200 visible characters, got nothing",
        "  sheet 主体, row 6, column 区划代码: expected 6, 9 or 12 digits, got '31'",
        f"  sheet 主体, row 6, column 上级代码: expected {known}, got 'Z'",
    ]
    assert caught.value.hint
    assert everything(database) == before


def test_a_failure_while_storing_keeps_the_whole_register_out(
    database: Database, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        message = "the disk is full"
        raise OSError(message)

    monkeypatch.setattr("tasks.register.importing.append", fail)
    with pytest.raises(OSError, match="the disk is full"):
        import_register(database, act, REGISTER)
    assert everything(database) == [set(), set(), set(), set()]


def test_stored_bodies_are_known_to_the_next_file(database: Database, act: Act) -> None:
    import_register(database, act, REGISTER)
    with database.reading() as connection:
        known = known_bodies(connection)
    assert known.parents == {"A": None, "B": "A", "C": "B"}
    assert known.supervisors == {("B", "fire"): "A", ("C", "health"): "A"}


def test_a_circle_closed_by_two_files_is_refused(database: Database, act: Act) -> None:
    import_register(database, act, REGISTER)
    with pytest.raises(RegisterError, match="expected no circle of superiors, got A → C → B → A"):
        import_register(database, act, Register((body("A", "C"),), source=SOURCE))


def test_a_register_of_thousands_is_imported_at_once(database: Database, act: Act) -> None:
    bodies = (body("0"), *(body(str(number), "0") for number in range(1, 5_000)))
    contacts = tuple(contact(row.code, f"{row.code}@putuo.example") for row in bodies)
    result = import_register(database, act, Register(bodies, contacts=contacts, source=SOURCE))
    assert result.bodies.added == result.contacts.added == 5_000
