"""Submissions, the files that came with them, and reviews."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from models.columns import Instant


class Submission(SQLModel, table=True):
    """One revision of what a body submitted for a duty; never changed, only followed by the next."""

    __table_args__ = (UniqueConstraint("duty_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id")
    revision: int
    submitter: str
    claimed_on: date
    recorded_at: datetime = Field(sa_type=Instant)
    answers: str
    """Canonical JSON of the answers by requirement key."""
    shares_id: int | None = Field(default=None, foreign_key="submission.id")
    """The submission for another duty with which this one was handed in: one act and one proof for both."""


class EvidenceFile(SQLModel, table=True):
    """One file of a submission, by digest; the bytes lie in the store."""

    __tablename__ = "evidence_file"
    __table_args__ = (UniqueConstraint("submission_id", "requirement", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    requirement: str
    name: str
    media_type: str
    size: int
    digest: str = Field(index=True)


class Review(SQLModel, table=True):
    """The verdict of the supervising body on one submission."""

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", unique=True)
    reviewer: str
    outcome: str
    reason: str
    reviewed_at: datetime = Field(sa_type=Instant)
