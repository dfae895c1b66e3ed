"""Three streets with a year whose every duty is known, and a scheme small enough to reckon by hand."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import Size, make_district
from fakes import Desk
from sqlalchemy import Row

from fireduty import settings
from models.schemes import FOLDER, Method
from models.states import ReviewOutcome
from tasks.assessing import Assessment, assess, scheme_in_force
from tasks.district import District

GOOD, MIXED, IDLE = "X-S01", "X-S02", "X-S03"
AFTER = date(2028, 1, 3)

SCHEME = """\
id: putuo-2020
title: 示例考核
english: Example
regulations: [putuo-2020]
basis: art21
total: 100
groups:
  - {id: study, title: 每月研究, english: Study, weight: 60, match: [{obligation: putuo-2020.art16.monthly-study}]}
  - {id: funds, title: 工作经费, english: Funds, weight: 40, match: [{obligation: putuo-2020.art9.yearly-funds}]}
uncounted: [{}]
credit: {late: 60, missing: 0, returned: 30}
grades:
  - {id: excellent, title: 优秀, at_least: 90}
  - {id: passed, title: 合格, at_least: 60}
  - {id: failed, title: 不合格, at_least: 0}
follow_ups:
  - {ref: art21, kind: report, title: 报告结果, to: [区委, 区人民政府]}
  - {ref: art21, kind: copy, title: 抄送结果, to: [有关部门]}
  - {ref: art25, kind: talk, title: 约谈末位, to: [区政府], about: {kinds: [street_town], last: 2}, ours: 末两位}
  - {ref: art25, kind: talk, title: 约谈不合格, to: [区政府], about: {grades: [failed]}, ours: 不合格}
"""


def month(number: int, day: int = 1) -> date:
    return date(2027, number, day)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Live through 2027 with three streets, and go on a little into 2028."""
    size = Size(departments=1, streets=3, residents=0, schools=0, units=0)
    with make_district(tmp_path / "data", month(1), size, durable=False) as district:
        settings.save(district.settings)
        (tmp_path / "data" / FOLDER).mkdir()
        (tmp_path / "data" / FOLDER / "putuo-2020.yaml").write_text(SCHEME, encoding="utf-8")
        sitting = Desk(district).only("art16.monthly-study", "art9.yearly-funds")
        _live(sitting)
        yield sitting


def _live(desk: Desk) -> None:
    for number in range(1, 13):
        desk.beat(month(number))
    for street in (GOOD, MIXED):
        desk.finish(desk.duty("fix", street), month(3, 10))
        for number in range(4 if street == MIXED else 1, 13):
            _study(desk, street, number)
    _mixed_spring(desk)
    for number in range(1, 7):
        desk.write(
            "UPDATE duty SET state = 'waived', closed_at = '2027-07-01T01:00:00Z' WHERE id = :id",
            id=study(desk, IDLE, number).id,
        )


def study(desk: Desk, street: str, number: int) -> Row[Any]:
    return desk.duty("meeting", street, period=f"2027-{number:02}")


def _study(desk: Desk, street: str, number: int) -> None:
    """Prove a month in time; once in the last hour, once only after a return, and December waits for its review."""
    duty = study(desk, street, number)
    if street == GOOD and number == 5:
        desk.submit(duty, month(5, 31), hour=23)
        desk.review(duty, month(6, 1))
    elif street == GOOD and number == 4:
        desk.submit(duty, month(4, 5))
        desk.review(duty, month(4, 6), ReviewOutcome.RETURNED, "照片不清")
        desk.submit(duty, month(4, 8))
        desk.review(duty, month(4, 9))
    elif street == GOOD and number == 12:
        desk.submit(duty, month(12, 20))
    else:
        desk.finish(duty, month(number, 15))


def _mixed_spring(desk: Desk) -> None:
    """Mend January a moment too late, leave February undone, and March returned."""
    january, march = study(desk, MIXED, 1), study(desk, MIXED, 3)
    desk.submit(january, month(1, 20))
    desk.review(january, month(1, 21), ReviewOutcome.RETURNED, "没有签名")
    desk.submit(january, month(2, 1), hour=0)
    desk.review(january, month(2, 20))
    desk.submit(march, month(3, 20))
    desk.review(march, month(3, 22), ReviewOutcome.RETURNED, "日期不符")


@pytest.fixture
def method(desk: Desk) -> Method:
    """Return the administrator's scheme of the example."""
    return scheme_in_force(desk.district)


def assessed(district: District, as_of: date = AFTER) -> Assessment:
    with district.database.reading() as connection:
        return assess(connection, scheme_in_force(district), 2027, as_of)


@pytest.fixture
def year(desk: Desk) -> Assessment:
    """Assess the year once it is over."""
    return assessed(desk.district)
