"""The law as data and the processes fit together: what a pack names exists, and can be opened."""

import pytest

from fireduty.errors import FiredutyError, UnknownNameError
from flows.catalogue import NAMES, module_of, process_named
from models.kinds import BodyKind
from models.packs import available, load
from models.process import Party, Process, Step
from models.regulation import Obligation, Trigger
from models.requirements import ChoiceRequirement

OBLIGATIONS = [one for name in available() for one in load(name).obligations]


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda one: one.id)
def test_an_obligation_names_a_process_and_its_steps(obligation: Obligation) -> None:
    process = process_named(obligation.flow)
    assert set(obligation.steps) <= {step.name for step in process.steps}


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda one: one.id)
def test_the_steps_stand_in_the_order_of_the_process(obligation: Obligation) -> None:
    order = [step.name for step in process_named(obligation.flow).steps if step.name in obligation.steps]
    assert list(obligation.steps) == order


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda one: one.id)
def test_an_obligation_says_whom_it_is_about_where_its_process_needs_it(obligation: Obligation) -> None:
    assert (Party.CONCERNED in parties_of(obligation)) == (obligation.concerns is not None)


def parties_of(obligation: Obligation) -> set[Party | BodyKind | None]:
    used = [step for step in process_named(obligation.flow).steps if step.name in obligation.steps]
    return {who for step in used for who in (obligation.steps[step.name].by or step.by, step.about)}


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda one: one.id)
def test_only_events_have_bodies_that_are_called_in(obligation: Obligation) -> None:
    assert obligation.trigger is Trigger.EVENT or not {Party.ASSISTING, Party.SUPERVISING} & parties_of(obligation)


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda one: one.id)
def test_a_branch_hangs_on_a_choice_that_its_step_asks_for(obligation: Obligation) -> None:
    for step in process_named(obligation.flow).steps:
        if step.when is not None and {step.name, step.when.step} <= set(obligation.steps):
            asked = obligation.steps[step.when.step].evidence
            assert any(
                isinstance(one, ChoiceRequirement) and one.key == step.when.key and step.when.value in one.options
                for one in asked
            ), (step.name, step.when)


def test_each_step_of_a_round_is_done_by_the_bound_body_or_is_about_it() -> None:
    rolling = [one for one in OBLIGATIONS if one.interval_months]
    parties = {
        (one.id, step.about or one.steps[step.name].by or step.by)
        for one in rolling
        for step in process_named(one.flow).steps
        if step.name in one.steps
    }
    assert {found for found in parties if found[1] is not Party.BOUND} == set()


def test_every_process_is_used_by_an_obligation() -> None:
    assert {one.flow for one in OBLIGATIONS} == set(NAMES)


def test_a_process_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UnknownNameError, match="flow tea-party: expected one of accountability-referral, "):
        module_of("tea-party")


def test_a_step_that_waits_for_one_behind_it_is_refused() -> None:
    with pytest.raises(FiredutyError, match="process p: step a waits for b") as refused:
        Process("p", "过程", (Step("a", "甲", after=("b",)), Step("b", "乙")))
    assert refused.value.hint == "List each step after the steps it waits for."


def test_a_step_is_found_by_its_name() -> None:
    process = Process("p", "过程", (Step("a", "甲"), Step("b", "乙", after=("a",))))
    assert process.step("b").chinese == "乙"
    with pytest.raises(KeyError):
        process.step("c")
