"""Who supervises: by the rule, by the register, and never oneself."""

from typing import Any

import pytest
from factories import COMMITTEE, GOVERNMENT, OFFICE
from fakes import PACK, Desk

from models.kinds import BodyKind
from models.regulation import Supervision
from tasks import scope


def supervisors(desk: Desk, name: str, **rule: Any) -> dict[str, str | None]:
    """Return the supervisor of each body for the first step of an obligation, under another rule where one is given."""
    _, obligation = desk.district.obligation(f"{PACK}.{name}")
    if rule:
        obligation = obligation.model_copy(update={"supervision": Supervision(**rule)})
    terms = next(iter(obligation.steps.values())).model_copy(update={"supervisor": None})
    found = scope.supervisor(obligation, terms)
    with desk.district.database.reading() as connection:
        rows = scope.execute(connection, f"SELECT a.code, {found.sql} AS above FROM body a", found.values).all()
    return {row.code: row.above for row in rows}


@pytest.mark.parametrize("kind", BodyKind)
@pytest.mark.parametrize("line", ["", "fire", "industry"])
def test_no_rule_makes_a_body_its_own_supervisor(desk: Desk, kind: BodyKind, line: str) -> None:
    desk.write("INSERT INTO supervision SELECT code, 'industry', code FROM body")
    found = supervisors(desk, "art9.yearly-funds", kind=kind, line=line)
    assert [code for code, above in found.items() if code == above] == []


def test_a_rule_that_leads_back_to_the_body_goes_on_to_its_parent(desk: Desk) -> None:
    found = supervisors(desk, "art9.yearly-funds", kind=BodyKind.STREET_TOWN)
    assert (found["X-S01"], found["X-S02"]) == (OFFICE, "X-S01")


def test_where_the_district_has_no_body_of_the_kind_the_parent_supervises(desk: Desk) -> None:
    desk.write("UPDATE body SET parent_code = NULL WHERE parent_code = 'X-CITY'")
    desk.write("DELETE FROM contact WHERE body_code = 'X-CITY'")
    desk.write("DELETE FROM body WHERE code = 'X-CITY'")
    found = supervisors(desk, "art8.report-to-city")
    assert (found[COMMITTEE], found[GOVERNMENT]) == (GOVERNMENT, None)
