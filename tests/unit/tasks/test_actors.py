"""Actors: a person in a role of a body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fireduty.errors import UnknownNameError
from models.database import Database
from models.kinds import ContactRole
from tasks.actors import Actor, require_body

codes = st.text(st.characters(categories=["L", "N"], include_characters="-_."), min_size=1, max_size=40)


@given(codes, st.sampled_from(ContactRole))
def test_an_actor_is_read_as_it_is_written(code: str, role: ContactRole) -> None:
    assert Actor.parse(str(Actor(code, role))) == Actor(code, role)


@given(codes)
def test_without_a_role_it_is_the_responsible_person(code: str) -> None:
    assert Actor.parse(code) == Actor.parse(f"{code}/") == Actor(code, ContactRole.RESPONSIBLE)


def test_an_unknown_role_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="role boss: expected one of responsible, principal, liaison") as refused:
        Actor.parse("310107-D04/boss")
    assert refused.value.hint == "Write BODY/ROLE, such as 310107-D04/liaison."


def test_a_body_that_is_not_in_the_register_is_refused() -> None:
    database = Database("sqlite://", durable=False)
    insert = "INSERT INTO body VALUES ('A', '区教育局', 'department', NULL, '310107', 0, 0, 0, 0, 0)"
    with database.transaction() as connection:
        connection.exec_driver_sql(insert)
        assert require_body(connection, "A") == "区教育局"
        with pytest.raises(UnknownNameError, match="body B: not in the register"):
            require_body(connection, "B")
    database.close()
