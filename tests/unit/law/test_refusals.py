"""The loader refuses: one thing changed in a copy of the real pack, one problem named with file, line and reason."""

from pathlib import Path

import pytest
from fakes import PACK, PackCopy

from fireduty.errors import RegulationError, UnknownNameError
from models.packs import available, find_obligation, load, regulations_folder

HEAD = "regulation.yaml"
STREET = "obligations/art09.yaml"
DEPARTMENT = "obligations/art10.yaml"
PARTY = "obligations/art14.yaml"

EVIDENCE = "- {key: amount, kind: number, title: 年度经费, english: Funds of the year, minimum: 1, unit: 元}"

ONE_CHANGE = {
    "an unknown field": (STREET, "  flow: ", "  penalty: 10000\n  flow: ", "penalty: Extra inputs are not permitted"),
    "an unknown field of a step": (
        STREET,
        "      due: end",
        "      due: end\n      late: never",
        "steps.fix.late: Extra",
    ),
    "a wrong trigger": (STREET, "trigger: periodic", "trigger: sometimes", "trigger: Input should be 'periodic'"),
    "an unknown body kind": (STREET, "kind: street_town", "kind: village", "binds.kind: Input should be"),
    "an unknown flag of bodies": (
        STREET,
        "{kind: street_town}",
        "{kind: street_town, flags: [rich]}",
        "binds.flags.0: Input should be",
    ),
    "an unknown supervising kind": (
        STREET,
        "kind: fire_committee_office",
        "kind: fire_brigade",
        "supervision.kind: Input should be",
    ),
    "an unknown frequency": (STREET, "frequency: yearly", "frequency: fortnightly", "frequency: Input should be"),
    "a count of none": (STREET, "frequency: yearly", "frequency: yearly\n  min_count: 0", "min_count: Input should be"),
    "a periodic obligation without frequency": (
        STREET,
        "- id: art9.yearly-funds\n  ref: art9(1)",
        "- id: art9.yearly-funds\n  ref: art9(1)  # {frequency}",
        "a periodic obligation needs a frequency",
    ),
    "a frequency that nothing periodic has": (
        STREET,
        "- id: art9.yearly-funds\n  ref: art9(1)",
        "- id: art9.yearly-funds\n  ref: art9(1)  # {trigger}",
        "only a periodic one has one",
    ),
    "a duplicate key": (
        STREET,
        "  title: 确定年度消防工作经费\n",
        "  title: 确定年度消防工作经费\n  title: 经费\n",
        "title: stands twice",
    ),
    "a reference of another form": (STREET, "ref: art9(1)", "ref: article 9", "ref: String should match pattern"),
    "an id of another form": (STREET, "id: art9.yearly-funds", "id: Yearly Funds", "id: String should match pattern"),
    "an unknown anchor": (STREET, "opens: start", "opens: beginning", "steps.fix.opens: Value error, expected start"),
    "an anchor of no date": (STREET, "due: end", "due: 02-30", "steps.fix.due: Value error, day"),
    "an anchor without its unit": (STREET, "due: end", "due: end-10", "steps.fix.due: Value error, expected start"),
    "no evidence": (
        STREET,
        "      evidence:\n        - {key: decision, kind: file, title: 经费安排文件,",
        "      evidence: []\n      x:\n        - {key: decision, kind: file, title: 经费安排文件,",
        "steps.fix.evidence: Tuple should have at least 1 item",
    ),
    "an unknown kind of evidence": (
        STREET,
        "key: amount, kind: number",
        "key: amount, kind: money",
        "steps.fix.evidence.1: Input tag 'money'",
    ),
    "an unknown kind of file": (
        STREET,
        "accept: [document,",
        "accept: [video,",
        "accept.0: Input should be 'document'",
    ),
    "a file of no kind": (
        STREET,
        "accept: [document, spreadsheet]",
        "accept: []",
        "accept: Tuple should have at least",
    ),
    "two requirements of one key": (
        STREET,
        EVIDENCE,
        EVIDENCE + "\n        " + EVIDENCE,
        "requirement keys must differ",
    ),
    "an unknown ladder": (STREET, "  flow: ", "  ladder: steep\n  flow: ", "ladder: expected one of default, monthly"),
    "broken YAML": (STREET, "binds: {kind: street_town}", "binds: {kind: street_town", "expected YAML, got"),
    "a tag of Python": (
        STREET,
        "title: 确定年度消防工作经费",
        "title: !!python/name:os.system x",
        "expected YAML, got",
    ),
    "a field whose name is a list": (
        STREET,
        "  ref: art9(1)",
        "  ref: art9(1)\n  ? [a, b]\n  : c",
        "expected a field's",
    ),
    "a wrong date": (HEAD, "issued_on: 2020-11-17", "issued_on: 2020-11-31", "day is out of range"),
    "a date that is none": (
        HEAD,
        "issued_on: 2020-11-17",
        "issued_on: lately",
        "issued_on: Input should be a valid date",
    ),
    "a division that is a number": (
        HEAD,
        'division: "310107"',
        "division: 310107",
        "division: Input should be a valid",
    ),
    "an unknown status": (HEAD, "status: in_force", "status: rumoured", "status: Input should be"),
    "an unknown audience": (
        HEAD,
        "{name: assigned, audience: body,",
        "{name: assigned, audience: press,",
        "ladders.default.0.audience: Input should be",
    ),
    "an id that is not the folder's": (
        HEAD,
        "id: putuo-2020",
        "id: putuo-2021",
        "id: expected putuo-2020, got putuo-2021",
    ),
    "obligations in the head": (
        HEAD,
        "status: in_force",
        "status: in_force\nobligations: []",
        "obligations: is not written",
    ),
}


@pytest.fixture
def pack(tmp_path: Path) -> PackCopy:
    return PackCopy(tmp_path)


def test_an_unchanged_copy_is_taken(pack: PackCopy) -> None:
    assert pack.problems() == []


@pytest.mark.parametrize("what", ONE_CHANGE)
def test_it_refuses(pack: PackCopy, what: str) -> None:
    name, old, new, reason = ONE_CHANGE[what]
    place = pack.change(name, old, new.replace("  # {frequency}", "").replace("  # {trigger}", ""))
    if "{frequency}" in new:
        pack.change(name, "  frequency: yearly\n", "")
        place = f"{pack.root / name}:1"
    if "{trigger}" in new:
        pack.change(name, "trigger: periodic", "trigger: standing")
        place = f"{pack.root / name}:1"
    found = pack.problems()
    named = [(where, message) for where, message in found if reason in message]
    assert len(named) == 1, found
    assert named[0][0] == place
