"""The shape of a regulatory process: which steps, in which order, done by whom.

A file in `flows/` declares one `Process`. Planning, opening, simulating and Prefect all read the same
declaration, so that what is previewed is what runs.
"""

from dataclasses import dataclass
from enum import StrEnum

from fireduty.errors import FiredutyError
from models.kinds import BodyKind


class Party(StrEnum):
    """A part in a process that the obligation fills with bodies."""

    BOUND = "bound"
    """Each body the obligation binds."""
    CONCERNED = "concerned"
    """Each body the obligation is about, such as every department that is assessed, or the unit with a hazard."""
    ASSISTING = "assisting"
    """Of an event: each body that was called in to help, such as the departments that handle a hazard jointly."""
    SUPERVISING = "supervising"
    """Of an event: the body that supervises the one it happened to."""


class Join(StrEnum):
    """When a step follows the steps named in its `after`."""

    ALL = "all"
    """When every duty of the earlier steps is closed (fan-in)."""
    SAME_BODY = "same_body"
    """For each body as soon as its own duty in the earlier steps is closed."""


@dataclass(frozen=True)
class When:
    """A branch: what must have been answered at an earlier step.

    Attributes:
        step: The earlier step.
        key: The choice it asks for.
        value: The answer under which the branch is taken.
    """

    step: str
    key: str
    value: str


@dataclass(frozen=True)
class Step:
    """One step (环节) of a process.

    Attributes:
        name: Identifier, as the regulation's `steps` refer to it.
        chinese: Name on screen.
        by: Who acts: a party, or a kind of body of which the district has one.
        about: Where given, one duty for each body of this party, all done by `by`.
        after: Names of the steps that come before.
        join: How the step waits for them.
        when: Where given, the step is left out unless an earlier one was answered so.
    """

    name: str
    chinese: str
    by: Party | BodyKind = Party.BOUND
    about: Party | None = None
    after: tuple[str, ...] = ()
    join: Join = Join.ALL
    when: When | None = None


@dataclass(frozen=True)
class Process:
    """One kind of regulatory process, with its steps in order.

    Attributes:
        scored: Whether each run leaves how the bodies it is about stand by the record, as assessments do.
    """

    name: str
    chinese: str
    steps: tuple[Step, ...]
    scored: bool = False

    def __post_init__(self) -> None:
        """Refuse a step that waits for one that does not come before it."""
        known: set[str] = set()
        for step in self.steps:
            needed = {*step.after, *([step.when.step] if step.when else [])}
            if missing := needed - known:
                message = f"process {self.name}: step {step.name} waits for {', '.join(sorted(missing))}"
                raise FiredutyError(message, "List each step after the steps it waits for.")
            known.add(step.name)

    def before(self, name: str, present: set[str]) -> set[str]:
        """Return the steps that come before a step; in place of one that a case does not have, those before that one.

        Args:
            name: The step.
            present: The steps that the case has.
        """
        step = self.step(name)
        needed = {*step.after, *([step.when.step] if step.when else [])}
        absent = needed - present
        return (needed & present).union(*(self.before(one, present) for one in absent))

    def step(self, name: str) -> Step:
        """Return the step of that name.

        Raises:
            KeyError: If the process has no such step.
        """
        return {step.name: step for step in self.steps}[name]
