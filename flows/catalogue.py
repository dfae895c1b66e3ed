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
    "accountability-referral",
    "activity-safety",
    "admonition-talk",
    "annual-assessment",
    "assigned-task",
    "attestation",
    "budget-fixing",
    "community-index",
    "consultation",
    "contract-clauses",
    "contract-filing",
    "control-room-duty",
    "coverage-inspection",
    "credit-record",
    "daily-patrol",
    "evacuation-drill",
    "facility-test",
    "fire-investigation",
    "hazard-listing",
    "hazard-loop",
    "hazard-survey",
    "higher-report",
    "incident-response",
    "index-publication",
    "information-copy",
    "joint-inspection",
    "key-unit-filing",
    "leadership-meeting",
    "listed-supervision",
    "permit-review",
    "post-training",
    "prompt-handling",
    "publicity-training",
    "risk-assessment",
    "routine-inspection",
    "school-term",
    "sector-assessment",
    "situation-analysis",
    "superior-instruction",
    "supervision-rounds",
    "suspension-report",
    "target-assessment",
    "unlawful-act",
    "venue-check",
    "warning-relay",
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
