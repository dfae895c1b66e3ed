"""Every periodic sentence of the Baoshan opinions is an obligation, held against a key read from the official text.

The key is written without the pack: for each place of the text that names an interval (每月, 每日, 每半年, 年度), one
row for each kind of body it binds. 街镇（园区） is both streets or towns and the park's management committee.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from models.packs import load
from models.regulation import Obligation, Reason, Trigger, describe

LAW = load("baoshan-2022")


@dataclass(frozen=True)
class Sentence:
    """One demand of the text."""

    ref: str
    words: str
    frequency: str
    body_kind: str
    actors: str = ""
    """Names or flags that narrow the kind, as `scope` gives them."""


KEY = (
    Sentence("s3.3.3", "每月全覆盖一次", "monthly", "residents_committee"),
    Sentence("s4.1.1", "每月全覆盖一次", "monthly", "residents_committee"),
    Sentence("s4.1.2", "每日巡查", "daily", "street_town"),
    Sentence("s4.1.2", "村居公共区域每月全覆盖", "monthly", "street_town"),
    Sentence("s4.1.3", "每半年全覆盖一次（街镇）", "half_yearly", "street_town"),
    Sentence("s4.1.3", "每半年全覆盖一次（园区）", "half_yearly", "management_committee"),
    Sentence("s5.1", "每月公布指数", "monthly", "fire_detachment"),
    Sentence("s6", "年度消防工作考核", "yearly", "district_government"),
    Sentence("s6.1", "结果纳入年度考核（街镇）", "yearly", "fire_committee"),
    Sentence("s6.1", "结果纳入年度考核（园区）", "yearly", "fire_committee"),
    Sentence("s8.3", "纳入年度考评（街镇）", "yearly", "street_town"),
    Sentence("s8.3", "纳入年度考评（园区）", "yearly", "management_committee"),
    Sentence("s8.3", "纳入年度考评（部门）", "yearly", "department"),
)


def row(obligation: Obligation) -> tuple[str, str, int, str, str]:
    found = describe(obligation, LAW)
    scope = ";".join(f"{name}={','.join(values)}" for name, values in sorted(found["scope"].items()))
    return found["ref"], found["frequency"], found["min_count"], found["body_kind"], scope


def test_the_pack_holds_exactly_the_periodic_sentences_of_the_text() -> None:
    expected = Counter((one.ref, one.frequency, 1, one.body_kind, one.actors) for one in KEY)
    periodic = (one for one in LAW.obligations if one.trigger is Trigger.PERIODIC)
    assert Counter(map(row, periodic)) == expected


def test_full_coverage_is_proved_by_what_was_covered_and_what_is_registered() -> None:
    inspections = [one for one in LAW.obligations if one.flow == "coverage-inspection"]
    assert {one.ref for one in inspections} == {"s3.3.3", "s4.1.1", "s4.1.2", "s4.1.3"}
    for one in inspections:
        assert {"registered", "covered"} <= {proof.key for proof in one.steps["inspect"].evidence}


def test_a_daily_duty_opens_and_is_due_on_its_day_and_its_ladder_is_short() -> None:
    [patrol] = [one for one in LAW.obligations if one.frequency == "daily"]
    assert (patrol.steps["patrol"].opens, patrol.steps["patrol"].due) == ("start", "end")
    assert [rung.name for rung in LAW.ladder_of(patrol)] == ["assigned", "overdue_1", "supervise_3"]


def test_whom_the_committee_appraises() -> None:
    about = {one.id.partition(".")[2]: one.concerns.kind.value for one in LAW.obligations if one.concerns}
    assert about == {"s6.street-appraisal": "street_town", "s6.park-appraisal": "management_committee"}


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        ("s3.1.2", Reason.UNSPECIFIED_PERIODIC),
        ("s3.2.6", Reason.UNSPECIFIED_PERIODIC),
        ("s3.2.7", Reason.UNSPECIFIED_PERIODIC),
        ("s4.2.3", Reason.UNSPECIFIED_PERIODIC),
        ("s7.3", Reason.UNSPECIFIED_PERIODIC),
        ("s3.1.5", Reason.EVENT),
        ("s3.2.2", Reason.EVENT),
        ("s4.2.1", Reason.EVENT),
        ("s4.2.2", Reason.EVENT),
        ("s6.3", Reason.EVENT),
        ("s2", Reason.LEAD_IN),
        ("s3.1", Reason.LEAD_IN),
        ("s7", Reason.LEAD_IN),
        ("s2.1", Reason.STANDING),
        ("s2.2", Reason.STANDING),
        ("s7.1", Reason.STANDING),
        ("s3", Reason.REFERENCE),
    ],
)
def test_why_other_clauses_have_no_obligation_that_runs(ref: str, reason: Reason) -> None:
    [clause] = [one for one in LAW.clauses if one.ref == ref]
    assert clause.reason is reason


def test_the_list_of_clauses_is_that_of_the_text() -> None:
    refs = [one.ref for one in LAW.clauses]
    assert len(refs) == len(set(refs)) == 53
    assert (refs[0], refs[-1]) == ("s1", "s8.3")
    assert all(8 <= len(one.gist) <= 30 for one in LAW.clauses)


def test_the_identity_of_the_regulation() -> None:
    assert (LAW.document_number, LAW.division, LAW.status) == ("宝府办〔2022〕19号", "310113", "in_force")
    assert LAW.issued_on == LAW.effective_on
    assert LAW.issued_on.isoformat() == "2022-07-10"
    assert LAW.issuer == "上海市宝山区人民政府办公室"
