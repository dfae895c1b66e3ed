"""Bringing Prefect's deployments to what is desired: said first by `diff`, done by `apply`.

Only what differs is written, for Prefect throws away and remakes the coming runs of every deployment it is given.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowFilter,
    FlowFilterId,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
)
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, RRuleSchedule
from prefect.exceptions import ObjectNotFound
from prefect.workers.process import ProcessWorker

from deployments.changes import Action, Change, compare, schema_of
from deployments.desired import POOL, POOL_LIMIT, Desired, desired
from deployments.schedules import TIME_ZONE, Timetable
from deployments.server import connected, server_address
from evidence.ledger import Act, Event, EventKind, append
from fireduty import clock
from tasks.district import District
from tasks.runs import TAG

PAGE = 200
NAMED_IN_ONE_EVENT = 300
"""Deployments in one ledger entry; its length is limited."""


def diff(district: District, as_of: date | None = None, address: str = "") -> list[Change]:
    """Say what would become of each deployment, changing nothing.

    Args:
        district: The district.
        as_of: The day from which schedules are compared; today where left out.
        address: Prefect's server, where another than the one the environment or the data folder names.

    Raises:
        DeploymentError: If Prefect's server cannot be reached.
    """
    with connected(address or server_address(district.settings)) as client:
        return [change for change, _, _ in _compared(client, district, as_of or clock.today())]


def apply(district: District, act: Act, address: str = "") -> list[Change]:
    """Create, change and remove deployments until they are as desired, and record it where anything changed.

    Raises:
        DeploymentError: If Prefect's server cannot be reached or refuses a deployment.
    """
    changes: list[Change] = []
    try:
        with connected(address or server_address(district.settings)) as client:
            ensure_pool(client)
            for change, wanted, found in _compared(client, district, act.as_of):
                if wanted is not None and change.action is not Action.UNCHANGED:
                    _write(client, wanted, found)
                if wanted is None and found is not None:
                    client.delete_deployment(found.id)
                changes.append(change)
    finally:
        # What was done before a failure was done, and is recorded.
        _record(district, act, changes)
    return changes


def ensure_pool(client: SyncPrefectClient) -> None:
    """Create the work pool where there is none."""
    try:
        client.read_work_pool(POOL)
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        pool = WorkPoolCreate(name=POOL, type="process", base_job_template=template, concurrency_limit=POOL_LIMIT)
        client.create_work_pool(pool)


def ours(client: SyncPrefectClient) -> dict[str, DeploymentResponse]:
    """Return the deployments that bear our tag, by flow and name."""
    wanted = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    found: list[DeploymentResponse] = []
    while True:
        page = client.read_deployments(deployment_filter=wanted, limit=PAGE, offset=len(found))
        found += page
        if len(page) < PAGE:
            break
    ids = sorted({deployment.flow_id for deployment in found})
    flows = {}
    for start in range(0, len(ids), PAGE):
        some = FlowFilter(id=FlowFilterId(any_=ids[start : start + PAGE]))
        flows.update({flow.id: flow.name for flow in client.read_flows(flow_filter=some, limit=PAGE)})
    return {f"{flows[deployment.flow_id]}/{deployment.name}": deployment for deployment in found}


def _compared(
    client: SyncPrefectClient, district: District, as_of: date
) -> Iterator[tuple[Change, Desired | None, DeploymentResponse | None]]:
    """Pair what is desired with what is there."""
    present = ours(client)
    for wanted in desired(district, as_of):
        found = present.pop(wanted.key, None)
        yield compare(wanted, found, as_of), wanted, found
    for key, found in sorted(present.items()):
        yield Change(key, Action.REMOVED), None, found


def _write(client: SyncPrefectClient, wanted: Desired, found: DeploymentResponse | None) -> None:
    """Create a deployment, or bring the one of its name to what is wanted."""
    # What an administrator paused in Prefect's pages stays paused.
    paused = {one.slug for one in found.schedules if not one.active} if found else set()
    single = ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    client.create_deployment(
        flow_id=client.create_flow_from_name(wanted.flow),
        name=wanted.name,
        entrypoint=wanted.entrypoint,
        description=wanted.description,
        tags=list(wanted.tags),
        parameters=wanted.parameters,
        parameter_openapi_schema=schema_of(wanted),
        enforce_parameter_schema=True,
        schedules=[_schedule(one, active=one.slug not in paused) for one in wanted.timetables],
        work_pool_name=POOL,
        concurrency_limit=1 if wanted.single else None,
        concurrency_options=single if wanted.single else None,
        pull_steps=[],
    )


def _schedule(timetable: Timetable, *, active: bool) -> DeploymentScheduleCreate:
    times = (
        CronSchedule(cron=timetable.cron, timezone=TIME_ZONE)
        if timetable.cron
        else RRuleSchedule(rrule=timetable.rule, timezone=TIME_ZONE)
    )
    return DeploymentScheduleCreate(
        schedule=times, active=active, slug=timetable.slug, parameters=dict(timetable.parameters)
    )


def _record(district: District, act: Act, changes: Sequence[Change]) -> None:
    """Seal what was changed; nothing where nothing was."""
    made = [
        {"deployment": change.deployment, "action": change.action.value}
        for change in changes
        if change.action is not Action.UNCHANGED
    ]
    if not made:
        return
    events = [
        Event(EventKind.DEPLOYMENTS_APPLIED, {"changes": made[start : start + NAMED_IN_ONE_EVENT]})
        for start in range(0, len(made), NAMED_IN_ONE_EVENT)
    ]
    with district.database.transaction() as connection:
        append(connection, act, events)
