"""Every demand of the Beijing draft is an obligation, held against two keys read from the official text.

The keys are written without the pack. The first: for each place of the text that names an interval (每年, 每季度,
年度), or presupposes an act of every year (a budget, funds, a yearly plan), one row for each kind of body it binds.
The second: the same for what an event brings, for what recurs without an interval (定期, 经常性, 加强巡查), and for
what must always be there. art17 extends what a district government owes to three management committees.
"""

from collections import Counter
from collections.abc import Iterator
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


DEMANDS = """
unit
art6(1) standing 责任人、制度、规程、预案
art6(1) unspecified 检查考核
art6(2) standing 风险等级与防范措施
art6(3) unspecified 经常性宣传教育
art6(3) standing 管理人员的知识和能力
art6(4) standing 巡查检查和整改制度、台账
art6(4) event 隐患消除前的防范
art6(5) standing 资金投入
art6(6) standing 消防车通道和登高场地标识
art9(2) event 出租、委托合同
art9(3) event 多个所有权人的协议
unit flags=key_unit
art7(1) unspecified 夜间巡查
art7(1) unspecified 夜间演练
art7(1) standing 易燃易爆试剂、药剂
art7(1) standing 避难间
art7(2) standing 装修、临时线路、防火分隔、用火用电
art7(2) standing 疏散通道和安全出口
art7(3) standing 明火、禁火区、技防
art7(3) unspecified 巡查检查
art7(4) event 加盟、外包协议写入消防
art7(4) standing 监督指导网点
art7(4) standing 经营和住宿场所、电动车
art7(5) unspecified 定期风险评估
art7(5) standing 引导员、安全员、人数控制
art7(5) standing 冷库、低温环境
unit flags=high_risk
art8(1) standing 分区微型消防站和预案
art8(1) standing 避难层、装备器材
art8(1) standing 招商装修、公共区域、营业疏散
art8(1) event 大型群众性活动
art8(1) standing 技术处置队
art8(2) standing 用电设备维护
art8(2) unspecified 定期演练
art8(2) standing 处置队伍、微型消防站
art8(3) standing 规程和制度
art8(3) unspecified 定期风险评估
art8(3) unspecified 通过演练完善预案
art8(3) event 新工艺、投产、停产前评估
art8(3) standing 工艺处置队及巡查
art8(3) event 发生火灾时关阀断料
property_company
art10(1) standing 共用设施维护
art10(1) standing 车道和登高场地标识
art10(1) event 劝阻占用堵塞，无效即报告
art10(2) standing 维修资金
art10(3) unspecified 定期巡查检查
art10(3) unspecified 定期宣传提示
art10(3) unspecified 演练
art10(4) event 业主投诉出租房
art10(5) standing 电动自行车
district_government
art14(1) unspecified 定期常务会议、办公会议
art14(1) standing 协调机制、防火委
art14(2) standing 规划和用地
art14(3) standing 水源
art14(5) unspecified 防火期、节假日、多发季节集中检查
art14(5) event 重要活动期间
art14(5) unspecified 督促部门和下级政府、检查
art14(5) standing 网格化政策和资金
art14(5) unspecified 定期督导
art14(6) standing 智慧消防
art14(6) unspecified 经常性宣传教育培训
art14(6) standing 科普基地、购买服务
art14(7) unspecified 定期分析评估
art14(7) standing 常态化排查整治
art14(7) event 挂牌督办七个工作日内决定
art14(7) event 停产停业报告七个工作日内决定
art14(8) standing 出租房联合治理
art14(9) standing 民生工程
art14(10) standing 政府专职消防队
art14(11) unspecified 定期演练
art14(11) standing 联动机制和保障
art14(11) event 领导扑救和救援
art16 unspecified 主要负责人研究部署
art16 unspecified 分管负责人督促检查
art16 unspecified 班子成员研究部署
art16 unspecified 班子成员督查
art29.p2 event 一般火灾
art29.p2 event 较大火灾
city_government
art16 unspecified 主要负责人研究部署
art16 unspecified 分管负责人督促检查
art16 unspecified 班子成员研究部署
art16 unspecified 班子成员督查
art29.p2 event 重大火灾
art29.p2 event 特别重大火灾
street_town
art15(1) standing 组织、领导、部门、制度
art15(3) standing 纳入规划
art15(4) standing 专职队、志愿队
art15(5) standing 网格化、联防、培训考评
art15(6) standing 宣传提示、培训演练
art15(6) standing 整治、巡查检查、整改
art15(6) standing 自建房
art15(7) standing 指导村居
art15(8) standing 车道标识和档案
department
art18(1) standing 法规政策、规划、预案
art18(2) standing 督促落实责任、人员、经费
art18(2) standing 检查治理、宣传培训
art18(3) event 落实会议精神和部署
art19 event 审批
art19 event 不再具备条件
art26 event 重大隐患单位的信用监管
art26 unspecified 定期通报
fire_detachment
art19(1) standing 监督检查、专项治理
art19(1) event 查处违法行为
art19(1) event 营业前检查
art19(1) event 界定重点单位并报送
art19(1) standing 宣传、演练
art19(1) event 应急救援
art19(1) event 火灾事故调查
art26 event 重大隐患单位的信用监管
department names=市应急局,区应急局
art19(2) standing 审批、监督检查
art19(2) standing 指导应对突发事件、宣传
art19(2) standing 森林火灾防治
art19(2) event 重点单位备案
art19(2) event 发布预警
department names=市公安局,区公安分局
art19(3) standing 派出所检查和宣传
art19(3) standing 出租房屋
art19(3) event 拘留、失火案、责任事故案
department names=市公安局交管局,区交通支队
art19(3) event 清拖车辆
department names=市规自委,区规自分局
art19(4) standing 布局规划和用地
art19(4) event 设计审查
department names=市规自委
art19(4) standing 车道标识标准
department names=市住建委,区住建委
art19(5) event 验收和备案
art19(5) standing 工程安全管理、规范
art19(5) standing 指导物业
art19(5) event 紧急使用维修资金
art19(5) standing 电动自行车设施
department names=市教委,区教委
art19(6) standing 学校、幼儿园
art19(6) standing 新生军训
art19(6) standing 校外机构
department names=市人社局,区人社局
art19(7) standing 职业培训
art19(7) standing 工伤保险、表彰
department names=市民政局,区民政局
art19(8) standing 民政服务机构
department names=市文旅局,区文旅局
art19(9) standing 文化、旅游、住宿
art19(9) unspecified 经常性宣传教育培训
department names=市卫健委,区卫健委
art19(10) standing 医疗卫生机构
art19(10) event 医疗救护
department names=市市场监管局,区市场监管局
art19(11) standing 安全告知书
art19(11) standing 产品质量监督、标准、认证
art19(11) event 查处质量违法
department names=市交通委,区交通局
art19(12) standing 危险货物运输
art19(12) standing 客运车站
department names=市发改委,区发改委
art20(1) standing 规划和投资计划
department names=市科委,区科委
art20(2) standing 科技规划、攻关、科普
art20(2) standing 智慧消防
department names=市经信局,区经信局
art20(3) standing 民爆、布局、产业
department names=市司法局,区司法局
art20(4) standing 规章、普法
art20(4) standing 监狱、戒毒场所
department names=市国资委,区国资委
art20(5) standing 所监管企业
department names=市广电局,区广电局
art20(6) standing 提示、曝光、公益作品
department names=市财政局,区财政局
art20(7) standing 预算管理
department names=市商务局,区商务局
art20(8) standing 商贸行业
department names=市药监局,区药监局
art20(9) standing 药品、化妆品、器械
department names=市人防办,区人防办
art20(10) standing 人防工程
department names=市退役军人局,区退役军人局
art20(11) standing 烈士纪念、优抚等机构
department names=市农业农村局,区农业农村局
art20(12) standing 农业农村
department names=市城管委,区城管委
art20(13) standing 固体废弃物
art20(13) standing 户外广告、架空设施
art20(13) event 车道上堆物、摆摊、设桩
art20(14) standing 电力企业和用户
art20(15) unspecified 燃气设施定期检查
art20(15) standing 管线、预案、辅助设备
art20(15) event 查处燃气违法
department names=市体育局,区体育局
art20(16) standing 体育场馆
art20(16) event 大型体育活动
department names=市民族宗教委,区民族宗教办
art20(17) standing 活动场所、集中住宿
art20(17) unspecified 教职人员定期培训
department names=市文物局,区文物局
art20(18) standing 文保单位、博物馆
department names=市粮食和储备局,区粮食和储备局
art20(19) standing 粮食、救灾物资
department names=市邮政管理局,区邮政管理局
art20(20) standing 寄递企业
department names=市委网信办,区委网信办,市通信管理局
art20(21) standing 公益宣传
department names=市通信管理局
art20(21) standing 通信设施和通信业
department names=市规自委,区规自分局,市水务局,区水务局,市交通委,区交通局
art20(22) standing 纳入基础设施建设
department names=市水务局,区水务局
art20(23) standing 消火栓排查、建设、维护
art20(23) standing 水务行业
art20(23) event 按要求建设或改造
unit names=供水单位,通信单位,道路养护单位
art20(24) standing 公共消防设施完好
department names=市金融监管局,区金融办
art20(25) standing 保险和网点
residents_committee
art22(1) standing 制度、管理人、公约
art22(2) standing 排查整治
art22(2) event 制止违规停放充电
art22(2) event 突出隐患上报
art22(2) standing 无物业小区的车道
art22(3) standing 网格化
art22(4) unspecified 定期宣传教育
art22(5) standing 器材、队伍
art22(6) event 报警和扑救
art22(7) standing 自建房
art22(8) standing 弱势家庭
"""
"""Under each actor, with what narrows it, its demands: the clause, what makes it due, and what is demanded."""

TRIGGERS = {
    "event": Trigger.EVENT,
    "standing": Trigger.STANDING,
    "unspecified": Trigger.UNSPECIFIED_PERIODIC,
}


def demands() -> Iterator[tuple[str, Trigger, str, str]]:
    """Read the second key; what a district government owes by art14 and art16, the committees owe by art17."""
    kind, scope = "", ""
    for line in DEMANDS.strip().splitlines():
        first, second, *_ = [*line.split(), ""]
        if second not in TRIGGERS:
            kind, scope = first, second
            continue
        yield first, TRIGGERS[second], kind, scope
        if kind == "district_government" and first.startswith(("art14", "art16")):
            yield "art17.p1", TRIGGERS[second], "management_committee", COMMITTEES


def test_the_pack_holds_exactly_the_other_demands_of_the_text() -> None:
    others = [one for one in LAW.obligations if one.trigger is not Trigger.PERIODIC]
    found = Counter((ref, one.trigger, kind, scope) for one in others for ref, _, _, kind, scope in [row(one)])
    assert found == Counter(demands())


def test_the_two_limits_that_the_text_names_are_seven_workdays() -> None:
    for body in ("art14", "art17"):
        for decision in ("listing-decision", "suspension-decision"):
            obligation = LAW.obligation(f"beijing-draft.{body}.{decision}")
            assert obligation is not None
            assert obligation.steps["decide"].due == "event+7w"


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        ("art9(1)", Reason.PRINCIPLE),
        ("art9(4)", Reason.REFERENCE),
        ("art11", Reason.UNVERIFIABLE),
        ("art12", Reason.LIABILITY),
        ("art15(8)p2", Reason.REFERENCE),
        ("art17.p2", Reason.REFERENCE),
        ("art21.p1", Reason.PRINCIPLE),
        ("art29.p1", Reason.LIABILITY),
        ("art30", Reason.REFERENCE),
        ("art31", Reason.DEFINITION),
        ("art27.p2", Reason.PROHIBITION),
        ("art32", Reason.FORMAL),
    ],
)
def test_why_other_clauses_have_no_obligation_that_runs(ref: str, reason: Reason) -> None:
    [clause] = [one for one in LAW.clauses if one.ref == ref]
    assert clause.reason is reason


def test_no_clause_waits_to_be_encoded() -> None:
    waiting = {"event", "unspecified_periodic", "standing"}
    assert [one.ref for one in LAW.clauses if one.reason is not None and one.reason.value in waiting] == []


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
