"""Every demand of the Jiaxing opinions is an obligation, held against two keys read from the official text.

The keys are written without the pack. The first has, for each place of the text that names an interval (每年, 每半年,
年底, 年度), one row for each kind of body it binds. 县级 is both counties (and cities of their level) and districts.
The second has what an event brings, what is to be done regularly without an interval, and what must always be there.
Where a sentence names no actor, parts one and four mean the governments, part three the fire service.
"""

from collections import Counter
from dataclasses import dataclass

from models.packs import load
from models.regulation import Obligation, Reason, Trigger, describe

LAW = load("jiaxing-2018")


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
    Sentence("s1.1", "市政府每年召开一次会议", "yearly", "city_government"),
    Sentence("s1.1", "县级政府每半年一次会议（县、市）", "half_yearly", "county_government"),
    Sentence("s1.1", "县级政府每半年一次会议（区）", "half_yearly", "district_government"),
    Sentence("s1.2", "每年至少确定一批（市）", "yearly", "city_government"),
    Sentence("s1.2", "每年至少确定一批（县、市）", "yearly", "county_government"),
    Sentence("s1.2", "每年至少确定一批（区）", "yearly", "district_government"),
    Sentence("s1.2", "每年至少确定一批（镇）", "yearly", "street_town"),
    Sentence("s1.2", "每年滚动挂牌，年底销号", "yearly", "city_government"),
    Sentence("s1.4", "年度目标责任制考核（市）", "yearly", "city_government"),
    Sentence("s1.4", "年度目标责任制考核（县、市）", "yearly", "county_government"),
    Sentence("s1.4", "年度目标责任制考核（区）", "yearly", "district_government"),
)


@dataclass(frozen=True)
class Demand:
    """A demand without an interval, for each of the kinds of bodies it binds."""

    ref: str
    words: str
    trigger: str
    body_kinds: tuple[str, ...]


EVENT, REGULAR, STANDING = "event", "unspecified_periodic", "standing"
CITY, COUNTY, DISTRICT, TOWN = "city_government", "county_government", "district_government", "street_town"
GOVERNMENTS = (CITY, COUNTY, DISTRICT)
FIRE, DEPARTMENT, UNIT, PROPERTY = ("fire_detachment",), ("department",), ("unit",), ("property_company",)
VILLAGE = ("residents_committee",)

SECOND_KEY = (
    Demand("s1.1", "消防委组成和规则、督导专班、纳入考核", STANDING, (*GOVERNMENTS, TOWN)),
    Demand("s1.2", "市消安委定期约谈重点镇街", REGULAR, ("fire_committee",)),
    Demand("s1.3", "形势研判和综合治理", REGULAR, GOVERNMENTS),
    Demand("s1.3", "安保重点区域的日常管理（乌镇、南湖周边和红船学院）", STANDING, (TOWN, DISTRICT)),
    Demand("s1.3", "重大活动消防安全", EVENT, GOVERNMENTS),
    Demand("s1.4", "及时启动追责", EVENT, GOVERNMENTS),
    Demand("s1.4", "达到立案标准的火灾跟踪督办", EVENT, FIRE),
    Demand("s1.5", "政府负责人到场，组织调查和整改", EVENT, GOVERNMENTS),
    Demand("s1.5", "镇街和部门负责人到场", EVENT, (TOWN, *DEPARTMENT)),
    Demand("s2.1", "监督检查和处罚", STANDING, FIRE),
    Demand("s2.1", "消防设计审核和验收", EVENT, FIRE),
    Demand("s2.1", "定期分析形势，专项治理", REGULAR, FIRE),
    Demand("s2.1", "灭火和应急救援力量", STANDING, FIRE),
    Demand("s2.1", "组织或参与火灾调查", EVENT, FIRE),
    Demand("s2.1", "宣传教育培训", REGULAR, FIRE),
    Demand("s2.1", "应急疏散演练", REGULAR, FIRE),
    *(
        Demand("s2.2", words, STANDING, DEPARTMENT)
        for words in ("建设", "教育", "民族宗教", "市场监管", "质量技术监督", "商务（粮食）", "文化", "港口", "国资")
    ),
    Demand("s2.2", "市属国有企业", STANDING, ("group_company",)),
    Demand("s2.2", "新兴行业及时确定监管主体", EVENT, GOVERNMENTS),
    *(
        Demand("s2.3", words, STANDING, DEPARTMENT)
        for words in ("财政保障", "人社指导教学", "民政扶持公益和志愿者", "卫生保障医疗救护")
    ),
    Demand("s2.3", "发改公开守信和失信", EVENT, DEPARTMENT),
    Demand("s2.3", "民政褒扬抚恤", EVENT, DEPARTMENT),
    Demand("s3.1", "各岗职责、制度、规程、预案", STANDING, UNIT),
    Demand("s3.1", "新员工上岗前教育", EVENT, UNIT),
    Demand("s3.1", "定期培训员工", REGULAR, UNIT),
    *(
        Demand("s3.1", f"重点单位定期{words}", REGULAR, UNIT)
        for words in ("评估", "设施维保", "电气检测", "油烟管道清洗", "演练")
    ),
    Demand("s3.1", "重点单位微型消防站和联防", STANDING, UNIT),
    Demand("s3.1", "高危单位参加责任险", STANDING, UNIT),
    Demand("s3.2", "物业各岗职责，按约服务", STANDING, PROPERTY),
    Demand("s3.2", "物业定期防火检查巡查", REGULAR, PROPERTY),
    Demand("s3.2", "物业定期宣传", REGULAR, PROPERTY),
    Demand("s3.2", "维修资金应急使用", STANDING, DEPARTMENT),
    Demand("s3.3", "技术服务机构和人员、中介代办", STANDING, FIRE),
    Demand("s3.3", "信用承诺和红黑名单", STANDING, FIRE),
    Demand("s4.1", "规划、设施、装备、经费、水源", STANDING, GOVERNMENTS),
    Demand("s4.1", "及时修订专项规划", EVENT, GOVERNMENTS),
    Demand("s4.2", "小型站、专职队、企业队和企业微型站", STANDING, GOVERNMENTS),
    Demand("s4.2", "镇专职队、千人村志愿队", STANDING, (TOWN,)),
    Demand("s4.2", "社区微型消防站", STANDING, VILLAGE),
    Demand("s4.2", "及时处置初期火灾", EVENT, VILLAGE),
    Demand("s4.3", "一市一基地到一村一体验点", STANDING, (*GOVERNMENTS, TOWN, *VILLAGE)),
    Demand("s4.3", "负责人和微型站人员培训", REGULAR, GOVERNMENTS),
    Demand("s4.3", "经常性宣传", REGULAR, GOVERNMENTS),
    Demand("s4.3", "重点防火期宣传", REGULAR, GOVERNMENTS),
    Demand("s4.4", "市级及县（市）智慧平台", STANDING, (CITY, COUNTY)),
    Demand("s4.4", "高危单位和高层建筑全部接入", STANDING, GOVERNMENTS),
    Demand("s4.4", "智能防控指导意见", STANDING, (CITY,)),
)


def without_interval() -> list[Obligation]:
    return [one for one in LAW.obligations if one.trigger is not Trigger.PERIODIC]


def row(obligation: Obligation) -> tuple[str, str, int, str, str]:
    found = describe(obligation, LAW)
    scope = ";".join(f"{name}={','.join(values)}" for name, values in sorted(found["scope"].items()))
    return found["ref"], found["frequency"], found["min_count"], found["body_kind"], scope


def test_the_pack_holds_exactly_the_periodic_sentences_of_the_text() -> None:
    expected = Counter((one.ref, one.frequency, 1, one.body_kind, one.actors) for one in KEY)
    periodic = (one for one in LAW.obligations if one.trigger is Trigger.PERIODIC)
    assert Counter(map(row, periodic)) == expected


def test_the_pack_holds_exactly_the_demands_without_an_interval() -> None:
    expected = Counter((one.ref, one.trigger, kind) for one in SECOND_KEY for kind in one.body_kinds)
    found = Counter((one.ref, one.trigger.value, one.binds.kind.value) for one in without_interval())
    assert found == expected


def test_the_rolling_list_is_closed_at_the_years_end_by_the_decline_rate() -> None:
    rolling = LAW.obligation("jiaxing-2018.s1.rolling-list")
    assert rolling is not None
    assert list(rolling.steps) == ["list", "delist"]
    assert rolling.steps["delist"].due == "end"
    assert "decline_rates" in {one.key for one in rolling.steps["delist"].evidence}


def test_a_batch_has_at_least_one_place() -> None:
    batches = [one for one in LAW.obligations if ".s1.hazard-batch." in one.id]
    places = [one for batch in batches for one in batch.steps["list"].evidence if one.key == "places"]
    assert [one.kind == "number" and one.minimum for one in places] == [1, 1, 1, 1]


def test_a_training_place_of_each_level_is_at_least_one() -> None:
    levels = [one for one in LAW.obligations if ".s4.training-place." in one.id]
    proofs = [proof for one in levels for proof in one.steps["attest"].evidence if proof.key == "places"]
    assert [proof.kind == "number" and proof.minimum for proof in proofs] == [1, 1, 1, 1, 1]


def test_only_key_units_owe_what_key_units_owe() -> None:
    flagged = {one.id.partition(".")[2] for one in LAW.obligations if "key_unit" in one.binds.flags}
    names = ("assessment", "maintenance", "wiring", "ducts", "drill", "station")
    assert flagged == {f"s3.key-unit.{name}" for name in names}


def test_new_staff_are_taught_on_a_workday_before_they_start() -> None:
    taught = LAW.obligation("jiaxing-2018.s3.new-staff")
    assert taught is not None
    assert taught.steps["train"].due == "event-1w"


def test_an_entrusted_investigation_is_a_branch_and_mending_follows_at_once() -> None:
    for level in ("city", "county", "district"):
        found = LAW.obligation(f"jiaxing-2018.s1.fire-investigation.{level}")
        assert found is not None
        assert list(found.steps) == ["arrive", "organise", "investigate", "report", "approve", "follow_up"]
        assert found.steps["follow_up"].due == found.steps["follow_up"].opens == "step.approve"


def test_every_clause_but_the_headings_has_an_obligation() -> None:
    assert {one.ref: one.reason for one in LAW.clauses if one.reason} == dict.fromkeys(
        ("s1", "s2", "s3", "s4"), Reason.LEAD_IN
    )


def test_the_list_of_clauses_is_that_of_the_text() -> None:
    refs = [one.ref for one in LAW.clauses]
    assert len(refs) == len(set(refs)) == 19
    assert (refs[0], refs[-1]) == ("s1", "s4.4")
    assert all(8 <= len(one.gist) <= 30 for one in LAW.clauses)


def test_the_identity_of_the_regulation() -> None:
    assert (LAW.document_number, LAW.division, LAW.status) == ("嘉政办发〔2018〕47号", "330400", "in_force")
    assert LAW.issued_on == LAW.effective_on
    assert LAW.issued_on.isoformat() == "2018-07-10"
    assert LAW.issuer == "嘉兴市人民政府办公室"
