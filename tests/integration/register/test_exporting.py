from pathlib import Path

import pytest
from sqlalchemy import text

from evidence.ledger import Act
from models.database import Database
from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register import (
    BodyRow,
    ContactRow,
    Register,
    SupervisionRow,
    export_register,
    import_register,
    read_register,
    stored_register,
)

FLAGS = frozenset({BodyFlag.KEY_UNIT, BodyFlag.COMMITTEE_MEMBER})
REGISTER = Register(
    bodies=(
        BodyRow(2, "A", "=1+1", BodyKind.DEPARTMENT, None, "310107", FLAGS),
        BodyRow(3, "B", "'-甲,“乙”", BodyKind.UNIT, "A", "310107005", is_example=True),
    ),
    supervision=(SupervisionRow(2, "B", "fire", "A"), SupervisionRow(3, "B", "housing", "A")),
    contacts=(
        ContactRow(2, "A", ContactRole.RESPONSIBLE, "email", "a1@putuo.example"),
        ContactRow(3, "A", ContactRole.RESPONSIBLE, "email", "a2@putuo.example"),
        ContactRow(4, "B", ContactRole.LIAISON, "sms", "+8613800000000"),
    ),
)


@pytest.mark.parametrize("name", ["bodies.xlsx", "bodies.csv"])
def test_an_export_imported_again_changes_nothing(database: Database, act: Act, tmp_path: Path, name: str) -> None:
    import_register(database, act, REGISTER)
    export_register(database, tmp_path / name)
    result = import_register(database, act, read_register(tmp_path / name))
    assert not result.changes_anything
    assert result.absent == ()
    assert (result.bodies.unchanged, result.supervision.unchanged, result.contacts.unchanged) == (2, 2, 3)


@pytest.mark.parametrize("name", ["bodies.xlsx", "bodies.csv"])
def test_an_export_fills_an_empty_database_alike(database: Database, act: Act, tmp_path: Path, name: str) -> None:
    import_register(database, act, REGISTER)
    export_register(database, tmp_path / name)
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    import_register(other, act, read_register(tmp_path / name))
    assert stored_register(other) == stored_register(database) == REGISTER
    other.close()


def test_an_export_leaves_no_event(database: Database, tmp_path: Path) -> None:
    export_register(database, tmp_path / "empty.xlsx")
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM ledger")).scalar_one() == 0
