"""Every periodic sentence of the Yanbian measures is an obligation, held against a key read from the official text.

The key is written without the pack: for each place of the text that names an interval (每季度, 每月, 每年, 年度), or
presupposes an act of every year (a budget, a yearly assessment of staff), one row for each kind of body it binds.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from models.kinds import BodyKind, covered_kinds
from models.packs import load
from models.regulation import Obligation, Reason, Trigger, describe

LAW = load("yanbian-2022")
COUNTIES = ("延吉市", "图们市", "敦化市", "珲春市", "龙井市", "和龙市", "汪清县", "安图县")


def named(department: str) -> str:
    """Return the scope of a clause on one department at both levels of the prefecture."""
    return f"names={','.join(place + department for place in ('州', *COUNTIES))}"


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
    Sentence("art8", "每季度召开联席会议", "quarterly", "fire_committee"),
    Sentence("art9", "每季度至少一次常务会议或办公会议", "quarterly", "county_government"),
    Sentence("art10", "安排资金（每年）", "yearly", "street_town"),
    Sentence("art11", "同级政府职责：每季度会议", "quarterly", "management_committee"),
    Sentence("art11", "同级政府职责：年度考核", "yearly", "management_committee"),
    Sentence("art14(5)", "每年演练", "yearly", "department"),
    Sentence("art15(7)", "年度科技计划", "yearly", "department", named("科技局")),
    Sentence("art15(12)", "财政预算", "yearly", "department", named("财政局")),
    Sentence("art15(13)", "人员考核", "yearly", "department", named("人社局")),
    Sentence("art15(25)", "企业负责人业绩考核", "yearly", "department", named("国资委")),
    Sentence("art17(1)", "每月例会", "monthly", "unit", "flags=high_risk"),
    Sentence("art20(6)", "每年至少一次演练", "yearly", "property_company"),
    Sentence("art24.p1", "每年考核各县（市）", "yearly", "prefecture_government"),
    Sentence("art24.p1", "每年考核州直部门", "yearly", "prefecture_government"),
    Sentence("art24.p2", "年度消防工作考核（州）", "yearly", "prefecture_government"),
    Sentence("art24.p2", "年度消防工作考核（县市）", "yearly", "county_government"),
    Sentence("art24.p2", "年度消防工作考核（乡镇）", "yearly", "street_town"),
    Sentence("art24.p4", "单位内部年度考核", "yearly", "unit"),
)


def row(obligation: Obligation) -> tuple[str, str, int, str, str]:
    found = describe(obligation, LAW)
    scope = ";".join(f"{name}={','.join(values)}" for name, values in sorted(found["scope"].items()))
    return found["ref"], found["frequency"], found["min_count"], found["body_kind"], scope


def test_the_pack_holds_exactly_the_periodic_sentences_of_the_text() -> None:
    expected = Counter((one.ref, one.frequency, 1, one.body_kind, one.actors) for one in KEY)
    assert Counter(map(row, LAW.obligations)) == expected
    assert {one.trigger for one in LAW.obligations} == {Trigger.PERIODIC}


def test_whom_the_prefecture_assesses() -> None:
    about = {one.id.partition(".")[2]: one.concerns for one in LAW.obligations if one.concerns}
    assert {name: (one.kind.value, one.parent_kinds) for name, one in about.items() if one} == {
        "art24.assessment.county": ("county_government", ()),
        "art24.assessment.department": ("department", (BodyKind.PREFECTURE_GOVERNMENT,)),
    }


def test_a_property_company_is_a_unit_and_a_government_is_none() -> None:
    units = set(covered_kinds(BodyKind.UNIT))
    assert BodyKind.PROPERTY_COMPANY in units
    assert not units & {kind for kind in BodyKind if kind.value.endswith("_government")}


@pytest.mark.parametrize(
    "ref",
    ["art12.p1", "art12.p2", "art14(2)", "art14(4)", "art15(26)", "art17(3)", "art17(5)", "art18", "art20(7)"],
)
def test_where_the_text_names_no_interval_the_clause_says_so(ref: str) -> None:
    [clause] = [one for one in LAW.clauses if one.ref == ref]
    assert clause.reason is Reason.UNSPECIFIED_PERIODIC


def test_the_identity_of_the_regulation() -> None:
    assert (LAW.document_number, LAW.division, LAW.status) == ("延州政办发〔2022〕22号", "222400", "in_force")
    assert LAW.issued_on == LAW.effective_on
    assert LAW.issued_on.isoformat() == "2022-09-16"
    assert LAW.issuer == "延边州人民政府办公室"
