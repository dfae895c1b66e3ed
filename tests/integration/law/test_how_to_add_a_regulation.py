"""The how-to is carried out as it is written: its files are written, its commands given, its answers compared."""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from calendars.periods import Frequency
from models.kinds import BodyFlag
from models.regulation import Audience, Obligation, Reason, StepTerms, Trigger
from models.requirements import FileKind

Run = Callable[..., Any]

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "how-to" / "add-a-regulation.md"
BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<body>.*?)```", re.DOTALL)
LEFT_OUT = "…"
KNOWN_BY_THEIR_NAMES = {"id", "ref", "title", "english", "summary", "trigger", "frequency", "flow", "ladder", "steps"}


@dataclass
class Command:
    """A command of the page, with the lines it is said to answer."""

    words: list[str]
    answers: list[str]


def commands(block: str) -> Iterator[Command]:
    """Yield the commands of a console block."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        given, *answers = part.replace("\\\n", " ").splitlines()
        program, *words = shlex.split(given)
        assert program == "fireduty"
        yield Command(words, [line for line in answers if line and line != LEFT_OUT])


def test_the_page_leads_from_a_text_to_duties_as_it_says(run: Run, here: Path) -> None:
    (here / "examples").symlink_to(ROOT / "examples")
    given = []
    for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if block["file"]:
            (here / block["file"]).write_text(block["body"], encoding="utf-8")
        for command in commands(block["body"]) if block["kind"] == "console" else ():
            said = run(*command.words)
            given.append((" ".join(command.words[:2]), said.status))
            for line in command.answers:
                assert line in said.out + said.err
    assert given == [
        ("regulation new", 0),
        ("regulation check", 3),
        ("regulation flows", 0),
        ("regulation check", 0),
        ("plan --regulation", 0),
        ("init --regulation", 0),
        ("regulation diff", 0),
    ]


@pytest.mark.parametrize(
    "words",
    [
        Trigger,
        Frequency,
        Reason,
        FileKind,
        Audience,
        BodyFlag,
        ("file", "number", "date", "text", "choice"),
        set(StepTerms.model_fields) - {"evidence"},
        set(Obligation.model_fields) - KNOWN_BY_THEIR_NAMES,
    ],
    ids=["triggers", "frequencies", "reasons", "files", "audiences", "flags", "evidence", "steps", "obligations"],
)
def test_the_page_explains_every_word_one_can_write(words: Any) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [word for word in map(str, words) if f"`{word}`" not in page] == []
