"""`fireduty message`, and the notices of a duty."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from fireduty import settings
from models.database import Database


@pytest.fixture
def undeliverable(run: Any, data: Path) -> Path:
    """Give a district whose messages were composed, but of which no body has a contact."""
    database = Database(settings.load(data).url)
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM contact"))
    database.close()
    assert run("message", "deliver", "--data", data).status == 0
    return data


def test_dead_messages_are_listed_and_redelivered_with_a_reason(run: Any, undeliverable: Path) -> None:
    data = undeliverable
    dead = json.loads(run("message", "dead", "--data", data, "--json").out)
    assert dead
    assert "no usable contact" in dead[0]["last_error"]
    said = run("message", "redeliver", dead[0]["id"], "--reason", "名录已补", "--data", data, "--json")
    assert json.loads(said.out) == {"again": 0, "anew": 1}
    assert len(json.loads(run("message", "dead", "--data", data, "--json").out)) == len(dead) - 1
    assert run("message", "redeliver", "--all", "--reason", "名录已补", "--data", data).status == 0
    assert json.loads(run("message", "dead", "--data", data, "--json").out) == []


def test_redelivering_nothing_or_both_is_wrong_use(run: Any, data: Path) -> None:
    assert run("message", "redeliver", "--reason", "x", "--data", data).status == 2
    assert run("message", "redeliver", "1", "--all", "--reason", "x", "--data", data).status == 2
    assert run("message", "redeliver", "1", "--reason", "x", "--data", data).status == 1


def test_a_preview_shows_a_duty_and_a_body_and_records_nothing(run: Any, data: Path) -> None:
    before = json.loads(run("message", "state", "--data", data, "--json").out)
    duty = json.loads(run("duty", "list", "--data", data, "--json").out)[0]
    one = run("message", "preview", duty["id"], "--data", data)
    assert one.status == 0
    assert duty["period"] in one.out
    everything = json.loads(run("message", "preview", "--body", duty["body_code"], "--data", data, "--json").out)
    assert everything["html"].startswith("<!DOCTYPE html>")
    assert run("message", "preview", duty["id"], "--html", "--data", data).out.startswith("<!DOCTYPE html>")
    assert json.loads(run("message", "state", "--data", data, "--json").out) == before


def test_a_preview_of_nothing_says_so(run: Any, data: Path) -> None:
    assert run("message", "preview", "--data", data).status == 2
    assert "expected, found none" in run("message", "preview", "--body", "NOBODY", "--data", data).err
    assert "expected one of" in run("message", "preview", "1", "--channel", "pigeon", "--data", data).err


def test_a_template_is_written_out_changed_and_set(run: Any, data: Path, tmp_path: Path) -> None:
    assert "title.txt.j2" in run("message", "template", "--data", data).out
    ours = run("message", "template", "title.txt.j2", "--data", data).out
    file = tmp_path / "title.txt.j2"
    file.write_text("〔试点〕" + ours, encoding="utf-8")
    assert run("message", "set-template", file, "--as", "X-OFFICE", "--data", data).status == 0
    assert run("message", "template", "title.txt.j2", "--data", data).out.startswith("〔试点〕")
    file.write_text("{{ nothing }}", encoding="utf-8")
    refused = run("message", "set-template", file, "--as", "X-OFFICE", "--data", data)
    assert (refused.status, "title.txt.j2:1: unknown field 'nothing'" in refused.err) == (1, True)


def test_the_notices_of_a_duty_are_shown_with_what_became_of_them(run: Any, undeliverable: Path) -> None:
    data = undeliverable
    duty = json.loads(run("duty", "list", "--data", data, "--json").out)[0]["id"]
    (notice, *_) = json.loads(run("duty", "show", duty, "--notices", "--data", data, "--json").out)
    assert {"channel", "address", "answer", "attempts", "sealed_seq", "doubles"} <= notice.keys()
    assert notice["state"] == "dead"
    assert "任务下达" in run("duty", "show", duty, "--notices", "--data", data).out
    assert run("duty", "show", "99999", "--notices", "--data", data).status == 1
