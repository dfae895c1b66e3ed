"""Readiness: whether a regulation's obligations fit the processes they name, finished or not.

The loader checks what the files say among themselves, such as that no date counts from a later step; whether a flow
and its steps exist is known above it only, so the processes are given.
"""

from collections.abc import Iterator, Mapping

from fireduty.errors import Problem
from models.drafts import Draft, Placed, few, in_order
from models.process import Party, Process
from models.regulation import Obligation, Trigger
from models.requirements import ChoiceRequirement


def missing(draft: Draft, processes: Mapping[str, Process]) -> tuple[Problem, ...]:
    """Return everything that keeps a regulation from working, in the order in which a person writes it."""
    misfits = [problem for one in draft.placed for problem in _misfits(one, processes)]
    return in_order(draft.root, [*draft.problems, *misfits])


def _misfits(placed: Placed, processes: Mapping[str, Process]) -> Iterator[Problem]:
    flow = placed.written("flow")
    if flow is None:
        return
    process = processes.get(flow)
    if process is None:
        yield Problem(placed.at("flow"), f"flow: expected one of {', '.join(processes)}; got {flow}")
        return
    steps = placed.item.get("steps")
    if not isinstance(steps, dict):
        return
    order = [step.name for step in process.steps]
    strange = [name for name in steps if name not in order]
    for name in strange:
        yield Problem(placed.at("steps", name), f"steps.{name}: the flow {flow} has {few(order)}; got {name}")
    if strange:
        return
    in_turn = [name for name in order if name in steps]
    if list(steps) != in_turn:
        yield Problem(placed.at("steps"), f"steps: expected the order of the flow, {few(in_turn)}")
    if placed.obligation is not None:
        yield from _parties(placed, placed.obligation, process)
        yield from _branches(placed, placed.obligation, process)


def _parties(placed: Placed, obligation: Obligation, process: Process) -> Iterator[Problem]:
    """Check that it is said whom the obligation is about where that is needed, and that only events call bodies in."""
    used = [step for step in process.steps if step.name in obligation.steps]
    parties = {step.name: {obligation.steps[step.name].by or step.by, step.about} for step in used}
    needing = [name for name, who in parties.items() if Party.CONCERNED in who]
    if needing and obligation.concerns is None:
        yield Problem(placed.at(), f"concerns: expected whom it is about, for the steps {few(needing)} need it")
    if obligation.concerns is not None and not needing:
        yield Problem(placed.at("concerns"), f"concerns: the flow {process.name} does not ask whom it is about")
    for name, who in parties.items():
        if obligation.trigger is not Trigger.EVENT and who & {Party.ASSISTING, Party.SUPERVISING}:
            message = f"steps.{name}: is done by whom an event calls in, and no event triggers the obligation"
            yield Problem(placed.at("steps", name), message)


def _branches(placed: Placed, obligation: Obligation, process: Process) -> Iterator[Problem]:
    """Check that what a branch hangs on is asked for at its step, where the obligation has that step."""
    for step in process.steps:
        if step.when is None or not {step.name, step.when.step} <= set(obligation.steps):
            continue
        asked = obligation.steps[step.when.step].evidence
        if not any(
            isinstance(one, ChoiceRequirement) and one.key == step.when.key and step.when.value in one.options
            for one in asked
        ):
            wanted = f"{step.when.step} to ask for the choice {step.when.key} with the option {step.when.value}"
            yield Problem(placed.at("steps", step.name), f"steps.{step.name}: expected the step {wanted}")
