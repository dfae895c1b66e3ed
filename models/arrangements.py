"""What is arranged by hand: who stands in for whom, addresses that bounce, ladders that were changed."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.columns import Instant
from models.notices import Message


class Substitute(SQLModel, table=True):
    """Who stands in for a role of a body over a span of days (leave, vacancy).

    Attributes:
        body_code: The body in which somebody is away.
        role: The role that is away.
        by_body_code: The body of who stands in.
        by_role: The role that stands in there; the same role of the same body where it is somebody whom the register
            does not know, reached at an address of their own.
        channel: The channel of that address; empty where the register's contact of who stands in is used.
        address: That address.
        from_on: The first day.
        until_on: The last day; empty while it is open, as with a vacancy.
        recorded_by: Who named the substitute, as `<body code>/<role>`.
    """

    id: int | None = Field(default=None, primary_key=True)
    body_code: str = Field(foreign_key="body.code", index=True)
    role: str
    by_body_code: str = Field(foreign_key="body.code", index=True)
    by_role: str
    channel: str = ""
    address: str = ""
    from_on: date
    until_on: date | None = None
    reason: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=Instant)


class Bounce(SQLModel, table=True):
    """What the administrator found out about an address; the newest entry holds.

    Attributes:
        works: Whether it can be used again: what bounced before then no longer counts.
    """

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(index=True)
    works: bool = False
    reason: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=Instant)


class LadderOverride(SQLModel, table=True):
    """A change of an obligation's ladder, for cases that open while it holds.

    Attributes:
        rung: The rung that it is about; empty for all but the opening.
        shift: By how many working days it comes later, or sooner where negative.
        silent: Whether it says nothing at all.
        ended_at: Since when it no longer holds.
    """

    __tablename__ = "ladder_override"

    id: int | None = Field(default=None, primary_key=True)
    obligation_id: str = Field(index=True)
    rung: str = ""
    shift: int = 0
    silent: bool = False
    reason: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


# Composing asks of each batch of bodies which addresses bounced; dead messages are few among all that were ever sent.
Index(
    "ix_message_dead",
    Message.__table__.c.address,  # type: ignore[attr-defined]
    sqlite_where=text("state = 'dead'"),
    postgresql_where=text("state = 'dead'"),
)
