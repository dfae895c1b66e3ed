"""Sharing: one act and one proof for duties that overlap; each says with which it shares."""

from datetime import date

import pytest
from towns import Town

from evidence.ledger import Act
from fireduty import clock
from fireduty.errors import EvidenceError
from tasks.duties import find, full
from tasks.sharing import overlapping, submit_shared
from tasks.submitting import Receipt

ON = date(2026, 9, 16)
UNIT = "X-U000002"


@pytest.fixture
def duties(town: Town) -> tuple[int, int]:
    town.report("art2.filing", ON, body=UNIT)
    town.report("art3.clauses", ON, body=UNIT)
    return town.duty("file").id, town.duty("agree").id


def share(town: Town, *numbers: int, **answers: str) -> list[Receipt]:
    act = Act(f"{UNIT}/responsible", clock.morning_of(ON, 12))
    with town.district.database.transaction() as connection:
        return submit_shared(connection, act, town.district, numbers, answers, {})


def test_one_proof_counts_for_both_and_each_says_so(town: Town, duties: tuple[int, int]) -> None:
    first, second = share(town, *duties, record="已签订", clauses="已写明消防责任")
    assert (first.shared_with, second.shared_with) == (None, duties[0])
    assert [duty.state for duty in town.duties(body=UNIT)] == ["submitted", "submitted"]
    sealed = town.events("duty.submitted", duties[1])[0]["body"]
    assert sealed["shared_with"] == {"duty": duties[0], "revision": 1}
    assert sealed["answers"] == {"record": "已签订", "clauses": "已写明消防责任"}
    with town.district.database.reading() as connection:
        shown = full(connection, town.district, duties[1], ON)["submissions"]
    assert [one["shared_with"] for one in shown] == [duties[0]]
    assert town.problems() == []


def test_each_must_be_proved_in_full_or_none_is_submitted(town: Town, duties: tuple[int, int]) -> None:
    before = town.everything()
    with pytest.raises(EvidenceError, match="clauses: is missing"):
        share(town, *duties, record="已签订")
    assert town.everything() == before


def test_what_neither_asks_for_is_refused(town: Town, duties: tuple[int, int]) -> None:
    with pytest.raises(EvidenceError, match="colour: is not asked for; expected clauses, record"):
        share(town, *duties, record="已签订", clauses="已写明", colour="red")


def test_duties_that_do_not_overlap_are_not_fulfilled_together(town: Town, duties: tuple[int, int]) -> None:
    town.report()
    listing = town.duty("decide").id
    with pytest.raises(EvidenceError, match=r"test-law.art1.listing does not overlap test-law.art2.filing"):
        share(town, duties[0], listing, record="已签订")


def test_the_duties_that_can_share_are_named(town: Town, duties: tuple[int, int]) -> None:
    with town.district.database.reading() as connection:
        record = find(connection, town.district, duties[0])
        assert [one["id"] for one in overlapping(connection, town.district, record)] == [duties[1]]
    share(town, *duties, record="已签订", clauses="已写明")
    with town.district.database.reading() as connection:
        assert overlapping(connection, town.district, record) == []
