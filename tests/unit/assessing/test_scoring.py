"""The arithmetic: whole hundredths, nothing lost by rounding, order and size of what is lost as people expect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.assessment import Credit, Grade, Outcome
from tasks.assessing.scoring import (
    POINT,
    apportion,
    cost,
    costing,
    counted,
    grade_of,
    points,
    ranks,
    score_groups,
)

CREDIT = Credit(late=60, missing=0, returned=30)
GRADES = (
    Grade(id="good", title="良好", at_least=80),
    Grade(id="passed", title="合格", at_least=60),
    Grade(id="failed", title="不合格", at_least=0),
)

percents = st.integers(0, 100)
credits_ = st.builds(Credit, late=percents, missing=percents, returned=percents, waived=percents | st.just("excluded"))
tallies = st.dictionaries(st.sampled_from(Outcome), st.integers(0, 400))
weights = st.lists(st.integers(1, 60), min_size=1, max_size=8)


@given(st.integers(0, 100_000), st.lists(st.integers(0, 500), min_size=1, max_size=40))
def test_what_is_apportioned_adds_up_and_no_part_is_off_by_one_or_more(amount: int, parts: list[int]) -> None:
    given_out = apportion(amount, parts)
    whole = sum(parts)
    assert sum(given_out) == (amount if whole else 0)
    for part, found in zip(parts, given_out, strict=True):
        assert not whole or abs(found * whole - amount * part) < whole


def test_of_equal_remainders_the_earlier_part_goes_first() -> None:
    assert apportion(100, [1, 1, 1]) == [34, 33, 33]
    assert apportion(10, [0, 3, 3]) == [0, 5, 5]


@given(weights, st.data(), credits_)
def test_shares_add_up_to_the_total_and_no_group_loses_more_than_its_share(
    given_weights: list[int], data: st.DataObject, credit: Credit
) -> None:
    named = [(f"g{number}", weight) for number, weight in enumerate(given_weights)]
    found = {name: data.draw(tallies) for name, _ in named}
    groups = score_groups(100, named, found, credit)
    here = [name for name, _ in named if counted(found[name], credit)]
    assert [group.group for group in groups] == here
    assert sum(group.share for group in groups) == (100 * POINT if here else 0)
    assert all(0 <= group.lost <= group.share for group in groups)


@given(weights, st.integers(1, 50))
def test_whoever_does_everything_on_time_has_the_total_and_whoever_does_nothing_has_none(
    given_weights: list[int], duties: int
) -> None:
    named = [(f"g{number}", weight) for number, weight in enumerate(given_weights)]
    good = score_groups(100, named, {name: {Outcome.ON_TIME: duties} for name, _ in named}, CREDIT)
    bad = score_groups(100, named, {name: {Outcome.MISSING: duties} for name, _ in named}, CREDIT)
    assert sum(group.lost for group in good) == 0
    assert sum(group.lost for group in bad) == 100 * POINT


@given(tallies, credits_)
def test_one_more_missing_duty_in_place_of_one_on_time_never_wins_anything(
    tally: dict[Outcome, int], credit: Credit
) -> None:
    better = {**tally, Outcome.ON_TIME: tally.get(Outcome.ON_TIME, 0) + 1}
    worse = {**tally, Outcome.MISSING: tally.get(Outcome.MISSING, 0) + 1}
    [one], [other] = (score_groups(100, [("g", 100)], {"g": found}, credit) for found in (better, worse))
    assert one.lost <= other.lost


def test_a_group_loses_as_reckoned_by_hand() -> None:
    # 4 duties share 30 points: late loses 40 %, returned 70 %, missing all: (40 + 70 + 100) / 400 of 30.00 = 15.75
    tally = {Outcome.ON_TIME: 1, Outcome.LATE: 1, Outcome.RETURNED: 1, Outcome.MISSING: 1, Outcome.NOT_YET_DUE: 9}
    groups = score_groups(100, [("a", 30), ("b", 70)], {"a": tally, "b": {Outcome.ON_TIME: 2}}, CREDIT)
    assert [(group.share, group.lost) for group in groups] == [(3000, 1575), (7000, 0)]


def test_the_weight_of_a_group_without_duties_goes_to_the_others_in_proportion() -> None:
    found = {"a": {Outcome.ON_TIME: 1}, "b": {Outcome.ON_TIME: 1}, "c": {Outcome.WAIVED: 3}}
    groups = score_groups(100, [("a", 20), ("b", 10), ("c", 70)], found, CREDIT)
    assert [(group.group, group.share) for group in groups] == [("a", 6667), ("b", 3333)]


def test_waived_duties_count_only_where_the_scheme_says_so() -> None:
    tally = {Outcome.WAIVED: 1, Outcome.ON_TIME: 1}
    half = Credit(late=60, missing=0, returned=30, waived=50)
    assert counted(tally, CREDIT) == 1
    assert counted(tally, half) == 2
    assert score_groups(100, [("a", 100)], {"a": tally}, half)[0].lost == 2500
    assert (cost(Outcome.WAIVED, CREDIT), cost(Outcome.WAIVED, half)) == (0, 50)


def test_only_what_loses_something_is_traced() -> None:
    assert costing(CREDIT) == [Outcome.LATE, Outcome.MISSING, Outcome.RETURNED]
    assert costing(Credit(late=100, missing=0, returned=100, waived=0)) == [Outcome.MISSING, Outcome.WAIVED]


@pytest.mark.parametrize(
    ("score", "title"),
    [(10_000, "良好"), (8_000, "良好"), (7_999, "合格"), (6_000, "合格"), (5_999, "不合格"), (0, "不合格")],
)
def test_a_grade_begins_at_its_threshold(score: int, title: str) -> None:
    assert grade_of(score, GRADES).title == title


def test_equal_scores_share_a_rank_and_as_many_ranks_are_skipped() -> None:
    assert ranks([90, 100, 90, 80]) == [2, 1, 2, 4]


@given(st.lists(st.integers(0, 20), max_size=40))
def test_a_rank_is_one_more_than_the_number_of_better_scores(scores: list[int]) -> None:
    assert ranks(scores) == [1 + sum(other > score for other in scores) for score in scores]


def test_points_have_two_decimals() -> None:
    assert [points(value) for value in (0, 5, 1575, 10_000)] == ["0.00", "0.05", "15.75", "100.00"]
