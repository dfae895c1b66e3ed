"""What only cases of events have: their parties, and what stopped or lengthened their clock."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.columns import Instant


class CaseParty(SQLModel, table=True):
    """A body with a part in an event; `party` is one of `models.process.Party`."""

    __tablename__ = "case_party"

    case_id: int = Field(primary_key=True, foreign_key="duty_case.id")
    party: str = Field(primary_key=True)
    body_code: str = Field(primary_key=True, foreign_key="body.code")


class ClockAct(StrEnum):
    """What a document does to the clock of an event."""

    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"

    @property
    def chinese(self) -> str:
        """The word used on screen."""
        return {ClockAct.PAUSE: "中止计时", ClockAct.RESUME: "恢复计时", ClockAct.EXTEND: "延长期限"}[self]


class ClockChange(SQLModel, table=True):
    """One document that stopped, restarted or lengthened the clock of an event; never changed, only followed.

    Attributes:
        step: The step that has more time; empty where the whole clock is meant.
        begins_on: The first day that is not counted, or again is; for more time, the day of the approval.
        until_on: For more time, the day by which the step is due now.
        document: The digest of the document in the evidence store.
        document_name: The file's name.
        number: The document's official number, where it has one.
        approver: Who approved it, as `<body code>/<role>`.
    """

    __tablename__ = "clock_change"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="duty_case.id", index=True)
    kind: str
    step: str = ""
    begins_on: date
    until_on: date | None = None
    document: str
    document_name: str
    number: str = ""
    reason: str
    approver: str
    recorded_at: datetime = Field(sa_type=Instant)
