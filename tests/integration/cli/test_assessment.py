"""`fireduty assessment` as a person gives it: what it prints, what it refuses, how it ends."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from openpyxl import load_workbook

Run = Callable[..., Any]

YEAR = ("--year", 2026, "--as-of", "2026-11-20")


def test_every_body_is_shown_and_printed_for_programs(run: Run, data: Path) -> None:
    said = run("assessment", "show", *YEAR, "--data", data)
    assert said.status == 0
    assert "排名" in said.out
    assert "2026 is not over by 2026-11-20" in said.err
    found = json.loads(run("assessment", "show", *YEAR, "--data", data, "--json").out)
    assert (found["year"], found["scheme"], found["as_of"]) == (2026, "putuo-2020", "2026-11-20")
    assert found["digest"] in said.err
    ranked = [one for one in found["bodies"] if one["rank"] is not None]
    assert len(ranked) == found["ranked"] > 0
    assert {one["ref"] for one in found["next"]} == {"art21", "art25"}


def test_of_one_body_every_duty_behind_a_lost_point_is_shown(run: Run, data: Path) -> None:
    found = json.loads(run("assessment", "show", *YEAR, "--body", "X-S01", "--data", data, "--json").out)
    duties = [duty for group in found["groups"] for duty in group["duties"]]
    assert found["missing"] == len(duties) > 0
    assert found["score"] == "0.00"
    said = run("assessment", "show", *YEAR, "--body", "X-S01", "--data", data)
    assert str(duties[0]["duty"]) in said.out
    assert "未完成" in said.out


def test_a_body_that_is_not_in_the_register_is_refused(run: Run, data: Path) -> None:
    said = run("assessment", "show", *YEAR, "--body", "X-NONE", "--data", data)
    assert said.status == 1
    assert "body X-NONE: not in the register" in said.err


def test_a_day_that_has_not_come_is_refused(run: Run, data: Path) -> None:
    said = run("assessment", "show", "--year", 2026, "--as-of", "2049-01-01", "--data", data)
    assert said.status == 2
    assert "--as-of" in said.err


def test_the_files_are_written_and_the_lines_give_the_digest(run: Run, data: Path, tmp_path: Path) -> None:
    book, draft, lines = tmp_path / "考核.xlsx", tmp_path / "考核.docx", tmp_path / "考核.jsonl"
    files = ("--xlsx", book, "--docx", draft, "--record", lines)
    said = run("assessment", "export", *YEAR, *files, "--number", "示消安委[2026]003号", "--data", data)
    assert said.status == 0
    assert "document number written as 示消安委〔2026〕3号" in said.err
    assert load_workbook(book).sheetnames == ["汇总", "分项", "依据", "后续事项", "说明"]
    assert docx.Document(str(draft)).paragraphs[1].text == "示消安委〔2026〕3号"
    assert f"digest {hashlib.sha256(lines.read_bytes()).hexdigest()}" in said.err


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        ((), 2, "name a file with --xlsx"),
        (("--xlsx", "result.pdf"), 1, "expected a name that ends in .xlsx"),
        (("--docx", "result.docx", "--number", "third"), 1, "document number refused"),
    ],
    ids=["no file", "another format", "no number"],
)
def test_an_export_that_cannot_be_is_refused(
    run: Run, data: Path, words: tuple[str, ...], status: int, reason: str
) -> None:
    said = run("assessment", "export", *YEAR, *words, "--data", data)
    assert said.status == status
    assert reason in said.err


def test_sealing_appends_one_entry_and_the_ledger_holds(run: Run, data: Path) -> None:
    first = json.loads(run("assessment", "seal", *YEAR, "--as", "X-OFFICE/liaison", "--data", data, "--json").out)
    again = run("assessment", "seal", *YEAR, "--as", "X-OFFICE/liaison", "--data", data)
    assert f"sealed as entry {first['entry'] + 1}" in again.err
    assert first["digest"] in again.err
    assert run("ledger", "verify", "--data", data).status == 0


def test_a_body_that_does_not_exist_seals_nothing(run: Run, data: Path) -> None:
    said = run("assessment", "seal", *YEAR, "--as", "X-NONE", "--data", data)
    assert said.status == 1
    assert "X-NONE" in said.err


def test_the_scheme_is_printed_edited_checked_and_then_in_force(run: Run, data: Path) -> None:
    printed = run("assessment", "scheme", "--data", data)
    assert "total: 100" in printed.out
    own = data / "assessment" / "putuo-2020.yaml"
    own.parent.mkdir()
    own.write_text(printed.out.replace("late: 60", "late: 50"), encoding="utf-8")
    checked = run("assessment", "scheme", "--check", own, "--data", data)
    assert checked.status == 0
    assert "in order" in checked.err
    assert json.loads(run("assessment", "scheme", "--data", data, "--json").out)["credit"]["late"] == 50


def test_weights_that_do_not_add_up_are_refused_with_file_and_line(run: Run, data: Path, tmp_path: Path) -> None:
    content = run("assessment", "scheme", "--regulation", "putuo-2020", "--data", data).out
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(content.replace("weight: 20", "weight: 25", 1), encoding="utf-8")
    said = run("assessment", "scheme", "--check", wrong, "--data", data)
    assert said.status == 1
    line = content[: content.index("groups:")].count("\n") + 1
    assert f"{wrong}:{line}: groups: expected weights that add up to the total of 100, got 105" in said.err


def test_a_scheme_can_be_looked_at_without_a_data_folder(run: Run, tmp_path: Path) -> None:
    said = run("assessment", "scheme", "--regulation", "yanbian-2022", "--data", tmp_path / "none")
    assert said.status == 0
    assert "延边州" in said.out
