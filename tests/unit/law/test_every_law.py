"""What holds for every pack: clauses and duties belong together, what is ours is said, nothing official is stored."""

import pytest

from models.packs import available, load
from models.regulation import Obligation, Regulation

LAWS = [load(name) for name in available()]
OBLIGATIONS = [one for law in LAWS for one in law.obligations]

every_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
every_obligation = pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda one: one.id)


@every_law
def test_a_clause_has_a_reason_where_and_only_where_it_has_no_obligation(law: Regulation) -> None:
    if law.clauses:
        with_duties = {one.ref for one in law.obligations}
        assert {one.ref for one in law.clauses if one.reason is None} == with_duties


def test_only_our_own_pack_is_without_a_list_of_clauses() -> None:
    assert [law.id for law in LAWS if not law.clauses] == ["fireduty-administration"]


@every_obligation
def test_what_is_ours_and_not_the_laws_is_said(obligation: Obligation) -> None:
    inner = [anchor for terms in obligation.steps.values() for anchor in (terms.opens, terms.due)]
    assert set(inner) <= {"start", "end"} or obligation.ours


@every_obligation
def test_no_sentence_of_the_law_is_stored(obligation: Obligation) -> None:
    assert len(obligation.title) <= 20
    assert len(obligation.summary) <= 45


@every_law
def test_each_ladder_begins_with_the_assignment_and_climbs_in_order(law: Regulation) -> None:
    for name, rungs in law.ladders.items():
        assert (rungs[0].name, rungs[0].workdays) == ("assigned", None), name
        numbers = [rung.workdays for rung in rungs[1:] if rung.workdays is not None]
        assert len(numbers) == len(rungs) - 1
        assert numbers == sorted(set(numbers)), name
