"""Makes `putuo.xlsx`, the register of the demonstration district. Run it as `python -m examples.make_putuo`.

The authorities of Putuo stand in it by their real names, as putuo-2020 names them. Residents' committees,
schools, companies and units are made up, and say so in their names. There is no person in it, and every address
lies under a domain that is reserved for examples. Nothing is random: each run writes the same bytes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path

from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register import BodyRow, ContactRow, Register, SupervisionRow, write_register

TARGET = Path(__file__).with_name("putuo.xlsx")

CITY = "310000"
DISTRICT = "310107"
DOMAIN = "putuo.example"
MARK = "（示例）"

CITY_GOVERNMENT = f"{CITY}-shizhengfu"
PARTY_COMMITTEE = f"{DISTRICT}-quwei"
GOVERNMENT = f"{DISTRICT}-quzhengfu"
FIRE_COMMITTEE = f"{DISTRICT}-xiaofangwei"
FIRE_OFFICE = f"{DISTRICT}-xiaofangban"
DETACHMENT = f"{DISTRICT}-xiaofangzhidui"

AUTHORITIES = (
    (CITY_GOVERNMENT, "上海市人民政府", BodyKind.CITY_GOVERNMENT, None),
    (PARTY_COMMITTEE, "区委", BodyKind.DISTRICT_COMMITTEE, None),
    (GOVERNMENT, "区人民政府", BodyKind.DISTRICT_GOVERNMENT, CITY_GOVERNMENT),
    (FIRE_COMMITTEE, "区消防委", BodyKind.FIRE_COMMITTEE, GOVERNMENT),
    (FIRE_OFFICE, "区消防委办公室", BodyKind.FIRE_COMMITTEE_OFFICE, FIRE_COMMITTEE),
    (DETACHMENT, "区消防救援支队", BodyKind.FIRE_DETACHMENT, GOVERNMENT),
)

# putuo-2020 art11(1) to art11(27), in this order.
DEPARTMENTS = {
    "yingjiju": "区应急局",
    "fagaiwei": "区发改委",
    "shangwuwei": "区商务委",
    "jiaoyuju": "区教育局",
    "kewei": "区科委",
    "gonganfenju": "区公安分局",
    "minzhengju": "区民政局",
    "sifaju": "区司法局",
    "caizhengju": "区财政局",
    "rensheju": "区人社局",
    "guihuaziyuanju": "区规划资源局",
    "shengtaihuanjingju": "区生态环境局",
    "jianguanwei": "区建管委",
    "wenlvju": "区文旅局",
    "weishengjiankangwei": "区卫生健康委",
    "shichangjianguanju": "区市场监管局",
    "guoziwei": "区国资委",
    "tiyuju": "区体育局",
    "lvhuashirongju": "区绿化市容局",
    "fangguanju": "区房管局",
    "chengguanzhifaju": "区城管执法局",
    "minfangban": "区民防办",
    "jinrongban": "区金融办",
    "chengyunzhongxin": "区城运中心",
    "quweidangxiao": "区委党校",
    "rongmeitizhongxin": "区融媒体中心",
    "minzongban": "区民宗办",
}
PARTY_SCHOOL = "quweidangxiao"

# Name, and statistical code of the division.
STREETS = {
    "caoyangxincun": ("曹杨新村街道", "310107005"),
    "changfengxincun": ("长风新村街道", "310107014"),
    "changshoulu": ("长寿路街道", "310107015"),
    "ganquanlu": ("甘泉路街道", "310107016"),
    "shiquanlu": ("石泉路街道", "310107017"),
    "yichuanlu": ("宜川路街道", "310107020"),
    "zhenruzhen": ("真如镇街道", "310107021"),
    "wanli": ("万里街道", "310107022"),
    "changzheng": ("长征镇", "310107102"),
    "taopu": ("桃浦镇", "310107103"),
}

# putuo-2020 art9, where the first one has a slip of the pen in its last characters.
MANAGEMENT_COMMITTEES = {
    "taopu-zhichuangcheng": "上海市普陀区桃浦智创城管委会",
    "zhenru-fuzhongxin": "上海真如城市副中心管委会",
    "keji-jinrong": "上海科技金融产业集聚区管委会",
}

GROUPS = ("甲", "乙", "丙")
COMMITTEES_OF_A_STREET = 25
VILLAGES_OF_A_TOWN = 3
SCHOOLS = 150
SCHOOL_NOUNS = ("小学", "幼儿园", "中学")
UNITS = 2_000
SUBORDINATE_UNITS = 200
FLAGGED_UNITS = {BodyFlag.KEY_UNIT: 400, BodyFlag.CONTROL_ROOM: 300, BodyFlag.HIGH_RISK: 60}

# Which department supervises which trades, and how many of each sixty units are of it.
INDUSTRIES = (
    ("shangwuwei", 20, ("超市", "餐饮店", "商场", "农贸市场", "仓库")),
    ("wenlvju", 11, ("旅馆", "歌厅", "影剧院", "旅行社")),
    ("fangguanju", 8, ("物业公司",)),
    ("weishengjiankangwei", 5, ("门诊部", "医院", "护理站")),
    ("guoziwei", 5, ("国有企业",)),
    ("minzhengju", 3, ("养老院", "福利院")),
    ("tiyuju", 3, ("健身中心", "体育馆", "游泳馆")),
    ("jianguanwei", 2, ("建筑工地", "燃气站")),
    ("jinrongban", 2, ("银行网点",)),
    ("rensheju", 1, ("培训机构",)),
)
ROUND = tuple(chain.from_iterable([(code, nouns)] * share for code, share, nouns in INDUSTRIES))

KINDS_UNDER_THE_OFFICE = frozenset(
    {BodyKind.DEPARTMENT, BodyKind.STREET_TOWN, BodyKind.MANAGEMENT_COMMITTEE, BodyKind.FIRE_DETACHMENT}
)
SMALL_KINDS = frozenset({BodyKind.RESIDENTS_COMMITTEE, BodyKind.SCHOOL, BodyKind.UNIT})
ADDRESS_ENDINGS = {ContactRole.RESPONSIBLE: "", ContactRole.PRINCIPAL: ".zhuyao", ContactRole.LIAISON: ".lianluo"}


def build() -> Register:
    """Return the register of the demonstration district."""
    bodies = (
        *_authorities(),
        *_departments(),
        *_streets_and_management_committees(),
        *_groups(),
        *_residents_committees(),
        *_schools(),
        *_subordinate_units(),
        *_industry_units(),
    )
    contacts = tuple(chain.from_iterable(map(_contacts, bodies)))
    return Register(bodies, tuple(_supervision(bodies)), contacts)


def main() -> None:
    """Write the workbook beside this file."""
    write_register(TARGET, build())


def _code(name: str) -> str:
    return f"{DISTRICT}-{name}"


def _real(
    code: str, name: str, kind: BodyKind, parent: str | None, division: str = DISTRICT, *flags: BodyFlag
) -> BodyRow:
    return BodyRow(0, code, name, kind, parent, division, frozenset(flags))


def _made_up(name: str, kind: BodyKind, code: str, parent: str, division: str = DISTRICT) -> BodyRow:
    flags = _unit_flags(int(code.rpartition("-")[2])) if kind is BodyKind.UNIT else frozenset()
    return BodyRow(0, _code(code), f"{name}{MARK}", kind, _code(parent), division, flags, is_example=True)


def _authorities() -> Iterator[BodyRow]:
    for code, name, kind, parent in AUTHORITIES:
        yield _real(code, name, kind, parent, code.partition("-")[0])


def _departments() -> Iterator[BodyRow]:
    for code, name in DEPARTMENTS.items():
        parent = PARTY_COMMITTEE if code == PARTY_SCHOOL else GOVERNMENT
        yield _real(_code(code), name, BodyKind.DEPARTMENT, parent, DISTRICT, BodyFlag.COMMITTEE_MEMBER)


def _streets_and_management_committees() -> Iterator[BodyRow]:
    for code, (name, division) in STREETS.items():
        yield _real(_code(code), name, BodyKind.STREET_TOWN, GOVERNMENT, division)
    for code, name in MANAGEMENT_COMMITTEES.items():
        yield _real(_code(code), name, BodyKind.MANAGEMENT_COMMITTEE, GOVERNMENT)


def _groups() -> Iterator[BodyRow]:
    for number, letter in enumerate(GROUPS, 1):
        yield _made_up(f"区属企业集团{letter}", BodyKind.GROUP_COMPANY, f"jt-{number:02d}", "guoziwei")


def _residents_committees() -> Iterator[BodyRow]:
    number = 0
    for street, (name, division) in STREETS.items():
        villages = 0 if name.endswith("街道") else VILLAGES_OF_A_TOWN
        for place in range(1, COMMITTEES_OF_A_STREET + 1):
            number += 1
            noun = "村委会" if place <= villages else "居委会"
            title = f"{_place(name)}{noun}{place:02d}"
            yield _made_up(title, BodyKind.RESIDENTS_COMMITTEE, f"jw-{number:03d}", street, division)


def _schools() -> Iterator[BodyRow]:
    streets = tuple(STREETS.values())
    serials: Counter[str] = Counter()
    for number in range(SCHOOLS):
        name, division = streets[number % len(streets)]
        noun = SCHOOL_NOUNS[number // len(streets) % len(SCHOOL_NOUNS)]
        title = _numbered(f"{_place(name)}{noun}", serials)
        yield _made_up(title, BodyKind.SCHOOL, f"xx-{number + 1:03d}", "jiaoyuju", division)


def _subordinate_units() -> Iterator[BodyRow]:
    departments = tuple(DEPARTMENTS.items())
    serials: Counter[str] = Counter()
    for number in range(SUBORDINATE_UNITS):
        code, name = departments[number % len(departments)]
        title = _numbered(f"{name}所属单位", serials)
        yield _made_up(title, BodyKind.UNIT, f"dw-{number + 1:04d}", code)


def _industry_units() -> Iterator[BodyRow]:
    streets = tuple(STREETS.items())
    serials: Counter[str] = Counter()
    for number in range(SUBORDINATE_UNITS, UNITS):
        turn = number // len(ROUND)
        # Shifted with each turn, so that every trade is found in every street.
        street, (name, division) = streets[(number + turn) % len(streets)]
        nouns = ROUND[number % len(ROUND)][1]
        title = _numbered(f"{_place(name)}{nouns[turn % len(nouns)]}", serials)
        yield _made_up(title, BodyKind.UNIT, f"dw-{number + 1:04d}", street, division)


def _place(street: str) -> str:
    return street.removesuffix("街道").removesuffix("镇")


def _numbered(name: str, serials: Counter[str]) -> str:
    serials[name] += 1
    return f"{name}{serials[name]:02d}"


def _unit_flags(number: int) -> frozenset[BodyFlag]:
    """Return a unit's flags; what is high-risk is also a key unit with a control room."""
    rank = _ranks()[number]
    return frozenset(flag for flag, count in FLAGGED_UNITS.items() if rank < count)


@cache
def _ranks() -> dict[int, int]:
    # By digests the flags fall evenly on streets and trades, and on the same units in every version of Python.
    shuffled = sorted(range(1, UNITS + 1), key=lambda number: sha256(str(number).encode()).digest())
    return {number: rank for rank, number in enumerate(shuffled)}


def _supervision(bodies: Iterable[BodyRow]) -> Iterator[SupervisionRow]:
    chain_of_fire = {FIRE_OFFICE: FIRE_COMMITTEE, FIRE_COMMITTEE: GOVERNMENT, GOVERNMENT: CITY_GOVERNMENT}
    streets = {_code(street) for street in STREETS}
    for body in bodies:
        if body.code in chain_of_fire:
            yield SupervisionRow(0, body.code, "fire", chain_of_fire[body.code])
        elif body.kind in KINDS_UNDER_THE_OFFICE:
            yield SupervisionRow(0, body.code, "fire", FIRE_OFFICE)
        elif body.kind is BodyKind.RESIDENTS_COMMITTEE and body.parent_code:
            yield SupervisionRow(0, body.code, "fire", body.parent_code)
        elif body.kind is BodyKind.SCHOOL:
            yield SupervisionRow(0, body.code, "education", _code("jiaoyuju"))
        elif body.kind is BodyKind.GROUP_COMPANY:
            yield SupervisionRow(0, body.code, "state_assets", _code("guoziwei"))
        elif body.kind is BodyKind.UNIT and body.parent_code in streets:
            number = int(body.code.rpartition("-")[2]) - 1
            yield SupervisionRow(0, body.code, "industry", _code(ROUND[number % len(ROUND)][0]))


def _contacts(body: BodyRow) -> Iterator[ContactRow]:
    if body.kind not in SMALL_KINDS:
        roles = tuple(ContactRole)
    elif BodyFlag.KEY_UNIT in body.flags:
        roles = (ContactRole.RESPONSIBLE, ContactRole.LIAISON)
    else:
        roles = (ContactRole.RESPONSIBLE,)
    name = body.code.partition("-")[2]
    for role in roles:
        yield ContactRow(0, body.code, role, "email", f"{name}{ADDRESS_ENDINGS[role]}@{DOMAIN}")


if __name__ == "__main__":
    main()
