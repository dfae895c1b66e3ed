"""What holds for the calendar of every division, whatever its data."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.days import KnownDays
from calendars.layers import FIRST_ON, LAST_ON, known_days
from calendars.workdays import (
    Day,
    DayKind,
    DayStatus,
    Layer,
    Roll,
    WorkdayCalendar,
    workday_calendar,
)
from fireduty.errors import UnpublishedDateError

DIVISIONS = ["000000", "110000", "310107", "310113", "330400", "222400", "222401", "654321"]
DAY = timedelta(days=1)

inside = st.dates(date(2018, 3, 1), date(2050, 10, 31))
# Sixty workdays on from its end the year is still settled.
settled = st.dates(date(2018, 5, 1), date(2026, 9, 15))
counts = st.integers(1, 30)
conventions = st.sampled_from(Roll)


@pytest.fixture(scope="module", params=DIVISIONS)
def calendar(request: pytest.FixtureRequest) -> WorkdayCalendar:
    return workday_calendar(request.param)


def stepped(calendar: WorkdayCalendar, d: date, n: int, unknown: DayStatus) -> date:
    """The n-th workday after or before a day, found by walking: the slow and plain way."""
    step = DAY if n > 0 else -DAY
    while n:
        d += step
        status = calendar.status(d)
        works = (unknown if status is DayStatus.UNKNOWN else status) is DayStatus.WORKDAY
        n -= (1 if n > 0 else -1) * works
    return d


def test_covers_2018_to_2050(calendar: WorkdayCalendar) -> None:
    assert (calendar.first_on, calendar.last_on) == (FIRST_ON, LAST_ON)


def test_the_status_of_every_day_is_explained(calendar: WorkdayCalendar) -> None:
    for offset in range((LAST_ON - FIRST_ON).days + 1):
        day = calendar.explain(FIRST_ON + offset * DAY)
        assert day.status is calendar.status(day.on)
        assert (day.kind is DayKind.UNPUBLISHED) == (day.status is DayStatus.UNKNOWN)
        assert day.source


def test_the_week_decides_where_no_other_layer_does(calendar: WorkdayCalendar) -> None:
    for offset in range((LAST_ON - FIRST_ON).days + 1):
        day = calendar.explain(FIRST_ON + offset * DAY)
        if day.layer is Layer.WEEK:
            assert (day.status is DayStatus.WORKDAY) == (day.on.weekday() < 5)


def test_the_end_of_every_year_to_come_is_open(calendar: WorkdayCalendar) -> None:
    for year in range(calendar.confirmed_until.year, 2051):
        for day in (29, 30, 31):
            if date(year, 12, day) > calendar.confirmed_until and year >= 2026:
                assert calendar.status(date(year, 12, day)) is DayStatus.UNKNOWN


def test_the_version_is_a_digest(calendar: WorkdayCalendar) -> None:
    assert len(calendar.version) == 16
    assert int(calendar.version, 16) >= 0


@given(d=inside, n=counts)
def test_bounds_are_what_walking_finds(calendar: WorkdayCalendar, d: date, n: int) -> None:
    assert calendar.bounds(d, n) == (
        stepped(calendar, d, n, DayStatus.WORKDAY),
        stepped(calendar, d, n, DayStatus.REST),
    )
    assert calendar.bounds(d, -n) == (
        stepped(calendar, d, -n, DayStatus.REST),
        stepped(calendar, d, -n, DayStatus.WORKDAY),
    )


@given(d=inside, n=counts)
def test_add_answers_exactly_when_the_bounds_agree(calendar: WorkdayCalendar, d: date, n: int) -> None:
    earliest, latest = calendar.bounds(d, n)
    if earliest == latest:
        assert calendar.add_workdays(d, n) == earliest
        assert calendar.is_workday(earliest)
    else:
        with pytest.raises(UnpublishedDateError):
            calendar.add_workdays(d, n)


@given(d=inside)
def test_adding_none_leaves_the_day(calendar: WorkdayCalendar, d: date) -> None:
    assert calendar.add_workdays(d, 0) == d


@given(d=inside, n=counts)
def test_bounds_increase_with_the_number(calendar: WorkdayCalendar, d: date, n: int) -> None:
    near, far = calendar.bounds(d, n), calendar.bounds(d, n + 1)
    assert d < near[0] < far[0]
    assert near[1] < far[1]


@given(d=settled, a=counts, b=counts)
def test_adding_twice_is_adding_the_sum(d: date, a: int, b: int) -> None:
    calendar = workday_calendar("310107")
    assert calendar.add_workdays(d, a + b) == calendar.add_workdays(calendar.add_workdays(d, a), b)
    assert calendar.add_workdays(d, -a) == stepped(calendar, d, -a, DayStatus.REST)


@given(d=settled, n=counts)
def test_between_undoes_add(d: date, n: int) -> None:
    calendar = workday_calendar("310107")
    assert calendar.workdays_between(d, calendar.add_workdays(d, n)) == n
    assert calendar.workdays_between(d, calendar.add_workdays(d, -n)) == -n


@given(a=settled, b=settled)
def test_between_counts_what_walking_finds(a: date, b: date) -> None:
    calendar = workday_calendar("310107")
    low, high = (a + DAY, b) if a <= b else (b, a - DAY)
    walked = sum(calendar.is_workday(low + n * DAY) for n in range((high - low).days + 1))
    assert calendar.workdays_between(a, b) == (walked if a <= b else -walked)


@given(d=inside, convention=conventions)
def test_rolled_days_surround_the_day(calendar: WorkdayCalendar, d: date, convention: Roll) -> None:
    assert calendar.roll_bounds(d, Roll.PRECEDING)[1] <= d
    assert d <= calendar.roll_bounds(d, Roll.FOLLOWING)[0]
    earliest, latest = calendar.roll_bounds(d, convention)
    assert earliest <= latest


@given(d=settled, convention=conventions)
def test_rolling_twice_is_rolling_once(d: date, convention: Roll) -> None:
    calendar = workday_calendar("310107")
    rolled = calendar.roll(d, convention)
    assert calendar.roll(rolled, convention) == rolled
    if convention in (Roll.MODIFIED_FOLLOWING, Roll.MODIFIED_PRECEDING):
        assert (rolled.year, rolled.month) == (d.year, d.month)


@settings(max_examples=40)
@given(d=st.dates(date(2026, 12, 1), date(2027, 12, 1)), n=st.integers(-20, 20), seed=st.randoms())
def test_whatever_is_published_lies_within_the_bounds(d: date, n: int, seed: object) -> None:
    known = known_days("222400")
    settled_days = {on: _settled(day, seed) for on, day in known.special.items()}
    published = KnownDays(FIRST_ON, date(2029, 12, 31), settled_days, LAST_ON, "published")
    after = WorkdayCalendar("222400", published)
    earliest, latest = workday_calendar("222400").bounds(d, n)
    assert earliest <= after.add_workdays(d, n) <= latest
    for convention in Roll:
        earliest, latest = workday_calendar("222400").roll_bounds(d, convention)
        assert earliest <= after.roll(d, convention) <= latest


def _settled(day: Day, seed: object) -> Day:
    if day.status is not DayStatus.UNKNOWN:
        return day
    status = seed.choice([DayStatus.WORKDAY, DayStatus.REST])  # type: ignore[attr-defined]
    kind = DayKind.MAKEUP_WORKDAY if status is DayStatus.WORKDAY else DayKind.SHIFTED_REST
    return Day(day.on, status, kind, day.name, "drawn", Layer.NOTICE)


@given(d=st.dates(date(2023, 8, 1), date(2024, 10, 1)), n=counts)
def test_a_local_holiday_never_moves_a_deadline_earlier(d: date, n: int) -> None:
    nation, yanbian = workday_calendar("000000"), workday_calendar("222400")
    assert nation.add_workdays(d, n) <= yanbian.add_workdays(d, n)
