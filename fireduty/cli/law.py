"""`fireduty regulation` and `fireduty obligation`: the law as data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fireduty.cli.options import Json
from fireduty.cli.output import print_facts, print_json, print_rows, say
from fireduty.errors import FileFormatError

if TYPE_CHECKING:
    from models.regulation import Regulation

regulations = typer.Typer(no_args_is_help=True, help="The regulations as data.")
obligations = typer.Typer(no_args_is_help=True, help="What the clauses demand.")


@regulations.command("list")
def list_regulations(as_json: Json = False) -> None:
    """List the regulations there are."""
    from models.packs import available, load

    rows = [
        {
            "id": one.id,
            "title": one.title,
            "document_number": one.document_number,
            "issued_on": str(one.issued_on),
            "status": one.status,
            "obligations": len(one.obligations),
        }
        for one in map(load, available())
    ]
    if as_json:
        print_json(rows)
        return
    headings = {"id": "ID", "title": "名称", "document_number": "文号", "issued_on": "成文日期", "obligations": "职责"}
    print_rows(rows, headings)


@regulations.command("show")
def show_regulation(name: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """Show a regulation and every obligation in it."""
    from models.packs import load
    from models.regulation import describe

    one = load(name)
    listed = [describe(obligation, one) for obligation in one.obligations]
    if as_json:
        print_json({**one.model_dump(mode="json", exclude={"obligations", "clauses"}), "obligations": listed})
        return
    print_facts(
        {
            "名称": one.title,
            "文号": one.document_number,
            "发布机构": one.issuer,
            "成文日期": one.issued_on,
            "施行日期": one.effective_on,
            "区划代码": one.division,
            "内容摘要": f"sha256:{one.digest}",
        }
    )
    columns = {
        "ref": "条款",
        "title": "职责",
        "frequency": "频次",
        "min_count": "次数",
        "body_kind": "主体",
        "id": "ID",
    }
    print_rows(listed, columns)


@regulations.command("coverage")
def show_coverage(name: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """List every clause in order, with its obligations or the reason why it has none."""
    from models.coverage import coverage
    from models.packs import load

    rows = coverage(load(name))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["became"] = "\n".join(row["obligations"]) or row["reason_zh"]
    print_rows(rows, {"ref": "条款", "gist": "内容概述", "became": "职责或理由"})
    covered = sum(bool(row["obligations"]) for row in rows)
    say(f"{len(rows)} clauses, {covered} with obligations that run")


@regulations.command("check")
def check_regulation(
    name: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    text: Annotated[Path | None, typer.Option(help="The official text, to prove the clauses against.")] = None,
) -> None:
    """Check one regulation, or all: the files, that every flow and step exists, and with --text the clauses."""
    from flows.catalogue import process_named
    from models.packs import available, load

    if text is not None and name is None:
        message = "--text goes with the ID of its regulation"
        raise typer.BadParameter(message)
    for one in map(load, [name] if name else available()):
        for obligation in one.obligations:
            process = process_named(obligation.flow)
            for step in obligation.steps:
                process.step(step)
        say(f"{one.id}: {len(one.obligations)} obligations, in order", style="green")
        if text is not None:
            _check_text(one, text)


def _check_text(regulation: "Regulation", path: Path) -> None:
    from models.coverage import check_text

    try:
        words = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileFormatError(path, "an official text in UTF-8", str(error)) from error
    found = check_text(regulation, words)
    for problem in found.problems:
        say(str(problem), style="red")
    say(f"{regulation.id}: {found.agreeing} of {found.clauses} clauses agree with {path.name}")
    if found.problems:
        raise typer.Exit(3)


@obligations.command("list")
def list_obligations(
    regulation: Annotated[str | None, typer.Option(help="Only this regulation.")] = None, as_json: Json = False
) -> None:
    """List what the clauses demand: of whom, how often, with what proof."""
    from models.packs import available, load
    from models.regulation import describe

    chosen = [load(name) for name in ([regulation] if regulation else available())]
    rows = [describe(obligation, one) for one in chosen for obligation in one.obligations]
    if as_json:
        print_json(rows)
        return
    columns = {
        "ref": "条款",
        "title": "职责",
        "frequency": "频次",
        "min_count": "次数",
        "body_kind": "主体",
        "supervisor": "督管",
        "flow": "流程",
        "id": "ID",
    }
    print_rows(rows, columns)
