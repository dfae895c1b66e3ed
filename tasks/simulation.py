"""Simulation: a span of days through the very verbs that run it in earnest, with a moving clock.

No Prefect, no network, no waiting: each day the heartbeat beats, then bodies submit and supervisors review as
their behaviour has it. Nothing is mailed; notices are counted where they are caused.
"""

import gc
import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from calendars.workdays import DayStatus
from evidence.contract import Answers, Files
from evidence.ledger import Act
from evidence.store import MEDIA_KINDS, Store, StoredFile
from evidence.verify import verify
from fireduty import clock
from models.requirements import (
    ChoiceRequirement,
    DateRequirement,
    FileKind,
    FileRequirement,
    NumberRequirement,
    Requirement,
    TextRequirement,
)
from models.states import ReviewOutcome
from tasks.beating import Beat, ProcessOf, beat
from tasks.behaviour import Behaviour, Character, Conduct, character
from tasks.district import District
from tasks.duties import DutyRecord, counts, opened_since
from tasks.reviewing import review
from tasks.submitting import submit

MANY_OBJECTS = 100_000
"""How many objects are made before circles among them are looked for."""

ESCALATIONS = ("supervise_3", "office_5")
"""Rungs that climb above the body."""


class _Plan(NamedTuple):
    """Something a simulated person will do; ordered by day, then by duty, so that runs are repeatable."""

    on: date
    duty_id: int
    act: str
    actor: str
    conduct: Conduct


@dataclass
class Outcome:
    """What a simulated span came to."""

    cases: int = 0
    duties: int = 0
    submissions: int = 0
    returns: int = 0
    late: int = 0
    notices: dict[str, int] = field(default_factory=dict)
    skipped_rungs: int = 0
    states: dict[str, int] = field(default_factory=dict)
    ledger_entries: int = 0
    ledger_head: str = ""
    ledger_problems: list[str] = field(default_factory=list)

    def add(self, done: Beat) -> None:
        """Count what a heartbeat did."""
        self.cases += done.cases
        self.duties += done.duties
        self.skipped_rungs += done.reminded.skipped
        self.notices["assigned"] = self.notices.get("assigned", 0) + done.duties
        for rung, number in done.reminded.by_rung.items():
            self.notices[rung] = self.notices.get(rung, 0) + number

    @property
    def escalations(self) -> int:
        """Notices that went above the body."""
        return sum(self.notices.get(rung, 0) for rung in ESCALATIONS)


@dataclass
class Simulation:
    """A district under a moving clock.

    Attributes:
        district: A district of its own, with the register filled and its obligations on the agenda.
        process_of: Gives a process by its name.
        behaviour: What its bodies are like.
        seed: Decides all chance.
    """

    district: District
    process_of: ProcessOf
    behaviour: Behaviour = Behaviour.REALISTIC
    seed: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    _agenda: list[_Plan] = field(default_factory=list)
    _last_duty: int = 0
    _owed: dict[int, DutyRecord] = field(default_factory=dict)

    def run(self, first_on: date, last_on: date, progress: Callable[[date], None] | None = None) -> Outcome:
        """Live through a span, day by day, and return what came of it with the ledger recounted."""
        people = character(self.behaviour, self.seed)
        samples = _samples(self.district.store)
        with _seldom_collecting():
            for day in _days(first_on, last_on):
                self._live(day, people, samples)
                if progress:
                    progress(day)
        with self.district.database.reading() as connection:
            self.outcome.states = counts(connection, last_on)
            verdict = verify(connection)
        self.outcome.ledger_entries, self.outcome.ledger_head = verdict.entries, verdict.hash
        self.outcome.ledger_problems = verdict.problems
        return self.outcome

    def _live(self, day: date, people: Character, samples: dict[FileKind, list[StoredFile]]) -> None:
        morning = Act("system:simulation", clock.morning_of(day))
        done = beat(self.district, morning, self.process_of)
        self.outcome.add(done)
        if done.duties:
            self._meet_new_duties(day, people)
        if self.district.calendar.status(day) is DayStatus.REST:
            return
        with self.district.database.transaction() as connection:
            while self._agenda and self._agenda[0].on <= day:
                self._perform(connection, day, heapq.heappop(self._agenda), samples)

    def _meet_new_duties(self, day: date, people: Character) -> None:
        with self.district.database.reading() as connection:
            new = list(opened_since(connection, self.district, self._last_duty))
        for record in new:
            duty = record.row
            self._last_duty = max(self._last_duty, duty.id)
            conduct = people.conduct(duty, day)
            if conduct.submits_on is not None:
                self._owed[duty.id] = record
                actor = f"{duty.body_code}/responsible"
                heapq.heappush(self._agenda, _Plan(conduct.submits_on, duty.id, "submit", actor, conduct))

    def _perform(
        self, connection: Connection, day: date, plan: _Plan, samples: dict[FileKind, list[StoredFile]]
    ) -> None:
        if plan.act == "submit":
            self._submit(connection, day, plan, samples)
        else:
            self._review(connection, day, plan)

    def _submit(
        self, connection: Connection, day: date, plan: _Plan, samples: dict[FileKind, list[StoredFile]]
    ) -> None:
        record = self._owed[plan.duty_id]
        answers, files = _fill_in(record.terms.evidence, record.span.clamp(day), samples)
        act = Act(plan.actor, clock.morning_of(day, 15))
        receipt = submit(connection, act, self.district, plan.duty_id, answers, files)
        self.outcome.submissions += 1
        self.outcome.late += receipt.late
        if record.row.supervisor_code is not None:
            on = day + timedelta(days=plan.conduct.review_days)
            reviewer = f"{record.row.supervisor_code}/liaison"
            heapq.heappush(self._agenda, _Plan(on, plan.duty_id, "review", reviewer, plan.conduct))

    def _review(self, connection: Connection, day: date, plan: _Plan) -> None:
        act = Act(plan.actor, clock.morning_of(day, 16))
        if not plan.conduct.returned:
            review(connection, act, self.district, plan.duty_id, ReviewOutcome.ACCEPTED)
            del self._owed[plan.duty_id]
            return
        review(connection, act, self.district, plan.duty_id, ReviewOutcome.RETURNED, "材料不清，请补正")
        self.outcome.returns += 1
        record = self._owed[plan.duty_id]
        mended = Conduct(plan.conduct.submits_on, plan.conduct.review_days)
        again = _Plan(
            day + timedelta(days=plan.conduct.mend_days),
            plan.duty_id,
            "submit",
            f"{record.row.body_code}/responsible",
            mended,
        )
        heapq.heappush(self._agenda, again)


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for circles of objects seldom: a year makes millions that live for a moment; the search costs a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(MANY_OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _days(first_on: date, last_on: date) -> Iterator[date]:
    for number in range((last_on - first_on).days + 1):
        yield first_on + timedelta(days=number)


def _samples(store: Store) -> dict[FileKind, list[StoredFile]]:
    """Put a few made-up files of each kind into the store."""
    media = {kind: next(name for name, of in MEDIA_KINDS.items() if of is kind) for kind in FileKind}
    samples: dict[FileKind, list[StoredFile]] = {}
    for kind, media_type in media.items():
        contents = [f"simulated {kind.value} {number}".encode() for number in range(5)]
        samples[kind] = [
            StoredFile(f"模拟{number}", media_type, len(content), store.put(content))
            for number, content in enumerate(contents)
        ]
    return samples


def _fill_in(
    requirements: tuple[Requirement, ...], day: date, samples: dict[FileKind, list[StoredFile]]
) -> tuple[Answers, Files]:
    """Answer every requirement as it wants to be answered."""
    answers: dict[str, str | list[str]] = {}
    files: dict[str, list[StoredFile]] = {}
    for requirement in requirements:
        match requirement:
            case FileRequirement():
                files[requirement.key] = samples[requirement.accept[0]][: requirement.min_count]
            case NumberRequirement():
                most = requirement.minimum + 1 if requirement.maximum is None else requirement.maximum
                answers[requirement.key] = str(min(max(requirement.minimum, 1), most))
            case DateRequirement():
                answers[requirement.key] = [day.isoformat()]
            case ChoiceRequirement():
                answers[requirement.key] = next(iter(requirement.options))
            case TextRequirement():
                answers[requirement.key] = "模拟填报内容" * (requirement.min_length // 6 + 1)
    return answers, files
