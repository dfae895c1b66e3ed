"""`fireduty regulation` and `fireduty obligation`: the law as data."""

from typing import Annotated

import typer

from fireduty.cli import law_changes, law_drafts
from fireduty.cli.options import Data, Json, own_regulations
from fireduty.cli.output import print_facts, print_json, print_rows, say

regulations = typer.Typer(no_args_is_help=True, help="The regulations as data.")
obligations = typer.Typer(no_args_is_help=True, help="What the clauses demand.")
Name = Annotated[str, typer.Argument(metavar="ID", help="An id, or the path of a folder.")]

law_drafts.add_to(regulations)
law_changes.add_to(regulations)


@regulations.command("list")
def list_regulations(data: Data = None, as_json: Json = False) -> None:
    """List the regulations there are: those installed, and those added to the data folder."""
    from models.packs import available, load

    own = own_regulations(data)

    rows = [
        {
            "id": one.id,
            "title": one.title,
            "document_number": one.document_number,
            "issued_on": str(one.issued_on),
            "status": one.status,
            "obligations": len(one.obligations),
        }
        for one in (load(name, own=own) for name in available(own=own))
    ]
    if as_json:
        print_json(rows)
        return
    headings = {"id": "ID", "title": "名称", "document_number": "文号", "issued_on": "成文日期", "obligations": "职责"}
    print_rows(rows, headings)


@regulations.command("show")
def show_regulation(name: Name, data: Data = None, as_json: Json = False) -> None:
    """Show a regulation and every obligation in it."""
    from models.packs import meant
    from models.regulation import describe

    one = meant(name, own_regulations(data))
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
def show_coverage(name: Name, data: Data = None, as_json: Json = False) -> None:
    """List every clause in order, with its obligations or the reason why it has none."""
    from models.coverage import coverage
    from models.packs import meant

    rows = coverage(meant(name, own_regulations(data)))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["became"] = "\n".join(row["obligations"]) or row["reason_zh"]
    print_rows(rows, {"ref": "条款", "gist": "内容概述", "became": "职责或理由"})
    covered = sum(bool(row["obligations"]) for row in rows)
    say(f"{len(rows)} clauses, {covered} with obligations that run")


@obligations.command("list")
def list_obligations(
    regulation: Annotated[str | None, typer.Option(help="Only this regulation.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List what the clauses demand: of whom, how often, with what proof."""
    from models.packs import available, meant
    from models.regulation import describe

    own = own_regulations(data)
    chosen = [meant(name, own) for name in ([regulation] if regulation else available(own=own))]
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
