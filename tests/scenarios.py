"""The legal cases in `tests/regulations`: their files, and the small district each is lived in."""

from pathlib import Path
from typing import Any

import yaml
from fakes import Desk

from evidence.store import MemoryStore
from fireduty.settings import Settings
from models.database import Database, bulk_insert
from models.kinds import BodyFlag
from models.packs import load
from models.register import Body
from tasks.agenda import put_in_force
from tasks.district import District

FOLDER = Path(__file__).parent / "regulations"
REGISTER = "register.yaml"
PACKS = sorted(path.parent.name for path in FOLDER.glob(f"*/{REGISTER}"))


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def bodies_of(pack: str) -> dict[str, dict[str, Any]]:
    bodies: dict[str, dict[str, Any]] = read(FOLDER / pack / REGISTER)
    return bodies


def office_of(pack: str) -> str:
    return min(name for name, one in bodies_of(pack).items() if one["kind"] == "fire_committee_office")


def district_of(folder: Path, case: dict[str, Any]) -> District:
    """Fill a district with the bodies of the scenarios, whose names are their codes."""
    pack, in_force_on, division = case["pack"], case["in_force_on"], load(case["pack"]).division
    settings = Settings(folder=folder, division=division, regulations=(pack,), in_force_on=in_force_on)
    district = District(settings, Database(settings.url, durable=False), MemoryStore())
    bodies = bodies_of(pack)
    rows = [
        (
            name,
            name,
            one["kind"],
            one.get("under"),
            division,
            *(flag in one.get("flags", []) for flag in BodyFlag),
            True,
        )
        for name, one in bodies.items()
    ]
    lines = [(name, line, above) for name, one in bodies.items() for line, above in one.get("lines", {}).items()]
    with district.database.transaction() as connection:
        bulk_insert(connection, "body", tuple(Body.model_fields), rows)
        bulk_insert(connection, "supervision", ("body_code", "line", "supervisor_code"), lines)
    put_in_force(district, in_force_on)
    name = f"{pack}.{case['obligation']}"
    Desk(district).write("DELETE FROM agenda WHERE obligation_id <> :name", name=name)
    return district
