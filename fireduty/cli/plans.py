"""`fireduty plan` and `fireduty simulate`: the year before it happens."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fireduty import clock, settings
from fireduty.cli.options import Data, Json, own_regulations
from fireduty.cli.output import print_facts, print_json, print_rows, progress, say
from fireduty.errors import SettingsError
from fireduty.settings import Settings

if TYPE_CHECKING:
    from tasks.district import District

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "putuo.xlsx"
"""The example register of a checkout."""

Register = Annotated[Path | None, typer.Option("--register", help="A register file in place of the district's.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(plan)
    app.command()(simulate)


def plan(
    regulation: Annotated[str, typer.Option(help="The id of a regulation, or the path of its folder.")],
    year: Annotated[int, typer.Option(help="The year in which the duties are due.", min=2018, max=2049)],
    register: Register = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write the duties to this file.")] = None,
    xlsx_file: Annotated[Path | None, typer.Option("--xlsx", help="Write the duties to this workbook.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List every duty of a year, from the law, the register and the calendar. Nothing is opened."""
    from calendars.workdays import workday_calendar
    from flows.catalogue import process_named
    from models.packs import meant
    from tasks.planning import as_rows, plan_year

    law = meant(regulation, own_regulations(data))
    with (
        _passing_district(register, data, date(year, 1, 1)) as district,
        district.database.reading() as connection,
        progress("planning", len(law.obligations)) as step,
    ):
        source = _source(register, data)
        calendar = workday_calendar(law.division) if source is None else district.calendar
        since, added = (date.min, None) if source is None else (source.in_force_on, district.added)
        made = plan_year(connection, law, year, calendar, process_named, step, since=since, added=added)
    rows = as_rows(made)
    for name in made.binding_nobody:
        say(f"warning: {name} binds nobody in this register", style="yellow")
    for path in (csv_file, xlsx_file):
        if path:
            _write(rows, path)
            say(f"written: {path}, {len(rows)} duties")
    if as_json:
        print_json(rows)
    elif not (csv_file or xlsx_file):
        _print_summary(rows)


def simulate(
    from_on: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    to_on: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    behaviour: Annotated[str, typer.Option(help="punctual, realistic or silent.")] = "realistic",
    seed: Annotated[int, typer.Option(help="Decides all chance; the same seed gives the same year.")] = 0,
    register: Register = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the simulated district in this new data folder.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Run a span of days through the real verbs with a moving clock; nothing is sent and nothing of yours changes."""
    from flows.catalogue import process_named
    from tasks.behaviour import Behaviour
    from tasks.simulation import Simulation

    first_on, last_on = from_on.date(), to_on.date()
    if last_on < first_on:
        message = f"--to {last_on} lies before --from {first_on}"
        raise typer.BadParameter(message)
    if behaviour not in set(Behaviour):
        message = f"--behaviour: expected {', '.join(Behaviour)}, got {behaviour}"
        raise typer.BadParameter(message)
    with _passing_district(register, data, first_on, keep) as district:
        simulation = Simulation(district, process_named, Behaviour(behaviour), seed)
        with progress("simulating", (last_on - first_on).days + 1) as step:
            outcome = simulation.run(first_on, last_on, lambda day: step(day.isoformat()))
    found: dict[str, Any] = {
        "from": first_on.isoformat(),
        "to": last_on.isoformat(),
        "behaviour": behaviour,
        "seed": seed,
        "cases": outcome.cases,
        "duties": outcome.duties,
        "states": outcome.states,
        "submissions": outcome.submissions,
        "late": outcome.late,
        "returns": outcome.returns,
        "notices": outcome.notices,
        "escalations": outcome.escalations,
        "skipped_rungs": outcome.skipped_rungs,
        "ledger": {
            "entries": outcome.ledger_entries,
            "head": outcome.ledger_head,
            "holds": not outcome.ledger_problems,
            "problems": outcome.ledger_problems,
        },
    }
    if as_json:
        print_json(found)
    else:
        print_facts(found)
    if outcome.ledger_problems:
        raise typer.Exit(3)


@contextmanager
def _passing_district(
    register: Path | None, data: Path | None, in_force_on: date, keep: Path | None = None
) -> Iterator["District"]:
    """Open a district that is thrown away afterwards, with the register of a file or of the data folder.

    A data folder lends its division, its regulations and what was added to its calendar as well.
    """
    from evidence.ledger import Act
    from evidence.store import MemoryStore
    from models.database import Database
    from tasks.agenda import put_in_force
    from tasks.district import District
    from tasks.register import import_register, read_register

    with tempfile.TemporaryDirectory(prefix="fireduty-") as folder:
        chosen = register or _stored_register(data, Path(folder))
        setup = Settings(folder=keep or Path(folder), in_force_on=in_force_on)
        if keep is not None:
            _refuse_used(keep)
        if (source := _source(register, data)) is not None:
            setup = setup.model_copy(update={"division": source.division, "regulations": source.regulations})
            _lend(source.folder, setup.folder)
        if keep is not None:
            settings.save(setup)
        database = Database(setup.url, durable=keep is not None)
        with District(setup, database, MemoryStore()) as district:
            act = Act("system:simulation", clock.morning_of(in_force_on, 0))
            import_register(database, act, read_register(chosen))
            put_in_force(district, in_force_on)
            yield district


def _source(register: Path | None, data: Path | None) -> Settings | None:
    """Return the settings of the data folder that is planned for; nothing for a register file of its own."""
    folder = settings.data_folder(data)
    if register is None and (folder / settings.FILE_NAME).exists():
        return settings.load(folder)
    return None


def _lend(data: Path, folder: Path) -> None:
    """Give a passing district what was added to the data folder: calendar and regulations."""
    from models.packs import OWN_FOLDER, own_folder
    from tasks.district import CALENDAR_FOLDER, added_folder

    for added, name in ((added_folder(data), CALENDAR_FOLDER), (own_folder(data), OWN_FOLDER)):
        if added is not None:
            shutil.copytree(added, folder / name)


def _stored_register(data: Path | None, folder: Path) -> Path:
    """Return the register of the data folder as a file; without a data folder, the example's."""
    from tasks.district import District
    from tasks.register import export_register

    source = settings.data_folder(data)
    if (source / settings.FILE_NAME).exists():
        target = folder / "register.xlsx"
        with District.open(settings.load(source)) as district:
            export_register(district.database, target)
        return target
    if data is None and EXAMPLE.exists():
        say(f"no data folder; using the example register {EXAMPLE.name}")
        return EXAMPLE
    message = f"{source}: expected a data folder with {settings.FILE_NAME}, found none"
    raise SettingsError(message, "Name a register with --register FILE.")


def _refuse_used(folder: Path) -> None:
    if (folder / settings.FILE_NAME).exists():
        message = f"{folder}: expected a new folder, there is a district in it"
        raise SettingsError(message, "Name another folder with --keep.")


def _write(rows: list[dict[str, str]], path: Path) -> None:
    """Write the plan as a table: comma-separated for programs, a workbook with a frozen, filtered header for people."""
    import pandas as pd

    from tasks.sheets import escape

    table = pd.DataFrame(rows).map(escape)
    if path.suffix != ".xlsx":
        table.to_csv(path, index=False, encoding="utf-8-sig")
        return
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        table.to_excel(writer, index=False, sheet_name="计划", freeze_panes=(1, 0))
        sheet = writer.sheets["计划"]
        sheet.auto_filter.ref = sheet.dimensions


def _print_summary(rows: list[dict[str, str]]) -> None:
    import pandas as pd

    if not rows:
        say("0 duties fall due in this year")
        return
    table = pd.DataFrame(rows)
    table["provisional"] = table["status"] == "provisional"
    by_step = table.groupby(["ref", "title", "step"], sort=False, as_index=False)
    counted = by_step.agg(
        duties=("body", "size"), first=("due_on", "min"), last=("due_on", "max"), provisional=("provisional", "sum")
    )
    columns = {
        "ref": "条款",
        "title": "职责",
        "step": "环节",
        "duties": "任务",
        "first": "最早到期",
        "last": "最晚到期",
        "provisional": "日期待定",
    }
    print_rows([{str(name): value for name, value in row.items()} for row in counted.to_dict("records")], columns)
    say(f"{len(rows)} duties; --json, --csv FILE or --xlsx FILE lists each of them")
