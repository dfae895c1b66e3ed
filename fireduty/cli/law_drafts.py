"""`fireduty regulation new`, `check` and `flows`: from an official text to a regulation that works."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fireduty import clock, settings
from fireduty.cli.options import Data, Json, day, open_district, own_regulations
from fireduty.cli.output import print_json, print_rows, say
from fireduty.errors import FileFormatError, FiredutyError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from models.drafts import Draft
    from models.process import Process
    from models.regulation import Regulation

ID_FORM = re.compile(r"[a-z]+-[a-z0-9]+")
OnDay = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("new")(new_regulation)
    app.command("check")(check_regulation)
    app.command("flows")(list_flows)


def new_regulation(
    name: Annotated[str, typer.Argument(metavar="ID", help="Such as putuo-2020.")],
    text: Annotated[Path, typer.Option(help="The official text, in UTF-8.")],
    title: Annotated[str, typer.Option(help="Its full title.")],
    english: Annotated[str, typer.Option(help="Its title in English.")] = "",
    number: Annotated[str, typer.Option(help="Its document number (文号).")] = "",
    issuer: Annotated[str, typer.Option(help="Who issued it.")] = "",
    issued_on: OnDay = None,
    effective_on: OnDay = None,
    division: Annotated[str, typer.Option(help="GB/T 2260 code of the division it holds in.")] = "",
    status: Annotated[str, typer.Option(help="in_force, draft or repealed.")] = "in_force",
    into: Annotated[
        Path | None, typer.Option(help="The folder to make it in.", show_default="regulations in the data folder")
    ] = None,
    data: Data = None,
) -> None:
    """Lay out a new regulation from its official text: every clause, and where it seems to hold duties."""
    from models.clauses import clauses_of
    from models.drafts import TODO
    from models.packs import OWN_FOLDER, available
    from models.skeletons import files_of, lay_out
    from models.trigger_words import proposals

    _refuse_taken(name, available(own=own_regulations(data)))
    clauses = clauses_of(_read(text))
    if not clauses:
        raise FileFormatError(
            text, "a text with numbered articles (第一条) or sections (一、)", "Save the text itself."
        )
    head = {
        "id": name,
        "title": title,
        "english": english or TODO,
        "document_number": number or TODO,
        "issuer": issuer or TODO,
        "issued_on": day(issued_on) or TODO,
        "effective_on": day(effective_on) or TODO,
        "division": division or TODO,
        "status": status,
    }
    folder = into or settings.data_folder(data) / OWN_FOLDER
    files = files_of(head, clauses)
    lay_out(folder / name, files)
    holding = sum(bool(proposals(clause.words)) for clause in clauses)
    say(f"made: {folder / name}; {len(clauses)} clauses, {holding} of them seem to hold duties", style="green")
    say(f"next: fireduty regulation check {name if into is None else folder / name}")


def check_regulation(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="An id, or the path of a folder.")] = None,
    text: Annotated[Path | None, typer.Option(help="The official text, to prove the clauses against.")] = None,
    register: Annotated[Path | None, typer.Option(help="A register file, to find whom nothing binds.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Check one regulation, finished or not, or all: what is missing, in order, and with --text the clauses.

    With --register, or with a data folder, each obligation that would bind nobody is warned of. Ends with status 3
    where something is missing.
    """
    from flows.catalogue import NAMES, process_named
    from models.drafts import read_draft
    from models.packs import available, folder_meant
    from models.readiness import missing

    if name is None and (text or register):
        message = "--text and --register go with the ID of a regulation"
        raise typer.BadParameter(message)
    own = own_regulations(data)
    processes = {flow: process_named(flow) for flow in NAMES}
    words = None if text is None else _read(text)
    found = []
    for one in [name] if name else available(own=own):
        draft = read_draft(folder_meant(one, own))
        rows = [{"place": problem.place, "message": problem.message} for problem in missing(draft, processes)]
        entry: dict[str, Any] = {"id": draft.root.name, "obligations": len(draft.placed), "missing": rows}
        entry["warnings"] = list(_warnings(draft, register, data)) if name else []
        if words is not None:
            entry["text"] = _compared(draft.regulation, words)
        found.append(entry)
    if as_json:
        print_json(found)
    else:
        for entry in found:
            _print_found(entry, text, processes)
    if any(entry["missing"] or entry.get("text", {}).get("problems") for entry in found):
        raise typer.Exit(3)


def list_flows(
    name: Annotated[str | None, typer.Argument(metavar="[FLOW]", help="Show this one alone.")] = None,
    as_json: Json = False,
) -> None:
    """List the flows an obligation can name: what each is for, and its steps in order."""
    from flows.catalogue import NAMES, process_named

    if name is not None:
        process_named(name)
    rows = [_flow(process_named(one)) for one in ([name] if name else NAMES)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["steps"] = "\n".join(_step_line(step) for step in row["steps"])
    print_rows(rows, {"name": "流程", "chinese": "名称", "purpose": "用途", "steps": "环节"})


def _refuse_taken(name: str, taken: tuple[str, ...]) -> None:
    if not ID_FORM.fullmatch(name):
        message = f"regulation {name}: expected an id such as putuo-2020: a place, a hyphen, a year or a word"
        raise FiredutyError(message, "Small letters and figures only; the folder has the same name.")
    if name in taken:
        message = f"regulation {name}: there is one of that id already"
        raise FiredutyError(message, "Give another id, such as one with the year of the new version.")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileFormatError(path, "an official text in UTF-8", str(error)) from error


def _compared(regulation: "Regulation | None", words: str) -> dict[str, Any]:
    """Compare the clauses with the official text; nothing can be said while the fields are not right."""
    from models.coverage import check_text

    if regulation is None:
        return {"clauses": 0, "agreeing": 0, "problems": []}
    found = check_text(regulation, words)
    return {"clauses": found.clauses, "agreeing": found.agreeing, "problems": [str(one) for one in found.problems]}


def _warnings(draft: "Draft", register: Path | None, data: Path | None) -> Iterator[str]:
    """Yield each obligation that would bind nobody, where there is a register to look in."""
    from tasks.reach import unreached

    ready = [one.obligation for one in draft.placed if one.obligation is not None]
    with _bodies(register, data) as connection:
        if connection is not None:
            yield from (f"{one.obligation} {one.says}" for one in unreached(connection, ready))


@contextmanager
def _bodies(register: Path | None, data: Path | None) -> Iterator["Connection | None"]:
    """Open the register of a file, else of the data folder; nothing where there is neither."""
    if register is None:
        if not (settings.data_folder(data) / settings.FILE_NAME).exists():
            yield None
            return
        with open_district(data) as district, district.database.reading() as connection:
            yield connection
        return
    from evidence.ledger import Act
    from models.database import Database
    from tasks.register import import_register, read_register

    with tempfile.TemporaryDirectory(prefix="fireduty-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'register.db'}", durable=False)
        try:
            import_register(database, Act("system:check", clock.now()), read_register(register))
            with database.reading() as connection:
                yield connection
        finally:
            database.close()


def _print_found(entry: dict[str, Any], text: Path | None, processes: dict[str, "Process"]) -> None:
    for row in entry["missing"]:
        typer.echo(f"[ ] {row['place']}: {row['message']}")
    if any(row["message"].startswith("flow: expected") for row in entry["missing"]):
        flows = [_flow(process) for process in processes.values()]
        print_rows(flows, {"name": "流程", "chinese": "名称", "purpose": "用途"})
    for warning in entry["warnings"]:
        say(f"warning: {warning}", style="yellow")
    if "text" in entry and text is not None:
        for problem in entry["text"]["problems"]:
            say(problem, style="red")
        say(f"{entry['id']}: {entry['text']['agreeing']} of {entry['text']['clauses']} clauses agree with {text.name}")
    if entry["missing"]:
        say(f"{entry['id']}: {len(entry['missing'])} to do", style="red")
    else:
        say(f"{entry['id']}: {entry['obligations']} obligations, in order", style="green")


def _flow(process: "Process") -> dict[str, Any]:
    from flows.catalogue import module_of

    paragraphs = (module_of(process.name).__doc__ or "").strip().split("\n\n")
    name, _, purpose = paragraphs[0].partition(": ")
    return {
        "name": process.name,
        "chinese": process.chinese,
        "purpose": " ".join((purpose or " ".join(paragraphs[1:2]) or name).split()),
        "steps": [
            {
                "name": step.name,
                "chinese": step.chinese,
                "by": step.by.value,
                "about": None if step.about is None else step.about.value,
                "after": list(step.after),
                "when": None if step.when is None else vars(step.when),
            }
            for step in process.steps
        ],
    }


def _step_line(step: dict[str, Any]) -> str:
    line = f"{step['name']} {step['chinese']}：{step['by']}"
    if step["about"]:
        line += f" about {step['about']}"
    if step["after"]:
        line += f", after {', '.join(step['after'])}"
    if step["when"]:
        line += ", when {step}.{key} is {value}".format(**step["when"])
    return line
