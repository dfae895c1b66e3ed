"""Skeletons of a new regulation, and the words that speak for a trigger."""

from pathlib import Path

import pytest
import yaml

from calendars.periods import Frequency
from fireduty.errors import FiredutyError
from flows.catalogue import NAMES, process_named
from models.clauses import Clause, clauses_of
from models.drafts import read_draft
from models.readiness import missing
from models.regulation import Obligation, Reason, StepTerms, Trigger
from models.skeletons import files_of, lay_out
from models.trigger_words import proposals, sure_reason

TEXT = """第一条 甲说明来由。
第二条 乙的单位做到：
（一）每半年集中学习一回；
（二）接报之后三个工作日内回复举报人；
（三）定期看望值守人员。
第三条 丙把门锁好。
第四条 本办法自印发之日起施行。
"""
HEAD = {"id": "shili-2027", "title": "示例办法", "status": "draft", "issuer": "TODO"}
LONGEST_WORD = 8


@pytest.fixture
def files() -> dict[str, str]:
    return files_of(HEAD, clauses_of(TEXT))


def test_every_clause_is_listed_with_its_digest(files: dict[str, str]) -> None:
    listed = yaml.safe_load(files["clauses.yaml"])
    assert [(one["ref"], one["digest"]) for one in listed] == [(one.ref, one.digest) for one in clauses_of(TEXT)]
    assert {one["gist"] for one in listed} == {"TODO"}
    assert {one["ref"]: one.get("reason") for one in listed if "reason" in one} == {"art2": "lead_in", "art4": "formal"}


def test_articles_that_seem_to_hold_duties_have_a_file(files: dict[str, str]) -> None:
    assert sorted(files) == ["clauses.yaml", "obligations/art02.yaml", "regulation.yaml"]
    assert yaml.safe_load(files["obligations/art02.yaml"]) is None


def test_the_form_shows_every_field_there_is(files: dict[str, str]) -> None:
    form = files["obligations/art02.yaml"]
    assert [name for name in Obligation.model_fields if f"{name}:" not in form] == []
    assert [name for name in StepTerms.model_fields if f"{name}:" not in form] == []


def test_the_proposals_are_in_the_form(files: dict[str, str]) -> None:
    plain = [line.removeprefix("# ") for line in files["obligations/art02.yaml"].splitlines() if line[:2] != "##"]
    forms = yaml.safe_load("\n".join(plain))
    assert [(one["ref"], one["trigger"], one.get("frequency")) for one in forms] == [
        ("art2(1)", "periodic", "half_yearly"),
        ("art2(2)", "event", None),
        ("art2(3)", "unspecified_periodic", "yearly"),
    ]
    assert [("event" in one, "ours" in one) for one in forms] == [(False, False), (True, False), (False, True)]


def test_a_form_that_is_taken_up_wants_nothing_but_to_be_filled_in(tmp_path: Path, files: dict[str, str]) -> None:
    name = "obligations/art02.yaml"
    plain = "\n".join(line.removeprefix("# ") for line in files[name].splitlines())
    lay_out(tmp_path / "shili-2027", {**files, name: plain})
    found = missing(read_draft(tmp_path / "shili-2027"), {flow: process_named(flow) for flow in NAMES})
    head = {one for one in found if one.place.partition(":")[0].endswith("regulation.yaml")}
    endings = ("still to be written", "expected an obligation or a reason why there is none")
    assert [str(one) for one in found if one not in head and not one.message.endswith(endings)] == []
    assert len(found) > len(forms := [one for one in found if "art02" in one.place]) > 3 * LONGEST_WORD
    assert forms


def test_no_sentence_of_the_text_gets_into_the_files(files: dict[str, str]) -> None:
    plain = "".join(TEXT.split())
    runs = {plain[place : place + LONGEST_WORD] for place in range(len(plain) - LONGEST_WORD)}
    for name, content in files.items():
        assert [run for run in runs if run in "".join(content.split())] == [], name


def test_a_folder_that_is_there_is_never_written_into(tmp_path: Path, files: dict[str, str]) -> None:
    kept = tmp_path / "shili-2027" / "regulation.yaml"
    kept.parent.mkdir()
    kept.write_text("mine", encoding="utf-8")
    with pytest.raises(FiredutyError, match="there is a folder of that name already"):
        lay_out(kept.parent, files)
    assert kept.read_text(encoding="utf-8") == "mine"
    assert [path.name for path in kept.parent.iterdir()] == ["regulation.yaml"]


@pytest.mark.parametrize(
    ("words", "trigger", "frequency"),
    [
        ("每日巡查", Trigger.PERIODIC, Frequency.DAILY),
        ("每周一次", Trigger.PERIODIC, Frequency.WEEKLY),
        ("每个月自查", Trigger.PERIODIC, Frequency.MONTHLY),
        ("每季度通报", Trigger.PERIODIC, Frequency.QUARTERLY),
        ("每半年研究", Trigger.PERIODIC, Frequency.HALF_YEARLY),
        ("每学期一课", Trigger.PERIODIC, Frequency.SCHOOL_TERM),
        ("每年演练", Trigger.PERIODIC, Frequency.YEARLY),
        ("制定年度计划", Trigger.PERIODIC, Frequency.YEARLY),
        ("每三年轮一遍", Trigger.PERIODIC, Frequency.EVERY_3_YEARS),
        ("7个工作日内办结", Trigger.EVENT, None),
        ("自收到之日起答复", Trigger.EVENT, None),
        ("定期分析", Trigger.UNSPECIFIED_PERIODIC, None),
    ],
)
def test_a_word_speaks_for_a_trigger(words: str, trigger: Trigger, frequency: Frequency | None) -> None:
    [found] = proposals(words)
    assert (found.trigger, found.frequency) == (trigger, frequency)
    assert found.word in words


@pytest.mark.parametrize("words", ["负责本区消防工作", "自发布之日起施行", "半年以上徒刑"])
def test_words_without_a_sign_speak_for_nothing(words: str) -> None:
    assert proposals(words) == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("本办法所称重点部位，是指容易起火的部位。", Reason.DEFINITION),
        ("本办法由区消防委负责解释。", Reason.FORMAL),
        ("做到下列各项：", Reason.LEAD_IN),
        ("有下列情形的，应当上报：", None),
        ("每年做到下列各项：", None),
        ("负责消防工作。", None),
    ],
)
def test_a_reason_is_given_where_there_is_no_doubt(words: str, reason: Reason | None) -> None:
    assert sure_reason(Clause("art1", "", words), ["art1", "art1(1)", "art10"]) is reason


def test_a_colon_with_nothing_below_introduces_nothing() -> None:
    assert sure_reason(Clause("art1", "", "做到下列各项："), ["art1", "art10(1)"]) is None
