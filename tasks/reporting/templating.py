"""Templates of reports: ours, or the one an administrator set in force; checked when set, filled in when drafted.

The template in force is the last that the ledger names; its bytes lie in the store under their digest. So nobody can
change the words of a report without a record, and an auditor can have the template of any day.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from evidence.ledger import Act, Event, EventKind, append
from evidence.store import media_type_of
from fireduty.errors import InputError, Problem
from tasks.district import District
from tasks.reporting.charts import WIDTH_MM
from tasks.reporting.fields import CHARTS
from tasks.reporting.forms import form
from tasks.reporting.kinds import ReportKind
from tasks.sheets import same_bytes

if TYPE_CHECKING:
    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# The smallest picture there is: what a template is tried with before any chart is drawn.
_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fedccc59e7"
    "0000000049454e44ae426082"
)

_HINT = "`fireduty report template KIND FILE` writes the one in force; docs/how-to/report-upward.md lists the fields."


def template_in_force(connection: Connection, district: District, kind: ReportKind) -> bytes:
    """Return the template of a report: the one set last, else ours."""
    statement = text("SELECT entry FROM ledger WHERE kind = :kind ORDER BY seq DESC")
    for entry in connection.execute(statement, {"kind": EventKind.TEMPLATE_SET.value}).scalars():
        body = json.loads(entry)["body"]
        if body["report"] == kind.value:
            return district.store.get(str(body["sha256"]))
    return form(kind)


def set_template(district: District, act: Act, kind: ReportKind, path: Path, sample: Mapping[str, Any]) -> str:
    """Set a template in force and return its digest; setting the same one again changes nothing.

    Args:
        district: The district.
        act: Who sets it, and when.
        kind: The report.
        path: The file.
        sample: Fields to try it with.

    Raises:
        InputError: If it is no docx file, or names a field that no report has; nothing is changed.
    """
    content = _content(path, district.settings.largest_file)
    fill(content, {**sample, **dict.fromkeys(CHARTS, (_DOT, ""))}, path.name)
    digest = district.store.put(content)
    with district.database.transaction() as connection:
        if template_in_force(connection, district, kind) != content:
            payload = {"report": kind.value, "name": path.name, "sha256": digest, "size": len(content)}
            append(connection, act, [Event(EventKind.TEMPLATE_SET, payload)])
    return digest


def fill(template: bytes, fields: Mapping[str, Any], name: str = "template") -> bytes:
    """Return a template filled in, as a docx file; the same fields give the same bytes.

    Args:
        template: The template.
        fields: Every field; a chart is its PNG and its alternative text.
        name: What the template is called in a refusal.

    Raises:
        InputError: If it cannot be read, breaks off a sentence of the template language, or names an unknown field.
    """
    import docxtpl  # noqa: PLC0415 - slow to load, and only reports need it
    import jinja2  # noqa: PLC0415 - as above
    from docx.shared import Mm  # noqa: PLC0415 - as above

    environment = _environment()
    document = _opened(template, name)
    try:
        _refuse_unknown(document, environment, fields, name)
        pictures = {
            key: docxtpl.InlineImage(document, io.BytesIO(fields[key][0]), width=Mm(WIDTH_MM)) for key in CHARTS
        }
        document.render({**fields, **pictures}, environment, autoescape=True)
    except jinja2.UndefinedError as error:
        raise _refused(name, f"unknown field: {error.message}") from error
    except jinja2.TemplateError as error:
        raise _refused(name, f"not understood: {error.message}") from error
    _describe_pictures(document, {fields[key][0]: fields[key][1] for key in CHARTS})
    document.docx.core_properties.title = str(fields["title"]).replace("\n", "")
    target = io.BytesIO()
    document.save(target)
    return same_bytes(target.getvalue())


def _content(path: Path, largest: int) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refused(path.name, f"cannot be read: {error.strerror}") from error
    if not 0 < len(content) <= largest:
        raise _refused(path.name, f"expected 1 to {largest} bytes, got {len(content)}")
    if media_type_of(content, path.name) != DOCX:
        raise _refused(path.name, "expected a Word document (.docx)")
    return content


def _opened(template: bytes, name: str) -> "DocxTemplate":
    import docxtpl  # noqa: PLC0415 - as above
    from lxml.etree import XMLSyntaxError  # noqa: PLC0415 - as above

    document = docxtpl.DocxTemplate(io.BytesIO(template))
    try:
        document.init_docx()
    except (KeyError, ValueError, zipfile.BadZipFile, XMLSyntaxError) as error:
        raise _refused(name, "expected a Word document (.docx), got a file that is damaged") from error
    return document


def _refuse_unknown(
    document: "DocxTemplate", environment: "SandboxedEnvironment", fields: Mapping[str, Any], name: str
) -> None:
    """Refuse fields that no report has, also where a condition would hide them from a trial."""
    unknown = sorted(document.get_undeclared_template_variables(environment) - fields.keys())
    if unknown:
        known = ", ".join(sorted(fields))
        raise _refused(name, *(f"unknown field {one!r}; expected one of {known}" for one in unknown))


def _environment() -> "SandboxedEnvironment":
    """Return the template language without its ways to the program: a template is a document that somebody sent."""
    from jinja2 import StrictUndefined  # noqa: PLC0415 - as above
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 - as above

    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _describe_pictures(document: "DocxTemplate", words: Mapping[bytes, str]) -> None:
    """Give each picture of ours the text that is read out in its place, wherever the template has put it."""
    for shape in document.docx.inline_shapes:
        blips = shape._inline.xpath(".//a:blip/@r:embed")  # noqa: SLF001 - the library has no door to it
        image = document.docx.part.related_parts[blips[0]].blob if blips else b""
        if image in words:
            shape._inline.docPr.set("descr", words[image])  # noqa: SLF001 - as above


def _refused(name: str, *faults: str) -> InputError:
    return InputError("template refused:", [Problem(name, fault) for fault in faults], _HINT)
