"""A small district with rows put in directly, and a mail server that misbehaves on demand."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Conversation
from sqlalchemy import text
from sqlmodel import Session, SQLModel

from evidence.ledger import Act
from evidence.verify import Verdict, verify
from fireduty import clock
from fireduty.settings import Settings
from models.database import Database
from models.duties import Case, Duty, Schedule
from models.notices import Notice
from models.proofs import Review, Submission
from models.register import Body, Contact
from tasks.delivery import DeliveryResult, deliver_due
from tasks.messages import DutyText, StepText, compose

AT = datetime(2026, 8, 5, 1, 0, tzinfo=UTC)
"""Nine o'clock in Shanghai, a Wednesday."""

OBLIGATIONS = {
    "putuo-2020.art13.drill": DutyText(
        title="组织疏散演练",
        english="Hold an evacuation drill",
        regulation="普陀区消防安全责任制实施办法",
        ref="art13(4)",
        steps={"hold": StepText("实施演练", ("演练记录，1份以上",))},
    )
}


@dataclass
class District:
    """A database with bodies, contacts, duties and notices, and what is done with it."""

    database: Database
    settings: Settings
    at: datetime = AT
    cases: dict[date, int] = field(default_factory=dict)

    @property
    def act(self) -> Act:
        return Act("system:delivery", self.at, "run-1")

    def body(self, code: str, name: str = "", kind: str = "school") -> str:
        self._add(Body, code=code, name=name or f"第{code}小学", kind=kind, division="310107", is_example=True)
        return code

    def contact(self, body: str, role: str = "responsible", channel: str = "email", address: str = "") -> None:
        given = address or f"{role}.{body}@example.test"
        self._add(Contact, body_code=body, role=role, channel=channel, address=given)

    def duty(
        self, body: str, due_on: date, *, state: str = "open", subject: str = "", obligation: str = "drill"
    ) -> int:
        case = self._case(due_on, f"putuo-2020.art13.{obligation}")
        dates = {"plan_by": due_on, "due_on": due_on, "opened_at": self.at}
        who = {"body_code": body, "subject_code": subject}
        return self._add(Duty, case_id=case, schedule_id=case, step="hold", state=state, **who, **dates)

    def notice(self, duty: int, occasion: str, recipient: str) -> int:
        told = {"occasion": occasion, "level": "blue", "recipient_code": recipient}
        return self._add(Notice, duty_id=duty, caused_at=self.at, **told)

    def review(self, duty: int, revision: int, outcome: str, reason: str) -> None:
        on = clock.local_date(self.at)
        submitted = {"submitter": "S1/liaison", "claimed_on": on, "recorded_at": self.at, "answers": "{}"}
        submission = self._add(Submission, duty_id=duty, revision=revision, **submitted)
        verdict = {"outcome": outcome, "reason": reason, "reviewer": "EDU/liaison", "reviewed_at": self.at}
        self._add(Review, submission_id=submission, **verdict)

    def schools(self, count: int) -> None:
        """Put in schools, each with a contact, a duty and a notice of it."""
        for number in range(count):
            code = self.body(f"S{number:04}")
            self.contact(code)
            self.notice(self.duty(code, date(2026, 8, 15)), "assigned", code)

    def compose(self, limit: int = 1000) -> int:
        with self.database.transaction() as connection:
            return compose(connection, self.act, self.settings, OBLIGATIONS, limit)

    def deliver(self, limit: int = 1000, now_at: Callable[[], datetime] | None = None) -> DeliveryResult:
        return deliver_due(self.database, self.act, self.settings, limit, now_at or (lambda: self.at))

    def wait(self, **span: float) -> None:
        self.at += timedelta(**span)

    def channels(self, **urls: str) -> None:
        self.settings = self.settings.model_copy(update={"channels": urls})

    def rows(self, statement: str, **bound: Any) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(text(statement), bound))

    def scalar(self, statement: str, **bound: Any) -> Any:
        (row,) = self.rows(statement, **bound)
        return row[0]

    def verdict(self) -> Verdict:
        with self.database.reading() as connection:
            return verify(connection)

    def _case(self, due_on: date, obligation: str) -> int:
        if due_on not in self.cases:
            span = {"period": f"2026-{len(self.cases) + 1}", "starts_on": due_on, "ends_on": due_on}
            origin = {"regulation_digest": "d", "calendar_version": "1", "opened_at": self.at}
            case = self._add(Case, obligation_id=obligation, **span, **origin)
            names = ("opens_on", "plan_by", "due_on", "earliest_on", "latest_on")
            self._add(Schedule, id=case, case_id=case, step="hold", **dict.fromkeys(names, due_on))
            self.cases[due_on] = case
        return self.cases[due_on]

    def _add(self, model: type[SQLModel], **values: Any) -> int:
        row = model(**values)
        with self.database.transaction() as connection, Session(connection) as session:
            session.add(row)
            session.flush()
            return int(getattr(row, "id", None) or 0)


@dataclass
class MailServer:
    """A real mail server on loopback, in one of several moods.

    Attributes:
        mood: `kind`, `refusing` (550), `busy` (451), `hanging`, or `breaking` (closes once it has the text).
        busy_for: How many mails are turned away before the mood is kind.
        taken: The mails that were accepted, oldest first.
        answer: What the server says to an accepted mail.
    """

    mood: str = "kind"
    busy_for: int | None = None
    answer: str = "250 2.0.0 Ok: queued as 4XyZ"
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)
    connections: int = 0
    transports: list[Any] = field(default_factory=list)
    controller: Controller = field(init=False)

    @property
    def url(self) -> str:
        sender = quote("消防委办公室 <no-reply@putuo.example>")
        return f"mailto://127.0.0.1:{self.controller.port}/?mode=insecure&from={sender}&to={{address}}&cto=1"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for _, content in self.taken]

    def hang_up(self) -> None:
        """Close all connections from this side."""
        for transport in self.transports:
            self.controller.loop.call_soon_threadsafe(transport.close)
        time.sleep(0.1)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Conversation, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        del envelope
        session.host_name = hostname
        self.transports.append(server.transport)
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Conversation, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if self.mood == "refusing":
            return f"550 5.1.1 <{address}>: user unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Conversation, envelope: Envelope) -> str:  # noqa: N802
        del session
        if self.busy_for is not None:
            self.busy_for -= 1
            self.mood = "busy" if self.busy_for >= 0 else "kind"
        if self.mood == "busy":
            return "451 4.7.1 greylisted, try again later"
        if self.mood == "hanging":
            await asyncio.sleep(3)
        assert isinstance(envelope.content, bytes)
        self.taken.append((envelope.rcpt_tos, envelope.content))
        if self.mood == "breaking":
            assert server.transport is not None
            server.transport.close()
        return self.answer


class _FreePort(Controller):
    """A controller that learns which port it got."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def free_port() -> type[Controller]:
    """Give the controller with which tests start mail servers on free ports."""
    return _FreePort


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Start a mail server on a free port."""
    handler = MailServer()
    handler.controller = _FreePort(handler, hostname="127.0.0.1", port=0)
    handler.controller.start()
    yield handler
    handler.controller.stop()


@pytest.fixture
def district(tmp_path: Path) -> Iterator[District]:
    """Open an empty district whose channel `email` leads nowhere."""
    settings = Settings(
        folder=tmp_path,
        in_force_on=date(2026, 1, 1),
        channels={"email": "mailto://127.0.0.1:9/?to={address}"},
    )
    database = Database(settings.url)
    yield District(database, settings)
    database.close()


@pytest.fixture
def served(district: District, mail_server: MailServer) -> District:
    """Open an empty district whose channel `email` leads to the mail server."""
    district.channels(email=mail_server.url)
    return district
