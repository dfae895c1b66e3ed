"""Changes of deployments, field by field: what Prefect has against what is desired."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, RRuleSchedule
from prefect.utilities.callables import parameter_schema

from deployments.desired import POOL, Desired, flow_at
from deployments.schedules import Timetable, dates_of_rule


class Action(StrEnum):
    """What becomes of a deployment."""

    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; for a schedule, `before` are the dates that go and `after` those that come."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One deployment, by flow and name, and what becomes of it."""

    deployment: str
    action: Action
    fields: tuple[FieldChange, ...] = ()


def compare(wanted: Desired, found: DeploymentResponse | None, as_of: date) -> Change:
    """Return what must become of a deployment; days before `as_of` count on neither side."""
    if found is None:
        return Change(wanted.key, Action.CREATED, tuple(_schedules(wanted.timetables, (), as_of)))
    fields = (*_plain_fields(wanted, found), *_schedules(wanted.timetables, found.schedules, as_of))
    return Change(wanted.key, Action.CHANGED if fields else Action.UNCHANGED, fields)


def schema_of(wanted: Desired) -> dict[str, Any]:
    """Return the schema of the flow's parameters, by which Prefect draws its form for a run."""
    return parameter_schema(flow_at(wanted.entrypoint)).model_dump(mode="json", exclude_unset=True)


def _plain_fields(wanted: Desired, found: DeploymentResponse) -> Iterator[FieldChange]:
    limit = found.global_concurrency_limit
    pairs = {
        "entrypoint": (found.entrypoint, wanted.entrypoint),
        "description": (found.description, wanted.description),
        "tags": (sorted(found.tags), sorted(wanted.tags)),
        "parameters": (found.parameters, wanted.parameters),
        "work pool": (found.work_pool_name, POOL),
        "runs at once": (limit.limit if limit else None, 1 if wanted.single else None),
        "parameter schema": (found.parameter_openapi_schema, schema_of(wanted)),
    }
    for field, (before, after) in pairs.items():
        if before != after:
            yield FieldChange(field, _text(before), _text(after))


def _schedules(wanted: Sequence[Timetable], found: Sequence[DeploymentSchedule], as_of: date) -> Iterator[FieldChange]:
    before = {schedule.slug or str(schedule.id): schedule for schedule in found}
    after = {timetable.slug: timetable for timetable in wanted}
    for slug in sorted({*before, *after}):
        had, want = _times(before.get(slug), as_of), _wanted_times(after.get(slug), as_of)
        if had != want:
            gone = [one for one in had if one not in want]
            come = [one for one in want if one not in had]
            yield FieldChange(f"schedule {slug}", ", ".join(gone), ", ".join(come))


def _times(schedule: DeploymentSchedule | None, as_of: date) -> list[str]:
    """Return what a schedule of Prefect's comes to: its coming dates or its cron line, and its parameters."""
    if schedule is None:
        return []
    times: list[str]
    match schedule.schedule:
        case RRuleSchedule(rrule=rule):
            times = [str(on) for on in dates_of_rule(rule) if on >= as_of]
        case CronSchedule(cron=cron):
            times = [cron]
        case _:
            times = ["something else"]
    return [*times, *_marks(schedule.parameters)]


def _wanted_times(timetable: Timetable | None, as_of: date) -> list[str]:
    if timetable is None:
        return []
    times = [timetable.cron] if timetable.cron else [str(on) for on in timetable.dates if on >= as_of]
    return [*times, *_marks(timetable.parameters)]


def _marks(parameters: dict[str, Any]) -> list[str]:
    return [f"{name}={value}" for name, value in sorted(parameters.items())]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
