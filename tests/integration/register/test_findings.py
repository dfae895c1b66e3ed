"""Contacts that reach nobody are found, passed over for others, and put right by whoever administers."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import EDUCATION, OFFICE, act_on, make_district
from fakes import Desk
from sqlmodel import Session

from fireduty.errors import InputError, ReviewError, UnknownNameError
from models.notices import Message
from tasks.actors import Actor
from tasks.addressees import Reach, reaches
from tasks.findings import Finding, FindingKind, findings, record_bounce
from tasks.naming import name_substitute
from tasks.substitutes import Substitution

TODAY = date(2027, 3, 1)
STREET, SCHOOL = "X-S01", "X-E001"
OURS = "x-e001@district.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_district(tmp_path / "data", date(2027, 1, 1), durable=False) as district:
        yield Desk(district)


def found(desk: Desk) -> list[Finding]:
    with desk.district.database.reading() as connection:
        return list(findings(connection, desk.district.settings, TODAY))


def reach(desk: Desk, code: str = SCHOOL) -> Reach:
    with desk.district.database.reading() as connection:
        return reaches(connection, [code], desk.district.settings, TODAY)[code]


def contact(desk: Desk, role: str, channel: str, address: str, code: str = SCHOOL) -> None:
    desk.write(
        "INSERT INTO contact (body_code, role, channel, address) VALUES (:code, :role, :channel, :address)",
        code=code,
        role=role,
        channel=channel,
        address=address,
    )


def message(desk: Desk, number: int, address: str, state: str, composed_on: date = date(2027, 2, 1)) -> None:
    at = act_on(composed_on).at
    who: dict[str, Any] = {"key": f"k{number}", "recipient_code": SCHOOL, "channel": "email", "address": address}
    row = Message(**who, title="", text="", state=state, attempts=6, composed_at=at, next_attempt_at=at)
    with desk.district.database.transaction() as connection, Session(connection) as session:
        session.add(row)
        session.flush()


def bounce(desk: Desk, address: str = OURS, actor: str = f"{OFFICE}/liaison", **more: Any) -> list[str]:
    with desk.district.database.transaction() as connection:
        return record_bounce(connection, act_on(TODAY, actor), address, more.pop("reason", "550 不存在"), **more)


def test_a_register_in_order_has_no_findings(desk: Desk) -> None:
    assert found(desk) == []


@pytest.mark.parametrize(
    ("channel", "address", "kind"),
    [
        ("wecom", "robot", FindingKind.CHANNEL),
        ("email", "no address", FindingKind.ADDRESS),
        ("email", "", FindingKind.ADDRESS),
    ],
)
def test_a_contact_that_cannot_work_is_found_and_the_principal_is_told(
    desk: Desk, channel: str, address: str, kind: FindingKind
) -> None:
    desk.write("UPDATE contact SET channel = :ch, address = :ad WHERE body_code = :c", ch=channel, ad=address, c=SCHOOL)
    contact(desk, "principal", "email", "head@district.example")
    assert [(one.kind, one.body_code, one.role) for one in found(desk)] == [(kind, SCHOOL, "responsible")]
    assert reach(desk).address == "head@district.example"


def test_a_second_way_on_a_channel_that_is_not_configured_is_no_finding(desk: Desk) -> None:
    contact(desk, "responsible", "wecom", "robot")
    assert found(desk) == []


def test_a_body_nobody_can_reach_is_told_through_the_body_above_it(desk: Desk) -> None:
    desk.write("DELETE FROM contact WHERE body_code = :code", code=SCHOOL)
    [one] = found(desk)
    assert (one.kind, one.body_code, one.told_instead) == (FindingKind.UNREACHABLE, SCHOOL, EDUCATION)
    assert reach(desk).address == "x-d01@district.example"
    assert reach(desk).note(SCHOOL) == f"（{SCHOOL}无可用联系方式，请转告）"


def test_the_supervisor_in_the_line_of_fire_comes_before_the_parent(desk: Desk) -> None:
    desk.write("DELETE FROM contact WHERE body_code = :code", code=SCHOOL)
    desk.write("INSERT INTO supervision VALUES (:code, 'fire', :by)", code=SCHOOL, by=STREET)
    assert reach(desk).body_code == STREET
    desk.write("DELETE FROM contact WHERE body_code = :code", code=STREET)
    assert reach(desk).body_code == OFFICE


def test_where_nobody_at_all_can_be_told_the_error_says_what_was_looked_for(desk: Desk) -> None:
    desk.write("DELETE FROM contact")
    assert reach(desk).error.endswith("on a channel among email, got none")
    assert {one.told_instead for one in found(desk)} == {""}


def test_a_dead_message_makes_its_address_bounce_once_others_got_through(desk: Desk) -> None:
    message(desk, 1, "x-d01@district.example", "sent")
    message(desk, 2, OURS, "dead")
    assert found(desk) == []  # the whole server may have been down
    message(desk, 3, "x-d01@district.example", "sent")
    assert {(one.kind, one.address) for one in found(desk)} == {
        (FindingKind.BOUNCED, OURS),
        (FindingKind.UNREACHABLE, ""),
    }
    assert reach(desk).body_code == EDUCATION


def test_an_address_that_bounces_is_tried_where_nobody_else_can_be_told(desk: Desk) -> None:
    desk.write("DELETE FROM contact WHERE body_code <> :code", code=SCHOOL)
    bounce(desk)
    assert (reach(desk).address, reach(desk).fault) == (OURS, "bounced")


def test_recording_a_bounce_is_sealed_with_whose_contact_it_is_and_not_the_address(desk: Desk) -> None:
    assert bounce(desk) == [f"{SCHOOL}/responsible"]
    [event] = desk.events("contact.bounced")
    assert event["body"] == {"contacts": [f"{SCHOOL}/responsible"], "reason": "550 不存在"}
    assert OURS not in json.dumps(event)
    assert FindingKind.BOUNCED in {one.kind for one in found(desk)}


def test_an_address_that_works_again_is_used_again_whatever_died_before(desk: Desk) -> None:
    message(desk, 1, OURS, "dead")
    message(desk, 2, "x-d01@district.example", "sent")
    bounce(desk)
    assert reach(desk).address != OURS
    bounce(desk, works=True, reason="已修复")
    assert len(desk.events("contact.mended")) == 1
    assert found(desk) == []
    assert reach(desk).address == OURS
    message(desk, 3, OURS, "dead", date(2027, 3, 2))
    message(desk, 4, "x-d01@district.example", "sent")
    assert FindingKind.BOUNCED in {one.kind for one in found(desk)}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"address": "nobody@district.example"}, UnknownNameError),
        ({"actor": f"{SCHOOL}/responsible"}, ReviewError),
        ({"reason": " "}, InputError),
    ],
)
def test_a_bounce_that_cannot_be_recorded_changes_nothing(
    desk: Desk, given: dict[str, Any], error: type[Exception]
) -> None:
    before = desk.everything()
    with pytest.raises(error):
        bounce(desk, **given)
    assert desk.everything() == before


def test_a_substitute_that_cannot_be_told_is_found(desk: Desk) -> None:
    place = Actor.parse(f"{SCHOOL}/responsible")
    with desk.district.database.transaction() as connection:
        wanted = Substitution(place, Actor.parse(f"{SCHOOL}/principal"), TODAY, None, "空缺")
        name_substitute(connection, act_on(TODAY, f"{OFFICE}/liaison"), wanted)
    assert [(one.kind, one.role) for one in found(desk)] == [(FindingKind.SUBSTITUTE, "responsible")]
    contact(desk, "principal", "email", "head@district.example")
    assert found(desk) == []
