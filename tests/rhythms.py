"""A small regulation, invented for tests, with one obligation of each frequency that is not one of natural periods."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from factories import Size, fill_register
from fakes import Desk

from evidence.store import MemoryStore
from fireduty.settings import Settings
from models.database import Database
from models.packs import OWN_FOLDER
from tasks.agenda import put_in_force
from tasks.district import District

PACK = "rhythm-2027"
NEW_YEAR = date(2027, 1, 1)

HEAD = """
id: rhythm-2027
title: 频次示例（虚构）
english: Frequencies, invented for tests
document_number: 无
issuer: 示例
issued_on: 2026-12-01
effective_on: 2026-12-01
division: "310107"
status: in_force
ladders:
  default:
    - {name: assigned, audience: body, level: information}
    - {name: remind_5, workdays: -5, audience: body, level: reminder}
    - {name: due_0, workdays: 0, audience: body, level: reminder}
    - {name: overdue_1, workdays: 1, audience: body, level: overdue}
"""

OBLIGATIONS = """
- &each
  id: s1.weekly
  ref: s1
  title: 每周巡查（示例）
  english: Patrol of each week
  summary: 各部门每周巡查一次
  trigger: periodic
  frequency: weekly
  binds: {kind: department}
  supervision: {kind: fire_committee_office}
  recipient: 区消防委办公室
  flow: daily-patrol
  steps:
    patrol: &whole
      opens: start
      due: end
      evidence: &dated
        - {key: done_on, kind: date, title: 完成日期, english: Day it was done}

- <<: *each
  id: s2.five-yearly
  ref: s2
  title: 五年内分批督导（示例）
  frequency: every_5_years
  binds: {kind: fire_committee}
  concerns: {kind: department, batched: true}
  supervision: {kind: district_government}
  flow: supervision-rounds
  steps:
    supervise: *whole

- <<: *each
  id: s3.occasion
  ref: s3
  title: 节前和宣传月检查（示例）
  frequency: occasion
  occasions: [spring_festival, fire-month]
  binds: {kind: street_town}
  flow: facility-test
  steps:
    test: *whole

- <<: *each
  id: s4.rolling
  ref: s4
  title: 每六个月检测（示例）
  frequency: after_last
  interval_months: 6
  binds: {kind: school}
  flow: facility-test
  steps:
    test:
      opens: end-60d
      due: end
      evidence: *dated
"""


def write_pack(data: Path, obligations: str = OBLIGATIONS) -> None:
    """Lay the regulation into a data folder."""
    folder = data / OWN_FOLDER / PACK
    (folder / "obligations").mkdir(parents=True, exist_ok=True)
    (folder / "regulation.yaml").write_text(HEAD, encoding="utf-8")
    (folder / "obligations" / "s1.yaml").write_text(obligations, encoding="utf-8")


@contextmanager
def district_at(data: Path, obligations: str = OBLIGATIONS) -> Iterator[Desk]:
    """Make a district that answers from the beginning of 2027."""
    write_pack(data, obligations)
    settings = Settings(folder=data, in_force_on=NEW_YEAR, regulations=(PACK,))
    with District(settings, Database(settings.url, durable=False), MemoryStore()) as district:
        with district.database.transaction() as connection:
            fill_register(connection, Size(departments=7, schools=3))
        put_in_force(district, NEW_YEAR)
        yield Desk(district)
