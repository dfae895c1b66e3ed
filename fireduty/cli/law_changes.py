"""`fireduty regulation diff`: what a new version of a regulation changes, and which open duties that touches."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fireduty import settings
from fireduty.cli.options import Data, Json, open_district, own_regulations
from fireduty.cli.output import print_json, print_rows, say

if TYPE_CHECKING:
    from models.differences import Differences, Field
    from tasks.touched import Touched

Side = Annotated[str, typer.Argument(help="The id of a regulation, or the path of its folder.")]
MOST_NAMED = 20
"""How many open duties of one obligation are named by their number, unless told otherwise."""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("diff")(diff_regulations)


def diff_regulations(
    old: Side,
    new: Side,
    limit: Annotated[int, typer.Option(help="How many open duties of each obligation are named.", min=0)] = MOST_NAMED,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say which clauses and obligations appear, vanish or change from OLD to NEW, and which open duties that touches.

    Ends with status 0 where both are the same, and with 3 where anything differs.
    """
    from models.differences import differences
    from models.packs import meant

    own = own_regulations(data)
    found = differences(meant(old, own), meant(new, own))
    touched = _touched(found, data, limit)
    rows = _rows(found, touched)
    if as_json:
        print_json({"old": old, "new": new, "same": not found, **rows})
    else:
        _print(rows)
        _say_sums(found, touched)
    if found:
        raise typer.Exit(3)


def _touched(found: "Differences", data: Path | None, limit: int) -> "dict[str, Touched] | None":
    """Return what is open for the obligations that vanish or change; nothing where there is no district to look in."""
    from tasks.touched import touched

    if not (settings.data_folder(data) / settings.FILE_NAME).exists():
        return None
    with open_district(data) as district, district.database.reading() as connection:
        return touched(connection, found.touching, limit)


def _rows(found: "Differences", touched: "dict[str, Touched] | None") -> dict[str, Any]:
    from models.differences import Change
    from tasks.touched import Touched

    def open_now(one: str, change: Change) -> dict[str, Any] | None:
        if touched is None or change is Change.APPEARS:
            return None
        here = touched.get(one, Touched())
        return {"cases": here.cases, "duties": here.duties, "duty_ids": list(here.duty_ids)}

    return {
        "fields": _fields(found.fields),
        "clauses": [
            {
                "ref": one.ref,
                "change": one.change.value,
                "fields": _fields(one.fields),
                "obligations": list(one.obligations),
            }
            for one in found.clauses
        ],
        "obligations": [
            {
                "id": one.id,
                "ref": one.ref,
                "title": one.title,
                "change": one.change.value,
                "fields": _fields(one.fields),
                "renamed": list(one.renamed),
                "open": open_now(one.id, one.change),
            }
            for one in found.obligations
        ],
    }


def _fields(fields: "tuple[Field, ...]") -> list[dict[str, str]]:
    return [{"field": one.name, "old": one.old, "new": one.new} for one in fields]


def _print(rows: dict[str, Any]) -> None:
    """Print what differs as tables: the head, the clauses, the obligations."""
    from models.differences import Change

    columns = {"field": "字段", "old": "原", "new": "新"}
    if rows["fields"]:
        print_rows(rows["fields"], columns, "文件")
    clauses = [
        {
            "ref": row["ref"],
            "change": Change(row["change"]).chinese,
            "fields": "\n".join(map(_line, row["fields"])),
            "obligations": "\n".join(row["obligations"]),
        }
        for row in rows["clauses"]
    ]
    if clauses:
        headings = {"ref": "条款", "change": "变化", "fields": "原 → 新", "obligations": "所涉职责"}
        print_rows(clauses, headings, "条款")
    obligations = [
        {
            "ref": row["ref"],
            "change": Change(row["change"]).chinese,
            "what": "\n".join([f"{row['id']} {row['title']}", *_about(row)]),
            "open": "" if row["open"] is None else _open(row["open"]),
        }
        for row in rows["obligations"]
    ]
    if obligations:
        headings = {"ref": "条款", "change": "变化", "what": "职责，原 → 新", "open": "在办"}
        print_rows(obligations, headings, "职责")


def _about(row: dict[str, Any]) -> list[str]:
    renamed = [f"renamed? {'as' if row['change'] == 'vanishes' else 'from'} {name}" for name in row["renamed"]]
    return [*map(_line, row["fields"]), *renamed]


def _line(field: dict[str, str]) -> str:
    return f"{field['field']}: {field['old'] or '—'} → {field['new'] or '—'}"


def _open(found: dict[str, Any]) -> str:
    numbers = [str(number) for number in found["duty_ids"]]
    rest = found["duties"] - len(numbers)
    listed = ", ".join(numbers) + (f" and {rest} more" if rest and numbers else "")
    return f"{found['cases']} cases, {found['duties']} duties" + (f": {listed}" if listed else "")


def _say_sums(found: "Differences", touched: "dict[str, Touched] | None") -> None:
    if not found:
        say("the same: no clause and no obligation differs", style="green")
        return
    counts: dict[str, int] = {}
    for one in found.obligations:
        counts[one.change.value] = counts.get(one.change.value, 0) + 1
    changed = ", ".join(f"{count} {word}" for word, count in counts.items()) or "none differs"
    say(f"{len(found.clauses)} clauses differ; obligations: {changed}")
    if touched is None:
        say("open duties were not looked for: there is no district here, name its data folder with --data")
        return
    cases, duties = sum(one.cases for one in touched.values()), sum(one.duties for one in touched.values())
    say(f"touched: {cases} open cases with {duties} open duties")
