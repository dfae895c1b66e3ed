"""That the next holiday notice is missing is a duty of whoever administers the district."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from factories import act_on, make_district
from fakes import Desk

from tasks.agenda import put_in_force
from tasks.district import District
from tasks.duties import counts
from tasks.holiday_notices import OWED, add_notice, owed_duty, propose

OFFICE = "X-OFFICE"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    """A district in which the administration's own duties are in force, and nothing else."""
    with make_district(tmp_path / "data", date(2026, 10, 1), durable=False) as district:
        names = ("putuo-2020", "fireduty-administration")
        settings = district.settings.model_copy(update={"regulations": names})
        both = District(settings, district.database, district.store)
        put_in_force(both, date(2026, 10, 1))
        desk = Desk(both)
        desk.write("DELETE FROM agenda WHERE obligation_id <> :owed", owed=OWED)
        yield desk


def test_it_opens_on_20_october_and_is_due_on_15_december(office: Desk) -> None:
    office.beat(date(2026, 10, 19))
    assert office.duties() == []
    office.beat(date(2026, 10, 20))
    [duty] = office.duties()
    assert (duty.body_code, duty.period, duty.due_on, duty.supervisor_code) == (
        OFFICE,
        "2027",
        "2026-12-15",
        "X-COMMITTEE",
    )
    with office.district.database.reading() as connection:
        assert counts(connection, date(2026, 12, 15))["overdue"] == 0
        assert counts(connection, date(2026, 12, 16))["overdue"] == 1


def test_it_climbs_to_the_committee_when_nobody_acts(office: Desk) -> None:
    for on in (date(2026, 10, 20), date(2026, 12, 8), date(2026, 12, 15), date(2026, 12, 16), date(2026, 12, 18)):
        office.beat(on)
    [duty] = office.duties()
    assert ("overdue_1", OFFICE) in office.notices(duty)
    assert ("supervise_3", "X-COMMITTEE") in office.notices(duty)


def test_it_is_proved_by_the_number_of_the_notice(office: Desk, notice_2027: Path) -> None:
    office.beat(date(2026, 12, 1))
    [duty] = office.duties()
    on = date(2026, 12, 7)
    add_notice(office.district, act_on(on), propose(notice_2027, office.district.settings.folder, on))
    with office.district.database.reading() as connection:
        assert owed_duty(connection, 2027) == (duty.id, OFFICE)
        assert owed_duty(connection, 2028) is None
    office.submit(duty, on, answers={"document": "国办发明电〔2026〕9号"})
    office.review(duty, on)
    with office.district.database.reading() as connection:
        assert owed_duty(connection, 2027) is None
    assert office.closed() == ["2027"]


def test_it_is_in_force_only_where_the_settings_name_it(desk: Desk) -> None:
    assert desk.rows("SELECT 1 FROM agenda WHERE obligation_id = :owed", owed=OWED) == []
