"""The command line of substitutes, findings, chains and ladders."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from factories import OFFICE

from fireduty import clock

CHIEF = f"{OFFICE}/principal"
PLACE = "X-S01/responsible"
STUDY = "putuo-2020.art16.monthly-study"


def names(data: Path, *more: Any) -> tuple[Any, ...]:
    first = clock.today() - timedelta(days=1)
    given = ("--from", first, "--reason", "休假", "--as", CHIEF, "--data", data)
    return ("register", "substitute", "add", PLACE, *given, *more)


def test_a_substitute_is_named_listed_shown_and_ended(run: Any, data: Path) -> None:
    said = run(*names(data, "--by", "X-S02/liaison", "--json"))
    assert said.status == 0
    assert (json.loads(said.out)["id"], json.loads(said.out)["until_on"]) == (1, None)
    [listed] = json.loads(run("register", "substitute", "list", "--data", data, "--json").out)
    assert (listed["body"], listed["by"], listed["reason"]) == (PLACE, "X-S02/liaison", "休假")
    assert "X-S02/liaison" in run("register", "substitute", "list", "--body", "X-S01", "--data", data).out
    ended = run("register", "substitute", "end", 1, "--reason", "返岗", "--as", CHIEF, "--data", data)
    assert (ended.status, f"至 {clock.today()} 止" in ended.err) == (0, True)
    assert run("register", "substitute", "list", "--on", "2030-01-01", "--data", data, "--json").out.strip() == "[]"


def test_a_second_substitute_on_the_same_days_is_refused_with_the_first(run: Any, data: Path) -> None:
    run(*names(data, "--by", "X-S02/liaison"))
    said = run(*names(data, "--address", "acting@district.example"))
    assert said.status == 1
    assert "X-S02/liaison (number 1)" in said.err
    assert "register substitute end 1" in said.err


def test_a_substitute_without_anybody_is_wrong_use(run: Any, data: Path) -> None:
    assert run(*names(data)).status == 2


def test_findings_end_with_status_three_and_the_bounced_address_is_mended_again(run: Any, data: Path) -> None:
    assert run("register", "findings", "--data", data).status == 0
    bounced = ("register", "bounced", "x-s01@district.example", "--as", CHIEF, "--data", data, "--reason")
    assert PLACE in run(*bounced, "550 不存在").err
    said = run("register", "findings", "--data", data, "--json")
    assert said.status == 3
    assert {(one["kind"], one["body_code"]) for one in json.loads(said.out)} == {
        ("bounced", "X-S01"),
        ("unreachable", "X-S01"),
    }
    assert "无可用联系方式" in run("register", "findings", "--data", data).out
    parts = {one["part"]: one for one in json.loads(run("doctor", "--data", data, "--json").out)}
    assert (parts["contacts"]["holds"], parts["contacts"]["says"]) == (False, "1 bounced, 1 unreachable")
    assert run(*bounced, "已修复", "--works").status == 0
    assert run("register", "findings", "--data", data).status == 0


def test_the_chain_of_a_duty_is_shown_for_people_and_for_programs(run: Any, data: Path) -> None:
    [duty, *_] = json.loads(run("duty", "list", "--body", "X-S01", "--data", data, "--json").out)
    links = json.loads(run("duty", "show", duty["id"], "--chain", "--data", data, "--json").out)
    assert [link["level"] for link in links][:3] == ["responsible", "principal", "supervisor"]
    assert links[0]["address"] == "x-s01@district.example"
    assert "升级链" in run("duty", "show", duty["id"], "--chain", "--data", data).out


def test_a_ladder_is_shown_changed_and_put_back(run: Any, data: Path) -> None:
    words = ("duty", "ladder", STUDY, "--data", data)
    assert "remind_5" in run(*words).out
    changed = run(*words, "--shift", "-2", "--rung", "remind_5", "--reason", "节前集中", "--as", CHIEF, "--json")
    assert {one["rung"]: one["now"] for one in json.loads(changed.out)}["remind_5"] == -7
    silent = json.loads(run(*words, "--silence", "due_0", "--reason", "节前集中", "--as", CHIEF, "--json").out)
    assert [one["rung"] for one in silent if one["silent"]] == ["due_0"]
    back = json.loads(run(*words, "--reset", "--reason", "恢复", "--as", CHIEF, "--json").out)
    assert not any(one["silent"] or one["reason"] for one in back)


@pytest.mark.parametrize(
    "words",
    [
        ("--shift", "1"),
        ("--shift", "1", "--reset", "--as", CHIEF),
        ("--rung", "due_0", "--as", CHIEF),
        ("--silence", "due_0", "--rung", "due_0", "--as", CHIEF),
    ],
)
def test_a_ladder_asked_for_by_halves_is_wrong_use(run: Any, data: Path, words: tuple[str, ...]) -> None:
    assert run("duty", "ladder", STUDY, "--data", data, *words).status == 2
