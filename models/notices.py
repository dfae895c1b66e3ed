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
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """What makes the message the same one when it is tried again; travels in its header."""
    recipient_code: str
    channel: str
    address: str
    title: str
    text: str
    state: str = MessageState.CLAIMED
    attempts: int = 0
    composed_at: datetime = Field(sa_type=Instant)
    next_attempt_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str = ""
