"""Templates of messages set in place of ours: tried when they are set, so that none fails when it is used.

They lie in `templates/` of the data folder, each under the name of the one it stands for; the ledger names the
digest of each that was set, and the evidence store keeps its bytes.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.sandbox import SandboxedEnvironment
from sqlalchemy import Connection, text

from evidence.ledger import Act, Event, EventKind, Head, append
from fireduty.errors import InputError, Problem, UnknownNameError
from models.states import DutyState
from tasks import wording
from tasks.district import District
from tasks.forms import DINGTALK, FEISHU, MAIL, PLAIN, SHORT, WECOM
from tasks.messages import DutyText, Item, StepText, Urgency, render

SUBJECT = "message"
"""What the ledger's event says that a template is of, beside the names of reports."""

LARGEST = 65_536
"""Bytes that a template may have; ours have a few thousand."""

_ITEMS = {field.name for kind in (Item, DutyText, StepText, Head) for field in fields(kind)} | {"shared"}
_STATES = {"value", "chinese", "name"}
_LOOP = {"index", "index0", "first", "last", "length", "revindex", "previtem", "nextitem"}
_DATES = {"year", "month", "day"}
_TEXTS = {"items", "append", "upper", "lower", "strip", "startswith", "split", "isoformat"}
KNOWN = _ITEMS | _STATES | _LOOP | _DATES | _TEXTS
"""What may stand behind a dot in a template."""

FACTS = {
    "counts",
    "first",
    "total",
    "recipient",
    "key",
    "as_of",
    "witness",
    "most_listed",
    "title",
    "groups",
    "left_out",
}
"""What a template may name."""


def names() -> list[str]:
    """Return the templates that there are."""
    return sorted(path.name for path in wording.FOLDER.glob("*.j2"))


def template_in_force(district: District, name: str, *, original: bool = False) -> str:
    """Return the source of a template: the one set in place of ours, or ours.

    Raises:
        UnknownNameError: If there is none of that name.
    """
    if name not in names():
        message = f"template {name!r}: expected one of {', '.join(names())}"
        raise UnknownNameError(message, "A template is named after the one that it stands for.")
    own = district.settings.folder / wording.OWN_FOLDER / name
    return (own if own.is_file() and not original else wording.FOLDER / name).read_text(encoding="utf-8")


def set_template(district: District, act: Act, path: Path) -> str:
    """Set a template in force and return its digest; its file is named as the one that it stands for.

    Raises:
        UnknownNameError: If there is none of its name.
        InputError: If it cannot be read, breaks the rules of the language, or names an unknown field; each is named
            with its line, and nothing is changed.
    """
    template_in_force(district, path.name)
    content = _content(path)
    check(path.name, content.decode(), district.settings.folder / wording.OWN_FOLDER)
    digest = district.store.put(content)
    folder = district.settings.folder / wording.OWN_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{path.name}.part"
    unfinished.write_bytes(content)
    with district.database.transaction() as connection:
        payload = {"report": SUBJECT, "name": path.name, "sha256": digest, "size": len(content)}
        append(connection, act, [Event(EventKind.TEMPLATE_SET, payload)])
        # Last of all: should the commit fail, the event is missing of a template that was tried and is whole.
        os.replace(unfinished, folder / path.name)  # noqa: PTH105 - in one step
    return digest


def unsealed(connection: Connection, district: District) -> list[str]:
    """Return the templates that lie in the data folder and are not the ones last set: somebody wrote them by hand."""
    statement = text("SELECT entry FROM ledger WHERE kind = :kind ORDER BY seq")
    bodies = [json.loads(entry)["body"] for entry in connection.execute(statement, {"kind": "template.set"}).scalars()]
    sealed = {body["name"]: str(body["sha256"]) for body in bodies if body["report"] == SUBJECT}
    folder = district.settings.folder / wording.OWN_FOLDER
    found = sorted(folder.glob("*.j2")) if folder.is_dir() else []
    return [
        path.name
        for path in found
        if path.name not in sealed or district.store.get(sealed[path.name]) != path.read_bytes()
    ]


def check(name: str, source: str, folder: Path | None = None) -> None:
    """Refuse a template that would fail: parse it, look at every field it names, and try it in every form.

    Args:
        name: The template that it stands for.
        source: Its text.
        folder: Where the others lie that were set.

    Raises:
        InputError: Naming line and field of each fault.
    """
    others = [folder] if folder is not None and folder.is_dir() else []
    loader = ChoiceLoader([DictLoader({name: source}), FileSystemLoader([*others, wording.FOLDER])])
    environment = wording.prepared(SandboxedEnvironment(loader=loader))
    try:
        parsed = environment.parse(source, name, name)
        environment.compile(source, name, name)
    except TemplateSyntaxError as error:
        raise _refused([Problem(f"{name}:{error.lineno}", f"not understood: {error.message}")]) from error
    if faults := _unknown(name, parsed):
        raise _refused(faults)
    for form in (MAIL, PLAIN, WECOM, DINGTALK, FEISHU, SHORT):
        try:
            render(SAMPLES, "示例单位", "0" * 40, SAMPLE_DAY, Head(1, "0" * 64), form, environment=environment)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            word = "unknown field" if isinstance(error, UndefinedError) else "fails"
            raise _refused([Problem(f"{name}:{_line(error, name)}", f"{word}: {error}")]) from error


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        content.decode("utf-8")
    except OSError as error:
        raise _refused([Problem(path.name, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise _refused([Problem(path.name, "expected text in UTF-8")]) from error
    if not 0 < len(content) <= LARGEST:
        raise _refused([Problem(path.name, f"expected 1 to {LARGEST} bytes, got {len(content)}")])
    return content


def _unknown(name: str, parsed: nodes.Template) -> list[Problem]:
    """Return every field that no message has, also where a condition would hide it from a trial."""
    own = {node.name for node in parsed.find_all(nodes.Name) if node.ctx in {"store", "param"}} | {"loop", "self"}
    found = [
        (node.lineno, node.name, sorted(FACTS | own - {"loop", "self"}))
        for node in parsed.find_all(nodes.Name)
        if node.ctx == "load" and node.name not in FACTS | own
    ]
    found += [
        (node.lineno, node.attr, sorted(_ITEMS | _STATES | _LOOP))
        for node in parsed.find_all(nodes.Getattr)
        if node.attr not in KNOWN
    ]
    return [
        Problem(f"{name}:{line}", f"unknown field {field!r}; expected one of {', '.join(known)}")
        for line, field, known in sorted(found, key=lambda one: one[:2])
    ]


def _line(error: BaseException, name: str) -> int:
    """Return the line of a template at which it failed."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in {name, "<template>"}:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _refused(faults: Sequence[Problem]) -> InputError:
    hint = "`fireduty message template NAME` writes the one in force; docs/how-to/deliver-messages.md lists the fields."
    return InputError("template refused:", faults, hint)


SAMPLE_DAY = date(2027, 3, 1)
_SAMPLE_TEXT = DutyText("组织疏散演练", "Hold an evacuation drill", "示例办法", "art1", {})


def _sample(
    urgency: Urgency, number: int, *, own: bool, state: DutyState = DutyState.OPEN, level: str = "reminder"
) -> Item:
    late = urgency in {Urgency.OVERDUE, Urgency.BELOW}
    due_on = SAMPLE_DAY + timedelta(days=-5 if late else 20)
    return Item(
        urgency=urgency,
        duty_id=number,
        obligation=_SAMPLE_TEXT,
        step=StepText("实施演练", ("演练记录，1份以上",)),
        period="2027-H1",
        plan_by=due_on - timedelta(days=1),
        due_on=due_on,
        provisional=number % 2 == 0,
        state=state,
        occasions=("remind_5", "returned:1"),
        reason="示例理由" if state is DutyState.RETURNED else "",
        own=own,
        body=f"示例单位{number}",
        subject="示例对象" if number % 3 == 0 else "",
        event_on=SAMPLE_DAY if number % 2 else None,
        note="示例事件",
        level=level,
        workdays_left=(13, 14) if number % 2 == 0 else (14, 14),
    )


SAMPLES = [
    _sample(Urgency.OVERDUE, 1, own=True, level="overdue"),
    _sample(Urgency.RETURNED, 2, own=True, state=DutyState.RETURNED),
    _sample(Urgency.DUE, 3, own=True),
    _sample(Urgency.NEW, 4, own=True, level="information"),
    *(_sample(Urgency.BELOW, number, own=False, level="warning") for number in (7, 11, 13)),
    _sample(Urgency.OTHER, 6, own=False, level="prompt"),
    _sample(Urgency.SETTLED, 5, own=True, state=DutyState.ACCEPTED),
]
"""One item of each kind, to try a template with and to show one."""
