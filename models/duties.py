"""Cases, their schedules, and the duties of bodies in them."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint

from models.columns import Instant
from models.states import DutyState


class Agenda(SQLModel, table=True):
    """An obligation in force here, and the day on which its next case must be opened."""

    obligation_id: str = Field(primary_key=True)
    next_on: date = Field(index=True)


class Case(SQLModel, table=True):
    """One obligation in one period, or for one event (事项办理).

    Attributes:
        period: The period's key; the number of an event, such as `E2027-0001`.
        event_on: The day on which the event happened or will happen; empty where the case is of a period.
        reported_on: The day on which it was reported to us.
        note: What happened, in the words of who reported it.
        reference: The number of the document that brought it, such as a request's.
        reopens_id: The case that this one takes up again, because what it ended came back.
        paused_on: The day on which its clock was stopped; empty while it runs.
    """

    __tablename__ = "duty_case"
    __table_args__ = (UniqueConstraint("obligation_id", "period"),)

    id: int | None = Field(default=None, primary_key=True)
    obligation_id: str
    period: str
    starts_on: date
    ends_on: date
    provisional: bool = False
    regulation_digest: str
    calendar_version: str
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    event_on: date | None = None
    reported_on: date | None = None
    note: str = ""
    reference: str = ""
    reopens_id: int | None = Field(default=None, foreign_key="duty_case.id")
    paused_on: date | None = None


class Schedule(SQLModel, table=True):
    """The dates that the duties of one step share.

    A step has one schedule, or one for each `variant`: a year, where parts of it fall in different years; or the code
    of a body with dates of its own, beside the schedule of all others. `look_on` is the day on which the step must
    next be looked at for opening duties; empty where all that can be is open.
    """

    __table_args__ = (
        UniqueConstraint("case_id", "step", "variant"),
        Index(
            "ix_schedule_look",
            "look_on",
            sqlite_where=text("look_on IS NOT NULL"),
            postgresql_where=text("look_on IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="duty_case.id")
    step: str
    variant: str = ""
    opens_on: date
    plan_by: date
    due_on: date
    earliest_on: date
    latest_on: date
    provisional: bool = False
    look_on: date | None = None


class Allotment(SQLModel, table=True):
    """A body that this schedule is for and no other of its step: by its year in a cycle, or by dates of its own."""

    schedule_id: int = Field(primary_key=True, foreign_key="schedule.id")
    body_code: str = Field(primary_key=True, foreign_key="body.code")


class Milestone(SQLModel, table=True):
    """One rung of the ladder on its date, for all duties of a schedule."""

    schedule_id: int = Field(primary_key=True, foreign_key="schedule.id")
    position: int = Field(primary_key=True)
    rung: str
    falls_on: date
    audience: str
    level: str


class Duty(SQLModel, table=True):
    """One body's part in one step (任务)."""

    __table_args__ = (
        UniqueConstraint("case_id", "step", "body_code", "subject_code"),
        # The heartbeat's probe: only duties that still have something ahead of them are in it.
        Index(
            "ix_duty_next_action",
            "next_action_on",
            sqlite_where=text("next_action_on IS NOT NULL"),
            postgresql_where=text("next_action_on IS NOT NULL"),
        ),
        Index("ix_duty_body", "body_code", "state"),
        Index("ix_duty_supervisor", "supervisor_code", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="duty_case.id")
    schedule_id: int = Field(foreign_key="schedule.id")
    step: str
    body_code: str = Field(foreign_key="body.code")
    subject_code: str = ""
    supervisor_code: str | None = None
    state: str = DutyState.OPEN
    plan_by: date
    due_on: date
    rung: int = 0
    next_action_on: date | None = None
    opened_at: datetime = Field(sa_type=Instant)
    claimed_on: date | None = None
    submitted_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
