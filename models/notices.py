"""Notices that duties cause, and the outbox of messages that carry them."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint

from models.columns import Instant
from models.states import MessageState


class Notice(SQLModel, table=True):
    """One thing one body must be told about one duty, once."""

    __table_args__ = (
        UniqueConstraint("duty_id", "occasion", "recipient_code"),
        Index(
            "ix_notice_waiting",
            "recipient_code",
            sqlite_where=text("message_id IS NULL"),
            postgresql_where=text("message_id IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id")
    occasion: str
    """A rung of the ladder, or an act with its revision, such as `returned:2`."""
    level: str
    recipient_code: str
    caused_at: datetime = Field(sa_type=Instant)
    message_id: int | None = Field(default=None, foreign_key="message.id")


class Message(SQLModel, table=True):
    """One message to one contact, carrying all notices that waited for it."""

    __table_args__ = (
        Index(
            "ix_message_waiting",
            "next_attempt_at",
            sqlite_where=text("state IN ('claimed', 'failed')"),
            postgresql_where=text("state IN ('claimed', 'failed')"),
        ),
        Index(
            "ix_message_leased",
            "leased_by",
            sqlite_where=text("leased_by <> ''"),
            postgresql_where=text("leased_by <> ''"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """What makes the message the same one when it is tried again; travels in its header."""
    recipient_code: str
    channel: str
    address: str
    title: str
    text: str
    html: str = ""
    """The same words as HTML, for channels that show it; empty elsewhere."""
    state: str = MessageState.CLAIMED
    attempts: int = 0
    """Attempts whose end is recorded."""
    begun: int = 0
    """Attempts that were begun; one more than `attempts` while one is under way, or where its process died in it."""
    composed_at: datetime = Field(sa_type=Instant)
    next_attempt_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str = ""
    answer: str = ""
    """What the other side said when it accepted the message: a mail server's queue id, a robot's return code."""
    sealed_seq: int | None = None
    """The ledger's entry of the last attempt's end."""
    doubles: int = 0
    """How often it was sent again although an attempt may have arrived."""
    leased_by: str = ""
    """The worker that has the message in hand; empty where none has."""
    lease_until: datetime | None = Field(default=None, sa_type=Instant)


class SendingToken(SQLModel, table=True):
    """The right to send one message to a destination; each destination has as many as its limit allows."""

    __tablename__ = "sending_token"

    destination: str = Field(primary_key=True)
    """The channel, or the digest of a robot's address; no credentials."""
    number: int = Field(primary_key=True)
    back_at: datetime = Field(sa_type=Instant)
    """When it may be used again."""
