"""A first quarter of which every duty is known: who was in time, who late, who owes still."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fakes import Desk
from sqlalchemy import Row

from models.regulation import Obligation, Regulation
from models.states import ReviewOutcome
from tasks.reporting.figures import Scope

STUDY = "putuo-2020.art16.monthly-study"
AS_OF = date(2027, 3, 25)


@dataclass
class Quarter:
    """Six duties of two streets, one for each way a duty can stand, and the desk they lie on."""

    desk: Desk
    ids: dict[tuple[str, str], int] = field(default_factory=dict)

    def duty(self, body: str, month: str) -> Row[Any]:
        """Return the duty of a street in a month."""
        return self.desk.duty(body=body, period=month)

    @property
    def law(self) -> Regulation:
        """The text they stand under."""
        return self.desk.district.regulations[0]

    @property
    def obligations(self) -> dict[str, Obligation]:
        """All obligations of it."""
        return {one.id: one for one in self.law.obligations}

    def scope(self, top: str = "", as_of: date = AS_OF) -> Scope:
        """Return the scope of the quarter."""
        return Scope(self.obligations, date(2027, 1, 1), date(2027, 3, 31), as_of, top)

    def beat(self, *days: date) -> None:
        """Let the heartbeat beat on days."""
        for day in days:
            self.desk.beat(day)

    def accepted(self, body: str, month: str, on: date, problems: int) -> None:
        """Have a street submit, and its submission accepted on the same day."""
        self.desk.submit(self.duty(body, month), on, answers={"problems": str(problems)})
        self.desk.review(self.duty(body, month), on)

    def play(self) -> "Quarter":
        """Let the quarter go by, up to the day on which it is looked at."""
        desk = self.desk
        self.beat(date(2027, 1, 4))
        self.accepted("X-S01", "2027-01", date(2027, 1, 25), 3)
        self.beat(date(2027, 2, 1))
        self.accepted("X-S02", "2027-01", date(2027, 2, 3), 2)
        desk.submit(self.duty("X-S01", "2027-02"), date(2027, 2, 20), answers={"problems": "100"})
        desk.review(self.duty("X-S01", "2027-02"), date(2027, 2, 22), ReviewOutcome.RETURNED, "=缺会议纪要")
        self.accepted("X-S01", "2027-02", date(2027, 2, 26), 4)
        # The ladder of the February of the other street: overdue, then told to its supervisor. That is the office,
        # so nobody is left to be warned.
        self.beat(date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 5))
        desk.submit(self.duty("X-S01", "2027-03"), date(2027, 3, 20), answers={"problems": "50"})
        self.ids |= {(row.body_code, row.period): row.id for row in desk.duties(step="meeting")}
        return self
