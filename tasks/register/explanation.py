"""The sheet 说明: what belongs into each column of a register, in Chinese and English."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.kinds import BodyFlag, BodyKind, ContactRole
from tasks.register import words

HEADER = ("工作表 Sheet", "列 Column", "必填 Required", "说明", "Explanation")

Line = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class ColumnText:
    """What is said of one column of one sheet."""

    sheet: str
    column: str
    is_required: bool
    chinese: str
    english: str


_FLAG = {
    BodyFlag.KEY_UNIT: "a key unit of fire safety, as listed by the fire service",
    BodyFlag.HIGH_RISK: "a unit of high fire risk",
    BodyFlag.CONTROL_ROOM: "a body with a fire control room, which is on duty day and night",
    BodyFlag.COMMITTEE_MEMBER: "a member of the fire-safety committee",
}

COLUMN_TEXTS = (
    ColumnText(
        words.BODIES,
        words.CODE,
        is_required=True,
        chinese="主体的唯一代码，最多 40 位字母、数字及 - _ . ；导入后不要改动，系统按它识别主体",
        english="One code for each body: at most 40 letters, digits, - _ and . ; keep it, it names the body.",
    ),
    ColumnText(words.BODIES, words.NAME, is_required=True, chinese="主体的名称", english="The name of the body."),
    ColumnText(
        words.BODIES,
        words.KIND,
        is_required=True,
        chinese="从下拉列表中选择，可用词见下",
        english="One word of the list; the words are below.",
    ),
    ColumnText(
        words.BODIES,
        words.PARENT,
        is_required=False,
        chinese="上级主体的代码；没有上级的留空",
        english="The code of the body above; empty where there is none.",
    ),
    ColumnText(
        words.BODIES,
        words.DIVISION,
        is_required=True,
        chinese="行政区划代码，6、9 或 12 位数字",
        english="The code of the administrative division: 6, 9 or 12 digits.",
    ),
    *(
        ColumnText(
            words.BODIES,
            flag.chinese,
            is_required=False,
            chinese="是或否；留空为否",
            english=f"是 (yes) or 否 (no, also where empty): whether this is {_FLAG[flag]}.",
        )
        for flag in BodyFlag
    ),
    ColumnText(
        words.BODIES,
        words.EXAMPLE,
        is_required=False,
        chinese="是或否；演示用的虚构主体填“是”",
        english="是 (yes) or 否 (no): whether the body is made up for a demonstration.",
    ),
    ColumnText(
        words.SUPERVISION,
        words.BODY_CODE,
        is_required=True,
        chinese="被督管主体的代码，须在“主体”表中",
        english="The code of the body that is supervised; it must stand in the sheet 主体.",
    ),
    ColumnText(
        words.SUPERVISION,
        words.LINE,
        is_required=True,
        chinese="从下拉列表中选择；消防条线留空的，由上级督管",
        english="One word of the list. A body without a row for 消防 (fire) is supervised by the body above it.",
    ),
    ColumnText(
        words.SUPERVISION,
        words.SUPERVISOR,
        is_required=True,
        chinese="该条线上督管主体的代码",
        english="The code of the body that supervises in this line of duty.",
    ),
    ColumnText(
        words.CONTACTS,
        words.BODY_CODE,
        is_required=True,
        chinese="主体的代码，须在“主体”表中",
        english="The code of the body; it must stand in the sheet 主体.",
    ),
    ColumnText(
        words.CONTACTS,
        words.ROLE,
        is_required=True,
        chinese="从下拉列表中选择，可用词见下",
        english="One word of the list; the words are below.",
    ),
    ColumnText(
        words.CONTACTS,
        words.CHANNEL,
        is_required=True,
        chinese="通知渠道的名称，电子邮件填 email；其他渠道与系统设置一致",
        english="The channel: email, or the name of another channel in the settings.",
    ),
    ColumnText(
        words.CONTACTS,
        words.ADDRESS,
        is_required=True,
        chinese="该渠道上的地址，如 name@example.org；同一角色可以有多行",
        english="The address on that channel, such as name@example.org. A role may have several rows.",
    ),
)

_NOTES = (
    (
        "整个文件要么全部导入，要么全部不导入；有误的行会逐一列出",
        "A file is imported as a whole or not at all; every wrong row is named.",
    ),
    (
        "文件中没有的主体保持不变；文件中的主体，其督管和联系人以文件为准",
        "Bodies that are not in the file stay. For those in it, the file decides on supervision and contacts.",
    ),
    (
        "以 = + - @ 开头的内容前加英文单引号，导入时去掉",
        "What begins with = + - @ has an apostrophe before it, which the import takes off.",
    ),
)

_KIND_ENGLISH = {
    BodyKind.PROVINCIAL_GOVERNMENT: "the government of the province",
    BodyKind.PREFECTURE_GOVERNMENT: "the government of an autonomous prefecture",
    BodyKind.CITY_GOVERNMENT: "the government of the city",
    BodyKind.COUNTY_GOVERNMENT: "the government of a county or of a city at its level",
    BodyKind.DISTRICT_COMMITTEE: "the Party committee of the district",
    BodyKind.DISTRICT_GOVERNMENT: "the government of the district",
    BodyKind.FIRE_COMMITTEE: "the fire-safety committee",
    BodyKind.FIRE_COMMITTEE_OFFICE: "the office of the fire-safety committee",
    BodyKind.FIRE_DETACHMENT: "the fire and rescue detachment",
    BodyKind.DEPARTMENT: "a department of the district",
    BodyKind.STREET_TOWN: "a street office or a town",
    BodyKind.MANAGEMENT_COMMITTEE: "a management committee of an area",
    BodyKind.RESIDENTS_COMMITTEE: "a residents' or villagers' committee",
    BodyKind.GROUP_COMPANY: "a group of companies owned by the district",
    BodyKind.PROPERTY_COMPANY: "a property service company",
    BodyKind.SCHOOL: "a school or kindergarten",
    BodyKind.UNIT: "any other organ, organisation, enterprise or institution",
}


def explanation() -> Iterator[Line]:
    """Yield the lines of the sheet below its header: columns, allowed words, notes."""
    for text in COLUMN_TEXTS:
        yield text.sheet, text.column, words.YES if text.is_required else words.NO, text.chinese, text.english
    for kind in BodyKind:
        yield words.BODIES, words.KIND, "", kind.chinese, _KIND_ENGLISH[kind]
    for line in words.LINES:
        yield words.SUPERVISION, words.LINE, "", line.word, line.key.replace("_", " ")
    for role in ContactRole:
        yield words.CONTACTS, words.ROLE, "", role.chinese, role.value
    for chinese, english in _NOTES:
        yield "", "", "", chinese, english
