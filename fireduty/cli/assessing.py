"""`fireduty assessment`: what a year came to, from the record alone."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fireduty import clock, settings
from fireduty.cli.options import As, Data, Json, day, open_district
from fireduty.cli.output import print_facts, print_json, print_rows, progress, say
from fireduty.errors import FileFormatError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.assessing import Assessment
    from tasks.district import District

app = typer.Typer(no_args_is_help=True, help="Assessments: what a year came to, from the record alone.")

Year = Annotated[int, typer.Option(help="The year in which the duties are due.", min=2018, max=2049)]
Law = Annotated[str, typer.Option("--regulation", help="Id of the regulation; the first in force here if left out.")]
Until = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="The last day whose submissions and reviews count."),
]

_COUNTS = {
    "due": "应办",
    "on_time": "按期",
    "late": "逾期",
    "missing": "未完成",
    "returned": "退回",
    "waived": "不适用",
    "not_yet_due": "未到期",
    "pending": "待审核",
}
_LOSSES = {
    "duty": "任务",
    "ref": "条款",
    "title": "职责",
    "period": "周期",
    "due_on": "应完成",
    "received_on": "收到",
    "outcome_zh": "结果",
    "submission": "提交",
    "review": "审核",
    "lost": "失分",
}


@app.command()
def show(
    year: Year,
    regulation: Law = "",
    body: Annotated[str, typer.Option(help="Only this body, with every duty that cost it points.")] = "",
    as_of: Until = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show every body's rank, score and grade with how its duties came out; of one body, why."""
    from tasks.assessing.describing import of_body, whole

    with open_district(data) as district, district.database.reading() as connection:
        assessment = _assess(connection, district, regulation, year, as_of)
        found = of_body(connection, assessment, body) if body else whole(assessment)
    if as_json:
        print_json(found)
    elif body:
        _print_one(found)
    else:
        _print_all(found)


@app.command()
def export(
    year: Year,
    regulation: Law = "",
    xlsx_file: Annotated[Path | None, typer.Option("--xlsx", help="Write the result to this workbook.")] = None,
    docx_file: Annotated[Path | None, typer.Option("--docx", help="Write an official draft to this file.")] = None,
    record_file: Annotated[
        Path | None, typer.Option("--record", help="Write the lines that the digest is taken of to this file.")
    ] = None,
    number: Annotated[str, typer.Option(help="The document number (发文字号), where there is one already.")] = "",
    as_of: Until = None,
    data: Data = None,
) -> None:
    """Write the result as a workbook, as an official draft, or as the very lines that are sealed."""
    from tasks.assessing import record_lines
    from tasks.assessing.document import Heading, document
    from tasks.assessing.workbook import workbook

    if not (xlsx_file or docx_file or record_file):
        message = "name a file with --xlsx, --docx or --record"
        raise typer.BadParameter(message)
    for path, suffix in ((xlsx_file, ".xlsx"), (docx_file, ".docx")):
        if path and path.suffix.lower() != suffix:
            raise FileFormatError(path, f"a name that ends in {suffix}", "Name the file so that programs know it.")
    heading = Heading(clock.today(), _official(number))
    with open_district(data) as district, district.database.reading() as connection:
        assessment = _assess(connection, district, regulation, year, as_of)
        if xlsx_file:
            with progress("writing", len(assessment.ranked)) as step:
                _write(xlsx_file, workbook(connection, assessment, step))
        if docx_file:
            _write(docx_file, document(connection, assessment, heading))
        if record_file:
            _write(record_file, b"".join(record_lines(connection, assessment)))
    say(f"digest {assessment.digest}")


@app.command()
def seal(
    year: Year,
    acting: As,
    regulation: Law = "",
    as_of: Until = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Put the digest of the result into the ledger, so that a result handed around can be held against the record."""
    from evidence.ledger import Act
    from tasks.actors import Actor, require_body
    from tasks.assessing import seal as seal_assessment
    from tasks.assessing.describing import head_of

    actor = Actor.parse(acting)
    with open_district(data) as district:
        with district.database.reading() as connection:
            require_body(connection, actor.body_code)
            assessment = _assess(connection, district, regulation, year, as_of)
        with district.database.transaction() as connection:
            head = seal_assessment(connection, Act(str(actor), clock.now()), assessment)
    found = {**head_of(assessment), "entry": head.seq, "hash": head.hash}
    if as_json:
        print_json(found)
    else:
        say(
            f"sealed as entry {head.seq}: {year}, {len(assessment.standings)} bodies, digest {assessment.digest}",
            "green",
        )


@app.command()
def scheme(
    regulation: Law = "",
    check: Annotated[Path | None, typer.Option(help="Check this file instead of printing the one in force.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Print the scheme in force as YAML, ready to be edited; or check an edited one."""
    from models.schemes import load_scheme, scheme_file

    folder = settings.data_folder(data)
    known = (folder / settings.FILE_NAME).exists()
    own = folder if known else None
    if check is None and not regulation:
        from tasks.assessing import scheme_in_force

        with open_district(data) as district:
            regulation = scheme_in_force(district).scheme.id
    path = check or scheme_file(regulation, own)
    method = load_scheme(path, own)
    if as_json:
        print_json(method.scheme.model_dump(mode="json"))
    elif check is None:
        sys.stdout.write(path.read_text(encoding="utf-8"))
        say(f"{path}; a copy as assessment/{method.scheme.id}.yaml in the data folder takes its place")
    else:
        counting = len(method.places())
        say(f"{path}: {len(method.scheme.groups)} groups, {counting} obligations count, in order", style="green")


def _assess(
    connection: "Connection", district: "District", regulation: str, year: int, as_of: datetime | None
) -> "Assessment":
    from tasks.assessing import STAGES, assess, scheme_in_force

    until = day(as_of) or clock.today()
    if until > clock.today():
        message = f"--as-of: expected a day up to today, {clock.today()}, got {until}"
        raise typer.BadParameter(message)
    method = scheme_in_force(district, regulation)
    with progress(f"assessing {year}", STAGES) as step:
        found = assess(connection, method, year, until, step)
    if not found.ranked:
        say(f"no duty that counts was due in {year} by {until}", style="yellow")
    elif until < date(year, 12, 31):
        say(f"{year} is not over by {until}; duties due later do not count yet", style="yellow")
    return found


def _official(number: str) -> str:
    from tasks.reporting.official import document_number

    if not number:
        return ""
    found = document_number(number)
    if found.changed:
        say(f"document number written as {found.text}")
    return found.text


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
    say(f"written: {path}")


def _print_all(found: dict[str, Any]) -> None:
    columns = {
        "rank": "排名",
        "rank_in_kind": "同类",
        "body": "代码",
        "name": "责任主体",
        "score": "得分",
        "grade": "等次",
    }
    print_rows(found["bodies"], {**columns, **_COUNTS}, f"{found['year']} · {found['scheme']} · {found['as_of']}")
    rows = [{**one, "for": "、".join(one["to"]), "about": "、".join(one["names"])} for one in found["next"]]
    print_rows(
        rows, {"ref": "条款", "kind_zh": "事项", "title": "要求", "for": "对象", "about": "涉及主体"}, "后续事项"
    )
    say(f"digest {found['digest']}; --body CODE shows why, `fireduty assessment seal` records it")


def _print_one(found: dict[str, Any]) -> None:
    names = {
        "name": "责任主体",
        "rank": "排名",
        "rank_in_kind": "同类排名",
        "score": "得分",
        "grade": "等次",
        **_COUNTS,
    }
    print_facts({words: found[field] for field, words in names.items()})
    for group in found["groups"]:
        title = f"{group['title']}  满分 {group['share']}  失 {group['lost']}  应办 {group['due']}"
        if group["duties"]:
            print_rows(group["duties"], _LOSSES, title)
        else:
            sys.stdout.write(f"{title}\n")
    say("`fireduty duty show NUMBER` shows the whole history of a duty")
