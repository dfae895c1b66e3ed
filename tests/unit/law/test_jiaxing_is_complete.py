"""Every periodic sentence of the Jiaxing opinions is an obligation, held against a key read from the official text.

The key is written without the pack: for each place of the text that names an interval (每年, 每半年, 年底, 年度),
one row for each kind of body it binds. 县级 is both counties (and cities of their level) and districts.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from models.packs import load
from models.regulation import Obligation, Reason, Trigger, describe

LAW = load("jiaxing-2018")


@dataclass(frozen=True)
class Sentence:
    """One demand of the text."""

    ref: str
    words: str
    frequency: str
    body_kind: str
    actors: str = ""
    """Names or flags that narrow the kind, as `scope` gives them."""


KEY = (
    Sentence("s1.1", "市政府每年召开一次会议", "yearly", "city_government"),
    Sentence("s1.1", "县级政府每半年一次会议（县、市）", "half_yearly", "county_government"),
    Sentence("s1.1", "县级政府每半年一次会议（区）", "half_yearly", "district_government"),
    Sentence("s1.2", "每年至少确定一批（市）", "yearly", "city_government"),
    Sentence("s1.2", "每年至少确定一批（县、市）", "yearly", "county_government"),
    Sentence("s1.2", "每年至少确定一批（区）", "yearly", "district_government"),
    Sentence("s1.2", "每年至少确定一批（镇）", "yearly", "street_town"),
    Sentence("s1.2", "每年滚动挂牌，年底销号", "yearly", "city_government"),
    Sentence("s1.4", "年度目标责任制考核（市）", "yearly", "city_government"),
    Sentence("s1.4", "年度目标责任制考核（县、市）", "yearly", "county_government"),
    Sentence("s1.4", "年度目标责任制考核（区）", "yearly", "district_government"),
)


def row(obligation: Obligation) -> tuple[str, str, int, str, str]:
    found = describe(obligation, LAW)
    scope = ";".join(f"{name}={','.join(values)}" for name, values in sorted(found["scope"].items()))
    return found["ref"], found["frequency"], found["min_count"], found["body_kind"], scope


def test_the_pack_holds_exactly_the_periodic_sentences_of_the_text() -> None:
    expected = Counter((one.ref, one.frequency, 1, one.body_kind, one.actors) for one in KEY)
    periodic = (one for one in LAW.obligations if one.trigger is Trigger.PERIODIC)
    assert Counter(map(row, periodic)) == expected


def test_the_rolling_list_is_closed_at_the_years_end_by_the_decline_rate() -> None:
    rolling = LAW.obligation("jiaxing-2018.s1.rolling-list")
    assert rolling is not None
    assert list(rolling.steps) == ["list", "delist"]
    assert rolling.steps["delist"].due == "end"
    assert "decline_rates" in {one.key for one in rolling.steps["delist"].evidence}


def test_a_batch_has_at_least_one_place() -> None:
    batches = [one for one in LAW.obligations if ".s1.hazard-batch." in one.id]
    places = [one for batch in batches for one in batch.steps["list"].evidence if one.key == "places"]
    assert [one.kind == "number" and one.minimum for one in places] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        ("s2.1", Reason.UNSPECIFIED_PERIODIC),
        ("s3.1", Reason.UNSPECIFIED_PERIODIC),
        ("s3.2", Reason.UNSPECIFIED_PERIODIC),
        ("s4.3", Reason.UNSPECIFIED_PERIODIC),
        ("s1.5", Reason.EVENT),
        ("s2.3", Reason.EVENT),
        ("s1", Reason.LEAD_IN),
        ("s2", Reason.LEAD_IN),
        ("s3", Reason.LEAD_IN),
        ("s4", Reason.LEAD_IN),
        ("s1.3", Reason.STANDING),
        ("s2.2", Reason.STANDING),
        ("s4.2", Reason.STANDING),
    ],
)
def test_why_other_clauses_have_no_obligation_that_runs(ref: str, reason: Reason) -> None:
    [clause] = [one for one in LAW.clauses if one.ref == ref]
    assert clause.reason is reason


def test_the_list_of_clauses_is_that_of_the_text() -> None:
    refs = [one.ref for one in LAW.clauses]
    assert len(refs) == len(set(refs)) == 19
    assert (refs[0], refs[-1]) == ("s1", "s4.4")
    assert all(8 <= len(one.gist) <= 30 for one in LAW.clauses)


def test_the_identity_of_the_regulation() -> None:
    assert (LAW.document_number, LAW.division, LAW.status) == ("嘉政办发〔2018〕47号", "330400", "in_force")
    assert LAW.issued_on == LAW.effective_on
    assert LAW.issued_on.isoformat() == "2018-07-10"
    assert LAW.issuer == "嘉兴市人民政府办公室"
