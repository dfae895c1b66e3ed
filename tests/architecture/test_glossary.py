"""Every word that is stored or shown as a code has its row in the glossary, once."""

import re
from collections import Counter
from pathlib import Path

import pytest

from calendars.periods import Frequency
from evidence.ledger import EventKind
from flows.catalogue import NAMES
from models.kinds import BodyKind
from models.regulation import Trigger
from models.states import DutyState

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
CHINESE = {
    **{kind.value: kind.chinese for kind in BodyKind},
    **{state.value: state.chinese for state in DutyState},
}


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str, str]]:
    found = ROW.findall(GLOSSARY.read_text(encoding="utf-8"))
    return [(code, chinese.strip(), meaning.strip()) for code, chinese, meaning in found]


@pytest.mark.parametrize(
    "words",
    [EventKind, DutyState, BodyKind, Frequency, Trigger, NAMES],
    ids=["events", "states", "bodies", "frequencies", "triggers", "flows"],
)
def test_every_word_has_a_row(rows: list[tuple[str, str, str]], words: list[str]) -> None:
    known = {code for code, _, _ in rows}
    assert {str(word) for word in words} - known == set()


def test_a_row_has_a_chinese_word_and_a_meaning(rows: list[tuple[str, str, str]]) -> None:
    assert [code for code, chinese, meaning in rows if not chinese or not meaning] == []


def test_no_row_stands_twice(rows: list[tuple[str, str, str]]) -> None:
    assert [row for row, count in Counter(rows).items() if count > 1] == []


def test_the_chinese_words_are_those_on_screen(rows: list[tuple[str, str, str]]) -> None:
    found = {code: {row[1] for row in rows if row[0] == code} for code in CHINESE}
    assert {code: word for code, word in CHINESE.items() if word not in found[code]} == {}
