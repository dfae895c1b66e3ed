"""The append-only record (存证账)."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import Instant


class LedgerEntry(SQLModel, table=True):
    """One event, sealed to its predecessor.

    `entry` is the canonical JSON of the whole event; the other columns repeat parts of it for finding, and the
    verifier compares them.
    """

    __tablename__ = "ledger"

    seq: int = Field(primary_key=True)
    kind: str
    case_id: int | None = None
    duty_id: int | None = Field(default=None, index=True)
    entry: str
    hash: str = Field(max_length=64)


class CopiedRun(SQLModel, table=True):
    """A Prefect flow run whose final state already stands in the ledger."""

    __tablename__ = "copied_run"

    run_id: str = Field(primary_key=True)
    seq: int = Field(foreign_key="ledger.seq")
    ended_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
