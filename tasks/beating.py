"""The heartbeat: whatever a day demands of the whole district, derived from its state."""

from collections.abc import Callable
from dataclasses import dataclass

from evidence.ledger import Act
from models.process import Process
from tasks.agenda import due_agenda, open_cases
from tasks.district import District
from tasks.opening import open_step, waiting_schedules
from tasks.reminding import Reminded, any_due, remind_due

ProcessOf = Callable[[str], Process]
"""Gives the process of a flow's name; the flows themselves stand above the verbs."""


@dataclass(frozen=True)
class Beat:
    """What one heartbeat did."""

    cases: int
    duties: int
    reminded: Reminded


def beat(district: District, act: Act, process_of: ProcessOf) -> Beat:
    """Do what the day of the act demands; doing it twice, late, or after an outage comes to the same.

    Three index probes tell whether anything is due at all; the rest costs by what is.
    """
    with district.database.reading() as connection:
        agenda = due_agenda(connection, act.as_of)
        waiting = waiting_schedules(connection, act.as_of)
        rungs = any_due(connection, act.as_of)
    cases = sum(open_cases(district, act, obligation_id) for obligation_id in agenda)
    if agenda:
        # Whoever opened the cases, this process or one that has ended since: their steps are this one's too.
        with district.database.reading() as connection:
            waiting = waiting_schedules(connection, act.as_of)
    duties = 0
    for schedule in waiting:
        _, obligation = district.obligation(schedule.obligation_id)
        duties += open_step(district, act, process_of(obligation.flow), schedule.id)
    # What was opened late, by whomever, may have rungs behind it already.
    reminded = remind_due(district, act) if rungs or agenda or waiting else Reminded({})
    return Beat(cases, duties, reminded)
