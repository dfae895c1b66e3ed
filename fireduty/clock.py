"""The only reader of the machine's clock.

Everything below the doors takes `as_of` (a date in Asia/Shanghai) and `at` (an instant in UTC) as parameters.
A demonstration or a rehearsal may shift the clock by whole seconds through the setting `clock_offset`; the
machine's clock itself is never touched.
"""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFSET_VARIABLE = "FIREDUTY_CLOCK_OFFSET"


def offset() -> timedelta:
    """Return by how much this process's time is shifted from the machine's."""
    return timedelta(seconds=int(os.environ.get(OFFSET_VARIABLE, "0")))


def now() -> datetime:
    """Return the present instant, in UTC, to the second."""
    return (datetime.now(UTC) + offset()).replace(microsecond=0)


def today() -> date:
    """Return the present date where duties are owed, Asia/Shanghai."""
    return local_date(now())


def local_date(at: datetime) -> date:
    """Return the Shanghai date of an instant."""
    return at.astimezone(SHANGHAI).date()


def morning_of(on: date, hour: int = 9) -> datetime:
    """Return the instant of `hour` o'clock in Shanghai on a date, in UTC."""
    return datetime(on.year, on.month, on.day, hour, tzinfo=SHANGHAI).astimezone(UTC)


def offset_to(on: date) -> timedelta:
    """Return the shift that makes today be `on`, keeping the time of day."""
    real = local_date(datetime.now(UTC))
    return timedelta(days=(on - real).days)
