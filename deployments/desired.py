"""The deployments that Prefect ought to have: one an obligation in force, the heartbeat, and the delivery."""

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

from prefect import Flow

from deployments.describing import describe
from deployments.event_times import event_timetables
from deployments.schedules import Timetable, timetables, upcoming
from flows import deliver_notices, heartbeat
from flows.catalogue import entrypoint, process_named
from models.regulation import Obligation, Regulation, Trigger
from tasks.district import District
from tasks.runs import TAG

POOL = "fireduty"
POOL_LIMIT = 2
"""Runs at once: Prefect on SQLite becomes slower, not faster, beyond."""

HEARTBEAT_TIMES = (
    Timetable("working-hours", cron="*/15 8-18 * * *"),
    Timetable("night", cron="30 1 * * *"),
)
# What is urgent does not wait for working hours; everything else does, by the flow itself.
DELIVERY_TIMES = (
    Timetable("working-hours", cron="*/5 8-17 * * *"),
    Timetable("urgent", cron="*/15 0-7,18-23 * * *"),
)

HEARTBEAT_DESCRIPTION = """**心跳**

按今天的日期补齐全区应办的一切：开立到期事项和任务、发出到期的提醒与升级、把已结束的运行抄入存证账。
停机期间漏掉的，下一次心跳一并补上；重复运行不会重复办理。"""

DELIVERY_DESCRIPTION = """**投递通知**

把等待中的通知按收件人合并成信，工作日的工作时间内投递，紧急的随时投递；失败的保留并按间隔重试。
同一时刻只运行一个。"""


@dataclass(frozen=True)
class Desired:
    """One deployment as it ought to be.

    Attributes:
        flow: Name of the flow.
        name: Name of the deployment; with the flow's it is what the deployment is known by.
        entrypoint: Where the flow is found, as `module:function`.
        single: Whether a run is cancelled while another is running.
    """

    flow: str
    name: str
    entrypoint: str
    description: str
    tags: tuple[str, ...]
    timetables: tuple[Timetable, ...]
    parameters: dict[str, str | bool]
    single: bool = False

    @property
    def key(self) -> str:
        """Flow and name, as Prefect writes a deployment."""
        return f"{self.flow}/{self.name}"


def desired(district: District, as_of: date) -> list[Desired]:
    """Return every deployment that ought to exist on a day."""
    obligations = [
        _of_obligation(district, regulation, obligation, as_of)
        for regulation in district.regulations
        for obligation in regulation.obligations
    ]
    return [*_standing(district), *obligations]


def flow_at(place: str) -> Flow[Any, Any]:
    """Return the flow at an entrypoint."""
    module, _, function = place.partition(":")
    found: Flow[Any, Any] = getattr(import_module(module), function)
    return found


def _of_obligation(district: District, regulation: Regulation, obligation: Obligation, as_of: date) -> Desired:
    by_event = obligation.trigger is Trigger.EVENT
    periods = [] if by_event else upcoming(district, regulation, obligation, as_of)
    times = event_timetables(district, obligation, as_of) if by_event else timetables(obligation, periods, as_of)
    frequency = "" if obligation.frequency is None else obligation.frequency.value
    return Desired(
        flow=obligation.flow,
        name=obligation.id,
        entrypoint=entrypoint(obligation.flow),
        description=describe(regulation, obligation, process_named(obligation.flow), periods),
        tags=(TAG, regulation.id, obligation.ref, frequency, district.settings.division),
        timetables=times,
        parameters={"obligation": obligation.id},
    )


def _standing(district: District) -> list[Desired]:
    """Return the deployments that no obligation asks for, but all need."""
    tags = (TAG, district.settings.division)
    return [
        Desired(
            flow=heartbeat.NAME,
            name=heartbeat.NAME,
            entrypoint="flows.heartbeat:heartbeat",
            description=HEARTBEAT_DESCRIPTION,
            tags=tags,
            timetables=HEARTBEAT_TIMES,
            parameters={},
            single=True,
        ),
        Desired(
            flow=deliver_notices.NAME,
            name=deliver_notices.NAME,
            entrypoint="flows.deliver_notices:deliver_notices",
            description=DELIVERY_DESCRIPTION,
            tags=tags,
            timetables=DELIVERY_TIMES,
            parameters={},
            single=True,
        ),
    ]
