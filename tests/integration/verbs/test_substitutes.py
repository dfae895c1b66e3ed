"""Substitutes: named with their days, told in place of who is away, acting for them, never reviewing themselves."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from factories import COMMITTEE, EDUCATION, OFFICE, act_on
from fakes import Desk
from hypothesis import given
from hypothesis import strategies as st

from fireduty.errors import ReviewError, SubstituteError, UnknownNameError
from models.kinds import ContactRole
from tasks.actors import Actor
from tasks.addressees import Reach, reaches
from tasks.naming import end_substitute, list_substitutes, name_substitute
from tasks.substitutes import MOST_LINKS, Standing, Substitution

MARCH = date(2027, 3, 1)
SUBMITTED_ON = date(2027, 3, 10)
REVIEWED_ON = date(2027, 3, 11)
STREET = "X-S01"
OTHER = "X-S02"
CHIEF = f"{OFFICE}/principal"


def away(place: str, by: str = "", days: tuple[date, date | None] = (MARCH, date(2027, 3, 31)), **more: Any) -> Any:
    stands_in = Actor.parse(by or place)
    return Substitution(Actor.parse(place), stands_in, days[0], days[1], more.pop("reason", "休假"), **more)


def name(desk: Desk, wanted: Substitution, actor: str = CHIEF, on: date = MARCH) -> int:
    with desk.district.database.transaction() as connection:
        return name_substitute(connection, act_on(on, actor), wanted)


def end(desk: Desk, number: int, last_on: date, on: date = SUBMITTED_ON, actor: str = CHIEF) -> None:
    with desk.district.database.transaction() as connection:
        end_substitute(connection, act_on(on, actor), number, last_on, "提前返岗")


def refused(desk: Desk, wanted: Substitution, error: type[Exception] = SubstituteError, actor: str = CHIEF) -> str:
    before = desk.everything()
    with pytest.raises(error) as found:
        name(desk, wanted, actor)
    assert desk.everything() == before
    return str(found.value)


def reach(desk: Desk, code: str = STREET, on: date = SUBMITTED_ON) -> Reach:
    with desk.district.database.reading() as connection:
        return reaches(connection, [code], desk.district.settings, on)[code]


@pytest.fixture
def street(desk: Desk) -> Desk:
    desk.only("art16.monthly-study").beat(MARCH)
    return desk


def test_naming_a_substitute_is_sealed_without_the_address(desk: Desk) -> None:
    number = name(desk, away(STREET, channel="email", address="deputy@district.example"))
    [event] = desk.events("substitute.named")
    assert event["actor"] == CHIEF
    assert event["body"] == {
        "id": number,
        "body": f"{STREET}/responsible",
        "by": f"{STREET}/responsible",
        "own_address": True,
        "from_on": "2027-03-01",
        "until_on": "2027-03-31",
        "reason": "休假",
    }


def test_the_substitute_is_told_from_the_first_day_to_the_last_and_nobody_else(desk: Desk) -> None:
    name(desk, away(STREET, f"{OTHER}/responsible", (date(2027, 3, 5), date(2027, 3, 9))))
    told = {day: reach(desk, on=date(2027, 3, day)).address for day in (4, 5, 9, 10)}
    own, others = "x-s01@district.example", "x-s02@district.example"
    assert told == {4: own, 5: others, 9: others, 10: own}


def test_a_message_says_in_whose_place_its_reader_is_told(desk: Desk) -> None:
    name(desk, away(STREET, f"{OTHER}/responsible"))
    assert reach(desk).note(STREET) == "（消防安全责任人由街道2（示例）消防安全责任人代，至2027-03-31）"
    assert reach(desk, OTHER).note(OTHER) == ""


def test_a_vacancy_has_no_last_day(desk: Desk) -> None:
    name(desk, away(STREET, channel="email", address="acting@district.example", days=(MARCH, None), reason="空缺"))
    assert reach(desk, on=date(2029, 1, 1)).address == "acting@district.example"


def test_a_substitute_whose_address_is_no_good_is_passed_over_for_the_principal(desk: Desk) -> None:
    desk.write(
        "INSERT INTO contact (body_code, role, channel, address)"
        " VALUES (:c, 'principal', 'email', 'head@district.example')",
        c=STREET,
    )
    desk.write("DELETE FROM contact WHERE body_code = :c", c=OTHER)
    name(desk, away(STREET, f"{OTHER}/responsible"))
    assert reach(desk).address == "head@district.example"
    desk.write("DELETE FROM contact WHERE address = 'head@district.example'")
    assert reach(desk).address == "x-s01@district.example"  # better told on leave than nobody


def test_a_substitute_of_a_substitute_is_told(desk: Desk) -> None:
    name(desk, away(STREET, f"{OTHER}/responsible"))
    name(desk, away(OTHER, f"{EDUCATION}/responsible"))
    assert reach(desk).address == "x-d01@district.example"
    assert reach(desk, OTHER).address == "x-d01@district.example"


def test_no_more_than_a_few_links_are_followed(desk: Desk) -> None:
    codes = ["X-E001", "X-E002", "X-R001", "X-R002", "X-U000001"]
    for code, by in pairwise(codes):
        name(desk, away(code, f"{by}/responsible"))
    with desk.district.database.reading() as connection:
        links = Standing.on(connection, SUBMITTED_ON).links(Actor.parse(codes[0]))
    assert [link.by.body_code for link in links] == codes[1 : MOST_LINKS + 1]


@pytest.mark.parametrize("length", [2, 3])
def test_a_circle_is_refused_when_it_is_named(desk: Desk, length: int) -> None:
    codes = [STREET, OTHER, EDUCATION][:length]
    for code, by in pairwise(codes):
        name(desk, away(code, f"{by}/responsible"))
    found = refused(desk, away(codes[-1], f"{STREET}/responsible", (date(2027, 3, 31), date(2027, 4, 9))))
    assert found.endswith(" → ".join(f"{code}/responsible" for code in [codes[-1], *codes]))


def test_people_who_stand_in_for_each_other_on_different_days_are_no_circle(desk: Desk) -> None:
    name(desk, away(STREET, f"{OTHER}/responsible"))
    name(desk, away(OTHER, f"{STREET}/responsible", (date(2027, 4, 1), date(2027, 4, 9))))
    assert len(desk.rows("SELECT * FROM substitute")) == 2


def test_a_circle_that_arises_all_the_same_does_no_harm(desk: Desk) -> None:
    name(desk, away(STREET, f"{OTHER}/responsible"))
    name(desk, away(OTHER, f"{STREET}/responsible", (date(2027, 4, 1), date(2027, 4, 9))))
    desk.write("UPDATE substitute SET from_on = '2027-03-01', until_on = '2027-04-09'")
    assert reach(desk).address == "x-s02@district.example"
    assert reach(desk, OTHER).address == "x-s01@district.example"


def test_days_that_have_a_substitute_already_are_refused_with_the_one_that_is_there(desk: Desk) -> None:
    number = name(desk, away(STREET, f"{OTHER}/responsible"))
    late = (date(2027, 3, 31), None)
    found = refused(desk, away(STREET, f"{EDUCATION}/responsible", late))
    assert f"2027-03-01 to 2027-03-31: {OTHER}/responsible (number {number})" in found
    name(desk, away(f"{STREET}/principal", f"{EDUCATION}/responsible", late))
    name(desk, away(STREET, f"{EDUCATION}/responsible", (date(2027, 4, 1), None)))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (away(STREET, f"{OTHER}/responsible", (MARCH, date(2027, 2, 28))), "until: expected a day from 2027-03-01 on"),
        (away(STREET, f"{OTHER}/responsible", reason=" "), "reason: expected at least a word"),
        (away(STREET), f"by: expected another role than {STREET}/responsible, or an address"),
        (away(STREET, channel="email", address="nobody"), "address: expected an address on the channel email"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(desk: Desk, wanted: Substitution, said: str) -> None:
    assert said in refused(desk, wanted)


def test_only_the_body_itself_and_the_office_name_its_substitutes(desk: Desk) -> None:
    wanted = away(STREET, f"{OTHER}/responsible")
    assert f"expected somebody of that body or of {OFFICE}" in refused(desk, wanted, ReviewError, f"{OTHER}/principal")
    assert name(desk, wanted, f"{STREET}/liaison")


def test_a_body_outside_the_register_is_refused(desk: Desk) -> None:
    assert "X-NONE" in refused(desk, away(STREET, "X-NONE/responsible"), UnknownNameError)


def test_who_comes_back_early_is_told_again_and_the_days_are_free(desk: Desk) -> None:
    number = name(desk, away(STREET, f"{OTHER}/responsible"))
    end(desk, number, date(2027, 3, 9))
    assert reach(desk).address == "x-s01@district.example"
    assert desk.events("substitute.ended")[0]["body"]["last_on"] == "2027-03-09"
    name(desk, away(STREET, f"{EDUCATION}/responsible", (SUBMITTED_ON, None)))


@pytest.mark.parametrize("last_on", [date(2027, 3, 8), date(2027, 4, 1)])
def test_an_end_neither_undoes_what_was_done_nor_makes_longer(desk: Desk, last_on: date) -> None:
    number = name(desk, away(STREET, f"{OTHER}/responsible"))
    with pytest.raises(SubstituteError, match="expected a day from 2027-03-09 to 2027-03-31"):
        end(desk, number, last_on)


def test_one_that_ended_before_it_began_never_was(desk: Desk) -> None:
    number = name(desk, away(STREET, f"{OTHER}/responsible", (date(2027, 3, 20), None)))
    end(desk, number, date(2027, 3, 9))
    assert reach(desk, on=date(2027, 3, 20)).substitute is None
    name(desk, away(STREET, f"{OTHER}/responsible", (MARCH, None)))


def test_the_list_narrows_to_a_day_and_a_body(desk: Desk) -> None:
    name(desk, away(STREET, f"{OTHER}/responsible"))
    name(desk, away(OTHER, f"{EDUCATION}/responsible", (date(2027, 4, 1), None)))
    with desk.district.database.reading() as connection:
        assert len(list_substitutes(connection)) == 2
        assert [one.place.body_code for one in list_substitutes(connection, MARCH)] == [STREET]
        assert [one.place.body_code for one in list_substitutes(connection, None, OTHER)] == [OTHER]


def test_a_substitute_submits_for_the_body_and_the_record_says_in_whose_place(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    with pytest.raises(ReviewError):
        street.submit(duty, SUBMITTED_ON, f"{OTHER}/liaison")
    name(street, away(STREET, f"{OTHER}/liaison"))
    street.submit(duty, SUBMITTED_ON, f"{OTHER}/liaison")
    [event] = street.events("duty.submitted", duty.id)
    assert (event["actor"], event["body"]["in_place_of"]) == (f"{OTHER}/liaison", f"{STREET}/responsible")


def test_only_the_role_that_was_named_stands_in_and_only_on_its_days(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    name(street, away(STREET, f"{OTHER}/liaison", (MARCH, date(2027, 3, 9))))
    for actor, on in ((f"{OTHER}/principal", date(2027, 3, 9)), (f"{OTHER}/liaison", SUBMITTED_ON)):
        with pytest.raises(ReviewError, match=f"expected a submission by {STREET}"):
            street.submit(duty, on, actor)


def test_a_substitute_reviews_for_the_supervising_body(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    street.submit(duty, SUBMITTED_ON)
    name(street, away(OFFICE, f"{COMMITTEE}/liaison"))
    street.review(duty, REVIEWED_ON, actor=f"{COMMITTEE}/liaison")
    assert street.events("duty.accepted", duty.id)[0]["body"]["in_place_of"] == f"{OFFICE}/responsible"


@pytest.mark.parametrize("reviewed_on", [REVIEWED_ON, date(2027, 4, 2)])
def test_a_substitute_within_the_supervising_body_never_reviews_what_they_submitted(
    street: Desk, reviewed_on: date
) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    name(street, away(STREET, f"{OFFICE}/liaison"))
    street.submit(duty, SUBMITTED_ON, f"{OFFICE}/liaison")
    with pytest.raises(ReviewError, match="submitted it and cannot review it"):
        street.review(duty, reviewed_on, actor=f"{OFFICE}/liaison")
    street.review(duty, reviewed_on, actor=f"{OFFICE}/responsible")


def test_nor_do_they_where_they_submitted_under_the_name_of_who_is_away(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    name(street, away(STREET, f"{OFFICE}/liaison"))
    street.submit(duty, SUBMITTED_ON, f"{STREET}/responsible")
    with pytest.raises(ReviewError, match="as substitutes they may be the same"):
        street.review(duty, date(2027, 4, 2), actor=f"{OFFICE}/liaison")


def test_nor_does_the_submitter_review_in_the_place_of_a_supervisor_who_is_away(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    street.submit(duty, SUBMITTED_ON, f"{STREET}/responsible")
    name(street, away(OFFICE, f"{STREET}/responsible"))
    for actor in (f"{STREET}/responsible", f"{OFFICE}/responsible"):
        with pytest.raises(ReviewError):
            street.review(duty, REVIEWED_ON, actor=actor)
    street.review(duty, REVIEWED_ON, actor=f"{OFFICE}/liaison")


def test_a_substitute_is_known_by_their_address_too(street: Desk) -> None:
    duty = street.duty(body=STREET, period="2027-03")
    name(street, away(STREET, channel="email", address="X-Office@district.example"))
    street.submit(duty, SUBMITTED_ON, f"{STREET}/responsible")
    with pytest.raises(ReviewError, match="as substitutes they may be the same"):
        street.review(duty, REVIEWED_ON, actor=f"{OFFICE}/responsible")
    street.review(duty, REVIEWED_ON, actor=f"{OFFICE}/liaison")


PLACES = st.builds(Actor, st.sampled_from(["A", "B", "C", "D"]), st.sampled_from(list(ContactRole)))


@given(st.dictionaries(PLACES, PLACES), PLACES)
def test_following_substitutes_always_ends_and_never_comes_back(named: dict[Actor, Actor], start: Actor) -> None:
    span = (MARCH, MARCH + timedelta(days=9), "休假")
    standing = Standing({place: Substitution(place, by, *span) for place, by in named.items() if place != by})
    places = [start, *(link.by for link in standing.links(start))]
    assert len(places) <= MOST_LINKS + 1
    assert len(set(places)) == len(places)
