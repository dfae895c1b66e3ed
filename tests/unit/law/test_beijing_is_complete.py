"""Every periodic sentence of the Beijing draft is an obligation, held against a key read from the official text.

The key is written without the pack: for each place of the text that names an interval (每年, 每季度, 年度), or
presupposes an act of every year (a budget, funds, a yearly plan), one row for each kind of body it binds. art17 extends
what a district government owes to three management committees.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from models.packs import load
from models.regulation import Obligation, Reason, Trigger, describe

LAW = load("beijing-draft")
COMMITTEES = "names=经济技术开发区管委会,重点站区管委会,天安门地区管委会"


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
    Sentence("art14(1)", "每年召开消防工作会议", "yearly", "district_government"),
    Sentence("art14(1)", "每年向市政府专题报告", "yearly", "district_government"),
    Sentence("art14(4)", "本级政府预算", "yearly", "district_government"),
    Sentence("art15(2)", "安排资金（每年）", "yearly", "street_town"),
    Sentence("art17.p1", "同级政府职责：年度会议", "yearly", "management_committee", COMMITTEES),
    Sentence("art17.p1", "同级政府职责：专题报告", "yearly", "management_committee", COMMITTEES),
    Sentence("art17.p1", "同级政府职责：预算", "yearly", "management_committee", COMMITTEES),
    Sentence("art17.p1", "同级政府职责：年度考核", "yearly", "management_committee", COMMITTEES),
    Sentence("art18(2)", "督促企业每年演练", "yearly", "department"),
    Sentence("art22(1)", "年度消防工作计划", "yearly", "residents_committee"),
    Sentence("art23", "每年考核（市）", "yearly", "city_government"),
    Sentence("art23", "每年考核（区）", "yearly", "district_government"),
    Sentence("art24", "年度消防工作考核（市）", "yearly", "city_government"),
    Sentence("art24", "年度消防工作考核（区）", "yearly", "district_government"),
    Sentence("art24", "年度消防工作考核（派出机关）", "yearly", "street_town"),
    Sentence("art25", "每季度召开成员单位会议", "quarterly", "fire_committee"),
)


def row(obligation: Obligation) -> tuple[str, str, int, str, str]:
    found = describe(obligation, LAW)
    scope = ";".join(f"{name}={','.join(values)}" for name, values in sorted(found["scope"].items()))
    return found["ref"], found["frequency"], found["min_count"], found["body_kind"], scope


def test_the_pack_holds_exactly_the_periodic_sentences_of_the_text() -> None:
    expected = Counter((one.ref, one.frequency, 1, one.body_kind, one.actors) for one in KEY)
    periodic = (one for one in LAW.obligations if one.trigger is Trigger.PERIODIC)
    assert Counter(map(row, periodic)) == expected


def test_a_draft_is_shown_as_provisional_throughout() -> None:
    assert all(describe(one, LAW)["provisional"] for one in LAW.obligations)


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        ("art6(3)", Reason.UNSPECIFIED_PERIODIC),
        ("art7(5)", Reason.UNSPECIFIED_PERIODIC),
        ("art8(2)", Reason.UNSPECIFIED_PERIODIC),
        ("art8(3)", Reason.UNSPECIFIED_PERIODIC),
        ("art10(3)", Reason.UNSPECIFIED_PERIODIC),
        ("art14(11)", Reason.UNSPECIFIED_PERIODIC),
        ("art16", Reason.UNSPECIFIED_PERIODIC),
        ("art20(15)", Reason.UNSPECIFIED_PERIODIC),
        ("art20(17)", Reason.UNSPECIFIED_PERIODIC),
        ("art22(4)", Reason.UNSPECIFIED_PERIODIC),
        ("art14(7)", Reason.EVENT),
        ("art19(1)", Reason.EVENT),
        ("art19(2)", Reason.EVENT),
        ("art22(6)", Reason.EVENT),
        ("art26", Reason.EVENT),
        ("art29.p2", Reason.EVENT),
        ("art15(8)p2", Reason.REFERENCE),
        ("art17.p2", Reason.REFERENCE),
        ("art30", Reason.REFERENCE),
        ("art31", Reason.DEFINITION),
        ("art27.p2", Reason.PROHIBITION),
        ("art32", Reason.FORMAL),
    ],
)
def test_why_other_clauses_have_no_obligation_that_runs(ref: str, reason: Reason) -> None:
    [clause] = [one for one in LAW.clauses if one.ref == ref]
    assert clause.reason is reason


def test_the_list_of_clauses_is_that_of_the_text() -> None:
    refs = [one.ref for one in LAW.clauses]
    assert len(refs) == len(set(refs)) == 129
    assert (refs[0], refs[-1]) == ("art1", "art32")
    assert all(8 <= len(one.gist) <= 30 for one in LAW.clauses)


def test_the_identity_of_the_regulation() -> None:
    assert (LAW.document_number, LAW.division, LAW.status) == ("无（征求意见稿）", "110000", "draft")
    assert LAW.issued_on == LAW.effective_on
    assert LAW.issued_on.isoformat() == "2020-04-14"
    assert LAW.issuer == "北京市消防救援总队（起草并征求意见）"
