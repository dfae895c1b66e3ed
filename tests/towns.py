"""A small law made of events, and a desk at which they are reported."""

from datetime import date

from factories import GOVERNMENT, OFFICE
from fakes import Desk

from evidence.ledger import Act
from evidence.store import StoredFile
from fireduty import clock
from models.regulation import Regulation
from tasks.events import Opened, Report, report_event

LADDER = [
    {"name": "assigned", "audience": "body", "level": "information"},
    {"name": "remind_1", "workdays": -1, "audience": "body", "level": "reminder"},
    {"name": "due_0", "workdays": 0, "audience": "body", "level": "reminder"},
    {"name": "overdue_1", "workdays": 1, "audience": "body", "level": "overdue"},
    {"name": "supervise_3", "workdays": 3, "audience": "supervisor", "level": "prompt"},
]

DECISION = {"key": "decision", "kind": "choice", "title": "决定", "english": "Decision"}
CHOICES = {"agreed": "同意", "refused": "不同意"}


def proof(key: str = "record") -> dict[str, object]:
    return {"key": key, "kind": "text", "title": "记录", "english": "Record", "min_length": 2}


def day(key: str) -> dict[str, object]:
    return {"key": key, "kind": "date", "title": "日期", "english": "Date", "within": "ahead"}


LISTING = {
    "id": "test-law.art1.listing",
    "ref": "art1",
    "title": "挂牌督办决定",
    "english": "Decide on listing",
    "summary": "收到报请后七个工作日内决定",
    "trigger": "event",
    "event": "收到挂牌报请",
    "binds": {"kind": "district_government"},
    "concerns": {"kind": "unit"},
    "supervision": {"kind": "city_government"},
    "recipient": "市政府",
    "copies": ["fire_committee"],
    "flow": "listed-supervision",
    "steps": {
        "decide": {
            "opens": "report",
            "due": "event+7w",
            "evidence": [{**DECISION, "options": CHOICES}, day("mend_by")],
        },
        "measures": {"opens": "step.decide", "due": "step.decide+5w", "evidence": [proof()]},
        "mend": {"opens": "step.decide", "due": "step.decide.mend_by", "evidence": [proof()]},
        "follow_up": {"opens": "step.mend", "due": "step.mend+3w", "evidence": [proof()]},
    },
}
FILING = {
    "id": "test-law.art2.filing",
    "ref": "art2",
    "title": "合同备案",
    "english": "File the contract",
    "summary": "签订后十五日内备案",
    "trigger": "event",
    "event": "签订物业服务合同",
    "binds": {"kind": "unit"},
    "supervision": {"kind": "street_town", "line": "fire"},
    "recipient": "街道",
    "flow": "contract-filing",
    "steps": {"file": {"opens": "report", "due": "event+15d", "evidence": [proof()]}},
}


CLAUSES = {
    **FILING,
    "id": "test-law.art3.clauses",
    "ref": "art3",
    "title": "合同条款",
    "event": "签订合同",
    "flow": "contract-clauses",
    "overlaps": ["test-law.art2.filing"],
    "steps": {"agree": {"opens": "report", "due": "event+3w", "evidence": [proof(), proof("clauses")]}},
}


def law() -> Regulation:
    """Return a regulation of three events, of which the last two overlap."""
    return Regulation.model_validate(
        {
            "id": "test-law",
            "title": "事件规定（示例）",
            "english": "Events (example)",
            "document_number": "例〔2026〕1号",
            "issuer": "示例",
            "issued_on": "2026-01-01",
            "effective_on": "2026-01-01",
            "division": "310107",
            "status": "in_force",
            "ladders": {"default": LADDER},
            "obligations": [LISTING, FILING, CLAUSES],
            "digest": "0" * 64,
        }
    )


class Town(Desk):
    """A desk at which events are reported."""

    def report(self, obligation: str = "art1.listing", on: date = date(2026, 9, 30), **given: object) -> Opened:
        """Report an event on its day, unless another is given as `reported_on`."""
        reported_on = given.pop("reported_on", on)
        assert isinstance(reported_on, date)
        if obligation == "art1.listing":
            given.setdefault("about", ("X-U000001",))
        act = Act(f"{OFFICE}/liaison", clock.morning_of(reported_on))
        with self.district.database.transaction() as connection:
            report = Report(f"test-law.{obligation}", on, **given)  # type: ignore[arg-type]
            opened = report_event(connection, act, self.district, report)
        self.beat(reported_on)
        return opened

    def done(self, step: str, body: str, on: date, **answers: str) -> None:
        """Submit, have accepted, and beat once more."""
        [duty] = [one for one in self.duties(step, body) if one.state == "open"]
        self.submit(duty, on, answers=answers)
        self.review(duty, on)
        self.beat(on, hour=17)

    def decide(self, on: date, decision: str = "agreed", mend_by: str = "2026-11-30") -> None:
        """Let the government decide."""
        self.done("decide", GOVERNMENT, on, decision=decision, mend_by=mend_by)

    def paper(self, name: str = "批复.pdf") -> StoredFile:
        """Put a document into the store."""
        content = name.encode()
        return StoredFile(name, "application/pdf", len(content), self.district.store.put(content))
