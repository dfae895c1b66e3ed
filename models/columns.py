"""Column types that behave the same on every database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def instant_text(at: datetime) -> str:
    """Write an instant as it is stored and sealed: UTC, whole seconds, sortable as text."""
    return at.astimezone(UTC).strftime(INSTANT_FORMAT)


def instant_of(text: str) -> datetime:
    """Read an instant written by `instant_text`."""
    return datetime.strptime(text, INSTANT_FORMAT).replace(tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as text in UTC.

    Text rather than a native type, so that SQLite, PostgreSQL and the ledger hold the very same characters.
    """

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write an instant."""
        del dialect
        return None if value is None else instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read an instant."""
        del dialect
        return None if value is None else instant_of(value)
