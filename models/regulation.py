"""The shape of the law as data: a regulation, its obligations, and all they need to run.

The files in `regulations/` are checked against these classes by `models.packs`. Fields that are ours and not the
law's say so with `ours`.
"""

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from calendars.periods import Frequency
from models.agreement import disagreement
from models.anchors import Anchor
from models.kinds import BodyFlag, BodyKind
from models.process import Party
from models.requirements import Requirement


class Trigger(StrEnum):
    """What makes an obligation fall due."""

    PERIODIC = "periodic"
    EVENT = "event"
    UNSPECIFIED_PERIODIC = "unspecified_periodic"
    STANDING = "standing"


class Audience(StrEnum):
    """Whom a rung of the ladder tells."""

    BODY = "body"
    SUPERVISOR = "supervisor"
    OFFICE = "office"


class Level(StrEnum):
    """How pressing a notice is; shown with a word and a colour, never a colour alone."""

    INFORMATION = "information"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    PROMPT = "prompt"
    WARNING = "warning"

    @property
    def chinese(self) -> str:
        """The word used in notices; 提醒 and 警示 are those of putuo-2020 art25."""
        return _LEVEL_CHINESE[self]


_LEVEL_CHINESE = {
    Level.INFORMATION: "告知",
    Level.REMINDER: "临期提示",
    Level.OVERDUE: "逾期",
    Level.PROMPT: "提醒",
    Level.WARNING: "警示",
}


class _Strict(BaseModel):
    """A part of a regulation file: unknown fields are refused, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rung(_Strict):
    """One rung of a ladder.

    Attributes:
        workdays: Working days before `plan_by` (negative or zero) or after `due_on` (positive); where there are
            none, the rung is the opening itself.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    workdays: int | None = None
    audience: Audience
    level: Level


class Binding(_Strict):
    """Which bodies: a kind, narrowed by flags, kinds of parents, or names as the text gives them."""

    kind: BodyKind
    flags: tuple[BodyFlag, ...] = ()
    parent_kinds: tuple[BodyKind, ...] = ()
    names: tuple[str, ...] = ()
    batched: bool = False
    """Whether a cycle of several years takes these bodies in batches, each in one of its years."""


class Supervision(_Strict):
    """Who supervises the duty, and who stands above in order.

    With a `line`, the register's supervisor of the body in that line of duty, else in the line of fire safety,
    else its parent. Without one, the district's one body of `kind`.
    """

    kind: BodyKind
    line: str = ""
    chain: tuple[BodyKind, ...] = ()


class StepTerms(_Strict):
    """Dates and proof of one step of the obligation's process."""

    opens: Anchor
    due: Anchor
    by: BodyKind | Party | None = None
    """Who acts in this step, where the text names another body than the process does."""
    supervisor: BodyKind | None = None
    """Who reviews this step, where it is another than for the obligation."""
    evidence: tuple[Requirement, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_are_unique(self) -> "StepTerms":
        keys = [requirement.key for requirement in self.evidence]
        if len(set(keys)) < len(keys):
            message = f"requirement keys must differ, got {', '.join(keys)}"
            raise ValueError(message)
        return self


class Obligation(_Strict):
    """What one clause demands of one kind of body (职责事项)."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$")
    ref: str = Field(pattern=r"^(art|s)\d+(\([0-9]+\)|\.[0-9]+|\.?p\d+)*$")
    title: str
    english: str
    summary: str
    trigger: Trigger
    frequency: Frequency | None = None
    occasions: tuple[str, ...] = ()
    """With the frequency `occasion`: the holidays and seasons that bring it, as `calendars.occasions` names them."""
    interval_months: int | None = Field(default=None, ge=1, le=120)
    """With the frequency `after_last`: how many months after it was last done."""
    event: str = ""
    """What has to happen, in Chinese; only of an obligation that an event triggers."""
    min_count: int = Field(default=1, ge=1)
    binds: Binding
    concerns: Binding | None = None
    supervision: Supervision
    recipient: str
    copies: tuple[BodyKind, ...] = ()
    """The district's bodies that are told when a case is done (抄送)."""
    overlaps: tuple[str, ...] = ()
    """Ids of other obligations that the same act and the same proof can fulfil."""
    flow: str
    ladder: str = "default"
    steps: dict[str, StepTerms] = Field(min_length=1)
    ours: str = ""
    """What in this obligation is our setting and not the law's; empty where nothing is."""

    @model_validator(mode="after")
    def _trigger_and_frequency_agree(self) -> "Obligation":
        fault = disagreement(self)
        if fault:
            raise ValueError(fault)
        return self


class Reason(StrEnum):
    """Why a clause has no obligation that runs."""

    DEFINITION = "definition"
    PRINCIPLE = "principle"
    POWER = "power"
    PROHIBITION = "prohibition"
    LIABILITY = "liability"
    LEAD_IN = "lead_in"
    REFERENCE = "reference"
    ENCOURAGEMENT = "encouragement"
    FORMAL = "formal"
    UNVERIFIABLE = "unverifiable"
    COVERED = "covered"

    @property
    def chinese(self) -> str:
        """The words used on screen."""
        return _REASON_CHINESE[self]


_REASON_CHINESE = {
    Reason.DEFINITION: "定义",
    Reason.PRINCIPLE: "原则",
    Reason.POWER: "职权",
    Reason.PROHIBITION: "禁止",
    Reason.LIABILITY: "责任追究",
    Reason.LEAD_IN: "引语",
    Reason.REFERENCE: "引用其他规定",
    Reason.ENCOURAGEMENT: "鼓励",
    Reason.FORMAL: "施行与解释",
    Reason.UNVERIFIABLE: "一般职能，未要求可核验的具体行为",
    Reason.COVERED: "由所列其他条款的职责事项一并落实",
}


class ClauseEntry(_Strict):
    """One clause of the text: its place, a paraphrase, the digest of its words, and why nothing runs for it.

    Attributes:
        ref: Its place; obligations name it.
        gist: What it says, in our words.
        digest: SHA-256 of its official words, as `models.clauses.digest` makes it.
        reason: Why it has no obligation that runs; empty where it has one.
        covered_by: With the reason `covered`, the refs of the clauses whose obligations carry this one out.
    """

    ref: str
    gist: str
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    reason: Reason | None = None
    covered_by: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _covered_names_by_what(self) -> "ClauseEntry":
        if (self.reason is Reason.COVERED) != bool(self.covered_by):
            message = "covered_by goes with the reason covered"
            raise ValueError(message)
        return self


class Regulation(_Strict):
    """A regulation (规范性文件) with its obligations."""

    id: str = Field(pattern=r"^[a-z]+-[a-z0-9]+$")
    title: str
    english: str
    document_number: str
    issuer: str
    issued_on: date
    effective_on: date
    division: str = Field(pattern=r"^\d{6}$")
    status: Literal["in_force", "draft", "repealed"]
    ladders: dict[str, tuple[Rung, ...]]
    obligations: tuple[Obligation, ...] = ()
    clauses: tuple[ClauseEntry, ...] = ()
    """Every clause of the text in order; empty while a pack is being made."""
    digest: str = ""
    """SHA-256 over the canonical content of its files; set by the loader."""

    @model_validator(mode="after")
    def _covered_clauses_are_covered(self) -> "Regulation":
        with_duties = {one.ref for one in self.obligations}
        for clause in self.clauses:
            if idle := [ref for ref in clause.covered_by if ref not in with_duties]:
                message = f"clause {clause.ref}: covered_by: no obligation hangs on {', '.join(idle)}"
                raise ValueError(message)
        return self

    def obligation(self, name: str) -> Obligation | None:
        """Return the obligation of that full id, or nothing."""
        return self._by_id.get(name)

    @cached_property
    def _by_id(self) -> dict[str, Obligation]:
        return {one.id: one for one in reversed(self.obligations)}

    def ladder_of(self, obligation: Obligation) -> tuple[Rung, ...]:
        """Return the rungs of an obligation's ladder."""
        return self.ladders[obligation.ladder]


def describe(obligation: Obligation, regulation: Regulation) -> dict[str, Any]:
    """Return an obligation as programs read it from `fireduty obligation list --json`."""
    return {
        "id": obligation.id,
        "regulation": regulation.id,
        "ref": obligation.ref,
        "title": obligation.title,
        "english": obligation.english,
        "summary": obligation.summary,
        "trigger": obligation.trigger.value,
        "frequency": None if obligation.frequency is None else obligation.frequency.value,
        "occasions": list(obligation.occasions),
        "interval_months": obligation.interval_months,
        "event": obligation.event,
        "min_count": obligation.min_count,
        "body_kind": obligation.binds.kind.value,
        "scope": obligation.binds.model_dump(mode="json", exclude={"kind"}, exclude_defaults=True),
        "concerns": None if obligation.concerns is None else obligation.concerns.kind.value,
        "flow": obligation.flow,
        "supervisor": obligation.supervision.kind.value,
        "chain": [kind.value for kind in obligation.supervision.chain],
        "recipient": obligation.recipient,
        "copies": [kind.value for kind in obligation.copies],
        "overlaps": list(obligation.overlaps),
        "ladder": obligation.ladder,
        "evidence": {
            step: [requirement.model_dump(mode="json") for requirement in terms.evidence]
            for step, terms in obligation.steps.items()
        },
        "provisional": bool(obligation.ours) or regulation.status == "draft",
        "ours": obligation.ours,
    }
