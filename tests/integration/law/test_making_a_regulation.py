"""`regulation new` and `check`, and regulations that lie in the data folder, as a person uses them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_packs import CLAUSES, FIRST, NAME, SECOND, TEXT, SmallPack

from models.database import Database
from models.kinds import BodyKind
from models.packs import load
from models.regulation import Binding
from tasks.reach import unreached

Run = Callable[..., Any]
TITLE = ("--title", "示例办法")


@pytest.fixture
def text(here: Path) -> Path:
    path = here / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_new_regulation_lies_in_the_data_folder_and_is_found_there(run: Run, here: Path, text: Path) -> None:
    said = run("regulation", "new", "shili-2028", "--text", text, *TITLE)
    assert said.status == 0
    assert "5 clauses, 3 of them seem to hold duties" in said.err
    assert (here / "fireduty-data" / "regulations" / "shili-2028" / "regulation.yaml").is_file()
    checked = run("regulation", "check", "shili-2028")
    assert checked.status == 3
    assert "[ ] fireduty-data/regulations/shili-2028/regulation.yaml:3: english: still to be written" in checked.out


def test_the_fields_that_are_given_are_not_left_to_do(run: Run, here: Path, text: Path) -> None:
    given = ["--english", "Rules", "--number", "示例1号", "--issuer", "示例机关", "--issued-on", "2026-12-01"]
    given += ["--effective-on", "2027-01-01", "--division", "310107", "--status", "draft"]
    run("regulation", "new", "shili-2028", "--text", text, *TITLE, *given, "--into", here / "laws")
    said = run("regulation", "check", here / "laws" / "shili-2028", "--json")
    [found] = json.loads(said.out)
    assert said.status == 3
    assert [one["place"] for one in found["missing"] if "regulation.yaml" in one["place"]] == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("putuo-2020", "there is one of that id already"),
        ("Putuo 2020", "expected an id such as putuo-2020"),
        ("../putuo-2020", "expected an id such as putuo-2020"),
        ("shili", "expected an id such as putuo-2020"),
    ],
)
def test_an_id_that_is_taken_or_is_none_is_refused(run: Run, here: Path, text: Path, name: str, says: str) -> None:
    said = run("regulation", "new", name, "--text", text, *TITLE)
    assert said.status == 1
    assert says in said.err
    assert "hint:" in said.err
    assert sorted(path.name for path in here.iterdir()) == ["text.txt"]


def test_nothing_is_made_twice(run: Run, here: Path, text: Path) -> None:
    words = ("regulation", "new", "shili-2028", "--text", text, *TITLE)
    run(*words, "--into", here / "laws")
    before = {path: path.read_bytes() for path in (here / "laws").rglob("*.yaml")}
    said = run(*words, "--into", here / "laws")
    assert said.status == 1
    assert "there is a folder of that name already" in said.err
    assert {path: path.read_bytes() for path in (here / "laws").rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("没有编号的一段话。".encode(), "expected a text with numbered articles"),
        (b"", "expected a text with numbered articles"),
        ("第一条 甲。".encode("gb18030"), "expected an official text in UTF-8"),
        (None, "expected an official text in UTF-8"),
    ],
)
def test_a_text_without_clauses_is_refused(run: Run, here: Path, content: bytes | None, says: str) -> None:
    path = here / "text.txt"
    if content is not None:
        path.write_bytes(content)
    said = run("regulation", "new", "shili-2028", "--text", path, *TITLE)
    assert said.status == 1
    assert says in said.err
    assert not (here / "fireduty-data").exists()


def test_a_regulation_of_the_data_folder_runs(run: Run, data: Path) -> None:
    duties = json.loads(run("duty", "list", "--data", data, "--json").out)
    wanted = {f"{NAME}.{one}" for one in ("art1.assess", "art1.analyse", "art2.drill")}
    assert {row["obligation_id"] for row in duties} == wanted
    listed = json.loads(run("regulation", "list", "--data", data, "--json").out)
    assert NAME in [row["id"] for row in listed]
    assert NAME not in [row["id"] for row in json.loads(run("regulation", "list", "--json").out)]
    plan = run("plan", "--regulation", NAME, "--year", 2027, "--data", data, "--json")
    assert len(json.loads(plan.out)) == 4 + 2 * 4 * 2 + 2
    assert run("regulation", "check", NAME, "--data", data).status == 0


def test_a_regulation_is_looked_at_where_it_lies(run: Run, here: Path) -> None:
    root = SmallPack(here / "elsewhere").root
    assert json.loads(run("regulation", "show", root, "--json").out)["id"] == NAME
    assert len(json.loads(run("regulation", "coverage", root, "--json").out)) == 5
    assert len(json.loads(run("obligation", "list", "--regulation", root, "--json").out)) == 3


def test_an_id_that_is_installed_and_added_is_refused(run: Run, data: Path) -> None:
    folder = SmallPack(data / "twice").root
    folder.rename(data / "regulations" / "putuo-2020")
    said = run("regulation", "show", "putuo-2020", "--data", data)
    assert said.status == 1
    assert "regulation putuo-2020 stands twice" in said.err
    assert f"{data / 'regulations' / 'putuo-2020'}: added to the data folder" in said.err
    assert "hint: Give the added one another id" in said.err


def test_an_unknown_flow_is_named_with_what_each_flow_is_for(run: Run, here: Path) -> None:
    pack = SmallPack(here / "laws")
    place = pack.change(FIRST, "flow: sector-assessment", "flow: tea-party")
    said = run("regulation", "check", pack.root)
    assert said.status == 3
    assert f"[ ] {place}: flow: expected one of " in said.out
    assert "a department assesses the bodies of its sector" in said.out


def test_a_digest_that_does_not_fit_its_text_is_found(run: Run, here: Path, text: Path) -> None:
    pack = SmallPack(here / "laws")
    text.write_text(TEXT.replace("每年演练", "每季度演练"), encoding="utf-8")
    said = run("regulation", "check", pack.root, "--text", text)
    assert said.status == 3
    assert f"art2: its words are not those the pack was made from; on it hang {NAME}.art2.drill" in said.err
    assert "4 of 5 clauses agree" in said.err


def test_an_unfinished_regulation_is_not_run_by_halves(run: Run, data: Path) -> None:
    path = data / "regulations" / NAME / CLAUSES
    path.write_text(path.read_text(encoding="utf-8").replace("gist: 概述", "gist: TODO", 1), encoding="utf-8")
    load.cache_clear()
    said = run("plan", "--regulation", NAME, "--year", 2027, "--data", data)
    assert said.status == 1
    assert "art1: gist: still to be written" in said.err


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "binds: {kind: school}",
            "binds: {kind: property_company}",
            "would bind nobody: the register has no 物业服务企业 (property_company)",
        ),
        (
            "binds: {kind: school}",
            "binds: {kind: school, names: [示例学校], flags: [key_unit]}",
            "would bind nobody: no 学校 (school) of the register has flag key_unit and the name 示例学校",
        ),
    ],
)
def test_who_is_not_in_the_register_is_warned_of(run: Run, data: Path, old: str, new: str, says: str) -> None:
    path = data / "regulations" / NAME / SECOND
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    said = run("regulation", "check", NAME, "--data", data)
    assert said.status == 0
    assert f"warning: {NAME}.art2.drill {says}" in said.err
    [found] = json.loads(run("regulation", "check", NAME, "--data", data, "--json").out)
    assert found["warnings"] == [f"{NAME}.art2.drill {says}"]


def test_a_register_file_is_looked_in_as_well(run: Run, here: Path, data: Path) -> None:
    exported = here / "register.xlsx"
    run("register", "export", exported, "--data", data)
    pack = SmallPack(here / "laws")
    pack.change(SECOND, "kind: school", "kind: group_company")
    said = run("regulation", "check", pack.root, "--register", exported)
    assert "would bind nobody: the register has no 企业集团 (group_company)" in said.err
    assert run("regulation", "check", "--register", exported).status == 2


def test_flows_are_listed_with_purpose_and_steps(run: Run) -> None:
    rows = {row["name"]: row for row in json.loads(run("regulation", "flows", "--json").out)}
    assert all(row["purpose"] and row["steps"] and row["chinese"] for row in rows.values())
    assert [step["name"] for step in rows["situation-analysis"]["steps"]] == ["analyse", "deploy"]
    assert rows["situation-analysis"]["steps"][1]["after"] == ["analyse"]
    assert "deploy 部署检查治理：bound, after analyse" in run("regulation", "flows", "situation-analysis").out
    refused = run("regulation", "flows", "tea-party")
    assert (refused.status, "expected one of" in refused.err) == (1, True)


def test_who_an_obligation_would_be_about_is_looked_for_as_well(data: Path) -> None:
    law = load(NAME, own=data / "regulations")
    nobody = Binding(kind=BodyKind.GROUP_COMPANY)
    about = [one.model_copy(update={"concerns": nobody}) for one in law.obligations[:1]]
    database = Database(f"sqlite:///{data / 'fireduty.db'}")
    with database.reading() as connection:
        found = list(unreached(connection, [*about, *law.obligations]))
    database.close()
    assert [(one.obligation, one.says) for one in found] == [
        (f"{NAME}.art1.assess", "would be about nobody: the register has no 企业集团 (group_company)")
    ]
