"""The days on which Prefect runs an obligation's flow: every opening and every rung, one schedule a period.

The heartbeat would do all this too, so that a date Prefect loses is no date lost; the schedules are what an
administrator reads in Prefect's pages.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from calendars.periods import Frequency, Period
from models.regulation import Obligation, Regulation
from tasks.agenda import concerned_codes, own_periods
from tasks.district import District
from tasks.rolling import current_rounds
from tasks.scheduling import NOBODY, StepDates, case_dates, periods_of
from tasks.steps import TODAY

TIME_ZONE = "Asia/Shanghai"
HORIZON = timedelta(days=400)
"""How far ahead periods get a schedule; the server is set to make their runs as far ahead."""

LOOK_BACK = timedelta(days=60)
"""How long after a period's end its ladder may still speak."""

EVERY_DAY = "0 9 * * *"

MOST_DATES = 405
"""What fits into a rule: Prefect takes no more than 6,500 characters."""

_RDATE = re.compile(r"RDATE:([0-9T,]+)")


@dataclass(frozen=True)
class Timetable:
    """One schedule of a deployment: either dates or a cron line, with the parameters of its runs."""

    slug: str
    parameters: dict[str, str | bool] = field(default_factory=dict)
    dates: tuple[date, ...] = ()
    cron: str = ""

    @property
    def rule(self) -> str:
        """The dates as Prefect takes them, at nine o'clock of the schedule's time zone."""
        return "RDATE:" + ",".join(f"{on:%Y%m%d}T090000" for on in self.dates)


@dataclass(frozen=True)
class PeriodDates:
    """A period of an obligation with the dates of its steps."""

    period: Period
    steps: Sequence[StepDates]

    @property
    def days(self) -> tuple[date, ...]:
        """Every day on which something of it may have to be done, in order."""
        return tuple(
            sorted({one.opens_on for one in self.steps} | {fall.falls_on for one in self.steps for fall in one.ladder})
        )

    @property
    def timetable_slug(self) -> str:
        """The period's key in the characters that Prefect allows."""
        return self.period.key.lower().replace("..", "-").replace("+", "-")


def upcoming(district: District, regulation: Regulation, obligation: Obligation, as_of: date) -> list[PeriodDates]:
    """Return the periods of an obligation that have dates from a day on, within the horizon, in order."""
    settings = district.settings
    with district.database.reading() as connection:
        concerned = concerned_codes(connection, obligation)
        own = own_periods(connection, obligation, district.added)
        rounds = _rounds(connection, district, obligation)
    last_on = as_of + HORIZON
    found = []
    begins_on = max(settings.in_force_on, as_of - LOOK_BACK)
    for period in rounds or periods_of(obligation, begins_on, last_on, settings.division, district.added):
        apart = own.get(period.key, NOBODY)
        steps = case_dates(regulation, obligation, period, district.calendar, concerned, own=apart)
        # The same rule by which cases are opened: what fell due before we answer for the district is not ours.
        ours = max(one.due_on for one in steps) >= settings.in_force_on
        dates = PeriodDates(period, steps)
        if ours and any(as_of <= on <= last_on for on in dates.days):
            found.append(dates)
    return found


def _rounds(connection: Connection, district: District, obligation: Obligation) -> Sequence[Period]:
    """Return the rounds under way of what is owed so long after it was last done; nothing of another frequency."""
    if obligation.frequency is not Frequency.AFTER_LAST:
        return ()
    return current_rounds(connection, obligation, district.settings.in_force_on)


def timetables(obligation: Obligation, periods: Iterable[PeriodDates], as_of: date) -> tuple[Timetable, ...]:
    """Return one schedule a period, holding its dates from a day on; of a daily duty a single one for every day."""
    if obligation.frequency is Frequency.DAILY:
        parameters: dict[str, str | bool] = {"obligation": obligation.id, "period": TODAY}
        return (Timetable(slug="daily", parameters=parameters, cron=EVERY_DAY),)
    return tuple(
        Timetable(
            slug=one.timetable_slug,
            parameters={"obligation": obligation.id, "period": one.period.key},
            dates=tuple(on for on in one.days if on >= as_of)[:MOST_DATES],
        )
        for one in periods
    )


def dates_of_rule(rule: str) -> tuple[date, ...]:
    """Return the dates of a rule as Prefect gives it back, with whatever it put before them."""
    match = _RDATE.search(rule)
    if match is None:
        return ()
    return tuple(date(int(one[:4]), int(one[4:6]), int(one[6:8])) for one in match[1].split(",") if one)
