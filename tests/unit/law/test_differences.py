"""Differences between two versions of a regulation."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from small_packs import SmallPack

from models.differences import Change, differences
from models.packs import available, load, load_at
from models.regulation import Obligation, Regulation

with tempfile.TemporaryDirectory() as folder:
    LAW = load_at(SmallPack(Path(folder)).root)
FIRST, SECOND, THIRD = LAW.obligations


def with_obligations(*obligations: Obligation) -> Regulation:
    return LAW.model_copy(update={"obligations": obligations})


def test_a_regulation_does_not_differ_from_itself() -> None:
    for law in map(load, available()):
        assert not differences(law, law), law.id


def test_what_vanishes_and_what_appears_is_named() -> None:
    old, new = with_obligations(FIRST), with_obligations(SECOND)
    found = {one.id: one.change for one in differences(old, new).obligations}
    assert found == {FIRST.id: Change.VANISHES, SECOND.id: Change.APPEARS}


def test_a_change_is_told_field_by_field() -> None:
    step, terms = next(iter(FIRST.steps.items()))
    proof = terms.evidence[0].model_copy(update={"title": "另一种材料"})
    later = terms.model_copy(update={"due": "end-60d", "evidence": (proof, *terms.evidence[1:])})
    changed = FIRST.model_copy(update={"min_count": 2, "steps": {**FIRST.steps, step: later}})
    [one] = differences(with_obligations(FIRST), with_obligations(changed)).obligations
    assert one.change is Change.CHANGES
    assert [(field.name, field.old, field.new) for field in one.fields] == [
        ("min_count", "1", "2"),
        (f"steps.{step}.due", terms.due, "end-60d"),
        (f"steps.{step}.evidence.{proof.key}.title", terms.evidence[0].title, "另一种材料"),
    ]


def test_a_proof_that_is_no_longer_asked_for_is_told() -> None:
    step, terms = next((name, terms) for name, terms in FIRST.steps.items() if len(terms.evidence) > 1)
    fewer = terms.model_copy(update={"evidence": terms.evidence[:-1]})
    changed = FIRST.model_copy(update={"steps": {**FIRST.steps, step: fewer}})
    [one] = differences(with_obligations(FIRST), with_obligations(changed)).obligations
    gone = f"steps.{step}.evidence.{terms.evidence[-1].key}."
    assert one.fields
    assert all(field.name.startswith(gone) and field.old and not field.new for field in one.fields)


def test_a_rung_that_moves_changes_every_obligation_on_its_ladder() -> None:
    *rungs, last = LAW.ladders["default"]
    ladder = (*rungs, last.model_copy(update={"workdays": 99}))
    new = LAW.model_copy(update={"ladders": {**LAW.ladders, "default": ladder}})
    found = differences(LAW, new)
    assert [one.id for one in found.obligations] == [one.id for one in LAW.obligations if one.ladder == "default"]
    [field] = found.obligations[0].fields
    assert (field.name, field.old, field.new) == (f"rungs.{last.name}.workdays", str(last.workdays), "99")


def test_a_clause_whose_words_change_changes_what_hangs_on_it() -> None:
    clauses = tuple(
        clause.model_copy(update={"digest": "0" * 64}) if clause.ref == FIRST.ref else clause for clause in LAW.clauses
    )
    found = differences(LAW, LAW.model_copy(update={"clauses": clauses}))
    [clause] = found.clauses
    assert (clause.ref, clause.change, [field.name for field in clause.fields]) == (
        FIRST.ref,
        Change.CHANGES,
        ["digest"],
    )
    hanging = [one.id for one in LAW.obligations if one.ref == FIRST.ref]
    assert list(clause.obligations) == hanging
    assert [(one.id, [field.name for field in one.fields]) for one in found.obligations] == [
        (name, ["clause_digest"]) for name in hanging
    ]
    assert found.touching == hanging


def test_clauses_that_come_and_go_are_named() -> None:
    shorter = LAW.model_copy(update={"clauses": LAW.clauses[1:]})
    [gone] = differences(LAW, shorter).clauses
    [come] = differences(shorter, LAW).clauses
    assert (gone.ref, gone.change) == ("art1", Change.VANISHES)
    assert (come.ref, come.change) == ("art1", Change.APPEARS)


def test_one_that_vanishes_where_another_of_its_clause_appears_may_be_renamed() -> None:
    renamed = FIRST.model_copy(update={"id": f"{LAW.id}.another.name"})
    found = differences(with_obligations(FIRST, SECOND), with_obligations(renamed, SECOND))
    assert {one.id: one.renamed for one in found.obligations} == {FIRST.id: (renamed.id,), renamed.id: (FIRST.id,)}
    assert found.touching == [FIRST.id]


def test_one_of_another_clause_is_not_taken_for_a_new_name() -> None:
    elsewhere = FIRST.model_copy(update={"id": f"{LAW.id}.another.name", "ref": "art99"})
    found = differences(with_obligations(FIRST), with_obligations(elsewhere))
    assert [one.renamed for one in found.obligations] == [(), ()]


def test_the_next_version_under_an_id_of_its_own_is_compared_by_names_within() -> None:
    moved = tuple(
        one.model_copy(
            update={
                "id": one.id.replace("shili-2027", "shili-2031"),
                "overlaps": tuple(name.replace("shili-2027", "shili-2031") for name in one.overlaps),
            }
        )
        for one in LAW.obligations
    )
    new = LAW.model_copy(update={"id": "shili-2031", "obligations": moved, "title": "新版"})
    found = differences(LAW, new)
    assert found.obligations == ()
    assert found.clauses == ()
    assert [(field.name, field.new) for field in found.fields] == [("title", "新版")]


@given(st.sets(st.sampled_from(range(3))), st.sets(st.sampled_from(range(3))))
def test_what_appears_one_way_vanishes_the_other(old: set[int], new: set[int]) -> None:
    one, other = (with_obligations(*(LAW.obligations[place] for place in sorted(chosen))) for chosen in (old, new))
    there = {d.id: d.change for d in differences(one, other).obligations}
    back = {d.id: d.change for d in differences(other, one).obligations}
    come, gone = ({LAW.obligations[place].id for place in places} for places in (new - old, old - new))
    assert there == dict.fromkeys(come, Change.APPEARS) | dict.fromkeys(gone, Change.VANISHES)
    assert back == dict.fromkeys(come, Change.VANISHES) | dict.fromkeys(gone, Change.APPEARS)
