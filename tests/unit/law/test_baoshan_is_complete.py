"""Every demand of the Baoshan opinions is an obligation, held against two keys read from the official text.

The keys are written without the pack. The first has, for each place of the text that names an interval (每月, 每日,
每半年, 年度), one row for each kind of body it binds. 街镇（园区） is both streets or towns and the park's management
committee. The second has what an event brings, what is to be done regularly without an interval, and what must always
be there; what a town-level committee or its office must do, the town does, and the park as towns do (s2.3).
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


@dataclass(frozen=True)
class Demand:
    """A demand without an interval, for each of the kinds of bodies it binds."""

    ref: str
    words: str
    trigger: str
    body_kinds: tuple[str, ...]


EVENT, REGULAR, STANDING = "event", "unspecified_periodic", "standing"
TOWNS, PARK, VILLAGE = ("street_town",), ("management_committee",), ("residents_committee",)
BOTH = (*TOWNS, *PARK)
GOVERNMENT, FIRE = ("district_government",), ("fire_detachment",)
MONITORS = ("department", *FIRE)

SECOND_KEY = (
    Demand("s2.1", "街镇设消防委及办公室", STANDING, TOWNS),
    Demand("s2.1p2", "居（村）委明确专兼职人员", STANDING, VILLAGE),
    Demand("s2.2", "城运中心设管理办公室，配专职和巡查队", STANDING, TOWNS),
    Demand("s2.3", "园区参照设立", STANDING, PARK),
    Demand("s3.1.1", "组织领导、沟通协调、督促", STANDING, BOTH),
    Demand("s3.1.2", "定期分析研判", REGULAR, BOTH),
    Demand("s3.1.3", "力量、经费、队站", STANDING, BOTH),
    Demand("s3.1.4", "区域治理、排查整治、清零", STANDING, BOTH),
    Demand("s3.1.5", "研究确定本级挂牌", EVENT, BOTH),
    Demand("s3.1.5", "提请上级挂牌", EVENT, BOTH),
    Demand("s3.1.5", "不放心场所排查并跟踪", EVENT, BOTH),
    Demand("s3.1.6", "考核办法和督导、约谈、督办制度", STANDING, BOTH),
    Demand("s3.1.6", "约谈不力物业", EVENT, BOTH),
    Demand("s3.1.7", "协助延伸调查和善后", EVENT, BOTH),
    Demand("s3.2.1", "日常事务、制度、督导检查", STANDING, BOTH),
    Demand("s3.2.2", "上级要求：报告、拟办、审定、实施", EVENT, BOTH),
    Demand("s3.2.3", "及时发布火灾预警", EVENT, BOTH),
    Demand("s3.2.4", "实体化运作平台，隐患闭环", STANDING, BOTH),
    Demand("s3.2.5", "检查督促居村、物业、单位", STANDING, BOTH),
    Demand("s3.2.6", "各类对象定期检查", REGULAR, BOTH),
    Demand("s3.2.7", "经常性宣传培训", REGULAR, BOTH),
    Demand("s3.3.1", "居（村）委宣传和防火公约", STANDING, VILLAGE),
    Demand("s3.3.2", "按标准配齐微型消防站", STANDING, VILLAGE),
    Demand("s3.3.2", "扑救初起火灾", EVENT, VILLAGE),
    Demand("s4.1", "三级网格化排查模式", STANDING, BOTH),
    Demand("s4.2.1", "发现到结案的闭环", EVENT, (*VILLAGE, *BOTH)),
    Demand("s4.2.2", "街镇（园区）挂牌督办", EVENT, BOTH),
    Demand("s4.2.2", "报区消防委核定", EVENT, BOTH),
    Demand("s4.2.2", "区政府挂牌督办", EVENT, GOVERNMENT),
    Demand("s4.2.3", "监管部门全程协助和差异化监管", STANDING, MONITORS),
    Demand("s4.2.3", "重大节日集中整治", REGULAR, MONITORS),
    Demand("s4.2.3", "重要活动集中整治", EVENT, MONITORS),
    Demand("s4.2.3", "火灾多发领域集中整治", EVENT, MONITORS),
    Demand("s5.1", "社区发现、整改、销账", EVENT, TOWNS),
    Demand("s6.3", "约见谈话（街镇、园区）", EVENT, ("fire_committee", "fire_committee")),
    Demand("s6.3", "追究单位人员责任", EVENT, FIRE),
    Demand("s6.3", "问责失职人员", EVENT, GOVERNMENT),
    Demand("s7.1", "配齐人员力量", STANDING, BOTH),
    Demand("s7.2", "支持居（村）委", STANDING, TOWNS),
    Demand("s7.3", "常态化培训", REGULAR, FIRE),
    Demand("s8.3", "区政府督办约谈（街镇、园区、部门）", EVENT, (*GOVERNMENT, *GOVERNMENT, *GOVERNMENT)),
)


def without_interval() -> list[Obligation]:
    return [one for one in LAW.obligations if one.trigger is not Trigger.PERIODIC]


def found(name: str) -> Obligation:
    one = LAW.obligation(f"baoshan-2022.{name}")
    assert one is not None
    return one


def options(name: str, step: str, key: str) -> list[str]:
    [choice] = [one for one in found(name).steps[step].evidence if one.key == key]
    assert choice.kind == "choice"
    return list(choice.options)


def least(name: str, key: str) -> int:
    [number] = [one for one in found(name).steps["attest"].evidence if one.key == key]
    assert number.kind == "number"
    return number.minimum


def row(obligation: Obligation) -> tuple[str, str, int, str, str]:
    shown = describe(obligation, LAW)
    scope = ";".join(f"{name}={','.join(values)}" for name, values in sorted(shown["scope"].items()))
    return shown["ref"], shown["frequency"], shown["min_count"], shown["body_kind"], scope


def test_the_pack_holds_exactly_the_periodic_sentences_of_the_text() -> None:
    expected = Counter((one.ref, one.frequency, 1, one.body_kind, one.actors) for one in KEY)
    periodic = (one for one in LAW.obligations if one.trigger is Trigger.PERIODIC)
    assert Counter(map(row, periodic)) == expected


def test_the_pack_holds_exactly_the_demands_without_an_interval() -> None:
    expected = Counter((one.ref, one.trigger, kind) for one in SECOND_KEY for kind in one.body_kinds)
    rows = Counter((one.ref, one.trigger.value, one.binds.kind.value) for one in without_interval())
    assert rows == expected


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
    periodic = [one for one in LAW.obligations if one.trigger is Trigger.PERIODIC]
    about = {one.id.partition(".")[2]: one.concerns.kind.value for one in periodic if one.concerns}
    assert about == {"s6.street-appraisal": "street_town", "s6.park-appraisal": "management_committee"}


def test_with_whom_there_are_talks() -> None:
    talks = [one for one in LAW.obligations if one.flow == "admonition-talk"]
    about = {(one.ref, one.concerns.kind.value) for one in talks if one.concerns}
    both = {"street_town", "management_committee"}
    assert about == {("s3.1.6", "property_company"), *(("s6.3", kind) for kind in both)} | {
        ("s8.3", kind) for kind in (*both, "department")
    }
    for one in talks:
        assert options(one.id.partition(".")[2], "propose", "level") == ["reminder", "warning", "admonition"]


@pytest.mark.parametrize("finder", ["village", "street", "park"])
def test_a_hazard_is_mended_at_once_or_by_a_day_and_goes_on_the_list_where_it_fails(finder: str) -> None:
    name = f"s4.hazard-loop.{finder}"
    assert list(found(name).steps)[3:6] == ["mend_at_once", "mend_in_time", "assist"]
    assert options(name, "dispatch", "handling") == ["on_the_spot", "time_limit"]
    assert list(found(name).steps)[-2:] == ["raise", "close"]
    assert options(name, "verify", "result") == ["passed", "failed"]


def test_the_committee_verifies_what_the_government_lists() -> None:
    for actor in ("street", "park"):
        assert found(f"s4.listing-verification.{actor}").steps["decide"].by == "fire_committee"
        assert found(f"s3.listing-request.{actor}").overlaps == (f"baoshan-2022.s4.listing-verification.{actor}",)
    assert found("s4.district-listing").steps["request"].by == "fire_committee"


def test_an_instruction_is_approved_by_the_towns_own_committee() -> None:
    for actor in ("street", "park"):
        steps = found(f"s3.superior-instruction.{actor}").steps
        assert list(steps) == ["report", "propose", "approve", "implement"]
        assert steps["approve"].by == "bound"


def test_the_numbers_that_the_text_gives() -> None:
    assert least("s2.town-committee", "members") == 9  # as many as s2.1 names
    assert least("s4.grid.street", "levels") == 3
    assert least("s2.management-office", "staff") == 1


def test_holidays_bring_a_campaign() -> None:
    for actor in ("department", "detachment"):
        campaign = found(f"s4.holiday-campaign.{actor}")
        assert campaign.frequency == "occasion"
        assert {"spring_festival", "national_day"} <= set(campaign.occasions)


def test_why_other_clauses_have_no_obligation_that_runs() -> None:
    reasons = {one.ref: one.reason for one in LAW.clauses if one.reason}
    assert reasons == {
        **dict.fromkeys(("s2", "s3.1", "s3.2", "s3.3", "s4", "s4.2", "s7", "s8"), Reason.LEAD_IN),
        **dict.fromkeys(("s1", "s5", "s8.1", "s8.2"), Reason.PRINCIPLE),
        **dict.fromkeys(("s3", "s3.1.8", "s3.2.8"), Reason.REFERENCE),
        **dict.fromkeys(("s5.2", "s6.2"), Reason.ENCOURAGEMENT),
    }


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
