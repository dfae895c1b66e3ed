"""The words for a day: what is known of it, why, and who decided."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DayStatus(StrEnum):
    """What is known of a day."""

    WORKDAY = "workday"
    REST = "rest"
    UNKNOWN = "unknown"


class DayKind(StrEnum):
    """Why a day is a workday or a day of rest."""

    ORDINARY_WEEKDAY = "ordinary_weekday"
    WEEKEND = "weekend"
    STATUTORY_HOLIDAY = "statutory_holiday"
    SHIFTED_REST = "shifted_rest"
    MAKEUP_WORKDAY = "makeup_workday"
    LOCAL_HOLIDAY = "local_holiday"
    UNPUBLISHED = "unpublished"


class Layer(StrEnum):
    """Which layer decided a day; a later one overrules an earlier one."""

    WEEK = "week"
    STATUTE = "statute"
    NOTICE = "notice"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Day:
    """One day, with the ground for what is known of it.

    Attributes:
        on: The day.
        status: Workday, rest or unknown.
        kind: Why.
        name: The holiday it belongs to, in Chinese; empty for ordinary days.
        source: The document that decides it, or what is still missing.
        layer: The layer that decided.
    """

    on: date
    status: DayStatus
    kind: DayKind
    name: str
    source: str
    layer: Layer


@dataclass(frozen=True, slots=True, eq=False)
class KnownDays:
    """All that the data says about the days of one division; what a calendar is compiled from.

    Attributes:
        first_on: First day covered.
        last_on: Last day covered.
        special: The days some layer speaks of; the week decides the others.
        confirmed_until: Last day settled by notices.
        version: Digest of the data.
    """

    first_on: date
    last_on: date
    special: dict[date, Day]
    confirmed_until: date
    version: str
