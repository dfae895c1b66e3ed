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

AMOUNT = "- {key: amount, kind: number, title: 年度经费, english: Funds of the year, minimum: 1, unit: 元}"
FILE = (
    "- {key: decision, kind: file, title: 经费安排文件, english: Decision on the funds,"
    " accept: [document, spreadsheet]}"
)
DATE = "- {key: decided_on, kind: date, title: 确定日期, english: Date of decision}"
PROOF = f"evidence:\n        {FILE}\n        {AMOUNT}\n        {DATE}\n"

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
    "no evidence": (STREET, PROOF, "evidence: []\n", "steps.fix.evidence: Tuple should have at least 1 item"),
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
    "an unknown ladder": (STREET, "  flow: ", "  ladder: steep\n  flow: ", "ladder: expected one of default, monthly"),
    "broken YAML": (STREET, "  ref: art9(1)", "\tref: art9(1)", "expected YAML, got"),
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
        "expected YAML, got found unhashable key",
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
    place = pack.change(name, old, new)
    [(where, message)] = pack.problems()
    assert where == place
    assert reason in message


def test_two_requirements_of_one_key_are_refused_at_their_step(pack: PackCopy) -> None:
    pack.change(STREET, AMOUNT, f"{AMOUNT}\n        {AMOUNT}")
    place = pack.change(STREET, "    fix:", "    fix:  # here")
    [(where, message)] = pack.problems()
    assert where == place
    assert "requirement keys must differ, got decision, amount, amount, decided_on" in message


def test_a_periodic_obligation_without_a_frequency_is_refused_where_it_begins(pack: PackCopy) -> None:
    pack.change(STREET, "  frequency: yearly\n", "")
    [(where, message)] = pack.problems()
    assert where == f"{pack.root / STREET}:1"
    assert "needs a frequency, unless an event triggers it" in message


def test_a_standing_obligation_that_does_not_say_what_is_ours_is_refused_where_it_begins(pack: PackCopy) -> None:
    pack.change(STREET, "trigger: periodic", "trigger: standing")
    [(where, message)] = pack.problems()
    assert where == f"{pack.root / STREET}:1"
    assert "the interval is ours and not the law's" in message


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("trigger: event\n", "`event` says what happens"),
        ("trigger: event\n  event: 收到报请\n", "anchors such as event+7w belong to events"),
        ("trigger: event\n  frequency: yearly\n", "needs a frequency, unless an event triggers it"),
        ("trigger: periodic\n  frequency: occasion\n", "`occasions` goes with the frequency occasion"),
        ("trigger: periodic\n  frequency: after_last\n", "`interval_months` goes with the frequency after_last"),
        ("trigger: periodic\n  frequency: yearly\n  event: 收到报请\n", "`event` says what happens"),
    ],
)
def test_trigger_frequency_and_anchors_must_agree(pack: PackCopy, written: str, says: str) -> None:
    pack.change(STREET, "trigger: periodic\n  frequency: yearly\n", written)
    [(where, message)] = pack.problems()
    assert where == f"{pack.root / STREET}:1"
    assert says in message


def test_a_date_that_hangs_on_a_step_that_does_not_come_before_it_is_refused(pack: PackCopy) -> None:
    pack.change("obligations/art08.yaml", "opens: step.decide", "opens: step.mend")
    [(_, message)] = pack.problems()
    assert "expected a step before it, got step.mend" in message


def test_a_date_that_hangs_on_an_answer_nobody_asks_for_is_refused(pack: PackCopy) -> None:
    pack.change("obligations/art08.yaml", "due: step.decide.deadline", "due: step.decide.moonrise")
    [(_, message)] = pack.problems()
    assert "expected moonrise to be a date of step decide with `within: ahead`" in message


def test_a_clause_covered_by_one_that_nothing_hangs_on_is_refused(pack: PackCopy) -> None:
    pack.change("clauses.yaml", "covered_by: [", "covered_by: [art1, ")
    [(_, message)] = pack.problems()
    assert "covered_by: no obligation hangs on art1" in message


def test_an_obligation_id_that_stands_twice_is_refused_where_it_stands_again(pack: PackCopy) -> None:
    place = pack.change(PARTY, "- id: art14.committee-study.street", "- id: art14.committee-study.department")
    [(where, message)] = pack.problems()
    assert where == place
    assert message == f"id: {PACK}.art14.committee-study.department stands already at {pack.root / PARTY}:1"


def test_an_obligation_id_that_stands_in_two_files_is_refused(pack: PackCopy) -> None:
    place = pack.change(DEPARTMENT, "- id: art10.sector-assessment", "- id: art9.yearly-funds")
    [(where, message)] = pack.problems()
    assert where == place
    assert message == f"id: {PACK}.art9.yearly-funds stands already at {pack.root / STREET}:1"


@pytest.mark.parametrize("content", ["", "# nothing but a remark\n"])
def test_an_empty_head_is_refused(pack: PackCopy, content: str) -> None:
    (pack.root / HEAD).write_text(content, encoding="utf-8")
    assert pack.problems() == [(f"{pack.root / HEAD}:1", "expected content, got an empty file")]


@pytest.mark.parametrize("content", ["", "# nothing but a remark\n"])
def test_a_file_without_obligations_is_refused_with_the_clauses_it_leaves_bare(pack: PackCopy, content: str) -> None:
    (pack.root / STREET).write_text(content, encoding="utf-8")
    *bare, (where, message) = pack.problems()
    assert (where, message.partition(":")[0]) == (f"{pack.root / STREET}:1", "expected obligations, got remarks only")
    assert bare
    assert {message.partition(": ")[2] for _, message in bare} == {
        "expected an obligation or a reason why there is none"
    }


@pytest.mark.parametrize(("name", "content"), [(HEAD, "- a\n- b\n"), (HEAD, "just words"), (STREET, "id: x\n")])
def test_a_file_of_another_shape_is_refused(pack: PackCopy, name: str, content: str) -> None:
    (pack.root / name).write_text(content, encoding="utf-8")
    [(where, message)] = pack.problems()
    assert where == f"{pack.root / name}:1"
    assert message in {"expected the fields of a regulation", "expected a list of obligations"}


def test_bytes_that_are_not_utf8_are_refused_with_their_line(pack: PackCopy) -> None:
    path = pack.root / STREET
    path.write_bytes(b"# first\n# second\n# " + "经费".encode("gb18030") + b"\n" + path.read_bytes())
    assert pack.problems() == [(f"{path}:3", "expected UTF-8 text, got other bytes")]


def test_a_control_character_is_refused(pack: PackCopy) -> None:
    path = pack.root / STREET
    path.write_text("\x00" + path.read_text(encoding="utf-8"), encoding="utf-8")
    [(where, message)] = pack.problems()
    assert where == f"{path}:1"
    assert message.startswith("expected YAML, got a character that is not allowed")


def test_faults_of_all_files_are_named_at_once(pack: PackCopy) -> None:
    places = [
        pack.change(HEAD, "status: in_force", "status: rumoured"),
        pack.change(STREET, "frequency: yearly", "frequency: fortnightly"),
        pack.change(PARTY, "kind: street_town", "kind: village"),
    ]
    assert sorted(where for where, _ in pack.problems()) == sorted(places)


def test_a_refusal_says_where_the_fields_are_explained(pack: PackCopy) -> None:
    pack.change(STREET, "frequency: yearly", "frequency: fortnightly")
    load.cache_clear()
    with pytest.raises(RegulationError, match=f"regulation {PACK} cannot be used:") as refused:
        load(PACK, pack.folder)
    assert "law-as-data" in refused.value.hint
    assert refused.value.exit_status == 1


def test_a_regulation_that_does_not_exist_is_refused_with_those_that_do(pack: PackCopy) -> None:
    with pytest.raises(UnknownNameError, match=f"regulation putuo-2030: expected one of {PACK}"):
        load("putuo-2030", pack.folder)


def test_an_obligation_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"obligation art9\.none: not in putuo-2020"):
        find_obligation("art9.none", [load(PACK)])


def test_the_digest_follows_every_change(pack: PackCopy) -> None:
    load.cache_clear()
    before = load(PACK, pack.folder)
    assert before.digest == load(PACK).digest
    pack.change(STREET, "确定年度消防工作经费", "定下年度消防工作经费")
    load.cache_clear()
    assert load(PACK, pack.folder).digest != before.digest


def test_the_folder_of_regulations_holds_data_only() -> None:
    files = [path for path in regulations_folder().rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {path.suffix for path in files} == {".yaml"}
    assert PACK in available()
