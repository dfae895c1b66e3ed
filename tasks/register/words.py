"""The words of a register file: its sheets, its columns, and what may stand in their cells."""

from dataclasses import dataclass

from models.kinds import BodyFlag

BODIES = "主体"
SUPERVISION = "督管"
CONTACTS = "联系人"
EXPLANATION = "说明"
SHEETS = (BODIES, SUPERVISION, CONTACTS, EXPLANATION)

CODE = "代码"
NAME = "名称"
KIND = "类别"
PARENT = "上级代码"
DIVISION = "区划代码"
EXAMPLE = "示例"
BODY_COLUMNS = (CODE, NAME, KIND, PARENT, DIVISION, *(flag.chinese for flag in BodyFlag), EXAMPLE)

BODY_CODE = "主体代码"
LINE = "条线"
SUPERVISOR = "督管主体代码"
SUPERVISION_COLUMNS = (BODY_CODE, LINE, SUPERVISOR)

ROLE = "角色"
CHANNEL = "渠道"
ADDRESS = "地址"
CONTACT_COLUMNS = (BODY_CODE, ROLE, CHANNEL, ADDRESS)

COLUMNS = {BODIES: BODY_COLUMNS, SUPERVISION: SUPERVISION_COLUMNS, CONTACTS: CONTACT_COLUMNS}
"""The columns of each sheet, in their order; every one of them must be there."""

YES = "是"
NO = "否"
YES_NO = {YES: True, NO: False, "": False}

EMAIL = "email"


@dataclass(frozen=True)
class LineOfDuty:
    """A line of duty (条线) in which one body supervises another.

    Attributes:
        key: How the database names it.
        word: How a register file names it.
        item: The item of putuo-2020 art11 whose department supervises that industry; 0 where there is none.
    """

    key: str
    word: str
    item: int = 0


LINES = (
    LineOfDuty("fire", "消防"),
    LineOfDuty("industry", "行业"),
    LineOfDuty("affiliation", "隶属"),
    LineOfDuty("emergency", "应急", 1),
    LineOfDuty("commerce", "商务", 3),
    LineOfDuty("education", "教育", 4),
    LineOfDuty("science", "科技", 5),
    LineOfDuty("civil_affairs", "民政", 7),
    LineOfDuty("human_resources", "人社", 10),
    LineOfDuty("construction", "建设", 13),
    LineOfDuty("culture_tourism", "文旅", 14),
    LineOfDuty("health", "卫生", 15),
    LineOfDuty("market_regulation", "市场监管", 16),
    LineOfDuty("state_assets", "国资", 17),
    LineOfDuty("sports", "体育", 18),
    LineOfDuty("greening", "绿化市容", 19),
    LineOfDuty("housing", "房管", 20),
    LineOfDuty("civil_defence", "民防", 22),
    LineOfDuty("finance", "金融", 23),
    LineOfDuty("media", "媒体", 26),
    LineOfDuty("religion", "宗教", 27),
)
"""Fire safety itself, the industry of a body whatever it is, whose unit it is, and each industry by its name."""

WORD_TO_LINE = {line.word: line.key for line in LINES}
LINE_TO_WORD = {line.key: line.word for line in LINES}


def supervision_column(line: str) -> str:
    """Return the header under which a flat file gives the supervisor in a line of duty."""
    return f"{SUPERVISION}:{LINE_TO_WORD[line]}"


def contact_column(role_word: str, channel: str) -> str:
    """Return the header under which a flat file gives an address."""
    return f"{CONTACTS}:{role_word}:{channel}"


def supervision_pattern() -> str:
    """Return the form of all headers that `supervision_column` gives."""
    return f"{SUPERVISION}:<{LINE}>"


def contact_pattern() -> str:
    """Return the form of all headers that `contact_column` gives."""
    return f"{CONTACTS}:<{ROLE}>:<{CHANNEL}>"
