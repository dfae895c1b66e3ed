"""What a message says is wanted as proof."""

from datetime import date

import pytest
from pydantic import TypeAdapter

from evidence.contract import Span
from models.packs import load
from models.requirements import Requirement

CHECKED: TypeAdapter[Requirement] = TypeAdapter(Requirement)


def described(**fields: object) -> str:
    one: Requirement = CHECKED.validate_python({"key": "k", "title": "演练照片", "english": "Photos", **fields})
    return one.describe()


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"kind": "file", "accept": ["image"]}, "演练照片（照片，至少1份）"),
        ({"kind": "file", "accept": ["document", "spreadsheet"], "min_count": 3}, "演练照片（文档或表格，至少3份）"),
        ({"kind": "number", "minimum": 4, "unit": "课时"}, "演练照片（不少于4课时）"),
        ({"kind": "number", "minimum": 0, "maximum": 100, "unit": "分"}, "演练照片（不少于0分，不多于100分）"),
        ({"kind": "date"}, "演练照片（应在本周期内）"),
        ({"kind": "date", "min_count": 2}, "演练照片（应在本周期内，至少2次）"),
        ({"kind": "date", "within": "any"}, "演练照片（日期）"),
        ({"kind": "text", "min_length": 10}, "演练照片（至少10字）"),
    ],
)
def test_each_kind_says_what_it_wants(fields: dict[str, object], text: str) -> None:
    assert described(**fields) == text


def test_every_requirement_of_the_pack_has_a_title_in_both_languages() -> None:
    found = [one for law in load("putuo-2020").obligations for step in law.steps.values() for one in step.evidence]
    assert all(one.title and not one.title.isascii() for one in found)
    assert all(one.english and one.english.isascii() for one in found)
    assert len(found) > 60


def test_a_span_clamps_a_day_to_its_nearest() -> None:
    span = Span(date(2027, 3, 1), date(2027, 3, 31))
    assert span.clamp(date(2027, 2, 1)) == date(2027, 3, 1)
    assert span.clamp(date(2027, 3, 9)) == date(2027, 3, 9)
    assert span.clamp(date(2028, 1, 1)) == date(2027, 3, 31)
