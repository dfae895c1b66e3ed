"""The verbs as Prefect tasks, and the one way in which a flow advances its case.

Of the verbs only this module and `tasks.runs` import Prefect. A run is short: it opens what can be opened, lets the
ladders speak and ends; waiting is done by the tables.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, TypedDict

from prefect import runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.futures import PrefectFuture
from sqlalchemy import text

from evidence.ledger import Act
from fireduty import clock, settings
from models.process import Party, Process, Step
from models.regulation import Trigger
from models.states import DutyState
from tasks import scope
from tasks.agenda import case_of, open_cases
from tasks.district import District
from tasks.opening import open_step, waiting_schedules
from tasks.reminding import remind_due
from tasks.runs import TAG
from tasks.scores import score_table

TODAY = "today"
"""Stands for the period of the day on which a run takes place; daily duties have one schedule with it."""

RETRIES = 3
RETRY_SECONDS = 10


class CaseReport(TypedDict):
    """What a flow run leaves: the case, what was done, and how its duties stand."""

    obligation: str
    period: str
    as_of: str
    opened: int
    reminded: int
    states: dict[str, int]


@contextmanager
def district_here() -> Iterator[District]:
    """Open the district of this process's data folder, with its clock."""
    with District.open(settings.enter(settings.data_folder())) as district:
        yield district


def act_of(as_of: date | None) -> Act:
    """Return the act of the flow run at hand: now, or in the morning of the day that was asked for."""
    at = clock.now() if as_of is None else clock.morning_of(as_of)
    return Act("system:flow", at, str(runtime.flow_run.id or ""))


def run_name() -> str:
    """Name the run at hand for people."""
    given = runtime.flow_run.parameters
    with district_here() as district:
        return name_for_people(district, given["obligation"], period_of(given["period"], given.get("as_of")))


def period_of(period: str, as_of: date | None) -> str:
    """Return the period a run is for: as given, or the day itself where a daily schedule says `today`."""
    return act_of(as_of).as_of.isoformat() if period == TODAY else period


def name_for_people(district: District, obligation_id: str, period: str) -> str:
    """Return the name of a run: the period, what it is, and for whom."""
    _, obligation = district.obligation(obligation_id)
    with district.database.reading() as connection:
        bound = scope.party("b", Party.BOUND, obligation)
        counted = f"SELECT count(*) AS n, min(b.code) AS first FROM body b WHERE {bound.sql}"
        values = (
            {**bound.values, "case": case_of(connection, obligation_id, period)}
            if ":case" in bound.sql
            else bound.values
        )
        found = scope.execute(connection, counted, values).one()
        name = connection.execute(text("SELECT name FROM body WHERE code = :c"), {"c": found.first}).scalar()
    whom = f"{name}等{found.n}家" if found.n > 1 else name or "无主体"
    return f"{period} · {obligation.title} · {whom}"


def run_tags(district: District, obligation_id: str, period: str) -> list[str]:
    """Return the tags by which a run is found: regulation, clause, frequency, division and period."""
    regulation, obligation = district.obligation(obligation_id)
    frequency = "" if obligation.frequency is None else obligation.frequency.value
    return [TAG, regulation.id, obligation.ref, frequency, district.settings.division, period]


@task(name="开立事项", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, cache_policy=NO_CACHE)
def open_case(obligation: str, period: str, as_of: date | None) -> int | None:
    """Open the case if its day has come and return its number; nothing where it is not open yet."""
    with district_here() as district:
        if district.obligation(obligation)[1].trigger is not Trigger.EVENT:  # an event is opened by its report
            open_cases(district, act_of(as_of), obligation)
        with district.database.reading() as connection:
            return case_of(connection, obligation, period)


@task(retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, cache_policy=NO_CACHE)
def advance_step(process: Process, case_id: int, step: str, as_of: date | None) -> int:
    """Open the duties of one step that can be opened, and return how many there were."""
    with district_here() as district:
        act = act_of(as_of)
        with district.database.reading() as connection:
            waiting = [row.id for row in waiting_schedules(connection, act.as_of, case_id) if row.step == step]
        return sum(open_step(district, act, process, schedule) for schedule in waiting)


@task(name="提醒与升级", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, cache_policy=NO_CACHE)
def remind(case_id: int, as_of: date | None) -> dict[str, int]:
    """Let the ladders of the case speak, and return the notices by rung."""
    with district_here() as district:
        return remind_due(district, act_of(as_of), case_id).by_rung


@task(name="从记录计算考核结果", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, cache_policy=NO_CACHE)
def leave_scores(obligation: str, period: str, as_of: date | None) -> int:
    """Leave with the run how each body that is assessed stands by the record, and return how many there are."""
    with district_here() as district:
        rows = score_table(district, obligation, int(period[:4]), act_of(as_of).as_of)
    create_table_artifact(
        key=artifact_key(f"scores-{obligation}-{period}"),
        table=rows,
        description=f"按记录计算的{period[:4]}年得分（{act_of(as_of).as_of}）；全部结果见 fireduty assessment export",
    )
    return len(rows)


def artifact_key(name: str) -> str:
    """Return a name in the characters that Prefect allows in the key of an artifact."""
    return name.lower().replace("..", "-").replace(".", "-").replace("+", "-").replace("_", "-")


def advance_case(process: Process, obligation: str, period: str, as_of: date | None) -> CaseReport:
    """Advance one case through its process: steps in order, then its ladders, then a table for people.

    Args:
        process: The process of the flow.
        obligation: Full id of the obligation.
        period: Key of the period, or `today` for that of a daily duty.
        as_of: The day for which to act; today where left out.
    """
    day = act_of(as_of).as_of
    period = period_of(period, as_of)
    _tag_run(obligation, period)
    case_id = open_case(obligation, period, as_of)
    if case_id is None:
        return CaseReport(obligation=obligation, period=period, as_of=str(day), opened=0, reminded=0, states={})
    opened = _advance_steps(process, obligation, case_id, as_of)
    reminded = remind(case_id, as_of)
    report = CaseReport(
        obligation=obligation,
        period=period,
        as_of=str(day),
        opened=opened,
        reminded=sum(reminded.values()),
        states={},
    )
    if process.scored:
        leave_scores(obligation, period, as_of)
    return _leave_table(process, case_id, report)


def _tag_run(obligation: str, period: str) -> None:
    """Put the tags on the run at hand; a run that a schedule made bears those of its deployment only."""
    with district_here() as district:
        tags = run_tags(district, obligation, period)
    with get_client(sync_client=True) as client:
        client.update_flow_run(runtime.flow_run.id, tags=sorted({*runtime.flow_run.tags, *tags}))


def _advance_steps(process: Process, obligation: str, case_id: int, as_of: date | None) -> int:
    """Run the steps as tasks that wait for each other as the process says."""
    with district_here() as district:
        _, law = district.obligation(obligation)
    futures: dict[str, PrefectFuture[int]] = {}
    for step in process.steps:
        if step.name in law.steps:
            before = [futures[name] for name in step.after if name in futures]
            named = advance_step.with_options(name=step.chinese)
            futures[step.name] = named.submit(process, case_id, step.name, as_of, return_state=False, wait_for=before)
    return sum(future.result() for future in futures.values())


def _leave_table(process: Process, case_id: int, report: CaseReport) -> CaseReport:
    """Count the duties by step and state, and leave the table with the run."""
    with district_here() as district, district.database.reading() as connection:
        _, obligation = district.obligation(report["obligation"])
        found = connection.execute(
            text("SELECT step, state, count(*) AS n FROM duty WHERE case_id = :id GROUP BY step, state"),
            {"id": case_id},
        ).all()
    for row in found:
        report["states"][row.state] = report["states"].get(row.state, 0) + row.n
    create_table_artifact(
        key=artifact_key(f"{report['obligation']}-{report['period']}"),
        table=[_table_row(step, found) for step in process.steps if step.name in obligation.steps],
        description=f"{obligation.ref} {obligation.summary}（{report['as_of']}）",
    )
    return report


def _table_row(step: Step, found: Sequence[Any]) -> dict[str, Any]:
    """Return one row of the table: a step with its duties by state."""
    by_state = {row.state: row.n for row in found if row.step == step.name}
    return {"环节": step.chinese, **{state.chinese: by_state.get(state.value, 0) for state in DutyState}}
