"""Runs beside the schedules: those of today at start, and the ends of those that a killed machine left running."""

import time
from datetime import date
from functools import cache, partial

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Crashed, Scheduled
from sqlalchemy import text

from deployments.applying import PAGE, ours
from deployments.schedules import upcoming
from deployments.server import connected, server_address
from evidence.ledger import Act
from fireduty import clock
from flows import deliver_notices, heartbeat
from tasks.district import District
from tasks.runs import TAG
from tasks.steps import TODAY, name_for_people, run_tags

HEARTBEAT = f"{heartbeat.NAME}/{heartbeat.NAME}"
DELIVERY = f"{deliver_notices.NAME}/{deliver_notices.NAME}"
STANDING = {HEARTBEAT: heartbeat.RUN_NAME, DELIVERY: deliver_notices.RUN_NAME}
"""What runs of the deployments that no obligation asks for are called."""

COMING = FlowRunFilter(
    tags=FlowRunFilterTags(all_=[TAG, "auto-scheduled"]),
    state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
)
"""Runs that Prefect's scheduler has made and that have not begun."""

MOST_CASES = 40
"""How many cases get a run of their own at start: many more at once make Prefect on SQLite stand still. The heartbeat
does the work of all others, and their schedules go on."""

SCHEDULER_SECONDS = 20.0
LOOK_SECONDS = 0.5
STEADY_LOOKS = 3

BROKEN_OFF = "The machine stopped while this was running."
UNENDED = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)


def queue_today(district: District, act: Act, address: str = "") -> list[str]:
    """Have Prefect run now what today asks for: the heartbeat, the delivery, and the newest cases.

    A case is run once a day, however often this is asked for; heartbeat and delivery once a minute.

    Returns:
        The names of the runs.

    Raises:
        DeploymentError: If Prefect's server cannot be reached.
    """
    minute = f"{act.at:%Y-%m-%dT%H:%M}"
    queued = []
    with connected(address or server_address(district.settings)) as client:
        known = {key: deployment.id for key, deployment in ours(client).items()}

        def queue(key: str, name: str, once: str, *, tags: list[str], **parameters: str | bool) -> None:
            if key in known:
                client.create_flow_run_from_deployment(
                    known[key], name=name, tags=tags, parameters=parameters, idempotency_key=f"{key}|{once}"
                )
                queued.append(name)

        queue(HEARTBEAT, STANDING[HEARTBEAT], minute, tags=[])
        # Before the many: what the heartbeat opens, and all that waits already, is told without their having ended.
        queue(DELIVERY, STANDING[DELIVERY], minute, tags=[], at_once=True)
        for obligation_id, period in list(newest_cases(district, act.as_of).items())[:MOST_CASES]:
            queue(
                f"{district.obligation(obligation_id)[1].flow}/{obligation_id}",
                name_for_people(district, obligation_id, period),
                f"{period}|{act.as_of}",
                tags=run_tags(district, obligation_id, period),
                obligation=obligation_id,
                period=period,
            )
        # Once more behind them: a delivery that comes while a scheduled one is running is cancelled by its guard.
        queue(DELIVERY, STANDING[DELIVERY], f"{minute}|again", tags=[], at_once=True)
    return queued


def newest_cases(district: District, as_of: date) -> dict[str, str]:
    """Return the newest period of each obligation that has begun by a day and whose case is not closed.

    Older cases that are still open are the heartbeat's.
    """
    with district.database.reading() as connection:
        closed = connection.execute(
            text("SELECT obligation_id, period FROM duty_case WHERE closed_at IS NOT NULL")
        ).all()
    ended = {(row.obligation_id, row.period) for row in closed}
    newest = {}
    for regulation in district.regulations:
        for obligation in regulation.obligations:
            if obligation.frequency is None:
                continue
            for dates in upcoming(district, regulation, obligation, as_of):
                if dates.days[0] <= as_of and (obligation.id, dates.period.key) not in ended:
                    newest[obligation.id] = dates.period.key
    return newest


def name_coming_runs(district: District, address: str = "") -> int:
    """Give the runs that Prefect's scheduler has made the names and tags that people know.

    Prefect names them by chance, and only a run that begins can name itself.

    Returns:
        How many runs were named.

    Raises:
        DeploymentError: If Prefect's server cannot be reached.
    """
    name_of = cache(partial(name_for_people, district))
    named = 0
    with connected(address or server_address(district.settings)) as client:
        known = ours(client)
        standing = {known[key].id: name for key, name in STANDING.items() if key in known}
        for run in _all_runs(client, COMING):
            tags = set(run.tags)
            name = standing.get(run.deployment_id) if run.deployment_id else None
            if period := _period_of(run):
                name = name_of(run.parameters["obligation"], period)
                tags |= {*run_tags(district, run.parameters["obligation"], period)}
            if name and name != run.name:
                client.update_flow_run(run.id, name=name, tags=sorted(tags))
                named += 1
    return named


def _period_of(run: FlowRun) -> str:
    """Return the period a coming run is for; a daily duty's is the day it is scheduled for."""
    period = str(run.parameters.get("period") or "")
    if period == TODAY and run.expected_start_time is not None:
        return clock.local_date(run.expected_start_time).isoformat()
    return period


def _all_runs(client: SyncPrefectClient, wanted: FlowRunFilter) -> list[FlowRun]:
    found: list[FlowRun] = []
    while True:
        page = client.read_flow_runs(flow_run_filter=wanted, limit=PAGE, offset=len(found))
        found += page
        if len(page) < PAGE:
            return found


def await_scheduler(client: SyncPrefectClient) -> None:
    """Wait until Prefect's scheduler has made the runs of deployments that were just written, for a while at most.

    It makes hundreds in one transaction. A worker that polls and runs that are queued meanwhile were seen to stand in
    its way on SQLite, and all of them to stand still for a minute.
    """
    ends_at = time.monotonic() + SCHEDULER_SECONDS
    before, steady = 0, 0
    while steady < STEADY_LOOKS and time.monotonic() < ends_at:
        time.sleep(LOOK_SECONDS)
        made = client.count_flow_runs(flow_run_filter=COMING)
        steady = steady + 1 if made and made == before else 0
        before = made


def settle_stale_runs(client: SyncPrefectClient) -> int:
    """Settle the runs of ours that are said to be under way though no worker runs; return how many there were.

    To be called before a worker is started: a run that a killed machine left would hold its place for ever. One that
    had begun is crashed; one that had not is scheduled anew.
    """
    stale = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[TAG]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(UNENDED))),
    )
    settled = 0
    # Each page is settled before the next is read, so that the first is always the next.
    while page := client.read_flow_runs(flow_run_filter=stale, limit=PAGE):
        for run in page:
            begun = run.state_type is not StateType.PENDING
            state: State[None] = Crashed(message=BROKEN_OFF) if begun else Scheduled()
            client.set_flow_run_state(run.id, state, force=True)
        settled += len(page)
    return settled
