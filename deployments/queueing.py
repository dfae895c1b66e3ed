"""Runs beside the schedules: those of today at start, and the ends of those that a killed machine left running."""

from collections.abc import Iterator
from datetime import date

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed
from sqlalchemy import text

from deployments.applying import PAGE, ours
from deployments.schedules import upcoming
from deployments.server import connected, server_address
from evidence.ledger import Act
from flows import deliver_notices, heartbeat
from tasks.district import District
from tasks.runs import TAG
from tasks.steps import name_for_people, run_tags

BROKEN_OFF = "The machine stopped while this was running."
UNENDED = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)


def queue_today(district: District, act: Act, address: str = "") -> list[str]:
    """Have Prefect run now what today asks for: the heartbeat, each case that is under way, and the delivery.

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

        beat = f"{heartbeat.NAME}/{heartbeat.NAME}"
        queue(beat, heartbeat.RUN_NAME, minute, tags=[])
        for obligation_id, period in cases_under_way(district, act.as_of):
            queue(
                f"{district.obligation(obligation_id)[1].flow}/{obligation_id}",
                name_for_people(district, obligation_id, period),
                f"{period}|{act.as_of}",
                tags=run_tags(district, obligation_id, period),
                obligation=obligation_id,
                period=period,
            )
        delivery = f"{deliver_notices.NAME}/{deliver_notices.NAME}"
        queue(delivery, deliver_notices.RUN_NAME, minute, tags=[], at_once=True)
    return queued


def cases_under_way(district: District, as_of: date) -> list[tuple[str, str]]:
    """Return obligation and period of every case that is open, or that a day demands to be opened."""
    with district.database.reading() as connection:
        rows = connection.execute(text("SELECT obligation_id, period, closed_at FROM duty_case")).all()
    stored = {(row.obligation_id, row.period): row.closed_at for row in rows}
    under_way = {case for case, closed_at in stored.items() if closed_at is None}
    under_way |= {case for case in _begun(district, as_of) if case not in stored}
    return sorted(under_way)


def crash_stale_runs(client: SyncPrefectClient) -> int:
    """End the runs of ours that are said to be running though no worker runs; return how many there were.

    To be called before a worker is started: a run that a killed machine left would hold its place for ever.
    """
    stale = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[TAG]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(UNENDED))),
    )
    ended = 0
    # Each page is ended before the next is read, so that the first is always the next.
    while page := client.read_flow_runs(flow_run_filter=stale, limit=PAGE):
        for run in page:
            client.set_flow_run_state(
                run.id, Crashed(message="The machine stopped while this was running."), force=True
            )
        ended += len(page)
    return ended


def _begun(district: District, as_of: date) -> Iterator[tuple[str, str]]:
    for regulation in district.regulations:
        for obligation in regulation.obligations:
            if obligation.frequency is not None:
                for dates in upcoming(district, regulation, obligation, as_of):
                    if dates.days[0] <= as_of:
                        yield obligation.id, dates.period.key
