"""Words of official texts that tell what a clause probably is, to help whoever makes a pack. Proposals, no verdicts."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from calendars.periods import Frequency
from models.clauses import Clause
from models.regulation import Reason, Trigger

_PERIODIC = {
    r"每[日天]|每\d+小时|每[二两]小时": Frequency.DAILY,
    r"每周|每星期": Frequency.WEEKLY,
    r"每个?月(?!\d)": Frequency.MONTHLY,
    r"每个?季度|每季": Frequency.QUARTERLY,
    r"每半年": Frequency.HALF_YEARLY,
    r"每个?学期": Frequency.SCHOOL_TERM,
    r"每一?年|年度": Frequency.YEARLY,
    r"每[三3]年": Frequency.EVERY_3_YEARS,
    r"每[五5]年": Frequency.EVERY_5_YEARS,
}
_EVENT = r"工作日内|[\d一二三四五六七八九十]个?[日天月]内|小时内|之日起(?![施实]行)|发生[^，。；]{0,8}(?:火灾|事故)后"
_UNSPECIFIED = r"定期|不定期|经常性"
_DEFINITION = re.compile(r"^(?:本[^，。]{1,8})?所称[^，。]*，?(?:是指|指|包括)")
_IN_FORCE = re.compile(r"自[^，。；]{1,20}(?:起)?(?:施行|实施)|由[^，。；]{2,30}负责解释")
_LONGEST_FORMAL = 80
_CASES = "情形"
"""A lead-in that names the cases in which something must be done holds the duty itself."""


@dataclass(frozen=True)
class Proposal:
    """What a word of a clause speaks for.

    Attributes:
        word: The word, as it stands in the text.
        trigger: What it speaks for.
        frequency: How often, where the word says it.
    """

    word: str
    trigger: Trigger
    frequency: Frequency | None = None


def proposals(words: str) -> list[Proposal]:
    """Return what the words of a clause speak for, the surest first; nothing where none is a sign."""
    found = [
        Proposal(match[0], Trigger.PERIODIC, frequency)
        for pattern, frequency in _PERIODIC.items()
        if (match := re.search(pattern, words))
    ]
    if match := re.search(_EVENT, words):
        found.append(Proposal(match[0], Trigger.EVENT))
    if match := re.search(_UNSPECIFIED, words):
        found.append(Proposal(match[0], Trigger.UNSPECIFIED_PERIODIC))
    return found


def sure_reason(clause: Clause, refs: Collection[str]) -> Reason | None:
    """Return why a clause has no obligation, where its form leaves no doubt; none guessed is better than a wrong one.

    Args:
        clause: The clause.
        refs: The refs of all clauses of its text.
    """
    if proposals(clause.words):
        return None
    below = any(ref.startswith((f"{clause.ref}(", f"{clause.ref}.")) for ref in refs)
    if below and clause.words.endswith(("：", ":")) and _CASES not in clause.words:
        return Reason.LEAD_IN
    if _DEFINITION.match(clause.words):
        return Reason.DEFINITION
    if _IN_FORCE.search(clause.words) and len(clause.words) <= _LONGEST_FORMAL:
        return Reason.FORMAL
    return None
