"""What keeps a pack from working is named with file and line: one thing changed in a small pack that works."""

from pathlib import Path

import pytest
from small_packs import CLAUSES, FIRST, HEAD, SECOND, SmallPack

from flows.catalogue import NAMES, process_named
from models.drafts import read_draft
from models.readiness import missing

PROCESSES = {name: process_named(name) for name in NAMES}

ONE_CHANGE = {
    "an unknown flow": (
        FIRST,
        "flow: sector-assessment",
        "flow: tea-party",
        f"flow: expected one of {', '.join(NAMES)}; got tea-party",
    ),
    "an unknown ladder": (
        FIRST,
        "ladder: monthly",
        "ladder: steep",
        "ladder: expected one of default, monthly, daily, got steep",
    ),
    "a step the flow does not have": (
        FIRST,
        "    assess:",
        "    decide:",
        "steps.decide: the flow sector-assessment has assess; got decide",
    ),
    "a clause that stands twice": (CLAUSES, "- ref: art3", "- ref: art1", "art1: stands twice"),
    "a digest of another form": (CLAUSES, "digest: ", "digest: z", "digest: String should match pattern"),
    "a gist that is not written": (CLAUSES, "gist: 概述", "gist: TODO", "art1: gist: still to be written"),
    "a gist that is empty": (CLAUSES, "gist: 概述", 'gist: ""', "art1: gist: still to be written"),
    "a recipient still to be named": (
        FIRST,
        "recipient: 示例",
        "recipient: TODO",
        "art1(1): recipient: still to be written",
    ),
    "a date still to be written": (
        HEAD,
        "issued_on: 2026-12-01",
        "issued_on: TODO",
        "issued_on: still to be written",
    ),
    "an id still to be written": (SECOND, "id: art2.drill", "id: TODO", "art2: id: still to be written"),
    "nobody to be about": (
        FIRST,
        "  flow: sector-assessment",
        "  flow: sector-assessment\n  concerns: {kind: school}",
        "concerns: the flow sector-assessment does not ask whom it is about",
    ),
}


@pytest.fixture
def pack(tmp_path: Path) -> SmallPack:
    return SmallPack(tmp_path)


def faults(pack: SmallPack) -> list[tuple[str, str]]:
    return [(one.place, one.message) for one in missing(read_draft(pack.root), PROCESSES)]


def test_nothing_is_missing_from_a_pack_that_works(pack: SmallPack) -> None:
    assert faults(pack) == []


@pytest.mark.parametrize("what", ONE_CHANGE)
def test_it_names(pack: SmallPack, what: str) -> None:
    name, old, new, reason = ONE_CHANGE[what]
    path, _, line = pack.change(name, old, new).rpartition(":")
    [(place, message)] = faults(pack)
    assert message.startswith(reason)
    assert place.rpartition(":")[0] == path
    # A clause is named where it begins, a field on its own line.
    assert 0 <= int(line) + new.count("\n") - int(place.rpartition(":")[2]) <= 1


def test_a_clause_with_neither_obligation_nor_reason_is_named(pack: SmallPack) -> None:
    pack.change(CLAUSES, "  reason: prohibition\n", "")
    message = "art3: expected an obligation or a reason why there is none"
    assert faults(pack) == [(f"{pack.root / CLAUSES}:14", message)]


def test_an_unknown_ref_is_named_with_the_clauses_of_its_article(pack: SmallPack) -> None:
    place = pack.change(FIRST, "  ref: art1(1)", "  ref: art1(9)")
    bare = f"{pack.root / CLAUSES}:5"
    assert faults(pack) == [
        (bare, "art1(1): expected an obligation or a reason why there is none"),
        (place, f"ref: expected a clause of {CLAUSES}, such as art1, art1(1), art1(2); got art1(9)"),
    ]


def test_a_flow_that_is_about_somebody_asks_for_whom(pack: SmallPack) -> None:
    pack.change(SECOND, "flow: evacuation-drill", "flow: supervision-rounds")
    step = PROCESSES["supervision-rounds"].steps[0].name
    pack.change(SECOND, "    drill:", f"    {step}:")
    message = f"concerns: expected whom it is about, for the steps {step} need it"
    assert faults(pack) == [(f"{pack.root / SECOND}:1", message)]


def test_steps_stand_in_the_order_of_their_flow(pack: SmallPack) -> None:
    pack.change(FIRST, "    analyse:", "    later:")
    pack.change(FIRST, "    deploy:", "    analyse:")
    place = pack.change(FIRST, "    later:", "    deploy:").rpartition(":")[0]
    assert faults(pack) == [(f"{place}:32", "steps: expected the order of the flow, analyse, deploy")]


EVENT = """\
- id: art3.circle
  ref: art3
  title: 两个环节互相等待
  english: Two steps wait for each other
  summary: 示例
  trigger: event
  event: 示例事件
  binds: {kind: department}
  supervision: {kind: fire_committee_office}
  recipient: 示例
  flow: situation-analysis
  steps:
    analyse:
      opens: event
      due: ANALYSE
      evidence: [{key: found_on, kind: date, title: 日期, english: Date}]
    deploy:
      opens: step.analyse
      due: DEPLOY
      evidence: [{key: text, kind: text, title: 说明, english: Words}]
"""


def write_event(pack: SmallPack, analyse: str, deploy: str) -> str:
    path = pack.root / "obligations" / "art99.yaml"
    path.write_text(EVENT.replace("ANALYSE", analyse).replace("DEPLOY", deploy), encoding="utf-8")
    return str(path)


def test_dates_that_count_from_earlier_steps_are_in_order(pack: SmallPack) -> None:
    write_event(pack, "event+7w", "step.analyse+7w")
    assert faults(pack) == []


def test_steps_that_wait_for_each_other_are_named(pack: SmallPack) -> None:
    path = write_event(pack, "step.deploy+3w", "step.analyse+7w")
    [(place, message)] = faults(pack)
    assert place == f"{path}:1"
    assert "steps.analyse: expected a step before it, got step.deploy" in message


def test_a_date_that_counts_from_a_step_that_is_not_there_is_named(pack: SmallPack) -> None:
    path = write_event(pack, "event+7w", "step.decide+7w")
    [(place, message)] = faults(pack)
    assert place == f"{path}:1"
    assert "steps.deploy: expected a step before it, got step.decide" in message


def test_a_body_that_an_event_calls_in_does_nothing_without_one(pack: SmallPack) -> None:
    place = pack.change(FIRST, "    assess:\n", "    assess:\n      by: supervising\n")
    message = "steps.assess: is done by whom an event calls in, and no event triggers the obligation"
    assert faults(pack) == [(place, message)]


@pytest.mark.parametrize("covering", ["art1(1)", "art9"])
def test_a_clause_is_covered_by_clauses_with_obligations_only(pack: SmallPack, covering: str) -> None:
    pack.change(CLAUSES, "reason: prohibition", f"reason: covered\n  covered_by: [{covering}]")
    message = "art3: covered_by: no obligation hangs on art9"
    assert faults(pack) == ([] if covering == "art1(1)" else [(f"{pack.root / CLAUSES}:14", message)])


def test_a_branch_needs_the_choice_it_hangs_on(pack: SmallPack) -> None:
    branching = [
        (process, step)
        for process in PROCESSES.values()
        for step in process.steps
        if step.when is not None and step.when.step == process.steps[0].name
    ]
    process, step = branching[0]
    path = pack.root / "obligations" / "art99.yaml"
    text = EVENT.replace("situation-analysis", process.name).replace("    analyse:", f"    {process.steps[0].name}:")
    text = text.replace("    deploy:", f"    {step.name}:").replace("step.analyse", "event")
    path.write_text(text.replace("ANALYSE", "event+7w").replace("DEPLOY", "event+9w"), encoding="utf-8")
    assert step.when is not None
    wanted = f"to ask for the choice {step.when.key} with the option {step.when.value}"
    assert any(message.endswith(wanted) for _, message in faults(pack))


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_being_checked(pack: SmallPack) -> None:
    broken = pack.change(SECOND, "  ref: art2", "\tref: art2")
    flow = pack.change(FIRST, "flow: sector-assessment", "flow: tea-party")
    gist = pack.change(CLAUSES, "gist: ", "gist: TODO ")
    assert [place for place, _ in faults(pack)] == [gist, flow, broken]


def test_a_field_that_is_wrong_does_not_hide_an_unknown_flow(pack: SmallPack) -> None:
    pack.change(FIRST, "kind: department", "kind: village")
    pack.change(FIRST, "flow: sector-assessment", "flow: tea-party")
    assert [message.partition(":")[0] for _, message in faults(pack)] == ["binds.kind", "flow"]


def test_a_value_that_contains_itself_is_refused(pack: SmallPack) -> None:
    path = pack.root / SECOND
    path.write_text("- &one\n  id: *one\n  ref: art2\n", encoding="utf-8")
    assert (f"{path}:1", "expected YAML, got a value that contains itself") in faults(pack)


def test_clauses_that_are_no_list_are_refused(pack: SmallPack) -> None:
    (pack.root / CLAUSES).write_text("art1: x\n", encoding="utf-8")
    assert faults(pack) == [(f"{pack.root / CLAUSES}:1", "expected a list of clauses")]
