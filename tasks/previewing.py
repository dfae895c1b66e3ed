"""Previews: a message as it would be composed now, with nothing recorded and nothing sent."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Row, text

from evidence import ledger
from fireduty.errors import UnknownNameError
from fireduty.settings import Settings
from tasks.forms import MAIL, Words, form_of
from tasks.messages import DutyText, Manner, item_of, message_key, render

MOST = 500
"""Duties in one preview."""


def preview(
    connection: Connection,
    settings: Settings,
    obligations: Mapping[str, DutyText],
    as_of: date,
    duty_id: int | None = None,
    body: str = "",
    channel: str = "",
) -> Words:
    """Return the message that tells of a duty, or of all that a body owes.

    Args:
        connection: The database.
        settings: The channels.
        obligations: What is said of each obligation.
        as_of: The day it would be written.
        duty_id: The duty, or None for what the body owes.
        body: The body.
        channel: The channel in whose form it is written; as a mail where not given.

    Raises:
        UnknownNameError: If there is no such channel, or nothing to tell of.
    """
    if channel and channel not in settings.channels:
        message = f"channel {channel!r}: expected one of {', '.join(sorted(settings.channels)) or 'none'}"
        raise UnknownNameError(message, "Channels are in [channels] of fireduty.toml.")
    rows = connection.execute(_DUTIES, {"duty": duty_id, "body": body, "most": MOST}).all()
    if not rows:
        what = f"duty {duty_id}" if duty_id is not None else f"body {body}: an open duty"
        message = f"{what}: expected, found none"
        raise UnknownNameError(message, "`fireduty duty list` shows what there is.")
    return _written(rows, settings, obligations, as_of, channel, ledger.head(connection))


def _written(
    rows: Sequence[Row[Any]],
    settings: Settings,
    obligations: Mapping[str, DutyText],
    as_of: date,
    channel: str,
    witness: ledger.Head,
) -> Words:
    manner = Manner.of(settings, as_of)
    told = [tuple(of_duty) for _, of_duty in groupby(rows, lambda row: row.duty_id)]
    items = [item_of(of_duty, obligations, as_of, manner) for of_duty in told]
    form = form_of(settings, channel) if channel else MAIL
    key = message_key("preview", [row.duty_id for row in rows])
    return render(items, rows[0].recipient, key, as_of, witness, form, manner.folder)


# As the notices of a message are read, but with the last notice of each duty, or an assignment where there is none.
_DUTIES = text("""
    SELECT d.id AS duty_id, d.body_code AS recipient_code, COALESCE(n.occasion, 'assigned') AS occasion,
           COALESCE(n.level, 'information') AS level, d.step, d.body_code, d.state, d.plan_by, d.due_on,
           c.obligation_id, c.period, c.event_on, c.note, sch.provisional, b.name AS body, b.name AS recipient,
           COALESCE(s.name, d.subject_code) AS subject, COALESCE(r.reason, '') AS reason
    FROM duty d
    JOIN duty_case c ON c.id = d.case_id
    JOIN schedule sch ON sch.id = d.schedule_id
    JOIN body b ON b.code = d.body_code
    LEFT JOIN body s ON s.code = d.subject_code
    LEFT JOIN notice n ON n.id = (SELECT max(id) FROM notice WHERE duty_id = d.id AND recipient_code = d.body_code)
    LEFT JOIN submission u
        ON u.duty_id = d.id AND n.occasion IN ('returned:' || u.revision, 'accepted:' || u.revision)
    LEFT JOIN review r ON r.submission_id = u.id
    WHERE (d.id = :duty) OR (:duty IS NULL AND d.body_code = :body AND d.state IN ('open', 'returned'))
    ORDER BY d.due_on, d.id LIMIT :most
""").columns(plan_by=Date, due_on=Date, event_on=Date, provisional=Boolean)
