"""Calendar feeds of bodies: who may read one, and what stands in it.

An address is a secret that its holder can hand to a calendar program, which cannot log in. It gives one body's duties
to look at and nothing else, and can be revoked.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from calendars.feed import Components, FeedItem, Progress, etag, write_feed
from evidence.ledger import Act, Event, EventKind, append, head
from fireduty import clock
from fireduty.errors import UnknownNameError
from models.calendars import FeedToken
from models.columns import instant_of, instant_text
from models.states import DutyState
from tasks import scope
from tasks.actors import require_body
from tasks.messages import DutyText, StepText

TOKEN_BYTES = 32
ALARM_AT = time(9)

MOVES = ("duty.rescheduled", "duty.postponed")
"""The events that give a duty other dates."""

KEPT = 256
"""How many feeds are kept in memory."""


class Feed(NamedTuple):
    """A feed as it is served."""

    content: bytes
    etag: str


def open_feed(connection: Connection, act: Act, body_code: str) -> str:
    """Give a body the address of its feed and return it; an earlier one is void from then on.

    Raises:
        UnknownNameError: If the register has no such body.
    """
    require_body(connection, body_code)
    # Databases that were made before feeds existed lack the table.
    FeedToken.metadata.tables[FeedToken.__tablename__].create(connection, checkfirst=True)
    revoke_feed(connection, act, body_code)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {"digest": _digest(token), "body": body_code, "at": instant_text(act.at)}
    statement = text("INSERT INTO feed_token (digest, body_code, opened_at) VALUES (:digest, :body, :at)")
    connection.execute(statement, row)
    append(connection, act, [Event(EventKind.FEED_OPENED, {"body": body_code, "token_sha256": row["digest"]})])
    return token


def revoke_feed(connection: Connection, act: Act, body_code: str) -> int:
    """Make the address of a body's feed void; return how many there were, one or none."""
    if feed_since(connection, body_code) is None:
        return 0
    found = connection.execute(
        text("UPDATE feed_token SET revoked_at = :at WHERE body_code = :body AND revoked_at IS NULL RETURNING digest"),
        {"at": instant_text(act.at), "body": body_code},
    ).scalars()
    events = [Event(EventKind.FEED_REVOKED, {"body": body_code, "token_sha256": digest}) for digest in found]
    append(connection, act, events)
    return len(events)


def feed_since(connection: Connection, body_code: str) -> datetime | None:
    """Return since when a body's feed has the address that holds, or nothing where there is none."""
    if not connection.dialect.has_table(connection, FeedToken.__tablename__):
        return None
    statement = text("SELECT opened_at FROM feed_token WHERE body_code = :body AND revoked_at IS NULL")
    found = connection.execute(statement, {"body": body_code}).scalar_one_or_none()
    return None if found is None else instant_of(found)


def feed_of(
    connection: Connection,
    token: str,
    texts: Mapping[str, DutyText] | None = None,
    components: Components = Components.EVENTS,
) -> Feed:
    """Return the feed behind an address.

    Args:
        connection: A connection for reading.
        token: The secret part of the address.
        texts: What is said about each obligation; see `flows.catalogue.duty_texts`.
        components: Events for all clients, or to-dos for those that show them.

    Raises:
        UnknownNameError: If there is no such address, or it was revoked.
    """
    body_code = None
    if connection.dialect.has_table(connection, FeedToken.__tablename__):
        statement = text("SELECT body_code FROM feed_token WHERE digest = :digest AND revoked_at IS NULL")
        body_code = connection.execute(statement, {"digest": _digest(token)}).scalar_one_or_none()
    if body_code is None:
        message = "feed: there is none at this address"
        raise UnknownNameError(message, "`fireduty calendar feed-token BODY` gives a body a new address.")
    return body_feed(connection, body_code, texts, components)


def body_feed(
    connection: Connection,
    body_code: str,
    texts: Mapping[str, DutyText] | None = None,
    components: Components = Components.EVENTS,
) -> Feed:
    """Return the feed of a body: every duty it has or had, built once for each state of the ledger.

    Raises:
        UnknownNameError: If the register has no such body.
    """
    # Nothing changes without an entry, so the ledger's head tells whether anything did.
    titles = tuple((name, words.title) for name, words in (texts or {}).items())
    key = (str(connection.engine.url), head(connection).hash, body_code, components, titles)
    if (kept := _kept.get(key)) is not None:
        return kept
    name = require_body(connection, body_code)
    content = write_feed(f"消防安全职责 · {name}", _items(connection, body_code, texts or {}), components)
    if len(_kept) >= KEPT:
        _kept.pop(next(iter(_kept)), None)
    made = _kept[key] = Feed(content, etag(content))
    return made


_kept: dict[tuple[Any, ...], Feed] = {}

_DUTIES = """
    SELECT d.id, c.obligation_id, c.period, c.calendar_version, d.step, d.body_code, d.subject_code, s.name AS subject,
           d.state, d.plan_by, d.due_on, d.opened_at, d.submitted_at, d.closed_at, d.schedule_id,
           h.provisional, h.earliest_on, h.latest_on
    FROM duty d
    JOIN duty_case c ON c.id = d.case_id
    JOIN schedule h ON h.id = d.schedule_id
    LEFT JOIN body s ON s.code = d.subject_code
    WHERE d.body_code = :body
"""

_EVENTS = """
    SELECT l.duty_id, l.kind, l.entry FROM ledger l JOIN duty d ON d.id = l.duty_id
    WHERE d.body_code = :body AND l.kind LIKE 'duty.%' AND l.kind <> 'duty.reminded' ORDER BY l.duty_id, l.seq
"""

_ALARMS = """
    SELECT m.schedule_id, m.falls_on FROM milestone m
    WHERE m.schedule_id IN (SELECT schedule_id FROM duty WHERE body_code = :body) AND m.audience = 'body'
      AND m.position > 0 ORDER BY m.schedule_id, m.position
"""


def _items(connection: Connection, body_code: str, texts: Mapping[str, DutyText]) -> list[FeedItem]:
    body = {"body": body_code}
    alarms = {
        schedule: [date.fromisoformat(str(row.falls_on)) for row in rows]
        for schedule, rows in groupby(connection.execute(text(_ALARMS), body), lambda row: row.schedule_id)
    }
    events = {
        duty: list(rows) for duty, rows in groupby(connection.execute(text(_EVENTS), body), lambda row: row.duty_id)
    }
    rows = scope.execute(connection, _DUTIES, body).all()
    return [_item(row, events.get(row.id, ()), alarms.get(row.schedule_id, ()), texts) for row in rows]


_PROGRESS = {
    DutyState.SUBMITTED: Progress.SUBMITTED,
    DutyState.ACCEPTED: Progress.DONE,
    DutyState.WAIVED: Progress.WAIVED,
}


def _item(row: Row[Any], events: Sequence[Row[Any]], alarms: Sequence[date], texts: Mapping[str, DutyText]) -> FeedItem:
    law = texts.get(row.obligation_id) or DutyText(row.obligation_id, row.obligation_id, "", "", {})
    plan_by, due_on = (date.fromisoformat(str(day)) for day in (row.plan_by, row.due_on))
    opened_at = instant_of(row.opened_at)
    done_at = row.submitted_at or row.closed_at
    about = f"（{row.subject or row.subject_code}）" if row.subject_code else ""
    return FeedItem(
        uid=f"{row.obligation_id}/{row.period}/{row.step}/{row.body_code}/{row.subject_code}@fireduty",
        on=plan_by,
        due_on=due_on,
        title=f"{law.title}{about} {row.period}",
        description="\n".join(_description(row, law)),
        categories=("消防安全职责",),
        provisional=bool(row.provisional),
        progress=_PROGRESS.get(DutyState(row.state), Progress.OWED),
        sequence=sum(event.kind in MOVES for event in events),
        created_at=opened_at,
        changed_at=instant_of(json.loads(events[-1].entry)["at"]) if events else opened_at,
        done_at=None if done_at is None else instant_of(done_at),
        alarms=tuple(clock.morning_of(on, ALARM_AT.hour) for on in alarms if on <= due_on),
    )


def _description(row: Row[Any], law: DutyText) -> list[str]:
    step = law.steps.get(row.step, StepText(row.step))
    lines = [f"任务 {row.id}：{step.name}", f"计划完成 {row.plan_by}，应完成 {row.due_on}"]
    if row.provisional:
        lines.append(f"日期待定：计划日在 {row.earliest_on} 至 {row.latest_on} 之间，以节假日安排或校历公布后为准")
    if law.regulation:
        lines.append(f"依据：{law.regulation} {law.ref}")
    lines += (f"佐证材料：{proof}" for proof in step.proof)
    return [*lines, f"状态：{DutyState(row.state).chinese}", f"日历版本 {row.calendar_version}"]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
