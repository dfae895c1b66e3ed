"""Small districts for tests: real tables, real regulation, bodies that are marked as examples."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from calendars.workdays import workday_calendar
from evidence.ledger import Act
from evidence.store import MemoryStore
from fireduty import clock
from fireduty.settings import Settings
from models.database import Database, bulk_insert
from models.register import Body
from tasks.agenda import put_in_force
from tasks.district import District

OFFICE = "X-OFFICE"
COMMITTEE = "X-COMMITTEE"
GOVERNMENT = "X-GOV"
CITY = "X-CITY"
DETACHMENT = "X-FIRE"
EDUCATION = "X-D01"


@dataclass(frozen=True)
class Size:
    """How many bodies of each kind a small register has."""

    departments: int = 4
    streets: int = 2
    residents: int = 2
    schools: int = 2
    units: int = 5


def fill_register(connection: Connection, size: Size = Size()) -> None:
    """Insert a district's upper bodies and some of each kind below."""
    names = ["区教育局", "区建管委", "区国资委", "区商务委"]
    rows: list[tuple[object, ...]] = [
        _body(CITY, "上海市人民政府", "city_government", None),
        _body(GOVERNMENT, "区人民政府", "district_government", CITY),
        _body(COMMITTEE, "区消防委", "fire_committee", GOVERNMENT),
        _body(OFFICE, "区消防委办公室", "fire_committee_office", COMMITTEE),
        _body(DETACHMENT, "区消防救援支队", "fire_detachment", OFFICE),
    ]
    rows += [
        _body(
            f"X-D{n + 1:02}",
            names[n] if n < len(names) else f"部门{n + 1}（示例）",
            "department",
            OFFICE,
            member=True,
        )
        for n in range(size.departments)
    ]
    rows += [_body(f"X-S{n + 1:02}", f"街道{n + 1}（示例）", "street_town", OFFICE) for n in range(size.streets)]
    rows += [
        _body(f"X-R{n + 1:03}", f"居委会{n + 1}（示例）", "residents_committee", f"X-S{n % size.streets + 1:02}")
        for n in range(size.residents)
    ]
    rows += [_body(f"X-E{n + 1:03}", f"学校{n + 1}（示例）", "school", EDUCATION) for n in range(size.schools)]
    rows += [
        _body(
            f"X-U{n + 1:06}",
            f"单位{n + 1}（示例）",
            "unit",
            f"X-S{n % size.streets + 1:02}",
            control_room=n == 0,
        )
        for n in range(size.units)
    ]
    bulk_insert(connection, "body", tuple(Body.model_fields), rows)
    contacts = [(row[0], "responsible", "email", f"{str(row[0]).lower()}@district.example") for row in rows]
    bulk_insert(connection, "contact", ("body_code", "role", "channel", "address"), contacts)


def _body(
    code: str,
    name: str,
    kind: str,
    parent: str | None,
    *,
    control_room: bool = False,
    member: bool = False,
) -> tuple[object, ...]:
    return (code, name, kind, parent, "310107", False, False, control_room, member, True)


def make_district(
    folder: Path,
    in_force_on: date,
    size: Size = Size(),
    url: str = "",
    *,
    durable: bool = True,
    whole: bool = False,
    regulations: tuple[str, ...] = ("putuo-2020",),
) -> District:
    """Make a district in a folder, with its register filled and obligations on the agenda.

    Those whose interval the law names are enough to try the verbs on; `whole` takes all, and more time.
    """
    settings = Settings(
        folder=folder,
        in_force_on=in_force_on,
        regulations=regulations,
        database_url=url,
        channels={"email": "mailto://127.0.0.1:2525?from=fireduty@district.example&to={address}"},
    )
    folder.mkdir(parents=True, exist_ok=True)
    district = District(settings, Database(settings.url, durable=durable), MemoryStore())
    with district.database.transaction() as connection:
        fill_register(connection, size)
    put_in_force(district, in_force_on)
    others = [(one.id,) for law in district.regulations for one in law.obligations if one.trigger != "periodic"]
    if others and not whole:
        with district.database.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM agenda WHERE obligation_id = ?", others)
    workday_calendar(settings.division)
    return district


def act_on(on: date, actor: str = "system:test", hour: int = 9) -> Act:
    """Return an act at an hour of a day in Shanghai."""
    return Act(actor, clock.morning_of(on, hour))
