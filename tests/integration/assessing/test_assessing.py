"""A year whose every duty is known, against what was reckoned by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from factories import act_on
from fakes import Desk

from evidence.canonical import refuse_ambiguous
from models.assessment import Outcome
from models.schemes import Method
from tasks.assessing import UNRANKED, Assessment, Loss, assess, seal
from tasks.assessing.describing import of_body, whole

GOOD, MIXED, IDLE = "X-S01", "X-S02", "X-S03"
AFTER = date(2028, 1, 3)
Assess = Callable[..., Assessment]

# Mixed: of 60.00 points for twelve months, late 40 %, missing 100 %, returned 70 % of 5.00 each: 2.00 + 5.00 + 3.50.
# Idle: six months waived do not count, six and the funds are missing: everything is lost.
SCORES = {GOOD: 10_000, MIXED: 8_950, IDLE: 0}
TALLIES = {
    GOOD: {Outcome.ON_TIME: 13},
    MIXED: {Outcome.ON_TIME: 10, Outcome.LATE: 1, Outcome.MISSING: 1, Outcome.RETURNED: 1},
    IDLE: {Outcome.MISSING: 7, Outcome.WAIVED: 6},
}


def on(desk: Desk, method: Method, as_of: date) -> Assessment:
    with desk.district.database.reading() as connection:
        return assess(connection, method, 2027, as_of)


def losses(desk: Desk, assessment: Assessment) -> dict[str, list[Loss]]:
    with desk.district.database.reading() as connection:
        return {standing.code: found for standing, found in assessment.losses(connection)}


def test_every_street_has_the_score_reckoned_by_hand(year: Assessment) -> None:
    assert {one.code: one.score for one in year.ranked} == SCORES
    found = {one.code: {key: number for key, number in one.tally.items() if number} for one in year.ranked}
    assert found == TALLIES
    assert [(one.code, one.rank, one.rank_in_kind, one.grade) for one in year.ranked] == [
        (GOOD, 1, 1, "优秀"),
        (MIXED, 2, 2, "合格"),
        (IDLE, 3, 3, "不合格"),
    ]


def test_a_submission_nobody_has_decided_on_counts_as_it_came_in_and_is_said(year: Assessment) -> None:
    assert {one.code: one.pending for one in year.ranked} == {GOOD: 1, MIXED: 0, IDLE: 0}


def test_a_body_with_nothing_due_has_no_rank(year: Assessment) -> None:
    without = [one for one in year.standings if one.rank is None]
    assert "X-OFFICE" in {one.code for one in without}
    assert {(one.grade, one.score, one.rank_in_kind) for one in without} == {(UNRANKED, None, None)}
    assert year.standings[-len(without) :] == tuple(without)


def test_every_lost_point_leads_to_its_duty_submission_and_review(desk: Desk, year: Assessment) -> None:
    found = losses(desk, year)
    assert GOOD not in found
    mixed = [(one.period, one.outcome, one.lost) for one in found[MIXED]]
    assert mixed == [
        ("2027-01", Outcome.LATE, 200),
        ("2027-02", Outcome.MISSING, 500),
        ("2027-03", Outcome.RETURNED, 350),
    ]
    for code, lost in found.items():
        assert sum(one.lost for one in lost) == 10_000 - SCORES[code]
    late, missing, returned = found[MIXED]
    [mended] = desk.rows("SELECT max(id) AS id FROM submission WHERE duty_id = :d", d=late.duty_id)
    assert late.submission_id == mended.id
    [review] = desk.rows("SELECT outcome FROM review WHERE id = :r", r=returned.review_id)
    assert review.outcome == "returned"
    assert (missing.submission_id, missing.review_id, missing.done_at) == (None, None, "")


def test_the_record_is_read_as_it_stood_on_the_day(desk: Desk, method: Method) -> None:
    # On 10 February only January counts; the mended one of the second street has come in, a day late.
    early = {one.code: one for one in on(desk, method, date(2027, 2, 10)).ranked}
    assert early[MIXED].score == 6_000
    assert early[MIXED].pending == 1
    assert early[GOOD].score == 10_000
    # On 31 January it still lies returned, and its day has not passed.
    assert MIXED not in {one.code for one in on(desk, method, date(2027, 1, 31)).ranked}
    assert on(desk, method, date(2027, 1, 10)).ranked == ()


def test_a_duty_is_not_missing_on_its_last_day(desk: Desk, method: Method) -> None:
    idle = next(one for one in on(desk, method, date(2027, 12, 31)).ranked if one.code == IDLE)
    assert (idle.tally[Outcome.MISSING], idle.tally[Outcome.NOT_YET_DUE]) == (5, 2)


def test_what_comes_in_later_does_not_change_an_earlier_day(desk: Desk, method: Method, year: Assessment) -> None:
    desk.submit(desk.duty("meeting", MIXED, period="2027-02"), date(2028, 1, 5), proof=date(2027, 2, 20))
    assert on(desk, method, AFTER).digest == year.digest
    later = on(desk, method, date(2028, 1, 5))
    assert later.digest != year.digest
    assert {one.code: one.score for one in later.ranked}[MIXED] == 8_950 + 300


def test_while_a_clock_is_stopped_nothing_is_missing(desk: Desk, method: Method, year: Assessment) -> None:
    duty = desk.duty("meeting", MIXED, period="2027-02")
    desk.write("UPDATE duty_case SET paused_on = '2027-02-10' WHERE id = :c", c=duty.case_id)
    mixed = next(one for one in on(desk, method, AFTER).ranked if one.code == MIXED)
    assert mixed.tally[Outcome.NOT_YET_DUE] == 1
    assert mixed.tally[Outcome.MISSING] == 0
    assert year.digest != on(desk, method, AFTER).digest


def test_waived_duties_count_where_the_scheme_says_so(desk: Desk, method: Method) -> None:
    credit = method.scheme.credit.model_copy(update={"waived": 100})
    counting = replace(method, scheme=method.scheme.model_copy(update={"credit": credit}))
    idle = next(one for one in on(desk, counting, AFTER).ranked if one.code == IDLE)
    assert idle.score == 3_000  # six of twelve months of 60.00


def test_another_year_knows_nothing_of_this_one(desk: Desk, method: Method) -> None:
    with desk.district.database.reading() as connection:
        assert assess(connection, method, 2026, AFTER).ranked == ()


def test_what_the_text_demands_next_names_bodies_and_clause(year: Assessment) -> None:
    found = [(one.follow_up.kind.value, one.follow_up.ref, [body.code for body in one.bodies]) for one in year.demands]
    assert found == [
        ("report", "art21", []),
        ("copy", "art21", []),
        ("talk", "art25", [MIXED, IDLE]),
        ("talk", "art25", [IDLE]),
    ]


def test_nobody_who_lost_nothing_is_among_the_last(desk: Desk, method: Method) -> None:
    desk.write(
        "UPDATE duty SET state = 'waived', closed_at = '2027-07-01T01:00:00Z' WHERE body_code <> :good", good=GOOD
    )
    year = on(desk, method, AFTER)
    assert [one.code for one in year.ranked] == [GOOD]
    assert all(demand.bodies == () for demand in year.demands)


def test_equal_streets_share_a_rank_and_are_last_together(desk: Desk, method: Method) -> None:
    for table in ("review", "evidence_file", "submission"):
        desk.write(f"DELETE FROM {table}")
    desk.write("UPDATE duty SET state = 'open', submitted_at = NULL, closed_at = NULL")
    one_last = method.scheme.follow_ups[2].about
    assert one_last is not None
    last = method.scheme.follow_ups[2].model_copy(update={"about": one_last.model_copy(update={"last": 1})})
    alone = replace(method, scheme=method.scheme.model_copy(update={"follow_ups": (last,)}))
    year = on(desk, alone, AFTER)
    assert [(one.rank, one.score) for one in year.ranked] == [(1, 0)] * 3
    assert [body.code for body in year.demands[0].bodies] == [GOOD, MIXED, IDLE]


def test_sealing_twice_seals_the_same_digest(desk: Desk, method: Method) -> None:
    for _ in range(2):
        found = on(desk, method, AFTER)
        with desk.district.database.transaction() as connection:
            seal(connection, act_on(date(2028, 1, 3), "X-OFFICE/liaison"), found)
    first, second = (event["body"] for event in desk.events("assessment.sealed"))
    assert first == second
    assert first["digest"] == found.digest
    assert first["scheme_digest"] == method.scheme.digest
    assert (first["year"], first["as_of"], first["ranked"]) == (2027, "2028-01-03", 3)
    assert first["bodies"] == len(found.standings)
    assert desk.problems() == []


def test_another_scheme_gives_another_digest(desk: Desk, method: Method, year: Assessment) -> None:
    other = replace(method, scheme=method.scheme.model_copy(update={"digest": "0" * 64}))
    assert on(desk, other, AFTER).digest != year.digest


def test_a_body_is_described_with_every_group_and_its_duties(desk: Desk, year: Assessment) -> None:
    with desk.district.database.reading() as connection:
        found = of_body(connection, year, MIXED)
    study, funds = found["groups"]
    assert (found["score"], study["share"], study["lost"], funds["lost"]) == ("89.50", "60.00", "10.50", "0.00")
    assert [(one["period"], one["lost"]) for one in study["duties"]] == [
        ("2027-01", "2.00"),
        ("2027-02", "5.00"),
        ("2027-03", "3.50"),
    ]
    assert study["duties"][0]["received_on"] == "2027-02-01"
    assert funds["duties"] == []
    counts = {one["ref"]: (one["on_time"], one["late"], one["missing"]) for one in found["obligations"]}
    assert counts == {"art16": (9, 1, 1), "art9(1)": (1, 0, 0)}


def test_results_for_programs_hold_no_number_that_could_be_rounded(year: Assessment) -> None:
    described: Any = whole(year)
    refuse_ambiguous(described)
    assert described["bodies"][0]["score"] == "100.00"


@pytest.mark.parametrize("stage", ["counting", "scoring", "tracing"])
def test_long_work_says_how_far_it_is(desk: Desk, method: Method, stage: str) -> None:
    said: list[str] = []
    with desk.district.database.reading() as connection:
        assess(connection, method, 2027, AFTER, said.append)
    assert stage in said
