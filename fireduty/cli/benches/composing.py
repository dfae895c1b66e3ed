"""Bench `compose`: digests of many due notices, against filling in the same templates alone."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from evidence.ledger import Act
from fireduty import clock
from fireduty.cli.benches.figures import Figure, measure, seconds
from fireduty.settings import Settings
from models.database import Database
from models.duties import Case, Duty, Schedule
from models.notices import Notice
from models.register import Body, Contact

CONTACTS = 10_000
DUTIES = 10
"""Duties of each contact of which it is to be told."""

ROUNDS = 3
AT_ONCE = 500
"""Bodies whose messages are composed in one transaction, as the delivery flow does."""

DAY = date(2027, 3, 1)


def run(say: Callable[[str], None]) -> list[Figure]:
    """Compose one digest for each contact in a database as in earnest, and fill in the templates of as many alone."""
    rounds = []
    for number in range(ROUNDS):
        say(f"compose: round {number + 1} of {ROUNDS}")
        with tempfile.TemporaryDirectory(prefix="fireduty-bench-") as folder:
            rounds.append((_ours(Path(folder)), _alone()))
    name = f"compose {CONTACTS * DUTIES} notices to {CONTACTS} contacts, against {CONTACTS} renderings alone (s)"
    return [measure(name, rounds, 3.0)]


def _texts() -> dict[str, Any]:
    from tasks.messages import DutyText, StepText

    step = {"hold": StepText("实施演练", ("演练记录，1份以上",))}
    return {f"o{n}": DutyText(f"示例职责{n}", f"Example duty {n}", "示例办法", f"art{n}", step) for n in range(DUTIES)}


def _due_on(number: int) -> date:
    return DAY + timedelta(days=3 * number - 6)


def _ours(folder: Path) -> float:
    from tasks.messages import compose

    settings = Settings(folder=folder, in_force_on=DAY, channels={"email": "mailto://127.0.0.1:9/?to={address}"})
    database = Database(settings.url)
    _fill(database)
    texts, act = _texts(), Act("system:bench", clock.morning_of(DAY))

    def work() -> None:
        composed = 1
        while composed:
            with database.transaction() as connection:
                composed = compose(connection, act, settings, texts, AT_ONCE)

    taken = seconds(work)
    database.close()
    return taken


def _fill(database: Database) -> None:
    """Put in bodies, contacts, duties and the notices that wait."""
    at = clock.morning_of(DAY)
    codes = [f"U{number:07}" for number in range(CONTACTS)]
    with database.transaction() as connection:
        who = {"kind": "unit", "division": "310107", "is_example": True}
        connection.execute(insert(Body), [{"code": code, "name": f"单位{code}（示例）", **who} for code in codes])
        reached = {"role": "responsible", "channel": "email"}
        mails = [{"body_code": code, "address": f"{code}@example.test", **reached} for code in codes]
        connection.execute(insert(Contact), mails)
        for number in range(1, DUTIES + 1):
            _fill_duty(connection, number, codes, at)


def _fill_duty(connection: Connection, number: int, codes: list[str], at: datetime) -> None:
    """Put in one case with a duty of each body, and a notice of each."""
    due_on, first = _due_on(number - 1), (number - 1) * CONTACTS + 1
    origin = {"regulation_digest": "", "calendar_version": "", "opened_at": at}
    case = {"id": number, "obligation_id": f"o{number - 1}", "period": "2027", "starts_on": DAY, "ends_on": DAY}
    connection.execute(insert(Case), [{**case, **origin}])
    days = dict.fromkeys(("opens_on", "plan_by", "due_on", "earliest_on", "latest_on"), due_on)
    connection.execute(insert(Schedule), [{"id": number, "case_id": number, "step": "hold", **days}])
    same = {"case_id": number, "schedule_id": number, "step": "hold", "plan_by": due_on, "due_on": due_on}
    duties = [{"id": first + n, "body_code": code, "opened_at": at, **same} for n, code in enumerate(codes)]
    connection.execute(insert(Duty), duties)
    told = {"occasion": "remind_5", "level": "reminder", "caused_at": at}
    notices = [{"duty_id": first + n, "recipient_code": code, **told} for n, code in enumerate(codes)]
    connection.execute(insert(Notice), notices)


def _alone() -> float:
    """Fill in the title, the text and the HTML of as many messages, with everything ready at hand."""
    from evidence.ledger import Head
    from models.states import DutyState
    from tasks import forms, wording
    from tasks.messages import Item, Urgency, grouped

    items = [
        Item(
            urgency=Urgency.DUE if _due_on(n) >= DAY else Urgency.OVERDUE,
            duty_id=n,
            obligation=told,
            step=told.steps["hold"],
            period="2027",
            plan_by=_due_on(n),
            due_on=_due_on(n),
            provisional=False,
            state=DutyState.OPEN,
            occasions=("remind_5",),
            reason="",
            own=True,
            body="单位（示例）",
            subject="",
            level="reminder",
            workdays_left=(n, n),
        )
        for n, told in enumerate(_texts().values())
    ]
    given: list[tuple[str, Mapping[str, Any]]] = []

    def note(template: str, facts: Mapping[str, Any]) -> str:
        given.append((template, facts))
        return wording.render(template, facts)

    facts = {"counts": [], "first": items[0], "total": len(items), "recipient": "单位（示例）", "key": "0" * 40}
    more = {"as_of": DAY, "witness": Head(1, "0" * 64)}
    forms.write(forms.MAIL, [(item,) for item in items], {**facts, **more}, grouped, note)

    def work() -> None:
        for _ in range(CONTACTS):
            for template, filled in given:
                wording.render(template, filled)

    return seconds(work)
