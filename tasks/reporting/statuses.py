"""The eight words for how a duty stands, as books and reports use them, from one SQL expression."""

from enum import StrEnum


class Status(StrEnum):
    """How a duty stands on a day: its state, with overdue and late told apart.

    A submitted duty waits for its reviewer and is nobody's default, so it counts as overdue neither before nor
    after its due date.
    """

    SCHEDULED = "scheduled"
    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    OVERDUE = "overdue"
    LATE = "late"
    WAIVED = "waived"

    @property
    def chinese(self) -> str:
        """The word on paper."""
        return _CHINESE[self]


_CHINESE = {
    Status.SCHEDULED: "未到期",
    Status.OPEN: "待办",
    Status.SUBMITTED: "待审核",
    Status.RETURNED: "退回补正",
    Status.ACCEPTED: "已办结",
    Status.OVERDUE: "逾期",
    Status.LATE: "逾期办结",
    Status.WAIVED: "不适用",
}

# Midnight in Shanghai after the due date; China has kept UTC+8 without summer time since 1992.
_RECEIVED_LATE = "d.submitted_at >= CAST(d.due_on AS VARCHAR(10)) || 'T16:00:00Z'"

STATUS_SQL = f"""CASE
    WHEN d.state = 'accepted' AND {_RECEIVED_LATE} THEN 'late'
    WHEN d.state IN ('accepted', 'submitted', 'waived', 'scheduled') THEN d.state
    WHEN d.due_on < :as_of THEN 'overdue'
    ELSE d.state END"""
"""The status of duty `d` on the day `:as_of`; late is what reached us late, whatever day its body claims."""


def is_settled(status: Status) -> bool:
    """Whether it is decided that a duty was done in time or was not."""
    return status in (Status.ACCEPTED, Status.LATE, Status.OVERDUE)
