"""A change and its ledger event stand or fall together: the ledger fails, and nothing else has happened."""

from collections.abc import Callable
from datetime import date

import pytest
from fakes import BrokenLedger, Desk, PowerCutError

from models.states import ReviewOutcome

NEW_YEAR = date(2027, 1, 1)
MARCH = date(2027, 3, 1)


def submitted(desk: Desk) -> None:
    for duty in desk.duties(period="2027-03"):
        desk.submit(duty, MARCH)


ACTS: dict[str, tuple[str, Callable[[Desk], object]]] = {
    "opening a case": ("tasks.agenda", lambda desk: desk.beat(date(2027, 4, 1))),
    "reminding": ("tasks.reminding", lambda desk: desk.beat(date(2027, 3, 24))),
    "submitting": ("tasks.submitting", lambda desk: desk.submit(desk.duties(period="2027-02")[0], date(2027, 3, 2))),
    "accepting": ("tasks.reviewing", lambda desk: desk.review(desk.duties(period="2027-03")[0], MARCH)),
    "returning": (
        "tasks.reviewing",
        lambda desk: desk.review(desk.duties(period="2027-03")[0], MARCH, ReviewOutcome.RETURNED, "缺纪要"),
    ),
}


@pytest.fixture
def street(desk: Desk) -> Desk:
    desk.only("art16.monthly-study").beat(MARCH)
    submitted(desk)
    return desk


@pytest.mark.parametrize("act", ACTS)
def test_without_its_event_nothing_changes_and_afterwards_it_can_be_done(
    street: Desk, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, do = ACTS[act]
    before = street.everything()
    broken = BrokenLedger()
    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.append", broken)
        with pytest.raises(PowerCutError):
            do(street)
    assert broken.calls
    assert street.everything() == before
    do(street)
    assert street.everything() != before
    assert street.problems() == []


def test_without_its_closing_event_the_last_duty_is_not_accepted(street: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = street.duties(period="2027-03")
    street.review(first, MARCH)
    before = street.everything()
    with monkeypatch.context() as patch:
        patch.setattr("tasks.agenda.append", BrokenLedger())
        with pytest.raises(PowerCutError):
            street.review(last, MARCH)
    assert street.everything() == before
    street.review(last, MARCH)
    assert street.closed() == ["2027-03"]


@pytest.mark.parametrize("good", [0, 1, 2])
def test_opening_that_fails_between_chunks_goes_on_where_it_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, good: int
) -> None:
    desk.only("art13.drill")
    monkeypatch.setattr("tasks.opening.open_step.__defaults__", (4,))
    with monkeypatch.context() as patch:
        patch.setattr("tasks.opening.append", BrokenLedger(good))
        with pytest.raises(PowerCutError):
            desk.beat(NEW_YEAR)
    opened = len(desk.duties())
    assert opened == 4 * good
    assert len(desk.events("duty.opened")) == len(desk.rows("SELECT 1 FROM notice")) == opened
    desk.beat(NEW_YEAR)
    bodies = [row.body_code for row in desk.duties()]
    assert len(bodies) == len(set(bodies)) == 14
    assert desk.problems() == []


def test_reminding_that_fails_between_chunks_goes_on_where_it_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.only("art13.drill").beat(NEW_YEAR)
    monkeypatch.setattr("tasks.reminding.remind_due.__defaults__", (None, 4))
    on = date(2027, 12, 7)
    with monkeypatch.context() as patch:
        patch.setattr("tasks.reminding.append", BrokenLedger(2))
        with pytest.raises(PowerCutError):
            desk.beat(on)
    assert len(desk.events("duty.reminded")) == 8
    desk.beat(on)
    assert [desk.rungs(duty) for duty in desk.duties()] == [["assigned", "remind_15"]] * 14
