"""Delivery of notices (投递通知): waiting notices become messages, and messages that are due go out."""

from datetime import date

from prefect import flow

from calendars.days import DayStatus
from evidence.ledger import Act
from fireduty import clock
from flows.catalogue import duty_texts
from tasks.delivery import deliver_due
from tasks.district import District
from tasks.messages import DutyText, compose
from tasks.steps import act_of, district_here

NAME = "deliver-notices"
RUN_NAME = "投递 · 待发通知"
BODIES_AT_ONCE = 500
"""Bodies whose messages are composed in one transaction."""

MESSAGES_A_RUN = 5_000


@flow(name=NAME, flow_run_name=RUN_NAME)
def deliver_notices(as_of: date | None = None, at_once: bool = False) -> dict[str, int]:
    """Compose what waits and deliver what is due; on a day of rest only where it is asked for at once."""
    act = act_of(as_of)
    composed = 0
    with district_here() as district:
        if district.calendar.status(act.as_of) is DayStatus.REST and not at_once:
            return {"composed": 0, "sent": 0, "failed": 0, "dead": 0}
        texts = duty_texts(district.regulations)
        while fresh := _compose_some(district, act, texts):
            composed += fresh
        done = deliver_due(district.database, act, district.settings, MESSAGES_A_RUN, clock.now)
    return {"composed": composed, "sent": done.sent, "failed": done.failed, "dead": done.dead}


def _compose_some(district: District, act: Act, texts: dict[str, DutyText]) -> int:
    with district.database.transaction() as connection:
        return compose(connection, act, district.settings, texts, BODIES_AT_ONCE)
