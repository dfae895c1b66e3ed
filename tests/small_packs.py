"""A small regulation of an example district, for tests to change one thing in: it never grows as the real ones do."""

from pathlib import Path

from models.clauses import clauses_of
from models.skeletons import LADDERS

NAME = "shili-2027"
HEAD = "regulation.yaml"
CLAUSES = "clauses.yaml"
FIRST = "obligations/art01.yaml"
SECOND = "obligations/art02.yaml"

TEXT = """第一条 部门做到：
（一）每年考核一次；
（二）每半年分析一次。
第二条 学校每年演练一次。
第三条 不得堵门。
"""

_HEAD = """\
id: shili-2027
title: 示例办法
english: Example rules
document_number: 示例1号
issuer: 示例机关
issued_on: 2026-12-01
effective_on: 2027-01-01
division: "310107"
status: in_force
"""

_FIRST = """\
- id: art1.assess
  ref: art1(1)
  title: 考核
  english: Assess
  summary: 示例
  trigger: periodic
  frequency: yearly
  binds: {kind: department}
  supervision: {kind: fire_committee_office}
  recipient: 示例
  flow: sector-assessment
  steps:
    assess:
      opens: start
      due: end
      evidence:
        - {key: results, kind: file, title: 结果, english: Results, accept: [document]}
        - {key: units, kind: number, title: 家数, english: Units, minimum: 1}

- id: art1.analyse
  ref: art1(2)
  title: 分析
  english: Analyse
  summary: 示例
  trigger: periodic
  frequency: half_yearly
  binds: {kind: department}
  supervision: {kind: fire_committee_office}
  recipient: 示例
  flow: situation-analysis
  ladder: monthly
  steps:
    analyse:
      opens: start
      due: end
      evidence: [{key: analysed_on, kind: date, title: 日期, english: Date}]
    deploy:
      opens: start
      due: end
      evidence: [{key: order, kind: text, title: 部署, english: Order}]
"""

_SECOND = """\
- id: art2.drill
  ref: art2
  title: 演练
  english: Drill
  summary: 示例
  trigger: periodic
  frequency: yearly
  binds: {kind: school}
  supervision: {kind: department, line: education}
  recipient: 示例
  flow: evacuation-drill
  steps:
    drill:
      opens: start
      due: end
      evidence: [{key: held_on, kind: date, title: 日期, english: Date}]
"""


class SmallPack:
    """The small regulation in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Write it below a folder."""
        self.root = folder / NAME
        (self.root / "obligations").mkdir(parents=True)
        reasons = {"art1": "lead_in", "art3": "prohibition"}
        clauses = [
            f"- ref: {one.ref}\n  gist: 概述\n  digest: {one.digest}\n"
            + (f"  reason: {reasons[one.ref]}\n" if one.ref in reasons else "")
            for one in clauses_of(TEXT)
        ]
        files = {HEAD: _HEAD + LADDERS, CLAUSES: "".join(clauses), FIRST: _FIRST, SECOND: _SECOND}
        for name, content in files.items():
            (self.root / name).write_text(content, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> str:
        """Replace the first occurrence of a text in a file, and return file and line of where it stands."""
        path = self.root / name
        content = path.read_text(encoding="utf-8")
        before, found, after = content.partition(old)
        assert found, f"{name} does not hold {old!r}"
        path.write_text(before + new + after, encoding="utf-8")
        return f"{path}:{before.count(chr(10)) + 1}"
