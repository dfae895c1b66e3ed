"""Behaviours of simulated bodies follow from the seed and the duty alone."""

from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from tasks.behaviour import Behaviour, Conduct, character

days = st.dates(date(2027, 1, 1), date(2027, 12, 31))


def duty(opened_on: date, length: int, number: int = 0) -> SimpleNamespace:
    due_on = opened_on + timedelta(days=length)
    return SimpleNamespace(
        obligation_id="o",
        period="2027",
        step="s",
        body_code=f"B{number}",
        subject_code="",
        plan_by=due_on,
        due_on=due_on,
    )


@given(days, st.integers(0, 400))
def test_the_punctual_submit_within_the_time_they_have(opened_on: date, length: int) -> None:
    one = duty(opened_on, length)
    conduct = character(Behaviour.PUNCTUAL, 0).conduct(one, opened_on)
    assert conduct.submits_on is not None
    assert opened_on <= conduct.submits_on <= one.plan_by
    assert not conduct.returned


@given(days, st.integers(1, 60))
def test_the_punctual_submit_at_once_what_they_are_given_late(opened_on: date, late: int) -> None:
    one = duty(opened_on - timedelta(days=late), 0)
    assert character(Behaviour.PUNCTUAL, 0).conduct(one, opened_on).submits_on == opened_on


@given(days)
def test_the_silent_never_submit(opened_on: date) -> None:
    assert character(Behaviour.SILENT, 0).conduct(duty(opened_on, 90), opened_on) == Conduct(None)


@given(days, st.integers(0, 400), st.integers(), st.integers(0, 9))
def test_the_real_do_the_same_with_the_same_seed(opened_on: date, length: int, seed: int, number: int) -> None:
    one = duty(opened_on, length, number)
    first, second = (character(Behaviour.REALISTIC, seed).conduct(one, opened_on) for _ in range(2))
    assert first == second
    assert first.submits_on is None or first.submits_on >= opened_on
    assert first.review_days >= 1


def test_of_many_real_bodies_most_are_in_time_some_late_and_a_few_silent() -> None:
    opened_on = date(2027, 1, 1)
    people = character(Behaviour.REALISTIC, 1)
    duties = [duty(opened_on, 90, number) for number in range(2_000)]
    conducts = [(one, people.conduct(one, opened_on)) for one in duties]
    silent = sum(conduct.submits_on is None for _, conduct in conducts)
    late = sum(conduct.submits_on is not None and conduct.submits_on > one.due_on for one, conduct in conducts)
    returned = sum(conduct.returned for _, conduct in conducts)
    assert 30 < silent < 100
    assert 160 < late < 290
    assert 100 < returned < 220
