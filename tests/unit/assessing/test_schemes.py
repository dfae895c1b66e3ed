"""Schemes: those that come with Fireduty hold, and one thing changed in a copy is refused with file and line."""

import hashlib
from pathlib import Path

import pytest
from fakes import PACK, PackCopy

from fireduty.errors import SchemeError, UnknownNameError
from models.assessment import FollowUpKind, Match, Outcome
from models.packs import load
from models.regulation import Trigger
from models.schemes import FILE, FOLDER, load_scheme, scheme_file

LAWS = ("baoshan-2022", "beijing-draft", "jiaxing-2018", "putuo-2020", "yanbian-2022")
SHIPPED = scheme_file("putuo-2020")

# What each text demands once the results are there, read from the texts: ref and kind.
DEMANDED = {
    "putuo-2020": {
        ("art21", "circular"), ("art21", "report"), ("art21", "copy"), ("art21", "basis"), ("art25", "talk"),
    },
    "beijing-draft": {("art23", "basis"), ("art24", "honours"), ("art24", "inclusion")},
    "yanbian-2022": {
        ("art24.p1", "basis"), ("art24.p2", "honours"), ("art24.p3", "honours"), ("art24.p4", "inclusion"),
    },
    "jiaxing-2018": {("s1.4", "accountability"), ("s1.1", "inclusion"), ("s1.2", "talk")},
    "baoshan-2022": {("s6", "honours"), ("s6.1", "inclusion"), ("s6.3", "talk"), ("s8.3", "talk")},
}  # fmt: skip

ONE_CHANGE = {
    "weights below the total": (
        "    weight: 20\n",
        "    weight: 15\n",
        "groups:\n",
        "groups: expected weights that add up to the total of 100, got 95 (units 15 + leadership 15",
    ),
    "a total of its own": ("total: 100\n", "total: 120\n", "groups:\n", "total of 120, got 100"),
    "a weight of nothing": ("weight: 20\n", "weight: 0\n", "weight: 0\n", "groups.1.weight: Input should be"),
    "half a point": ("weight: 20\n", "weight: 20.5\n", "weight: 20.5\n", "groups.1.weight: Input should be"),
    "an unknown field": (
        "credit: {late: 60,",
        "credit: {early: 110, late: 60,",
        "credit: {early",
        "credit.early: Extra inputs are not permitted",
    ),
    "more than all": ("{late: 60,", "{late: 160,", "credit: {late: 160", "credit.late: Input should be less than"),
    "a waiver that is no number": (
        "waived: excluded}",
        "waived: half}",
        "credit: {late: 60",
        "credit.waived: Value error, expected excluded or a whole number from 0 to 100 (got 'half')",
    ),
    "a group that stands twice": (
        "- id: education",
        "- id: units",
        "- id: units\n    title: 宣",
        "groups: id: units stands twice",
    ),
    "a match that takes nothing": (
        "{ref: art19}",
        "{ref: art199}",
        "{ref: art199}",
        "groups: expected an obligation that no entry before takes, found none with ref art199",
    ),
    "a flow that is none": (
        "{flow: school-term}",
        "{flow: school-terms}",
        "{flow: school-terms}",
        "found none with flow school-terms",
    ),
    "grades out of order": ("at_least: 80}", "at_least: 95}", "at_least: 95}", "expected less than 90, got 95"),
    "no last grade": ("at_least: 0}", "at_least: 10}", "at_least: 10}", "the last grade begins at 0, got 10"),
    "two grades of a name": ("title: 良好", "title: 优秀", "{id: good", "grades: title: 优秀 stands twice"),
    "a clause that is none": (
        "basis: art21",
        "basis: art99",
        "basis: art99",
        "basis: expected a clause of putuo-2020, got art99",
    ),
    "a follow-up without clause": (
        "  - ref: art25",
        "  - ref: art52",
        "ref: art52",
        "follow_ups: ref: expected a clause of putuo-2020, got art52",
    ),
    "a follow-up of another text": (
        "  - ref: art25",
        "  - regulation: yanbian-2022\n    ref: art25",
        "regulation: yanbian-2022",
        "follow_ups: regulation: expected one of putuo-2020, got yanbian-2022",
    ),
    "a grade that is none": (
        "grades: [failed]",
        "grades: [poor]",
        "grades: [poor]",
        "expected one of the grades excellent, good, passed, failed, got poor",
    ),
    "an unknown regulation": (
        "regulations: [putuo-2020]",
        "regulations: [putuo-2021]",
        "regulations: [putuo-2021]",
        "regulations: regulation putuo-2021: expected one of",
    ),
    "a digest of its own": ("total: 100", "digest: abc\ntotal: 100", "digest: abc", "the loader sets it"),
    "broken YAML": ("basis: art21", "basis: [art21", "english", "expected YAML"),
}  # fmt: skip


def changed(folder: Path, old: str, new: str) -> Path:
    content = SHIPPED.read_text(encoding="utf-8")
    assert old in content, f"the scheme no longer holds {old!r}"
    path = folder / "putuo-2020.yaml"
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return path


def line_of(path: Path, words: str) -> int:
    before, found, _ = path.read_text(encoding="utf-8").partition(words)
    assert found
    return before.count("\n") + 1


@pytest.mark.parametrize("case", [name for name in ONE_CHANGE if name != "broken YAML"])
def test_one_change_is_refused_with_file_line_and_reason(tmp_path: Path, case: str) -> None:
    old, new, at, reason = ONE_CHANGE[case]
    path = changed(tmp_path, old, new)
    with pytest.raises(SchemeError) as refused:
        load_scheme(path)
    problems = [(problem.place, problem.message) for problem in refused.value.problems]
    assert any(place == f"{path}:{line_of(path, at)}" and reason in message for place, message in problems), problems
    assert "assess.md" in refused.value.hint


def test_broken_yaml_is_refused_with_file_and_line(tmp_path: Path) -> None:
    path = changed(tmp_path, *ONE_CHANGE["broken YAML"][:2])
    with pytest.raises(SchemeError, match=rf"{path}:\d+: expected YAML"):
        load_scheme(path)


def test_an_obligation_that_is_in_no_group_is_named(tmp_path: Path) -> None:
    path = changed(tmp_path, "      - {}\n", "      - {flow: leadership-meeting}\n")
    with pytest.raises(SchemeError, match=r"putuo-2020\.\S+ \(.*\) is in none; put it into one, or under uncounted"):
        load_scheme(path)


def test_what_is_uncounted_counts_nowhere_and_the_rest_may_be_left_so(tmp_path: Path) -> None:
    path = changed(tmp_path, "credit:", "uncounted:\n  - {ref: art9}\ncredit:")
    placed = load_scheme(path).places()
    refs = {one.ref for one in load("putuo-2020").obligations}
    assert {one.ref for one, _ in placed.values()} == {ref for ref in refs if not ref.startswith("art9")}


@pytest.mark.parametrize("name", ["", "- a list\n", "just words\n"], ids=["empty", "list", "words"])
def test_a_file_that_is_no_scheme_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(name, encoding="utf-8")
    with pytest.raises(SchemeError, match=f"{path}:1: expected"):
        load_scheme(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match="expected a file that can be read"):
        load_scheme(tmp_path / "none.yaml")


@pytest.mark.parametrize("name", LAWS)
def test_each_regulation_comes_with_a_scheme_that_holds(name: str) -> None:
    method = load_scheme(scheme_file(name))
    assert method.scheme.id == name == method.law.id
    assert sum(group.weight for group in method.scheme.groups) == method.scheme.total
    assert set(method.places()) == {one.id for one in method.law.obligations}
    assert method.scheme.ours
    assert method.scheme.digest == hashlib.sha256(scheme_file(name).read_bytes()).hexdigest()


@pytest.mark.parametrize("name", LAWS)
def test_a_scheme_names_what_its_text_demands_next(name: str) -> None:
    named = {(one.ref, one.kind.value) for one in load_scheme(scheme_file(name)).scheme.follow_ups}
    assert named >= DEMANDED[name]


@pytest.mark.parametrize("name", LAWS)
def test_how_many_are_last_and_who_failed_is_said_to_be_ours(name: str) -> None:
    follow_ups = load_scheme(scheme_file(name)).scheme.follow_ups
    chosen = [one for one in follow_ups if one.about is not None and (one.about.last or one.kind is FollowUpKind.TALK)]
    assert all(one.ours for one in chosen)


def test_the_administrators_scheme_takes_the_place_of_the_one_that_came_with_the_regulation(tmp_path: Path) -> None:
    assert scheme_file("putuo-2020", tmp_path) == SHIPPED
    (tmp_path / FOLDER).mkdir()
    own = changed(tmp_path / FOLDER, "late: 60", "late: 50")
    assert scheme_file("putuo-2020", tmp_path) == own
    assert load_scheme(own, tmp_path).scheme.credit.of(Outcome.LATE) == 50


def test_a_regulation_without_scheme_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(UnknownNameError, match="expected one of baoshan-2022, beijing-draft"):
        scheme_file("fireduty-administration")


def test_a_scheme_is_no_part_of_the_law(tmp_path: Path) -> None:
    # The digest of a regulation is noted with every case; a weight that changes must not look like a change of the law.
    copy = PackCopy(tmp_path)
    before = load(PACK, tmp_path).digest
    copy.change(FILE, "late: 60", "late: 50")
    load.cache_clear()
    assert load(PACK, tmp_path).digest == before


@pytest.mark.parametrize(
    ("ref", "clause", "taken"),
    [
        ("art10", "art10(4)", True),
        ("art10", "art10", True),
        ("art1", "art10(4)", False),
        ("art24", "art24.p1", True),
        ("s4.1", "s4.1.2", True),
        ("s4.1", "s4.11", False),
        ("", "art10(4)", True),
    ],
)
def test_a_ref_takes_its_clause_and_all_places_in_it(ref: str, clause: str, taken: bool) -> None:
    obligation = load("putuo-2020").obligations[0].model_copy(update={"ref": clause})
    assert Match(ref=ref).takes("putuo-2020", obligation) is taken


def test_all_that_a_match_gives_must_hold() -> None:
    obligation = load("putuo-2020").obligation("putuo-2020.art16.monthly-study")
    assert obligation is not None
    assert Match(ref="art16", flow="leadership-meeting", trigger=Trigger.PERIODIC).takes("putuo-2020", obligation)
    assert not Match(ref="art16", flow="evacuation-drill").takes("putuo-2020", obligation)
    assert not Match(regulation="yanbian-2022").takes("putuo-2020", obligation)
