"""What in an obligation must go together, over all that each field says by itself."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from calendars.periods import Frequency
from models.anchors import EventAnchor, event_anchor
from models.requirements import DateRequirement

if TYPE_CHECKING:
    from models.regulation import Obligation


def disagreement(obligation: "Obligation") -> str:
    """Return what in an obligation does not go together, or nothing."""
    return "; ".join(_faults(obligation))


def _faults(obligation: "Obligation") -> Iterator[str]:
    by_event = obligation.trigger == "event"
    if by_event == (obligation.frequency is not None):
        yield "needs a frequency, unless an event triggers it"
    if by_event != bool(obligation.event):
        yield "`event` says what happens, where and only where an event triggers it"
    yield from _frequency_faults(obligation)
    if obligation.trigger in {"unspecified_periodic", "standing"} and not obligation.ours:
        yield "the interval is ours and not the law's: say so in `ours`"
    anchors = [(name, text) for name, terms in obligation.steps.items() for text in (terms.opens, terms.due)]
    if any(by_event == (event_anchor(text) is None) for _, text in anchors):
        yield "anchors such as event+7w belong to events, those such as end-30d to periods"
    for name, text in anchors:
        anchor = event_anchor(text)
        if anchor is not None and anchor.of_step:
            yield from _step_faults(obligation, name, anchor)


def _frequency_faults(obligation: "Obligation") -> Iterator[str]:
    """Say which fields do not go with the frequency."""
    if (obligation.frequency is Frequency.OCCASION) != bool(obligation.occasions):
        yield "`occasions` goes with the frequency occasion"
    if (obligation.frequency is Frequency.AFTER_LAST) != (obligation.interval_months is not None):
        yield "`interval_months` goes with the frequency after_last"
    if obligation.frequency is Frequency.AFTER_LAST and obligation.concerns is not None:
        yield "after_last counts from what each bound body did itself: leave out `concerns`"
    if len(set(obligation.occasions)) < len(obligation.occasions):
        yield "the same occasion stands twice in `occasions`"


def _step_faults(obligation: "Obligation", name: str, anchor: EventAnchor) -> Iterator[str]:
    """Say what is wrong with a date that hangs on an earlier step."""
    steps = list(obligation.steps)
    if anchor.base not in steps[: steps.index(name)]:
        yield f"steps.{name}: expected a step before it, got step.{anchor.base}"
        return
    if anchor.answer and not any(
        isinstance(one, DateRequirement) and one.key == anchor.answer and one.within == "ahead"
        for one in obligation.steps[anchor.base].evidence
    ):
        yield f"steps.{name}: expected {anchor.answer} to be a date of step {anchor.base} with `within: ahead`"
