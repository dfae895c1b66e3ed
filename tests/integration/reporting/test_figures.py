"""Every figure of a report, held against a key made by hand."""

from datetime import date
from decimal import Decimal

import pytest
from quarters import AS_OF, STUDY, Quarter

from models.kinds import BodyKind
from models.regulation import Level
from tasks.reporting.figures import Figures, NumberSum, Tally, Trace, figures
from tasks.reporting.statuses import Status


def count(quarter: Quarter, top: str = "", as_of: date = AS_OF) -> Figures:
    with quarter.desk.district.database.reading() as connection:
        return figures(connection, quarter.scope(top, as_of))


def tally(**counts: int) -> Tally:
    return Tally({Status(name): number for name, number in counts.items()})


def test_each_duty_is_counted_once_by_how_it_stands(quarter: Quarter) -> None:
    found = count(quarter)
    assert found.total == tally(accepted=2, late=1, overdue=1, submitted=1, open=1)
    assert (found.total.owed, found.total.settled, found.total.running, found.bodies) == (6, 4, 1, 2)
    assert found.total.rate == Decimal("50.0")


def test_the_same_duties_by_month_by_kind_by_process_and_by_obligation(quarter: Quarter) -> None:
    found = count(quarter)
    assert found.by_month() == {
        "2027-01": tally(accepted=1, late=1),
        "2027-02": tally(accepted=1, overdue=1),
        "2027-03": tally(open=1, submitted=1),
    }
    assert found.by_kind() == {BodyKind.STREET_TOWN: found.total}
    assert found.by_group() == {"leadership-meeting": found.total}
    assert found.by_obligation() == {STUDY: found.total}


def test_numbers_are_those_of_the_last_accepted_revision(quarter: Quarter) -> None:
    assert count(quarter).numbers == [NumberSum("协调解决的问题数", "个", 3, 3 + 2 + 4, (STUDY,))]


def test_returns_and_escalations_are_counted_by_level(quarter: Quarter) -> None:
    found = count(quarter)
    assert found.returns == 1
    assert found.escalations == {Level.OVERDUE: (2, 2), Level.PROMPT: (1, 1), Level.WARNING: (0, 0)}


def test_the_overdue_are_listed_with_how_far_their_ladder_went(quarter: Quarter) -> None:
    [row] = count(quarter).overdue
    assert (row["id"], row["body"], row["due_on"], row["reached"]) == (
        quarter.ids["X-S02", "2027-02"],
        "街道2（示例）",
        date(2027, 2, 28),
        2,
    )


def test_every_figure_names_the_duties_it_was_counted_from(quarter: Quarter) -> None:
    ids = quarter.ids

    def one(status: Status, *spans: tuple[int, int]) -> Trace:
        return Trace(STUDY, "meeting", status, sum(last - first + 1 for first, last in spans), spans)

    january, february = ids["X-S01", "2027-01"], ids["X-S01", "2027-02"]
    assert count(quarter).traces == [
        one(Status.ACCEPTED, (january, january), (february, february)),
        one(Status.LATE, (ids["X-S02", "2027-01"],) * 2),
        one(Status.OPEN, (ids["X-S02", "2027-03"],) * 2),
        one(Status.OVERDUE, (ids["X-S02", "2027-02"],) * 2),
        one(Status.SUBMITTED, (ids["X-S01", "2027-03"],) * 2),
    ]


def test_numbers_of_duties_that_follow_one_another_are_one_span(quarter: Quarter) -> None:
    quarter.desk.write("UPDATE duty SET state = 'waived'")
    [trace] = count(quarter).traces
    assert trace.spans == ((min(quarter.ids.values()), max(quarter.ids.values())),)
    assert count(quarter).total.owed == 0


@pytest.mark.parametrize(
    ("top", "duties"), [("X-S01", 3), ("X-OFFICE", 6), ("X-GOV", 6), ("X-R001", 0), ("X-D01", 0), ("", 6)]
)
def test_a_body_answers_for_itself_for_those_below_and_for_those_it_supervises(
    quarter: Quarter, top: str, duties: int
) -> None:
    assert count(quarter, top).total.owed == duties


def test_a_submission_that_waits_for_review_is_not_overdue_after_its_day(quarter: Quarter) -> None:
    assert count(quarter, as_of=date(2027, 4, 1)).by_month()["2027-03"] == tally(overdue=1, submitted=1)


@pytest.mark.parametrize(("hour", "status"), [(23, Status.ACCEPTED), (24, Status.LATE)])
def test_late_begins_with_the_midnight_in_shanghai_after_the_due_date(
    quarter: Quarter, hour: int, status: Status
) -> None:
    duty = quarter.duty("X-S02", "2027-03")
    quarter.desk.submit(duty, date(2027, 3, 31) if hour < 24 else date(2027, 4, 1), hour=hour % 24)
    quarter.desk.review(quarter.duty("X-S02", "2027-03"), date(2027, 4, 2))
    assert count(quarter, as_of=date(2027, 4, 2)).by_month()["2027-03"][status] == 1


def test_nothing_is_written_by_counting(quarter: Quarter) -> None:
    before = quarter.desk.everything()
    count(quarter)
    assert quarter.desk.everything() == before
