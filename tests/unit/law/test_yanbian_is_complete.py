"""Every demand of the Yanbian measures is an obligation, held against two keys read from the official text.

The keys are written without the pack. The first: for each place of the text that names an interval (每季度, 每月, 每年,
年度), or presupposes an act of every year (a budget, a yearly assessment of staff), one row for each kind of body it
binds. The second: the same for what an event brings, for what recurs without an interval (定期, 经常性), and for what
must always be there.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from models.kinds import BodyKind, covered_kinds
from models.packs import load
from models.regulation import Obligation, Reason, Trigger, describe

LAW = load("yanbian-2022")
COUNTIES = ("延吉市", "图们市", "敦化市", "珲春市", "龙井市", "和龙市", "汪清县", "安图县")


def named(*departments: str) -> str:
    """Return the scope of a clause on one department, under each of its names, at both levels of the prefecture."""
    return f"names={','.join(place + one for one in departments for place in ('州', *COUNTIES))}"


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


GOVERNMENTS = ("prefecture_government", "county_government", "street_town", "management_committee")
HIGH_RISK = "flags=high_risk"
SOLE_TRADERS = "parent_kinds=street_town"
SUPPLIERS = f"names={','.join(place + one for place in COUNTIES for one in ('供水企业', '通信企业'))}"
TELECOM = "names=州通信管理部门"

FURTHER_KEY = (
    # 总则
    standing("art5", "重点单位有消防安全管理人", "unit", "flags=key_unit"),
    event("art6", "报告火警、参加灭火", "unit"),
    # 各级政府
    standing("art8", "成立消防救援委员会（州）", "prefecture_government"),
    standing("art8", "成立消防救援委员会（县市）", "county_government"),
    recurring("art8", "委员会报告工作、分析形势", "fire_committee"),
    event("art8", "落实上级部署（州）", "prefecture_government"),
    event("art8", "落实上级部署（县市）", "county_government"),
    event("art8", "落实上级部署（乡镇）", "street_town"),
    event("art9", "重大火灾隐患限期消除", "county_government", about="unit"),
    standing("art9", "隐患闭环机制", "county_government"),
    recurring("art9", "民生工程、集中区域", "county_government"),
    standing("art9", "推广简易喷淋和报警器", "county_government"),
    standing("art10", "消防工作站、专人", "street_town"),
    standing("art10", "指导村居、公约", "street_town"),
    standing("art10", "志愿消防队", "street_town"),
    recurring("art10", "防火检查", "street_town"),
    recurring("art10", "消防教育", "street_town"),
    recurring("art10", "疏散演练", "street_town"),
    recurring("art10", "物业指导监督", "street_town"),
    standing("art11", "同级职责：机构和机制", "management_committee"),
    event("art11", "同级职责：重大火灾隐患", "management_committee", about="unit"),
    event("art11", "同级职责：上级部署", "management_committee"),
    *(recurring("art12.p1", "主要负责人定期研究", kind) for kind in GOVERNMENTS),
    *(recurring("art12.p2", "分管负责人督促检查", kind) for kind in GOVERNMENTS),
    *(recurring("art12.p2", "其他负责人定期研究、督查", kind) for kind in GOVERNMENTS),
    # 各部门共同
    standing("art13", "依三定履职", "department"),
    recurring("art14(2)", "列入计划、规划、预案", "department"),
    recurring("art14(2)", "定期检查考评", "department"),
    standing("art14(3)", "制度、专兼职人员", "department"),
    standing("art14(3)", "标准化管理", "department"),
    recurring("art14(4)", "定期分析、部署检查", "department"),
    recurring("art14(5)", "经常性宣传培训", "department"),
    event("art14(6)", "协助救援、火调、追责", "department"),
    event("art14(7)", "审批审查、事中事后", "department"),
    event("art14(8)", "自办活动", "department"),
    event("art14(8)", "直属单位活动", "department"),
    event("art14(10)", "交办任务", "department"),
    # 各部门专项
    standing("art15(1)", "行业企业、宣传", "department", named("应急局")),
    event("art15(1)", "重点单位备案", "department", named("应急局")),
    event("art15(1)", "布局和设施书面报告", "department", named("应急局")),
    event("art15(1)", "重大隐患书面报告", "department", named("应急局")),
    standing("art15(2)", "综合监管、日常工作", "fire_detachment"),
    event("art15(2)", "救援", "fire_detachment"),
    event("art15(2)", "火灾调查", "fire_detachment"),
    event("art15(2)", "监督执法", "fire_detachment"),
    standing("art15(3)", "督促派出所", "department", named("公安局")),
    event("art15(3)", "治安违法", "department", named("公安局")),
    event("art15(3)", "刑事案件", "department", named("公安局")),
    event("art15(4)", "设计审查验收", "department", named("住建局")),
    event("art15(4)", "整治和查处", "department", named("住建局")),
    standing("art15(4)", "在建工程监督", "department", named("住建局")),
    standing("art15(5)", "列入发展规划", "department", named("发改委", "发改局")),
    standing("art15(6)", "学校监管、标准化", "department", named("教育局")),
    standing("art15(6)", "直属院校、实验室", "department", named("教育局")),
    standing("art15(6)", "教育规划、军训、师资", "department", named("教育局")),
    standing("art15(7)", "科研机构、科普", "department", named("科技局")),
    standing("art15(8)", "民爆物品", "department", named("工信局")),
    standing("art15(8)", "危化布局", "department", named("工信局")),
    standing("art15(9)", "宗教活动场所", "department", named("民宗局")),
    event("art15(9)", "大型宗教活动", "department", named("民宗局")),
    recurring("art15(9)", "教职人员培训", "department", named("民宗局")),
    standing("art15(10)", "民政服务机构", "department", named("民政局")),
    event("art15(11)", "及时审查草案", "department", named("司法局")),
    standing("art15(11)", "普法、评估", "department", named("司法局")),
    standing("art15(11)", "强制隔离戒毒场所", "department", named("司法局")),
    standing("art15(13)", "培训机构、技工院校", "department", named("人社局")),
    standing("art15(14)", "公务员培训", "department", named("公务员局")),
    event("art15(15)", "审查消防规划", "department", named("自然资源局")),
    standing("art15(15)", "消防站用地", "department", named("自然资源局")),
    event("art15(16)", "空气监测", "department", named("生态环境局")),
    standing("art15(16)", "水源规划、直属单位", "department", named("生态环境局")),
    standing("art15(17)", "客运站、港口", "department", named("交通局")),
    standing("art15(18)", "水利工程、水源", "department", named("水利局")),
    event("art15(18)", "及时通报预警", "department", named("水利局")),
    event("art15(18)", "洪涝抢险", "department", named("水利局")),
    standing("art15(19)", "自建房、密集场所", "department", named("农业农村局")),
    standing("art15(19)", "规划、水源、车道", "department", named("农业农村局")),
    standing("art15(20)", "乡村振兴", "department", named("乡村振兴局")),
    standing("art15(21)", "商务行业", "department", named("商务局")),
    event("art15(21)", "配合查处", "department", named("商务局")),
    standing("art15(22)", "文旅单位监督检查", "department", named("文旅局")),
    event("art15(22)", "大型文旅活动", "department", named("文旅局")),
    standing("art15(23)", "医疗机构", "department", named("卫健局", "卫健委")),
    event("art15(23)", "医疗救援", "department", named("卫健局", "卫健委")),
    standing("art15(24)", "优抚军休机构、培训", "department", named("退役军人局")),
    standing("art15(25)", "督促国企", "department", named("国资委")),
    standing("art15(26)", "产品质量、电动自行车", "department", named("市场监管局")),
    standing("art15(26)", "交易市场、特种设备", "department", named("市场监管局")),
    recurring("art15(26)", "定期共享登记信息", "department", named("市场监管局")),
    event("art15(26)", "查处质量违法", "department", named("市场监管局")),
    event("art15(26)", "配合查处市场主体", "department", named("市场监管局")),
    standing("art15(27)", "广播影视机构、节目", "department", named("广电局")),
    event("art15(27)", "配合重大宣传", "department", named("广电局")),
    standing("art15(28)", "体育场馆", "department", named("体育局")),
    event("art15(28)", "大型赛事", "department", named("体育局")),
    standing("art15(29)", "养殖屠宰", "department", named("畜牧局")),
    standing("art15(30)", "智慧消防、信用", "department", named("政数局")),
    standing("art15(31)", "出版印刷发行", "department", named("新闻出版局")),
    event("art15(31)", "图书展销", "department", named("新闻出版局")),
    standing("art15(32)", "物业设施、维修资金", "department", named("房产局")),
    standing("art15(33)", "电力企业和用户", "department", named("能源局")),
    standing("art15(34)", "燃气企业、安检、预案", "department", named("住建局")),
    event("art15(34)", "查处燃气违法", "department", named("住建局")),
    event("art15(34)", "燃气事故处置", "department", named("住建局")),
    standing("art15(35)", "公共人防工程", "department", named("人防办")),
    standing("art15(36)", "联动机制", "department", named("气象局")),
    event("art15(36)", "及时提供预警", "department", named("气象局")),
    standing("art15(37)", "粮食和储备", "department", named("粮储局")),
    standing("art15(38)", "林草监管", "department", named("林草局")),
    event("art15(38)", "参加调查、监督整改", "department", named("林草局")),
    standing("art15(39)", "铁路监督", "department", "names=铁路部门"),
    event("art15(39)", "救援调查、监督整改", "department", "names=铁路部门"),
    standing("art15(40)", "民航监管", "department", "names=民航部门"),
    event("art15(40)", "参加调查、监督整改", "department", "names=民航部门"),
    standing("art15(41)", "寄递企业检查", "department", "names=州邮政管理局"),
    event("art15(41)", "查处违法寄递", "department", "names=州邮政管理局"),
    standing("art15(42)", "文博检查、标准化", "department", named("文物局")),
    standing("art15(43)", "职工培训、群防", "department", named("总工会")),
    event("art15(44)", "及时通报预警", "department", named("地震局")),
    standing("art15(45)", "金融网点", "department", "names=银行保险监管机构,证券监管机构"),
    standing("art15(45)", "火灾责任险", "department", "names=银行保险监管机构"),
    standing("art15(46)", "公益宣传", "department", f"{named('网信办')},州通信管理部门"),
    standing("art15(46)", "指挥专线", "department", TELECOM),
    standing("art15(47)", "公共消防设施完好", "unit", SUPPLIERS),
    event("art15(47)", "批准前书面征求意见", "department"),
    # 社会单位
    standing("art16", "单位主体责任", "unit"),
    standing("art16", "区域联防组织", "management_committee"),
    standing("art17(2)", "受训、持证", "unit", HIGH_RISK),
    standing("art17(3)", "装备、物资", "unit", HIGH_RISK),
    recurring("art17(3)", "定期学习训练", "unit", HIGH_RISK),
    standing("art17(4)", "疏散逃生设备", "unit", HIGH_RISK),
    recurring("art17(5)", "定期评估并公开", "unit", HIGH_RISK),
    standing("art17(6)", "责任保险", "unit", HIGH_RISK),
    recurring("art18", "经常自查（比照单位）", "unit", SOLE_TRADERS),
    standing("art18", "器材、通道（比照单位）", "unit", SOLE_TRADERS),
    event("art19.p1", "承包租赁合同", "unit"),
    standing("art19.p2", "多产权建筑", "unit"),
    event("art19.p2", "十五日内备案", "property_company"),
    standing("art20(1)", "逐级岗位责任制", "property_company"),
    recurring("art20(2)", "员工培训、宣传", "property_company"),
    recurring("art20(3)", "巡查检查", "property_company"),
    standing("art20(4)", "共用设施维护", "property_company"),
    standing("art20(5)", "电动自行车", "property_company"),
    standing("art20(6)", "微型消防站", "property_company"),
    recurring("art20(7)", "预案、定期演练", "property_company"),
    standing("art20(8)", "控制室", "property_company", "flags=control_room"),
    event("art20(8)", "发现火灾", "property_company"),
    event("art20(8)p2", "劝阻、立即报告、协助", "property_company"),
    # 责任落实
    recurring("art24.p3", "行业检查考核", "department"),
    event("art25", "约谈下级政府", "fire_committee", "parent_kinds=prefecture_government", "county_government"),
    event("art25", "约谈部门", "fire_committee", "parent_kinds=prefecture_government", "department"),
    event("art26", "信用记录", "department"),
    event("art28.p2", "亡人或有影响的火灾", "county_government"),
    event("art28.p2", "较大火灾", "prefecture_government"),
)


def scope_of(obligation: Obligation) -> str:
    """Return what narrows the kind an obligation binds."""
    scope = describe(obligation, LAW)["scope"]
    return ";".join(f"{name}={','.join(values)}" for name, values in sorted(scope.items()))


def row(obligation: Obligation) -> tuple[str, str, int, str, str]:
    found = describe(obligation, LAW)
    return found["ref"], found["frequency"], found["min_count"], found["body_kind"], scope_of(obligation)


def further_row(obligation: Obligation) -> tuple[str, Trigger, str, str, str]:
    found = describe(obligation, LAW)
    return obligation.ref, obligation.trigger, found["body_kind"], scope_of(obligation), found["concerns"] or ""


def test_the_pack_holds_exactly_the_periodic_sentences_of_the_text() -> None:
    expected = Counter((one.ref, one.frequency, 1, one.body_kind, one.actors) for one in KEY)
    assert Counter(row(one) for one in LAW.obligations if one.trigger is Trigger.PERIODIC) == expected


def test_the_pack_holds_exactly_the_demands_that_name_no_interval() -> None:
    expected = Counter((one.ref, one.trigger, one.body_kind, one.actors, one.about) for one in FURTHER_KEY)
    assert Counter(further_row(one) for one in LAW.obligations if one.trigger is not Trigger.PERIODIC) == expected


def due(name: str, step: str) -> str:
    """Return by when a step of an obligation is due, as the pack writes it."""
    obligation = LAW.obligation(f"yanbian-2022.{name}")
    assert obligation is not None
    return obligation.steps[step].due


def test_a_property_contract_is_filed_within_fifteen_days_of_signing() -> None:
    assert due("art19.contract-filing", "file") == "event+15d"


@pytest.mark.parametrize(("name", "step", "day"), [("art20.dissuade", "report", "step.dissuade")])
def test_what_is_to_be_done_at_once_is_due_on_the_same_day(name: str, step: str, day: str) -> None:
    assert due(name, step) == day


@pytest.mark.parametrize("name", ["water", "weather", "earthquake"])
def test_a_warning_is_passed_on_the_day_it_is_given(name: str) -> None:
    assert due(f"art15.{name}.warning", "relay") == "event"


def test_the_fire_service_is_asked_before_a_public_installation_is_moved() -> None:
    assert due("art15.facility-consultation", "ask").startswith("event-")
    assert due("art15.facility-consultation", "adopt") == "event"


def test_whom_the_prefecture_assesses() -> None:
    yearly = [one for one in LAW.obligations if one.trigger is Trigger.PERIODIC]
    about = {one.id.partition(".")[2]: one.concerns for one in yearly if one.concerns}
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
def test_where_the_text_names_no_interval_ours_says_so(ref: str) -> None:
    found = [one for one in LAW.obligations if one.ref == ref and one.trigger is Trigger.UNSPECIFIED_PERIODIC]
    assert found
    assert all("本系统设定" in one.ours for one in found)


def test_the_clauses_without_an_obligation_that_were_left_to_judgement() -> None:
    reasons = {one.ref: one.reason for one in LAW.clauses}
    assert reasons["art15(47)p2"] is Reason.COVERED
    assert reasons["art21"] is Reason.POWER
    assert reasons["art22"] is Reason.UNVERIFIABLE
    assert reasons["art23"] is Reason.LIABILITY


def test_the_identity_of_the_regulation() -> None:
    assert (LAW.document_number, LAW.division, LAW.status) == ("延州政办发〔2022〕22号", "222400", "in_force")
    assert LAW.issued_on == LAW.effective_on
    assert LAW.issued_on.isoformat() == "2022-09-16"
    assert LAW.issuer == "延边州人民政府办公室"
