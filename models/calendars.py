"""What is remembered of calendars: the addresses of feeds."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import Instant


class FeedToken(SQLModel, table=True):
    """The address of one body's calendar feed.

    Only a digest of it is kept: who reads the database cannot subscribe.
    """

    __tablename__ = "feed_token"

    digest: str = Field(primary_key=True, max_length=64)
    body_code: str = Field(foreign_key="body.code", index=True)
    opened_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
