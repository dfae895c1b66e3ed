"""Kinds of bodies, as the regulations tell them apart."""

from enum import StrEnum


class BodyKind(StrEnum):
    """A kind of body (责任主体) that a clause can bind."""

    PROVINCIAL_GOVERNMENT = "provincial_government"
    PREFECTURE_GOVERNMENT = "prefecture_government"
    CITY_GOVERNMENT = "city_government"
    COUNTY_GOVERNMENT = "county_government"
    DISTRICT_COMMITTEE = "district_committee"
    DISTRICT_GOVERNMENT = "district_government"
    FIRE_COMMITTEE = "fire_committee"
    FIRE_COMMITTEE_OFFICE = "fire_committee_office"
    FIRE_DETACHMENT = "fire_detachment"
    DEPARTMENT = "department"
    STREET_TOWN = "street_town"
    MANAGEMENT_COMMITTEE = "management_committee"
    RESIDENTS_COMMITTEE = "residents_committee"
    GROUP_COMPANY = "group_company"
    PROPERTY_COMPANY = "property_company"
    SCHOOL = "school"
    UNIT = "unit"

    @property
    def chinese(self) -> str:
        """The word used on screen, in registers and in mails."""
        return _CHINESE[self]


_CHINESE = {
    BodyKind.PROVINCIAL_GOVERNMENT: "省人民政府",
    BodyKind.PREFECTURE_GOVERNMENT: "州人民政府",
    BodyKind.CITY_GOVERNMENT: "市人民政府",
    BodyKind.COUNTY_GOVERNMENT: "县（市）人民政府",
    BodyKind.DISTRICT_COMMITTEE: "区委",
    BodyKind.DISTRICT_GOVERNMENT: "区人民政府",
    BodyKind.FIRE_COMMITTEE: "消防委",
    BodyKind.FIRE_COMMITTEE_OFFICE: "消防委办公室",
    BodyKind.FIRE_DETACHMENT: "消防救援支队",
    BodyKind.DEPARTMENT: "工作部门",
    BodyKind.STREET_TOWN: "街道或镇",
    BodyKind.MANAGEMENT_COMMITTEE: "管委会",
    BodyKind.RESIDENTS_COMMITTEE: "居（村）委会",
    BodyKind.GROUP_COMPANY: "企业集团",
    BodyKind.PROPERTY_COMPANY: "物业服务企业",
    BodyKind.SCHOOL: "学校",
    BodyKind.UNIT: "单位",
}

CHINESE_TO_KIND = {word: kind for kind, word in _CHINESE.items()}

# Where a clause says 单位 it means organs, organisations, enterprises and institutions alike
# (putuo-2020 art5 and art13), so a duty of "units" binds each of these kinds.
KINDS_OF_UNITS = (
    BodyKind.UNIT,
    BodyKind.SCHOOL,
    BodyKind.GROUP_COMPANY,
    BodyKind.PROPERTY_COMPANY,
    BodyKind.DEPARTMENT,
    BodyKind.STREET_TOWN,
    BodyKind.MANAGEMENT_COMMITTEE,
    BodyKind.FIRE_DETACHMENT,
)


def covered_kinds(kind: BodyKind) -> tuple[BodyKind, ...]:
    """Return the kinds of registered bodies that a clause naming `kind` binds."""
    return KINDS_OF_UNITS if kind is BodyKind.UNIT else (kind,)


class BodyFlag(StrEnum):
    """A property of a body on which some clauses depend."""

    KEY_UNIT = "key_unit"
    HIGH_RISK = "high_risk"
    CONTROL_ROOM = "control_room"
    COMMITTEE_MEMBER = "committee_member"

    @property
    def chinese(self) -> str:
        """The column header of the flag in a register."""
        return _FLAG_CHINESE[self]


_FLAG_CHINESE = {
    BodyFlag.KEY_UNIT: "消防安全重点单位",
    BodyFlag.HIGH_RISK: "火灾高危单位",
    BodyFlag.CONTROL_ROOM: "设有消防控制室",
    BodyFlag.COMMITTEE_MEMBER: "消防委成员单位",
}


class ContactRole(StrEnum):
    """Who a contact is within a body."""

    RESPONSIBLE = "responsible"
    PRINCIPAL = "principal"
    LIAISON = "liaison"

    @property
    def chinese(self) -> str:
        """The word used in registers."""
        return _ROLE_CHINESE[self]


_ROLE_CHINESE = {
    ContactRole.RESPONSIBLE: "消防安全责任人",
    ContactRole.PRINCIPAL: "主要负责人",
    ContactRole.LIAISON: "联络员",
}

CHINESE_TO_ROLE = {word: role for role, word in _ROLE_CHINESE.items()}
