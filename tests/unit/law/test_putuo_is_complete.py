"""Every demand of the Putuo rules is an obligation, held against two keys read by hand from the official text.

The keys are written without the pack. The first: for each place of the text that names an interval (每年, 每半年, 每月,
每学期, a year's or three years' end, round the clock) one row. The second: the same for what an event brings, for what
recurs without an interval (定期, 经常性, 适时), and for what must always be there. A clause with several demands, or
several kinds of bodies, has several rows.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from calendars.periods import Frequency
from models.packs import load
from models.regulation import Obligation, Reason, Trigger, describe
from models.requirements import ChoiceRequirement, DateRequirement, NumberRequirement

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


@dataclass(frozen=True)
class Demand:
    """One demand of the text that names no interval."""

    ref: str
    trigger: Trigger
    words: str
    body_kind: str
    actors: str = ""
    about: str = ""
    """Whom it is about, where that is not who acts."""


def event(ref: str, words: str, body_kind: str, actors: str = "", about: str = "") -> Demand:
    return Demand(ref, Trigger.EVENT, words, body_kind, actors, about)


def recurring(ref: str, words: str, body_kind: str, actors: str = "") -> Demand:
    return Demand(ref, Trigger.UNSPECIFIED_PERIODIC, words, body_kind, actors)


def standing(ref: str, words: str, body_kind: str, actors: str = "") -> Demand:
    return Demand(ref, Trigger.STANDING, words, body_kind, actors)


GOVERNMENT, DEPARTMENT, STREET, RESIDENTS, UNIT, DETACHMENT, COMMITTEE = (
    "district_government",
    "department",
    "street_town",
    "residents_committee",
    "unit",
    "fire_detachment",
    "fire_committee",
)
KEY_UNIT = "flags=key_unit"
NINE = "names=区商务委,区民政局,区文旅局,区国资委,区房管局,区教育局,区建管委,区卫生健康委,区体育局"

DEMANDS = (
    standing("art5.p2", "消防安全管理人", UNIT, KEY_UNIT),
    event("art8(1)", "上级部署要求", GOVERNMENT),
    recurring("art8(1)", "政府常务会议", GOVERNMENT),
    recurring("art8(1)", "消防工作会议", GOVERNMENT),
    standing("art8(1)", "协调机制", GOVERNMENT),
    standing("art8(2)", "总体规划、国土空间规划", GOVERNMENT),
    standing("art8(2)", "水源和市政供水", GOVERNMENT),
    standing("art8(3)", "督促部门街镇", GOVERNMENT),
    recurring("art8(3)", "重大节假日、火灾多发季节", GOVERNMENT),
    event("art8(3)", "重要活动期间", GOVERNMENT),
    standing("art8(3)", "智慧消防", GOVERNMENT),
    recurring("art8(3)", "经常性宣传", GOVERNMENT),
    standing("art8(3)", "购买公共服务", GOVERNMENT),
    recurring("art8(4)", "定期分析评估", GOVERNMENT),
    standing("art8(4)", "常态化机制", GOVERNMENT),
    event("art8(4)", "报请挂牌督办，7个工作日", GOVERNMENT, about="unit"),
    event("art8(4)", "停产停业报告，7个工作日", GOVERNMENT),
    standing("art8(5)", "纳入管理平台", GOVERNMENT),
    standing("art8(6)", "依法建队、配装备", GOVERNMENT),
    standing("art8(6)", "工资、保险", GOVERNMENT),
    recurring("art8(7)", "定期演练", GOVERNMENT),
    standing("art8(7)", "社会联动和保障", GOVERNMENT),
    event("art8(7)", "及时调集", GOVERNMENT),
    standing("art8(8)", "喷淋、报警器", GOVERNMENT),
    standing("art8(9)", "科普基地", GOVERNMENT),
    event("art8(11)", "联合惩戒", GOVERNMENT),
    standing("art9(1)", "管理组织、专人", STREET),
    standing("art9(1)", "4名以上", STREET),
    standing("art9(2)", "志愿队、微型站", STREET),
    event("art9(2)", "火灾善后", STREET),
    standing("art9(3)", "治理机制", STREET),
    standing("art9(4)", "纳入网格", STREET),
    event("art9(4)", "协调处置", STREET),
    recurring("art9(4)", "加强宣传", STREET),
    recurring("art9(4)", "加强演练", STREET),
    recurring("art9(5)", "滚动排查", STREET),
    recurring("art9(5)", "定期梳理", STREET),
    standing("art9(6)", "帮助居（村）委会", STREET),
    standing("art9(7)", "一网统管", STREET),
    standing("art9(7)p2", "第（二）项：队站", "management_committee"),
    event("art9(7)p2", "第（二）项：善后", "management_committee"),
    standing("art9(7)p2", "第（三）项", "management_committee"),
    standing("art9(7)p2", "第（四）项：网格", "management_committee"),
    event("art9(7)p2", "第（四）项：处置", "management_committee"),
    recurring("art9(7)p2", "第（四）项：宣传", "management_committee"),
    recurring("art9(7)p2", "第（四）项：演练", "management_committee"),
    recurring("art9(7)p2", "第（五）项：排查", "management_committee"),
    recurring("art9(7)p2", "第（五）项：梳理", "management_committee"),
    standing("art9(7)p2", "保障经费", "management_committee"),
    standing("art10(1)", "政策、规划、预案和经费", DEPARTMENT),
    event("art10(2)", "审查许可", DEPARTMENT),
    standing("art10(3)", "标准化、管理人员", DEPARTMENT),
    event("art10(4)", "移送的违法行为", DEPARTMENT),
    recurring("art10(5)", "经常性宣传", DEPARTMENT),
    standing("art10(5)", "所属单位预案", DEPARTMENT),
    event("art10(6)", "本行业火灾", DEPARTMENT),
    standing("art10(7)", "优待政策", DEPARTMENT),
    standing("art11(1)", "危化品", DEPARTMENT, "names=区应急局"),
    standing("art11(1)", "消防管理", DEPARTMENT, "names=区应急局"),
    recurring("art11(1)", "宣传法规", DEPARTMENT, "names=区应急局"),
    standing("art11(1)", "救灾物资", DEPARTMENT, "names=区应急局"),
    event("art11(1)", "及时通报预警", DEPARTMENT, "names=区应急局"),
    standing("art11(1)p2", "监督检查", DETACHMENT),
    event("art11(1)p2", "营业前检查", DETACHMENT),
    standing("art11(1)p2", "专项治理", DETACHMENT),
    event("art11(1)p2", "行政处罚", DETACHMENT),
    event("art11(1)p2", "扑救和救援", DETACHMENT),
    event("art11(1)p2", "事故调查", DETACHMENT),
    recurring("art11(1)p2", "宣传培训", DETACHMENT),
    recurring("art11(1)p2", "疏散演练", DETACHMENT),
    standing("art11(2)", "中长期规划", DEPARTMENT, "names=区发改委"),
    standing("art11(2)", "消防产业", DEPARTMENT, "names=区发改委"),
    standing("art11(3)", "商贸行业", DEPARTMENT, "names=区商务委"),
    event("art11(3)", "经贸展览", DEPARTMENT, "names=区商务委"),
    recurring("art11(3)", "专项检查", DEPARTMENT, "names=区商务委"),
    standing("art11(3)", "物资储存", DEPARTMENT, "names=区商务委"),
    standing("art11(3)", "救援物资", DEPARTMENT, "names=区商务委"),
    standing("art11(4)", "学校行业", DEPARTMENT, "names=区教育局"),
    standing("art11(4)", "军训", DEPARTMENT, "names=区教育局"),
    standing("art11(4)", "师资", DEPARTMENT, "names=区教育局"),
    standing("art11(5)", "科技计划", DEPARTMENT, "names=区科委"),
    standing("art11(5)", "科研机构", DEPARTMENT, "names=区科委"),
    standing("art11(5)", "科普", DEPARTMENT, "names=区科委"),
    standing("art11(5)", "感知点位", DEPARTMENT, "names=区科委"),
    event("art11(6)", "查处违法", DEPARTMENT, "names=区公安分局"),
    event("art11(6)", "协助调查", DEPARTMENT, "names=区公安分局"),
    event("art11(6)", "刑事案件", DEPARTMENT, "names=区公安分局"),
    recurring("art11(6)", "派出所检查", DEPARTMENT, "names=区公安分局"),
    recurring("art11(6)", "派出所宣传", DEPARTMENT, "names=区公安分局"),
    standing("art11(7)", "民政机构", DEPARTMENT, "names=区民政局"),
    standing("art11(8)", "普法", DEPARTMENT, "names=区司法局"),
    event("art11(8)", "行政复议", DEPARTMENT, "names=区司法局"),
    standing("art11(9)", "资金预算管理", DEPARTMENT, "names=区财政局"),
    standing("art11(10)", "培训机构", DEPARTMENT, "names=区人社局"),
    standing("art11(10)", "培训内容", DEPARTMENT, "names=区人社局"),
    event("art11(11)", "会同编制规划", DEPARTMENT, "names=区规划资源局"),
    standing("art11(11)", "预留用地", DEPARTMENT, "names=区规划资源局"),
    event("art11(12)", "应急监测", DEPARTMENT, "names=区生态环境局"),
    standing("art11(13)", "验收前监管", DEPARTMENT, "names=区建管委"),
    event("art11(13)", "审查、验收、抽查", DEPARTMENT, "names=区建管委"),
    event("art11(13)", "推广新技术", DEPARTMENT, "names=区建管委"),
    standing("art11(13)", "市政工程和道路桥梁", DEPARTMENT, "names=区建管委"),
    recurring("art11(13)", "督促燃气检查", DEPARTMENT, "names=区建管委"),
    standing("art11(13)", "燃气预案", DEPARTMENT, "names=区建管委"),
    event("art11(13)", "燃气违法", DEPARTMENT, "names=区建管委"),
    recurring("art11(13)", "安全用气", DEPARTMENT, "names=区建管委"),
    standing("art11(13)", "客运车站", DEPARTMENT, "names=区建管委"),
    event("art11(13)", "协助处置", DEPARTMENT, "names=区建管委"),
    standing("art11(13)", "空白点", DEPARTMENT, "names=区建管委"),
    recurring("art11(13)", "消火栓维护", DEPARTMENT, "names=区建管委"),
    standing("art11(14)", "文化娱乐", DEPARTMENT, "names=区文旅局"),
    standing("art11(14)", "旅游单位", DEPARTMENT, "names=区文旅局"),
    event("art11(14)", "重大活动", DEPARTMENT, "names=区文旅局"),
    recurring("art11(14)", "从业人员培训", DEPARTMENT, "names=区文旅局"),
    standing("art11(14)", "文保单位", DEPARTMENT, "names=区文旅局"),
    standing("art11(15)", "医疗机构", DEPARTMENT, "names=区卫生健康委"),
    recurring("art11(15)", "提示性宣传", DEPARTMENT, "names=区卫生健康委"),
    standing("art11(16)", "产品质量", DEPARTMENT, "names=区市场监管局"),
    event("art11(16)", "查处产品", DEPARTMENT, "names=区市场监管局"),
    standing("art11(16)", "电动自行车", DEPARTMENT, "names=区市场监管局"),
    standing("art11(16)", "电梯感应", DEPARTMENT, "names=区市场监管局"),
    standing("art11(16)", "特种设备", DEPARTMENT, "names=区市场监管局"),
    standing("art11(17)", "国资企业", DEPARTMENT, "names=区国资委"),
    event("art11(17)", "重大问题", DEPARTMENT, "names=区国资委"),
    standing("art11(18)", "体育场馆", DEPARTMENT, "names=区体育局"),
    event("art11(18)", "体育活动", DEPARTMENT, "names=区体育局"),
    standing("art11(19)", "绿化环卫广告", DEPARTMENT, "names=区绿化市容局"),
    standing("art11(19)", "消防车道", DEPARTMENT, "names=区绿化市容局"),
    standing("art11(20)", "房地产业", DEPARTMENT, "names=区房管局"),
    standing("art11(20)", "共用设施", DEPARTMENT, "names=区房管局"),
    standing("art11(20)", "维修资金", DEPARTMENT, "names=区房管局"),
    event("art11(20)", "紧急维修", DEPARTMENT, "names=区房管局"),
    event("art11(21)", "搭建占用", DEPARTMENT, "names=区城管执法局"),
    event("art11(21)", "户外广告", DEPARTMENT, "names=区城管执法局"),
    standing("art11(22)", "民防工程", DEPARTMENT, "names=区民防办"),
    standing("art11(22)", "地下空间", DEPARTMENT, "names=区民防办"),
    standing("art11(23)", "金融机构", DEPARTMENT, "names=区金融办"),
    standing("art11(23)", "责任保险", DEPARTMENT, "names=区金融办"),
    event("art11(24)", "线索及时处置", DEPARTMENT, "names=区城运中心", about="unit"),
    standing("art11(25)", "干部培训", DEPARTMENT, "names=区委党校"),
    standing("art11(26)", "区级媒体", DEPARTMENT, "names=区融媒体中心"),
    recurring("art11(26)", "提示和宣传", DEPARTMENT, "names=区融媒体中心"),
    standing("art11(27)", "宗教场所", DEPARTMENT, "names=区民宗办"),
    event("art11(27)", "宗教活动", DEPARTMENT, "names=区民宗办"),
    recurring("art11(27)", "教职人员", DEPARTMENT, "names=区民宗办"),
    standing("art11(27)p2", "一个科室、至少2名", DEPARTMENT, NINE),
    recurring("art11(27)p2", "针对性检查", DEPARTMENT, NINE),
    recurring("art11(27)p2", "联合检查", DEPARTMENT, NINE),
    standing("art11(27)p2", "下属单位经费", DEPARTMENT, NINE),
    standing("art12(1)", "制度和公约", RESIDENTS),
    recurring("art12(2)", "防火检查", RESIDENTS),
    event("art12(3)", "及时劝阻并报", RESIDENTS),
    standing("art12(4)", "群防群治", RESIDENTS),
    standing("art12(5)", "业主组织", RESIDENTS),
    standing("art12(7)", "微型站", RESIDENTS),
    recurring("art12(8)", "协助宣传", RESIDENTS),
    standing("art12(8)", "宣传牌栏", RESIDENTS),
    standing("art12(9)", "登记造册", RESIDENTS),
    event("art12(10)", "善后和自救", RESIDENTS),
    event("art12(11)", "街镇部署的任务", RESIDENTS),
    standing("art13(1)", "责任人、制度、预案", UNIT),
    recurring("art13(1)", "定期演练", UNIT),
    recurring("art13(1)", "检查考核", UNIT),
    standing("art13(2)", "资金投入", UNIT),
    standing("art13(3)", "配备设施", UNIT),
    recurring("art13(3)", "定期检验维修", UNIT),
    standing("art13(4)", "通道畅通", UNIT),
    recurring("art13(5)", "定期检查、巡查", UNIT),
    recurring("art13(6)", "员工培训", UNIT),
    standing("art13(6)", "向公众提示", UNIT),
    standing("art13(7)", "建队建站", UNIT, KEY_UNIT),
    recurring("art13(7)", "定期训练", UNIT, KEY_UNIT),
    event("art13(8)", "自救、保护现场", UNIT),
    standing("art14", "部门书记调研", DEPARTMENT),
    standing("art14", "街镇书记调研", STREET),
    recurring("art15", "成员单位会议", COMMITTEE),
    standing("art15", "履职监督", COMMITTEE),
    event("art16", "上级部署", STREET),
    recurring("art16", "分管负责人督查", STREET),
    recurring("art16", "其他负责人定期研究", STREET),
    standing("art17", "标准化制度", DEPARTMENT),
    recurring("art17", "针对性检查", DEPARTMENT),
    standing("art18", "社会单位", UNIT, KEY_UNIT),
    standing("art18", "物业", "property_company"),
    standing("art18", "部门", DEPARTMENT),
    recurring("art19", "定期研究推进", GOVERNMENT),
    standing("art20", "日常检查、政务督查", GOVERNMENT),
    recurring("art20", "适时督导", COMMITTEE),
    recurring("art21", "定期通报", "fire_committee_office"),
    standing("art21", "提拔、评优", DEPARTMENT, "names=区委组织部"),
    event("art21", "考察拟任、推优人选", DEPARTMENT),
    event("art22", "生产经营单位火灾", GOVERNMENT),
    event("art22", "其他火灾", GOVERNMENT),
    event("art22", "案情简单", DETACHMENT),
    event("art23", "移送线索", DETACHMENT),
    event("art24", "信用记录", DEPARTMENT),
    event("art25", "约谈部门", GOVERNMENT, about="department"),
    event("art25", "约谈街镇", GOVERNMENT, about="street_town"),
)


def scope_of(obligation: Obligation) -> str:
    found = describe(obligation, LAW)["scope"]
    return ";".join(f"{name}={','.join(values)}" for name, values in sorted(found.items()))


def row(obligation: Obligation) -> tuple[str, str, int, str, str]:
    found = describe(obligation, LAW)
    return found["ref"], found["frequency"], found["min_count"], found["body_kind"], scope_of(obligation)


def other_row(obligation: Obligation) -> tuple[str, Trigger, str, str, str]:
    about = "" if obligation.concerns is None else obligation.concerns.kind.value
    return obligation.ref, obligation.trigger, obligation.binds.kind.value, scope_of(obligation), about


def test_the_pack_holds_exactly_the_periodic_sentences_of_the_text() -> None:
    expected = Counter((one.ref, one.frequency, one.min_count, one.body_kind, one.actors) for one in KEY)
    periodic = (one for one in LAW.obligations if one.trigger is Trigger.PERIODIC)
    assert Counter(map(row, periodic)) == expected


def test_the_pack_holds_exactly_what_the_text_demands_without_an_interval() -> None:
    expected = Counter((one.ref, one.trigger, one.body_kind, one.actors, one.about) for one in DEMANDS)
    others = (one for one in LAW.obligations if one.trigger is not Trigger.PERIODIC)
    assert Counter(map(other_row, others)) == expected


def test_every_frequency_of_the_text_occurs() -> None:
    named = {one.frequency for one in LAW.obligations if one.trigger is Trigger.PERIODIC}
    assert named == {
        Frequency.MONTHLY,
        Frequency.HALF_YEARLY,
        Frequency.YEARLY,
        Frequency.SCHOOL_TERM,
        Frequency.EVERY_3_YEARS,
        Frequency.CONTINUOUS,
    }


def test_what_the_text_counts_is_wanted_as_proof() -> None:
    counted = {
        "art9.certified-staff": ("attest", "staff", 4),
        "art11.named.section": ("attest", "staff", 2),
    }
    for name, (step, key, least) in counted.items():
        obligation = LAW.obligation(f"putuo-2020.{name}")
        assert obligation is not None
        [found] = [one for one in obligation.steps[step].evidence if one.key == key]
        assert isinstance(found, NumberRequirement)
        assert found.minimum == least


def test_the_two_limits_of_the_text_are_seven_working_days() -> None:
    for name in ("art8.listing-decision", "art8.suspension-decision"):
        obligation = LAW.obligation(f"putuo-2020.{name}")
        assert obligation is not None
        assert obligation.steps["decide"].due == "event+7w"


def test_the_talks_have_the_three_levels_of_the_text() -> None:
    for tail in ("department", "street"):
        obligation = LAW.obligation(f"putuo-2020.art25.admonition-talk.{tail}")
        assert obligation is not None
        [level] = [one for one in obligation.steps["propose"].evidence if isinstance(one, ChoiceRequirement)]
        assert tuple(level.options.values()) == ("提醒", "警示", "告诫")


def test_sole_traders_answer_as_units_do() -> None:
    covered = {clause.ref: clause.covered_by for clause in LAW.clauses if clause.reason is Reason.COVERED}
    assert covered == {"art26": tuple(f"art13({number})" for number in range(1, 9))}


def test_a_management_committee_takes_over_four_items_of_the_streets() -> None:
    """Its obligations ask the same of it as those of art9(2) to art9(5) do of a street."""
    of_streets = [one for one in LAW.obligations if one.ref in {f"art9({number})" for number in range(2, 6)}]
    taken_over = {one.id.replace("art9.", "art9.management."): one for one in of_streets}
    found = {one.id: one for one in LAW.obligations if one.ref == "art9(7)p2"}
    assert set(found) - set(taken_over) == {"putuo-2020.art9.management.funds"}
    for name, street in taken_over.items():
        assert (found[name].trigger, found[name].flow, found[name].steps) == (street.trigger, street.flow, street.steps)


def test_whom_the_committee_visits_and_assesses() -> None:
    periodic = [one for one in LAW.obligations if one.trigger is Trigger.PERIODIC]
    about = {one.id.partition(".")[2]: one.concerns for one in periodic if one.concerns}
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
