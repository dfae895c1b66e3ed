"""`regulation diff` as a person gives it: what differs, which open duties that touches, how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_packs import CLAUSES, FIRST, NAME, SmallPack
from sqlalchemy import text

from models.database import Database

Run = Callable[..., Any]


@pytest.fixture
def later(here: Path) -> SmallPack:
    """Return a later version, unchanged yet, beside the data folder."""
    return SmallPack(here / "later")


def test_the_same_is_said_to_be_the_same(run: Run, later: SmallPack) -> None:
    said = run("regulation", "diff", later.root, later.root)
    assert (said.status, said.out) == (0, "")
    assert "the same" in said.err
    assert json.loads(run("regulation", "diff", later.root, later.root, "--json").out)["same"] is True


def test_what_changes_is_told_with_what_is_open_for_it(run: Run, data: Path, later: SmallPack) -> None:
    later.change(FIRST, "due: end", "due: end-30d")
    later.change(CLAUSES, "gist: 概述", "gist: 另说")
    said = run("regulation", "diff", NAME, later.root, "--data", data, "--json", "--limit", 3)
    assert said.status == 3
    found = json.loads(said.out)
    [clause], [obligation] = found["clauses"], found["obligations"]
    assert (clause["ref"], clause["change"]) == ("art1", "changes")
    assert clause["fields"] == [{"field": "gist", "old": "概述", "new": "另说"}]
    assert obligation["id"] == f"{NAME}.art1.assess"
    assert obligation["fields"] == [{"field": "steps.assess.due", "old": "end", "new": "end-30d"}]
    assert (obligation["open"]["cases"], obligation["open"]["duties"]) == (1, 4)
    assert len(obligation["open"]["duty_ids"]) == 3
    people = run("regulation", "diff", NAME, later.root, "--data", data, "--limit", 3)
    assert "steps.assess.due: end → end-30d" in people.out
    assert "1 cases, 4 duties" in people.out
    assert "and 1 more" in people.out
    assert "touched: 1 open cases with 4 open duties" in people.err


def test_only_what_is_open_is_counted(run: Run, data: Path, later: SmallPack) -> None:
    later.change(FIRST, "title: 考核", "title: 考评")
    before = json.loads(run("regulation", "diff", NAME, later.root, "--data", data, "--json").out)
    [number, *_] = before["obligations"][0]["open"]["duty_ids"]
    database = Database(f"sqlite:///{data / 'fireduty.db'}")
    with database.transaction() as connection:
        connection.execute(text("UPDATE duty SET closed_at = opened_at WHERE id = :id"), {"id": number})
    database.close()
    after = json.loads(run("regulation", "diff", NAME, later.root, "--data", data, "--json").out)
    assert after["obligations"][0]["open"]["duties"] == before["obligations"][0]["open"]["duties"] - 1
    assert number not in after["obligations"][0]["open"]["duty_ids"]


def test_a_new_name_for_the_same_clause_is_asked_about(run: Run, later: SmallPack, here: Path) -> None:
    earlier = SmallPack(here / "earlier")
    later.change(FIRST, "id: art1.assess", "id: art1.judge")
    said = run("regulation", "diff", earlier.root, later.root)
    assert said.status == 3
    assert f"renamed? as {NAME}.art1.judge" in said.out
    assert f"renamed? from {NAME}.art1.assess" in said.out
    assert "新增" in said.out
    assert "删除" in said.out
    assert "open duties were not looked for" in said.err


def test_a_version_that_does_not_exist_is_refused(run: Run) -> None:
    said = run("regulation", "diff", "putuo-2020", "nowhere-2031")
    assert said.status == 1
    assert "regulation nowhere-2031: expected one of" in said.err


def test_a_version_that_is_unfinished_is_refused(run: Run, later: SmallPack) -> None:
    place = later.change(CLAUSES, "gist: 概述", "gist: TODO")
    said = run("regulation", "diff", later.root, later.root)
    assert said.status == 1
    assert f"later/{place.partition('later/')[2]}: art1: gist: still to be written" in said.err
