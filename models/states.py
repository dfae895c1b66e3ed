"""States of a duty, ours and never Prefect's."""

from enum import StrEnum


class DutyState(StrEnum):
    """Where a duty stands. Overdue is not a state: it follows from the dates."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WAIVED = "waived"

    @property
    def chinese(self) -> str:
        """The word used on screen and in mails."""
        return _CHINESE[self]


_CHINESE = {
    DutyState.SCHEDULED: "未到期",
    DutyState.OPEN: "待办",
    DutyState.SUBMITTED: "待审核",
    DutyState.RETURNED: "退回补正",
    DutyState.ACCEPTED: "已办结",
    DutyState.WAIVED: "不适用",
}

AWAITING_BODY = (DutyState.OPEN, DutyState.RETURNED)
"""States in which the body must act, and in which the ladder runs."""

CLOSED = (DutyState.ACCEPTED, DutyState.WAIVED)
"""States that end a duty."""


class ReviewOutcome(StrEnum):
    """What a review decides."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


class MessageState(StrEnum):
    """Where a message of the outbox stands."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    REPLACED = "replaced"
