"""What the statements say of many random duties, against the definitions in plain Python."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from factories import Size, make_district

from fireduty.clock import local_date
from models.assessment import Outcome
from models.columns import instant_text
from models.database import bulk_insert
from tasks.assessing.counting import Span, by_group, judged
from tasks.district import District

GROUPS = {"putuo-2020.art9.yearly-funds": "funds", "putuo-2020.art16.monthly-study": "study"}
OPENED = datetime(2027, 1, 1, 1, tzinfo=UTC)
BODIES = ("X-S01", "X-S02", "X-R001")
AS_OF = date(2027, 6, 30)


@dataclass
class Revision:
    at: datetime
    verdict: str = ""
    decided_at: datetime | None = None


@dataclass
class Known:
    """A duty with everything that happened to it."""

    number: int
    case: int
    body: str
    due_on: date
    waived_at: datetime | None = None
    revisions: list[Revision] = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.waived_at:
            return "waived"
        return (self.revisions[-1].verdict or "submitted") if self.revisions else "open"

    def outcome(self, as_of: date) -> Outcome:
        """Say what became of it, as docs/how-to/assess.md defines it."""
        if self.waived_at and local_date(self.waived_at) <= as_of:
            return Outcome.WAIVED
        seen = [one for one in self.revisions if local_date(one.at) <= as_of]
        last = seen[-1] if seen else None
        decided = last is not None and last.decided_at is not None and local_date(last.decided_at) <= as_of
        if last is not None and not (decided and last.verdict == "returned"):
            return Outcome.LATE if local_date(last.at) > self.due_on else Outcome.ON_TIME
        if self.due_on >= as_of:
            return Outcome.NOT_YET_DUE
        return Outcome.MISSING if last is None else Outcome.RETURNED


def made(seed: int) -> list[Known]:
    """Make up a year of duties, some of them with submissions at the very edge of a day in Shanghai."""
    chance = random.Random(seed)  # noqa: S311 - decides about made-up duties only
    duties = []
    for number in range(1, 401):
        due_on = date(2027, 1, 1) + timedelta(days=chance.randrange(365))
        duty = Known(number, chance.choice((1, 2)), f"{BODIES[number % 3]}", due_on)
        at = OPENED
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
            at += timedelta(days=chance.randrange(1, 200), seconds=chance.choice((0, 53_999, 54_000, 3_600)))
            revision = Revision(at)
            duty.revisions.append(revision)
            if chance.random() < 0.8:
                at += timedelta(days=chance.randrange(10), seconds=chance.randrange(3_600))
                revision.verdict, revision.decided_at = "returned", at
        if duty.revisions and duty.revisions[-1].decided_at and chance.random() < 0.7:
            duty.revisions[-1].verdict = "accepted"
        elif chance.random() < 0.1:
            duty.waived_at = at + timedelta(days=chance.randrange(100))
        duties.append(duty)
    return duties


def store(district: District, duties: list[Known]) -> None:
    opened = instant_text(OPENED)
    revisions = [(duty, place, one) for duty in duties for place, one in enumerate(duty.revisions, 1)]
    with district.database.transaction() as connection:
        for number, obligation in enumerate(GROUPS, 1):
            bulk_insert(
                connection,
                "duty_case",
                ("id", "obligation_id", "period", "starts_on", "ends_on", "provisional", "regulation_digest",
                 "calendar_version", "opened_at", "note", "reference"),
                [(number, obligation, "2027", "2027-01-01", "2027-12-31", False, "", "", opened, "", "")],
            )  # fmt: skip
            day = "2027-12-31"
            bulk_insert(
                connection,
                "schedule",
                ("id", "case_id", "step", "variant", "opens_on", "plan_by", "due_on", "earliest_on", "latest_on",
                 "provisional"),
                [(number, number, "fix", "", day, day, day, day, day, False)],
            )  # fmt: skip
        rows = []
        for duty in duties:
            last = duty.revisions[-1] if duty.revisions else None
            closed = duty.waived_at or (last.decided_at if last and last.verdict == "accepted" else None)
            due_on = duty.due_on.isoformat()
            rows.append(
                (duty.number, duty.case, duty.case, "fix", duty.body, str(duty.number), duty.state, due_on, due_on, 0,
                 opened, instant_text(last.at) if last else None, instant_text(closed) if closed else None)
            )  # fmt: skip
        columns = (
            "id", "case_id", "schedule_id", "step", "body_code", "subject_code", "state", "plan_by", "due_on", "rung",
            "opened_at", "submitted_at", "closed_at",
        )  # fmt: skip
        bulk_insert(connection, "duty", columns, rows)
        bulk_insert(
            connection,
            "submission",
            ("id", "duty_id", "revision", "submitter", "claimed_on", "recorded_at", "answers"),
            [
                (number, duty.number, place, "X/liaison", "2027-01-01", instant_text(one.at), "{}")
                for number, (duty, place, one) in enumerate(revisions, 1)
            ],
        )
        bulk_insert(
            connection,
            "review",
            ("submission_id", "reviewer", "outcome", "reason", "reviewed_at"),
            [
                (number, "X-OFFICE/liaison", one.verdict, "", instant_text(one.decided_at))
                for number, (_, _, one) in enumerate(revisions, 1)
                if one.decided_at
            ],
        )


@pytest.fixture(params=[1, 2, 3])
def known(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[District, list[Known]]]:
    """Return a district with made-up duties, and what is known of them."""
    with make_district(tmp_path / "data", date(2027, 1, 1), Size(), durable=False) as district:
        duties = made(request.param)
        store(district, duties)
        yield district, duties


@pytest.mark.parametrize("as_of", [AS_OF, date(2027, 12, 31), date(2028, 8, 1)], ids=str)
def test_every_duty_comes_out_as_defined(known: tuple[District, list[Known]], as_of: date) -> None:
    district, duties = known
    with district.database.reading() as connection:
        found = {row.id: Outcome(row.outcome) for row in judged(connection, Span(2027, as_of, GROUPS), list(Outcome))}
    assert found == {duty.number: duty.outcome(as_of) for duty in duties}
    assert len(set(found.values())) >= 5


def test_the_counts_are_those_of_the_single_duties(known: tuple[District, list[Known]]) -> None:
    district, duties = known
    groups = dict(enumerate(GROUPS.values(), 1))
    with district.database.reading() as connection:
        found = {
            (row.body_code, row.group_id, row.outcome): row.n for row in by_group(connection, Span(2027, AS_OF, GROUPS))
        }
    assert found == Counter((duty.body, groups[duty.case], duty.outcome(AS_OF).value) for duty in duties)


def test_of_one_body_the_same_is_found_as_of_all(known: tuple[District, list[Known]]) -> None:
    district, _ = known
    span = Span(2027, AS_OF, GROUPS)
    with district.database.reading() as connection:
        every = [tuple(row) for row in judged(connection, span, [Outcome.LATE]) if row.body_code == "X-S02"]
        assert every == [tuple(row) for row in judged(connection, span, [Outcome.LATE], "X-S02")]
    assert every
