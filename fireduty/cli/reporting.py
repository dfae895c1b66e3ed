"""`fireduty report`: drafts for bodies above, their templates, and books of record (台账)."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fireduty import clock
from fireduty.cli.options import As, AsOf, Data, Json, day, open_district
from fireduty.cli.output import print_json, print_rows, say
from fireduty.errors import FileFormatError

if TYPE_CHECKING:
    from calendars.periods import Period
    from tasks.reporting.drafting import Draft

app = typer.Typer(no_args_is_help=True, help="Reports upward and books of record (台账).")


class Kind(StrEnum):
    """Which report."""

    SPECIAL = "special"
    ANALYSIS = "analysis"


Which = Annotated[Kind, typer.Argument(metavar="KIND", help="special (专题报告) or analysis (形势分析).")]
Month = Annotated[str, typer.Option(metavar="2027-03", help="A month.")]
Quarter = Annotated[str, typer.Option(metavar="2027-Q1", help="A quarter.")]
Half = Annotated[str, typer.Option(metavar="2027-H1", help="A half-year.")]
Year = Annotated[str, typer.Option(metavar="2027", help="A year.")]
Law = Annotated[str, typer.Option(help="Only what this regulation demands.")]


@app.command()
def draft(
    out: Annotated[Path, typer.Option(help="Write the draft to this .docx file.")],
    number: Annotated[int | None, typer.Argument(metavar="[DUTY]", help="The duty that the report proves.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Without a duty: which report.")] = None,
    year: Year = "",
    half: Half = "",
    quarter: Quarter = "",
    body: Annotated[str, typer.Option(help="Without a duty: the body that reports.")] = "",
    regulation: Law = "",
    document_number: Annotated[str, typer.Option(help="Its 发文字号, such as 普府〔2027〕12号.")] = "",
    attach: Annotated[bool, typer.Option("--attach", help="Put the draft into the evidence store as well.")] = False,
    as_of: AsOf = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Draft a report from the record, as docx. Nothing is recorded by drafting; read it before you hand it in.

    Example: fireduty report draft 12 --out report.docx
    """
    from flows.catalogue import process_named
    from tasks.reporting.drafting import draft as draft_report
    from tasks.reporting.drafting import order_for_duty, order_for_period
    from tasks.reporting.kinds import ReportKind

    _refuse_taken(out, ".docx")
    given = _number(document_number)
    with open_district(data) as district:
        with district.database.reading() as connection:
            if number is not None:
                _refuse_beside_duty(kind, year, half, quarter, body, regulation)
                order = order_for_duty(connection, district, number)
            elif kind is None:
                raise typer.BadParameter(_NEITHER)
            else:
                key = _chosen(year=year, half=half, quarter=quarter).key
                order = order_for_period(connection, district, ReportKind(kind.value), key, body, regulation)
            made = draft_report(connection, district, order, day(as_of) or clock.today(), process_named, given)
        _write(out, made.content)
        digest = _attach(district, out) if attach else ""
    if as_json:
        print_json(_facts(made, out, digest))
    else:
        _say_draft(made, out, digest)


@app.command()
def template(
    kind: Which,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new .docx file.")],
    original: Annotated[bool, typer.Option("--original", help="Ours, whatever was set since.")] = False,
    data: Data = None,
) -> None:
    """Write the template of a report to a file, to be changed in a word processor: that in force, or ours."""
    from tasks.reporting.forms import form
    from tasks.reporting.kinds import ReportKind
    from tasks.reporting.templating import template_in_force

    _refuse_taken(file, ".docx")
    if original:
        _write(file, form(ReportKind(kind.value)))
    else:
        with open_district(data) as district, district.database.reading() as connection:
            _write(file, template_in_force(connection, district, ReportKind(kind.value)))
    say(f"written: {file}; change it, then: fireduty report set-template {kind.value} {file} --as BODY", style="green")


@app.command("set-template")
def set_template(
    kind: Which,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The changed .docx.")],
    acting: As,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Set a template in force: checked field by field, kept for good, recorded in the ledger."""
    from evidence.ledger import Act
    from flows.catalogue import process_named
    from tasks.actors import Actor, require_body
    from tasks.reporting.drafting import sample_fields
    from tasks.reporting.kinds import ReportKind
    from tasks.reporting.templating import set_template as set_in_force

    actor, report = Actor.parse(acting), ReportKind(kind.value)
    with open_district(data) as district:
        with district.database.reading() as connection:
            require_body(connection, actor.body_code)
            sample = sample_fields(connection, district, report, clock.today(), process_named)
        digest = set_in_force(district, Act(str(actor), clock.now()), report, file, sample)
    if as_json:
        print_json({"report": report.value, "name": file.name, "sha256": digest})
    else:
        say(f"in force for {report.chinese}: {file.name}, {digest[:16]}…", style="green")


@app.command()
def book(
    month: Month = "",
    quarter: Quarter = "",
    half: Half = "",
    year: Year = "",
    body: Annotated[list[str] | None, typer.Option(help="Only this body; give it again for further ones.")] = None,
    regulation: Law = "",
    xlsx_file: Annotated[Path | None, typer.Option("--xlsx", help="Write the book to this workbook.")] = None,
    as_of: AsOf = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write the 台账 of a month, quarter, half-year or year: duties due in it, a sheet for each body.

    Example: fireduty report book --month 2027-03 --xlsx book.xlsx
    """
    from flows.catalogue import process_named
    from tasks.reporting.books import book_bytes, book_for, summaries

    period = _chosen(month=month, quarter=quarter, half=half, year=year)
    if xlsx_file is not None:
        _refuse_other_ending(xlsx_file, ".xlsx")
    with open_district(data) as district, district.database.reading() as connection:
        made = book_for(connection, district, period, day(as_of) or clock.today(), body or (), regulation)
        found = [one.facts() for one in summaries(connection, made)]
        if xlsx_file is not None:
            _write(xlsx_file, book_bytes(connection, district, made, process_named, _now()))
    if xlsx_file is not None:
        say(f"written: {xlsx_file}, {sum(row['owed'] + row['waived'] for row in found)} duties", style="green")
    if as_json:
        print_json({"period": period.key, "unit": made.unit, "bodies": found})
    elif xlsx_file is None:
        columns = {"body": "主体编码", "name": "责任主体", "owed": "应完成", "accepted": "已办结", "late": "逾期办结"}
        print_rows(found, {**columns, "submitted": "待审核", "overdue": "逾期"})


_NEITHER = "name a duty, or a report with --kind and its --year, --half or --quarter"


def _chosen(**given: str) -> "Period":
    """Return the one period that was given, of the length its option says."""
    from calendars.periods import Frequency
    from calendars.periods import period as period_of

    wanted = [(name, key) for name, key in given.items() if key]
    if len(wanted) != 1:
        message = f"give exactly one of {', '.join(f'--{name}' for name in given)}"
        raise typer.BadParameter(message)
    [(name, key)] = wanted
    lengths = {
        "month": Frequency.MONTHLY,
        "quarter": Frequency.QUARTERLY,
        "half": Frequency.HALF_YEARLY,
        "year": Frequency.YEARLY,
    }
    found = period_of(key)
    if found.frequency is not lengths[name]:
        message = f"--{name}: expected one such as {_EXAMPLES[name]}, got {key}"
        raise typer.BadParameter(message)
    return found


_EXAMPLES = {"month": "2027-03", "quarter": "2027-Q1", "half": "2027-H1", "year": "2027"}


def _number(given: str) -> str:
    """Return a document number in its official form, saying what was put right."""
    from tasks.reporting.official import document_number

    if not given:
        return ""
    found = document_number(given)
    if found.changed:
        say(f"document number written as {found.text}")
    return found.text


def _refuse_beside_duty(*given: object) -> None:
    if any(given):
        message = "a duty says its report, period, body and regulation itself; leave those options out"
        raise typer.BadParameter(message)


def _refuse_other_ending(path: Path, ending: str) -> None:
    if path.suffix.lower() != ending:
        raise FileFormatError(path, f"a name ending in {ending}", f"Name the file {path.stem}{ending}.")


def _refuse_taken(path: Path, ending: str) -> None:
    """Refuse to write over a document: somebody may have worked on it."""
    _refuse_other_ending(path, ending)
    if path.exists():
        raise FileFormatError(path, "a name that is not taken yet", "Choose another name, or move the file away.")


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        expected = f"a place that can be written to, got: {error.strerror}"
        raise FileFormatError(path, expected, "Check that the folder exists and is yours.") from error


def _attach(district: Any, path: Path) -> str:
    from evidence.store import keep

    return keep(district.store, path, district.settings.largest_file).digest


def _now() -> str:
    return clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S（北京时间）")


def _facts(made: "Draft", out: Path, digest: str) -> dict[str, Any]:
    order, found = made.order, made.figures
    traces = [{**vars(trace), "spans": [list(span) for span in trace.spans]} for trace in found.traces]
    return {
        "file": str(out),
        "sha256": digest,
        "report": order.kind.value,
        "title": made.title,
        "obligation": order.obligation.id,
        "period": order.period.key,
        "body": order.signer,
        "duty": order.duty_id,
        "requirement": order.requirement,
        "fields": json.loads(json.dumps(made.fields, ensure_ascii=False, default=str)),
        "sources": traces,
    }


def _say_draft(made: "Draft", out: Path, digest: str) -> None:
    order = made.order
    say(f"written: {out}: {made.title}", style="green")
    if digest:
        say(f"in the evidence store: {digest}")
    if order.duty_id is not None:
        say(
            f"read it, mend it, then hand it in: fireduty duty submit {order.duty_id} --as {order.hands_in}"
            f" --file {order.requirement}={out}"
        )
