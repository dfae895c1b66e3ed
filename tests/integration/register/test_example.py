import importlib.util
import io
import sys
import zipfile
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from evidence.ledger import Act
from models.database import Database
from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register import Register, check_register, import_register, read_register, write_register

EXAMPLES = Path(__file__).parents[3] / "examples"
PUTUO = EXAMPLES / "putuo.xlsx"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_putuo", EXAMPLES / "make_putuo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def putuo() -> Register:
    return read_register(PUTUO)


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_example_is_a_sound_register(putuo: Register) -> None:
    assert check_register(putuo) == []


def test_the_example_has_bodies_of_every_kind(putuo: Register) -> None:
    assert Counter(body.kind for body in putuo.bodies) == {
        BodyKind.CITY_GOVERNMENT: 1,
        BodyKind.DISTRICT_COMMITTEE: 1,
        BodyKind.DISTRICT_GOVERNMENT: 1,
        BodyKind.FIRE_COMMITTEE: 1,
        BodyKind.FIRE_COMMITTEE_OFFICE: 1,
        BodyKind.FIRE_DETACHMENT: 1,
        BodyKind.DEPARTMENT: 27,
        BodyKind.STREET_TOWN: 10,
        BodyKind.MANAGEMENT_COMMITTEE: 3,
        BodyKind.RESIDENTS_COMMITTEE: 250,
        BodyKind.GROUP_COMPANY: 3,
        BodyKind.SCHOOL: 150,
        BodyKind.UNIT: 2_000,
    }
    assert Counter(flag for body in putuo.bodies for flag in body.flags) == {
        BodyFlag.COMMITTEE_MEMBER: 27,
        BodyFlag.KEY_UNIT: 400,
        BodyFlag.CONTROL_ROOM: 300,
        BodyFlag.HIGH_RISK: 60,
    }


def test_what_is_made_up_says_so_and_nothing_else_does(putuo: Register) -> None:
    made_up = {BodyKind.RESIDENTS_COMMITTEE, BodyKind.GROUP_COMPANY, BodyKind.SCHOOL, BodyKind.UNIT}
    for body in putuo.bodies:
        assert body.is_example == body.name.endswith("（示例）") == (body.kind in made_up)


def test_every_body_has_a_name_of_its_own(putuo: Register) -> None:
    assert len({body.name for body in putuo.bodies}) == len(putuo.bodies)


def test_every_street_has_units_of_every_flag_and_trade(putuo: Register) -> None:
    streets = {body.code for body in putuo.bodies if body.kind is BodyKind.STREET_TOWN}
    supervisor = {row.body_code: row.supervisor_code for row in putuo.supervision if row.line == "industry"}
    units = [body for body in putuo.bodies if body.kind is BodyKind.UNIT and body.parent_code in streets]
    assert len(units) == len(supervisor) == 1_800
    trades = {(body.parent_code, supervisor[body.code]) for body in units}
    assert len(trades) == len(streets) * len(set(supervisor.values()))
    flags = {(body.parent_code, flag) for body in units for flag in body.flags}
    assert len(flags) == len(streets) * 3


def test_every_department_has_subordinate_units(putuo: Register) -> None:
    departments = {body.code for body in putuo.bodies if body.kind is BodyKind.DEPARTMENT}
    parents = [body.parent_code for body in putuo.bodies if body.kind is BodyKind.UNIT]
    owned = [parent for parent in parents if parent in departments]
    assert set(owned) == departments
    assert len(owned) == 200


def test_every_body_can_be_reached_under_the_reserved_domain(putuo: Register) -> None:
    responsible = [row.body_code for row in putuo.contacts if row.role is ContactRole.RESPONSIBLE]
    assert sorted(responsible) == sorted(body.code for body in putuo.bodies)
    assert {row.channel for row in putuo.contacts} == {"email"}
    assert {row.address.partition("@")[2] for row in putuo.contacts} == {"putuo.example"}
    assert len({row.address for row in putuo.contacts}) == len(putuo.contacts)


def test_the_line_of_fire_leads_every_body_to_the_city(putuo: Register) -> None:
    above = {body.code: body.parent_code for body in putuo.bodies}
    above.update({row.body_code: row.supervisor_code for row in putuo.supervision if row.line == "fire"})
    for body in putuo.bodies:
        code: str | None = body.code
        while code is not None and above[code] is not None:
            code = above[code]
        assert code == ("310107-quwei" if body.kind is BodyKind.DISTRICT_COMMITTEE else "310000-shizhengfu")


def test_the_example_is_imported_as_a_whole(putuo: Register, database: Database, act: Act) -> None:
    result = import_register(database, act, putuo)
    assert result.bodies.added == len(putuo.bodies)
    assert not import_register(database, act, putuo).changes_anything


def test_the_generator_is_deterministic(maker: ModuleType, tmp_path: Path) -> None:
    write_register(tmp_path / "one.xlsx", maker.build())
    write_register(tmp_path / "two.xlsx", maker.build())
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_the_file_beside_the_generator_is_what_it_writes(maker: ModuleType, tmp_path: Path) -> None:
    write_register(tmp_path / "putuo.xlsx", maker.build())
    # Compared unpacked: how well a member is compressed may differ between machines.
    assert members((tmp_path / "putuo.xlsx").read_bytes()) == members(PUTUO.read_bytes())
