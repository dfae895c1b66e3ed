"""The catalogue of processes, by the names that regulations use."""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from types import ModuleType

from fireduty.errors import UnknownNameError
from models.process import Process
from models.regulation import Obligation, Regulation
from tasks.messages import DutyText, StepText

NAMES = (
    "annual-assessment",
    "budget-fixing",
    "control-room-duty",
    "coverage-inspection",
    "daily-patrol",
    "evacuation-drill",
    "facility-test",
    "hazard-listing",
    "hazard-survey",
    "higher-report",
    "index-publication",
    "information-copy",
    "leadership-meeting",
    "school-term",
    "sector-assessment",
    "situation-analysis",
    "supervision-rounds",
    "target-assessment",
    "work-plan",
)
"""Every kind of process there is."""


def entrypoint(name: str) -> str:
    """Return where the flow of a process is found, as Prefect writes it."""
    function = name.replace("-", "_")
    return f"flows.{function}:{function}"


@cache
def process_named(name: str) -> Process:
    """Return a process by its name.

    Raises:
        UnknownNameError: If there is none of that name.
    """
    process: Process = module_of(name).PROCESS
    return process


def module_of(name: str) -> ModuleType:
    """Return the module of a process.

    Raises:
        UnknownNameError: If there is none of that name.
    """
    if name not in NAMES:
        message = f"flow {name}: expected one of {', '.join(NAMES)}"
        raise UnknownNameError(message, "A regulation's `flow` names one of these.")
    return import_module(entrypoint(name).partition(":")[0])


def duty_texts(regulations: Iterable[Regulation]) -> dict[str, DutyText]:
    """Return what messages say about each obligation, with its steps as their process calls them."""
    return {
        obligation.id: _duty_text(regulation, obligation)
        for regulation in regulations
        for obligation in regulation.obligations
    }


def _duty_text(regulation: Regulation, obligation: Obligation) -> DutyText:
    process = process_named(obligation.flow)
    steps = {
        name: StepText(process.step(name).chinese, tuple(one.describe() for one in terms.evidence))
        for name, terms in obligation.steps.items()
    }
    return DutyText(obligation.title, obligation.english, regulation.title, obligation.ref, steps)
