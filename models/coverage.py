"""Coverage: every clause of a regulation with what became of it, and the proof against the official file."""

from dataclasses import dataclass
from typing import Any

from fireduty.errors import Problem
from models.clauses import clauses_of
from models.regulation import Regulation


@dataclass(frozen=True)
class Check:
    """What comparing a pack with its official text found.

    Attributes:
        clauses: How many clauses the text has.
        agreeing: How many of them agree with the pack.
        problems: What does not, with the obligations that hang on it.
    """

    clauses: int
    agreeing: int
    problems: tuple[Problem, ...]


def coverage(regulation: Regulation) -> list[dict[str, Any]]:
    """Return every clause in order, with its obligations or the reason why it has none."""
    by_ref: dict[str, list[str]] = {}
    for obligation in regulation.obligations:
        by_ref.setdefault(obligation.ref, []).append(obligation.id)
    return [
        {
            "ref": clause.ref,
            "gist": clause.gist,
            "obligations": by_ref.get(clause.ref, []),
            "reason": None if clause.reason is None else clause.reason.value,
            "reason_zh": "" if clause.reason is None else clause.reason.chinese,
        }
        for clause in regulation.clauses
    ]


def check_text(regulation: Regulation, text: str) -> Check:
    """Compare the pack's clauses with those of the official text: none missing, none invented, none changed."""
    official = {clause.ref: clause.digest for clause in clauses_of(text)}
    packed = {clause.ref: clause.digest for clause in regulation.clauses}
    hanging = {row["ref"]: row["obligations"] for row in coverage(regulation)}

    def problem(ref: str, says: str) -> Problem:
        duties = ", ".join(hanging.get(ref, []))
        return Problem(ref, says + (f"; on it hang {duties}" if duties else ""))

    problems = [problem(ref, "stands in the text and not in the pack") for ref in official if ref not in packed]
    problems += [problem(ref, "stands in the pack and not in the text") for ref in packed if ref not in official]
    changed = [ref for ref in official if ref in packed and official[ref] != packed[ref]]
    problems += [problem(ref, "its words are not those the pack was made from") for ref in changed]
    agreeing = sum(packed.get(ref) == words for ref, words in official.items())
    return Check(len(official), agreeing, tuple(problems))
