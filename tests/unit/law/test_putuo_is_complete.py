"""Every periodic sentence of the Putuo rules is an obligation, held against a key read by hand from the official text.

The key is written without the pack: for each place of the text that names an interval (每年, 每半年, 每月, 每学期, a
year's or three years' end, round the clock) one row. A clause with several intervals, or several kinds of bodies, has
several rows.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from calendars.periods import Frequency
from models.packs import load
from models.regulation import Obligation, Trigger, describe
from models.requirements import DateRequirement, NumberRequirement

LAW = load("putuo-2020")


@dataclass(frozen=True)
class Sentence:
    """One demand of the text."""

    ref: str
    words: str
    frequency: str
    min_count: int
    body_kind: str
    actors: str = ""
    """Names or flags that narrow the kind, as `scope` gives them."""


KEY = (
    Sentence("art8(10)", "政府预算", "yearly", 1, "district_government"),
    Sentence("art8(12)", "每年专题报告", "yearly", 1, "district_government"),
    Sentence("art9(1)", "年度经费", "yearly", 1, "street_town"),
    Sentence("art10(3)", "每年考核", "yearly", 1, "department"),
    Sentence("art10(4)", "每半年分析", "half_yearly", 1, "department"),
    Sentence("art10(5)", "每年至少一次演练（部门）", "yearly", 1, "department"),
    Sentence("art10(5)", "每年至少一次演练（所属单位）", "yearly", 1, "unit", "parent_kinds=department"),
    Sentence("art11(4)", "每学期第一课", "school_term", 1, "school"),
    Sentence("art11(4)", "每学期4课时", "school_term", 4, "school"),
    Sentence("art11(4)", "每学期1次疏散演练", "school_term", 1, "school"),
    Sentence("art11(13)", "每月抄送", "monthly", 1, "department", "names=区建管委"),
    Sentence("art11(17)", "年度考核", "yearly", 1, "department", "names=区国资委"),
    Sentence("art12(6)", "每年动员演练", "yearly", 1, "residents_committee"),
    Sentence("art13(3)", "每年至少一次检测", "yearly", 1, "unit"),
    Sentence("art13(3)", "24小时值班、每班2人", "continuous", 2, "unit", "flags=control_room"),
    Sentence("art13(6)", "每年至少一次演练", "yearly", 1, "unit"),
    Sentence("art14", "每半年至少1次（部门党委）", "half_yearly", 1, "department"),
    Sentence("art14", "每半年至少1次（街镇党委）", "half_yearly", 1, "street_town"),
    Sentence("art16", "每月研究部署", "monthly", 1, "street_town"),
    Sentence("art19", "每一年度前摸排", "yearly", 1, "department", "flags=committee_member"),
    Sentence("art20", "每年至少1次全面督导", "yearly", 1, "fire_committee"),
    Sentence("art20", "3年内分批督导1次", "every_3_years", 1, "fire_committee"),
    Sentence("art21", "每年组织一次考核", "yearly", 1, "fire_committee"),
)


def row(obligation: Obligation) -> tuple[str, str, int, str, str]:
    found = describe(obligation, LAW)
    scope = ";".join(f"{name}={','.join(values)}" for name, values in sorted(found["scope"].items()))
    return found["ref"], found["frequency"], found["min_count"], found["body_kind"], scope


def test_the_pack_holds_exactly_the_periodic_sentences_of_the_text() -> None:
    expected = Counter((one.ref, one.frequency, one.min_count, one.body_kind, one.actors) for one in KEY)
    periodic = (one for one in LAW.obligations if one.trigger is Trigger.PERIODIC)
    assert Counter(map(row, periodic)) == expected


def test_every_frequency_of_the_text_occurs() -> None:
    named = {one.frequency for one in LAW.obligations}
    assert named == set(Frequency) - {Frequency.DAILY, Frequency.QUARTERLY}


def test_whom_the_committee_visits_and_assesses() -> None:
    about = {one.id.partition(".")[2]: one.concerns for one in LAW.obligations if one.concerns}
    assert {name: (one.kind.value, one.batched) for name, one in about.items() if one} == {
        "art20.street-rounds": ("street_town", False),
        "art20.department-rounds": ("department", True),
        "art21.yearly-assessment": ("department", False),
    }


@pytest.mark.parametrize("obligation", LAW.obligations, ids=lambda one: one.id)
def test_a_count_of_more_than_one_is_wanted_as_proof(obligation: Obligation) -> None:
    wanted = [
        one.minimum if isinstance(one, NumberRequirement) else one.min_count
        for terms in obligation.steps.values()
        for one in terms.evidence
        if isinstance(one, NumberRequirement | DateRequirement)
    ]
    assert obligation.min_count == 1 or obligation.min_count in wanted


@pytest.mark.parametrize("obligation", LAW.obligations, ids=lambda one: one.id)
def test_what_is_ours_and_not_the_laws_is_said(obligation: Obligation) -> None:
    inner = [anchor for terms in obligation.steps.values() for anchor in (terms.opens, terms.due)]
    assert set(inner) <= {"start", "end", "before"} or obligation.ours
    assert describe(obligation, LAW)["provisional"] == bool(obligation.ours)


def test_the_identity_of_the_regulation() -> None:
    assert (LAW.document_number, LAW.division, LAW.status) == ("普府办〔2020〕57号", "310107", "in_force")
    assert LAW.issued_on == LAW.effective_on
    assert LAW.issued_on.isoformat() == "2020-11-17"
    assert LAW.issuer == "上海市普陀区人民政府办公室"


def test_each_ladder_begins_with_the_assignment_and_climbs_in_order() -> None:
    for name, rungs in LAW.ladders.items():
        assert (rungs[0].name, rungs[0].workdays) == ("assigned", None), name
        numbers = [rung.workdays for rung in rungs[1:] if rung.workdays is not None]
        assert len(numbers) == len(rungs) - 1
        assert numbers == sorted(set(numbers)), name
        assert len({rung.name for rung in rungs}) == len(rungs), name
