"""Messages to others than a body's own people say so, to their reader and in the ledger."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import EDUCATION, OFFICE, act_on, make_district
from fakes import Desk

from tasks.actors import Actor
from tasks.messages import compose
from tasks.naming import name_substitute
from tasks.substitutes import Substitution

TODAY = date(2027, 3, 1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_district(tmp_path / "data", date(2027, 3, 1), durable=False) as district:
        yield Desk(district).only("art16.monthly-study")


def composed(desk: Desk) -> dict[str, Any]:
    """Compose what the streets are told, and return by body the message with what the ledger says of it."""
    desk.beat(TODAY)
    with desk.district.database.transaction() as connection:
        compose(connection, act_on(TODAY), desk.district.settings, {}, 1000)
    events = {event["body"]["message"]: event["body"] for event in desk.events("message.composed")}
    return {row.recipient_code: (row, events[row.key]) for row in desk.rows("SELECT * FROM message")}


def test_a_message_to_a_substitute_names_the_place_and_who_fills_it(desk: Desk) -> None:
    away = Substitution(Actor.parse("X-S01"), Actor.parse(EDUCATION), TODAY, date(2027, 3, 5), "休假")
    with desk.district.database.transaction() as connection:
        name_substitute(connection, act_on(TODAY, f"{OFFICE}/liaison"), away)
    found = composed(desk)
    row, sealed = found["X-S01"]
    assert row.address == "x-d01@district.example"
    assert "（消防安全责任人由区教育局消防安全责任人代，至2027-03-05）" in row.text
    assert (sealed["in_place_of"], sealed["substitute"]) == ("X-S01/responsible", f"{EDUCATION}/responsible")
    assert "through" not in sealed
    assert not {"in_place_of", "substitute", "through"} & found["X-S02"][1].keys()


def test_a_message_through_the_body_above_says_through_whom(desk: Desk) -> None:
    desk.write("DELETE FROM contact WHERE body_code = 'X-S01'")
    row, sealed = composed(desk)["X-S01"]
    assert row.address == "x-office@district.example"
    assert "X-S01无可用联系方式，请转告" in row.text
    assert sealed["through"] == f"{OFFICE}/responsible"
    assert "x-office@" not in json.dumps(sealed)
    assert desk.problems() == []
