"""Delivery of notices (投递通知): waiting notices become messages, and messages that are due go out."""

from datetime import date
from time import sleep

from prefect import flow

from evidence.ledger import Act
from fireduty import clock
from flows.catalogue import duty_texts
from tasks.delivery import deliver_due
from tasks.district import District
from tasks.hours import hold_back, is_open, opens_at, urgent
from tasks.messages import DutyText, compose
from tasks.scope import Condition
from tasks.steps import act_of, district_here

NAME = "deliver-notices"
RUN_NAME = "投递 · 待发通知"
BODIES_AT_ONCE = 500
"""Bodies whose messages are composed in one transaction."""

MESSAGES_A_RUN = 5_000


@flow(name=NAME, flow_run_name=RUN_NAME)
def deliver_notices(as_of: date | None = None, at_once: bool = False) -> dict[str, int]:
    """Compose what waits and deliver what is due; outside working hours only what is urgent, unless asked at once."""
    act = act_of(as_of)
    composed = 0
    with district_here() as district:
        texts = duty_texts(district.regulations)
        now = None if at_once else _only_now(district, act)
        while fresh := _compose_some(district, act, texts, now):
            composed += fresh
        done = deliver_due(district.database, act, district.settings, MESSAGES_A_RUN, clock.now, pause=sleep)
    return {
        "composed": composed,
        "sent": done.sent,
        "failed": done.failed,
        "dead": done.dead,
        "waiting": done.waiting,
    }


def _only_now(district: District, act: Act) -> Condition | None:
    """Return what alone may go out now, with all else held back until working hours; nothing within them."""
    if is_open(district.calendar, district.settings, act.at):
        return None
    now = urgent(district.regulations, district.calendar, act.as_of)
    with district.database.transaction() as connection:
        hold_back(connection, act, opens_at(district.calendar, district.settings, act.at), now)
    return now


def _compose_some(district: District, act: Act, texts: dict[str, DutyText], now: Condition | None) -> int:
    with district.database.transaction() as connection:
        return compose(connection, act, district.settings, texts, BODIES_AT_ONCE, now)
