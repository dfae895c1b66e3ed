"""The contract: what was handed in, against what the step demands."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evidence.canonical import GREATEST_NUMBER, canonical
from evidence.contract import Answers, Files, Span, check, dates_in
from evidence.store import StoredFile
from fireduty.errors import EvidenceError
from models.requirements import Requirement

CHECKED: TypeAdapter[Requirement] = TypeAdapter(Requirement)
SPAN = Span(date(2027, 1, 1), date(2027, 6, 30))


def wants(**fields: Any) -> Requirement:
    return CHECKED.validate_python({"key": "k", "title": "证明", "english": "Proof", **fields})


def file(name: str, media_type: str = "application/pdf", digest: str = "") -> StoredFile:
    return StoredFile(name, media_type, 1, digest or name)


def faults(requirements: Sequence[Requirement], answers: Answers, files: Files | None = None) -> list[str]:
    try:
        check(requirements, answers, files or {}, SPAN)
    except EvidenceError as error:
        return [str(problem) for problem in error.problems]
    return []


HOURS = wants(kind="number", minimum=4, unit="课时")
SCORE = wants(kind="number", minimum=0, maximum=100, unit="分")
HELD = wants(kind="date")
TWICE = wants(kind="date", min_count=2)
ANY_DAY = wants(kind="date", within="any")
NOTE = wants(kind="text", min_length=10)
PHOTOS = wants(kind="file", accept=["image"], min_count=2)
PAPER = wants(kind="file", accept=["document", "spreadsheet"])


@pytest.mark.parametrize(
    ("requirement", "answer", "fault"),
    [
        (HOURS, "3", "k: expected at least 4课时, got 3"),
        (HOURS, "-4", "k: expected at least 4课时, got -4"),
        (HOURS, "four", "k: expected a whole number, got 'four'"),
        (HOURS, "4.5", "k: expected a whole number, got '4.5'"),
        (HOURS, "9" * 30, f"k: expected at most {GREATEST_NUMBER}课时, got {'9' * 30}"),
        (SCORE, "101", "k: expected at most 100分, got 101"),
        (HELD, "2026-12-31", "k: expected a date from 2027-01-01 to 2027-06-30, got 2026-12-31"),
        (HELD, "2027-07-01", "k: expected a date from 2027-01-01 to 2027-06-30, got 2027-07-01"),
        (HELD, "last week", "k: expected a date such as 2027-01-01, got 'last week'"),
        (HELD, "2027-02-29", "k: expected a date such as 2027-01-01, got '2027-02-29'"),
        (TWICE, "2027-03-01", "k: expected at least 2 different dates, got 1"),
        (TWICE, ["2027-03-01", "2027-03-01"], "k: expected at least 2 different dates, got 1"),
        (NOTE, "太短了", "k: expected at least 10 characters, got 3"),
        (NOTE, "   短   " * 1, "k: expected at least 10 characters, got 1"),
    ],
)
def test_an_answer_that_falls_short_is_named(requirement: Requirement, answer: str | list[str], fault: str) -> None:
    assert faults([requirement], {"k": answer}) == [fault]


@pytest.mark.parametrize(
    ("requirement", "files", "fault"),
    [
        (
            PHOTOS,
            [file("a.pdf"), file("b.pdf")],
            "k: a.pdf: expected image, got document; k: b.pdf: expected image, got document",
        ),
        (PHOTOS, [file("a.png", "image/png")], "k: expected at least 2 different files, got 1"),
        (
            PHOTOS,
            [file("a.png", "image/png", "same"), file("b.png", "image/png", "same")],
            "k: expected at least 2 different files, got 1",
        ),
        (PAPER, [file("a.png", "image/png")], "k: a.png: expected document or spreadsheet, got image"),
    ],
)
def test_files_that_fall_short_are_named(requirement: Requirement, files: list[StoredFile], fault: str) -> None:
    assert "; ".join(faults([requirement], {}, {"k": files})) == fault


@pytest.mark.parametrize("requirement", [HOURS, HELD, NOTE, PHOTOS])
def test_what_is_missing_is_named_with_what_is_wanted(requirement: Requirement) -> None:
    wanted = [f"k: is missing: {requirement.describe()}"]
    empty: Files = {"k": []}
    assert faults([requirement], {}) == wanted
    assert faults([requirement], {}, empty if requirement is PHOTOS else {}) == wanted
    if requirement is not PHOTOS:
        assert faults([requirement], {"k": ""}) == wanted


@pytest.mark.parametrize(
    "fields", [{"kind": "number"}, {"kind": "date"}, {"kind": "text"}, {"kind": "file", "accept": ["image"]}]
)
def test_what_is_optional_may_be_missing_but_not_wrong(fields: dict[str, Any]) -> None:
    requirement = wants(optional=True, **fields)
    assert faults([requirement], {}) == []
    if fields["kind"] == "date":
        assert faults([requirement], {"k": "never"}) == ["k: expected a date such as 2027-01-01, got 'never'"]


def test_what_was_not_asked_for_is_named() -> None:
    expected = ["extra: is not asked for; expected k", "more: is not asked for; expected k"]
    assert faults([HOURS], {"k": "4", "more": "x"}, {"extra": [file("a.pdf")]}) == expected


def test_files_in_the_place_of_an_answer_are_named_and_the_other_way_round() -> None:
    assert faults([HOURS], {"k": "4"}, {"k": [file("a.pdf")]}) == ["k: expected an answer, got files"]
    assert faults([PAPER], {"k": "4"}, {"k": [file("a.pdf")]}) == ["k: expected files, got an answer"]


def test_all_faults_are_named_at_once() -> None:
    hours = wants(key="hours", kind="number", minimum=4)
    held = wants(key="held_on", kind="date")
    found = faults([hours, held], {"hours": "3"})
    assert found == ["hours: expected at least 4, got 3", f"held_on: is missing: {held.describe()}"]


def test_a_refusal_says_how_to_learn_what_is_asked_for() -> None:
    with pytest.raises(EvidenceError, match="the submission does not prove the duty:") as refused:
        check([HOURS], {}, {}, SPAN)
    assert refused.value.hint == "`fireduty duty show ID` lists what is asked for."


def test_what_proves_the_duty_is_returned_in_its_sealed_form() -> None:
    asked = [
        wants(key="hours", kind="number", minimum=4),
        wants(key="held", kind="date", min_count=2),
        wants(key="note", kind="text"),
        wants(key="paper", kind="file", accept=["document"]),
    ]
    answers = {"hours": " 5 ", "held": ["2027-03-02", "2027-03-01", "2027-03-02"], "note": "  学到了  "}
    taken = check(asked, answers, {"paper": [file("a.pdf")]}, SPAN)
    assert taken == {"hours": 5, "held": ["2027-03-01", "2027-03-02"], "note": "学到了"}
    assert list(dates_in(asked, taken)) == [date(2027, 3, 1), date(2027, 3, 2)]


@given(st.dates())
def test_a_date_is_taken_if_and_only_if_it_lies_in_the_period(on: date) -> None:
    assert (faults([HELD], {"k": on.isoformat()}) == []) == (SPAN.starts_on <= on <= SPAN.ends_on)
    assert faults([ANY_DAY], {"k": on.isoformat()}) == []


@given(st.dates(SPAN.starts_on, SPAN.ends_on), st.dates(SPAN.starts_on, SPAN.ends_on))
def test_a_date_is_taken_up_to_the_day_of_the_submission(on: date, today: date) -> None:
    span = replace(SPAN, today=today)
    for asked in (HELD, ANY_DAY):
        try:
            taken = check([asked], {"k": on.isoformat()}, {}, span) == {"k": [on.isoformat()]}
        except EvidenceError:
            taken = False
        assert taken == (on <= today)


@given(st.integers(), st.integers(0, 50), st.none() | st.integers(50, 99))
def test_a_number_is_taken_if_and_only_if_it_lies_in_its_bounds(number: int, minimum: int, maximum: int | None) -> None:
    asked = wants(kind="number", minimum=minimum, maximum=maximum)
    top = GREATEST_NUMBER if maximum is None else maximum
    assert (faults([asked], {"k": str(number)}) == []) == (minimum <= number <= top)


@given(st.text(max_size=20), st.integers(1, 12))
def test_a_text_is_taken_if_and_only_if_it_is_long_enough(text: str, least: int) -> None:
    found = faults([wants(kind="text", min_length=least)], {"k": text})
    assert (found == []) == (len(text.strip()) >= least)


@given(st.text(max_size=20) | st.lists(st.text(max_size=12), max_size=3))
def test_whatever_is_answered_is_taken_in_canonical_form_or_refused(answer: str | list[str]) -> None:
    for asked in (HOURS, HELD, ANY_DAY):
        with suppress(EvidenceError):
            assert canonical(check([asked], {"k": answer}, {}, SPAN))
