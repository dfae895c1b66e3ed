"""The shape of an assessment scheme (考核办法): what counts how much, which grades there are, what follows.

None of the five texts gives weights or grades, so every scheme is ours until an administrator makes it theirs. All
numbers are whole: points of the total, per cent of a duty's share. `models.schemes` reads the files.
"""

from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from calendars.periods import Frequency
from models.kinds import BodyKind
from models.regulation import Obligation, Trigger

EXCLUDED: Final = "excluded"
"""What a scheme says of duties that count neither for nor against a body."""

FULL = 100
"""Per cent of its share that a duty done on time brings."""


class Outcome(StrEnum):
    """What became of a duty by the day of assessment; each duty has exactly one.

    What decides is when the last submission reached us, not when the body says it did its duty.
    """

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    RETURNED = "returned"
    WAIVED = "waived"
    NOT_YET_DUE = "not_yet_due"

    @property
    def chinese(self) -> str:
        """The word used on screen and in results."""
        return _CHINESE[self]


_CHINESE = {
    Outcome.ON_TIME: "按期",
    Outcome.LATE: "逾期完成",
    Outcome.MISSING: "未完成",
    Outcome.RETURNED: "退回未补正",
    Outcome.WAIVED: "不适用",
    Outcome.NOT_YET_DUE: "未到期",
}


class _Strict(BaseModel):
    """A part of a scheme: unknown fields are refused, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(_Strict):
    """Obligations by what is given of them; all that is given must hold, and nothing given takes every one.

    Attributes:
        regulation: Id of the regulation.
        obligation: Full id of the one obligation.
        ref: The clause, or one it lies in: `art10` takes `art10(4)` too, but not `art101`.
        trigger: How it falls due.
        frequency: How often.
        flow: The process it runs through.
    """

    regulation: str = ""
    obligation: str = ""
    ref: str = ""
    trigger: Trigger | None = None
    frequency: Frequency | None = None
    flow: str = ""

    @property
    def takes_all(self) -> bool:
        """Whether nothing is given."""
        return self == Match()

    def takes(self, regulation: str, obligation: Obligation) -> bool:
        """Return whether an obligation of a regulation is meant."""
        below = obligation.ref[len(self.ref) : len(self.ref) + 1]
        return (
            self.regulation in ("", regulation)
            and self.obligation in ("", obligation.id)
            and obligation.ref.startswith(self.ref)
            and not (self.ref and below.isdigit())
            and self.trigger in (None, obligation.trigger)
            and self.frequency in (None, obligation.frequency)
            and self.flow in ("", obligation.flow)
        )


class Group(_Strict):
    """Obligations that share one weight; an obligation counts in the first group that takes it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    english: str
    weight: int = Field(ge=1, strict=True)
    """Points of the total."""
    match: tuple[Match, ...] = Field(min_length=1)


class Credit(_Strict):
    """Per cent of its share that a duty brings, by what became of it; on time is always all of it."""

    late: int = Field(ge=0, le=FULL, strict=True)
    missing: int = Field(ge=0, le=FULL, strict=True)
    returned: int = Field(ge=0, le=FULL, strict=True)
    waived: int | Literal["excluded"] = EXCLUDED

    @field_validator("waived", mode="before")
    @classmethod
    def _waived_is_a_percentage(cls, given: Any) -> Any:
        if given != EXCLUDED and not (type(given) is int and 0 <= given <= FULL):
            message = f"expected {EXCLUDED} or a whole number from 0 to {FULL}"
            raise ValueError(message)
        return given

    def of(self, outcome: Outcome) -> int | None:
        """Return the per cent of an outcome, or nothing where such duties do not count."""
        if outcome is Outcome.ON_TIME:
            return FULL
        if outcome is Outcome.NOT_YET_DUE or (outcome is Outcome.WAIVED and self.waived == EXCLUDED):
            return None
        found: int = getattr(self, outcome.value)
        return found


class Grade(_Strict):
    """A grade (等次), and the points from which it is given."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    at_least: int = Field(ge=0, strict=True)


class FollowUpKind(StrEnum):
    """What a text demands once the results are there."""

    CIRCULAR = "circular"
    REPORT = "report"
    COPY = "copy"
    BASIS = "basis"
    HONOURS = "honours"
    INCLUSION = "inclusion"
    TALK = "talk"
    ACCOUNTABILITY = "accountability"

    @property
    def chinese(self) -> str:
        """The word used in results."""
        return _FOLLOW_UP_CHINESE[self]


_FOLLOW_UP_CHINESE = {
    FollowUpKind.CIRCULAR: "通报",
    FollowUpKind.REPORT: "上报",
    FollowUpKind.COPY: "抄送",
    FollowUpKind.BASIS: "干部考察依据",
    FollowUpKind.HONOURS: "奖惩评优",
    FollowUpKind.INCLUSION: "纳入其他考核",
    FollowUpKind.TALK: "约谈",
    FollowUpKind.ACCOUNTABILITY: "追责",
}


class Selection(_Strict):
    """Which of the bodies with a rank a follow-up is about.

    Attributes:
        kinds: Only these kinds; all where empty.
        grades: Only those with one of these grades, by id.
        last: Only the last so many of those left. Bodies that share a rank are taken together, and a body that lost
            no point is never among the last.
    """

    kinds: tuple[BodyKind, ...] = ()
    grades: tuple[str, ...] = ()
    last: int | None = Field(default=None, ge=1, strict=True)


class FollowUp(_Strict):
    """One thing the text demands once the results are there.

    Attributes:
        ref: The clause that demands it.
        regulation: Id of its regulation; the first of the scheme where empty.
        title: What is to be done, in our words.
        to: Who receives it, as the text names them.
        about: The bodies it is about; where left out, the results as a whole.
        ours: What in it is our reading and not the text's.
    """

    ref: str
    regulation: str = ""
    kind: FollowUpKind
    title: str = Field(min_length=1)
    to: tuple[str, ...] = ()
    about: Selection | None = None
    ours: str = ""


class Scheme(_Strict):
    """A scheme, as its file gives it.

    Attributes:
        id: Name of its file in the data folder; the regulation's id for those that come with Fireduty.
        regulations: Ids of the regulations whose duties count.
        basis: The clause under which the assessment is held.
        total: Points of a body without fault.
        uncounted: Obligations that count nowhere, looked at before the groups; one with nothing given stands for
            whatever no group takes.
        ours: What is ours and not the law's.
        digest: SHA-256 of the file; set by the loader.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    english: str
    regulations: tuple[str, ...] = Field(min_length=1)
    basis: str
    ours: str = ""
    total: int = Field(ge=1, le=10_000, strict=True)
    groups: tuple[Group, ...] = Field(min_length=1)
    uncounted: tuple[Match, ...] = ()
    credit: Credit
    grades: tuple[Grade, ...] = Field(min_length=1)
    follow_ups: tuple[FollowUp, ...] = ()
    digest: str = ""

    def group_of(self, regulation: str, obligation: Obligation) -> Group | None:
        """Return the group an obligation counts in, or nothing where it counts nowhere."""
        if any(match.takes(regulation, obligation) for match in self.uncounted if not match.takes_all):
            return None
        taking = (one for one in self.groups if any(match.takes(regulation, obligation) for match in one.match))
        return next(taking, None)
