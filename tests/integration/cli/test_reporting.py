"""`fireduty report` as a person uses it."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from tasks.reporting.forms import form
from tasks.reporting.kinds import ReportKind

Run = Callable[..., Any]
SPECIAL = ("report", "draft", "--kind", "special", "--year", "2026", "--as-of", "2026-11-20")


@pytest.fixture
def duty(run: Run, data: Path) -> int:
    found = json.loads(
        run("duty", "list", "--obligation", "putuo-2020.art8.report-to-city", "--data", data, "--json").out
    )
    return int(found[0]["id"])


def test_the_draft_of_a_duty_is_written_attached_and_handed_in(run: Run, data: Path, tmp_path: Path, duty: int) -> None:
    out = tmp_path / "report.docx"
    said = run("report", "draft", duty, "--out", out, "--attach", "--as-of", "2026-11-20", "--data", data)
    assert said.status == 0, said.err
    assert f"fireduty duty submit {duty} --as X-OFFICE --file draft={out}" in said.err
    stored = next(line for line in said.err.splitlines() if "evidence store" in line).rpartition(" ")[2]
    assert (data / "evidence" / stored[:2] / stored).read_bytes() == out.read_bytes()
    handed = run("duty", "submit", duty, "--as", "X-OFFICE", "--file", f"draft={out}", "--data", data, "--json")
    assert json.loads(handed.out)["revision"] == 1
    shown = json.loads(run("duty", "show", duty, "--data", data, "--json").out)
    assert [(one["requirement"], one["digest"]) for one in shown["files"]] == [("draft", stored)]


def test_a_draft_for_programs_says_every_field_and_every_duty_counted(run: Run, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.docx"
    said = run(*SPECIAL, "--document-number", "普府[2026]012号", "--out", out, "--data", data, "--json")
    found = json.loads(said.out)
    assert "document number written as 普府〔2026〕12号" in said.err
    assert (found["report"], found["period"], found["body"], found["duty"]) == ("special", "2026", "X-GOV", None)
    assert found["fields"]["number"] == "普府〔2026〕12号"
    assert found["fields"]["total"]["owed"] == sum(source["duties"] for source in found["sources"])
    for source in found["sources"]:
        assert source["duties"] == sum(last - first + 1 for first, last in source["spans"])
    assert Document(str(out)).paragraphs[1].text == "（普府〔2026〕12号）"


def test_a_draft_is_never_written_over_a_document(run: Run, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.docx"
    out.write_text("worked on")
    said = run(*SPECIAL, "--out", out, "--data", data)
    assert (said.status, out.read_text()) == (1, "worked on")
    assert "not taken yet" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ("draft", "--out", "a.docx"),
        ("draft", "1", "--kind", "special", "--out", "a.docx"),
        ("draft", "--kind", "special", "--out", "a.docx"),
        ("draft", "--kind", "special", "--year", "2026-H1", "--out", "a.docx"),
        ("draft", "--kind", "special", "--year", "2026", "--half", "2026-H1", "--out", "a.docx"),
        ("book", "--xlsx", "a.xlsx"),
        ("book", "--month", "2026", "--xlsx", "a.xlsx"),
        ("book", "--month", "2026-03", "--year", "2026"),
    ],
)
def test_contradicting_options_are_wrong_use(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("report", *words, "--data", data).status == 2
    assert not list(tmp_path.glob("a.*"))


def test_a_template_goes_out_comes_back_changed_and_is_used(run: Run, data: Path, tmp_path: Path) -> None:
    ours, out = tmp_path / "ours.docx", tmp_path / "report.docx"
    assert run("report", "template", "special", ours, "--data", data).status == 0
    assert ours.read_bytes() == form(ReportKind.SPECIAL)
    document = Document(str(ours))
    document.add_paragraph("本区补充：{{ bodies }}家。")
    document.save(str(ours))
    said = run("report", "set-template", "special", ours, "--as", "X-OFFICE/liaison", "--data", data, "--json")
    assert len(json.loads(said.out)["sha256"]) == 64
    run(*SPECIAL, "--out", out, "--data", data)
    assert Document(str(out)).paragraphs[-1].text.startswith("本区补充：")
    again = tmp_path / "again.docx"
    run("report", "template", "special", again, "--data", data)
    assert again.read_bytes() == ours.read_bytes()
    original = tmp_path / "original.docx"
    run("report", "template", "special", original, "--original", "--data", data)
    assert original.read_bytes() == form(ReportKind.SPECIAL)
    assert json.loads(run("ledger", "verify", "--data", data, "--json").out)["holds"] is True


def test_a_template_with_an_unknown_field_is_refused_by_its_name(run: Run, data: Path, tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("{{ weather }}")
    document.save(str(tmp_path / "ours.docx"))
    said = run("report", "set-template", "special", tmp_path / "ours.docx", "--as", "X-OFFICE", "--data", data)
    assert said.status == 1
    assert "ours.docx: unknown field 'weather'" in said.err


def test_a_book_is_written_and_counted(run: Run, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    said = run(
        "report", "book", "--month", "2026-11", "--xlsx", path, "--as-of", "2026-11-20", "--data", data, "--json"
    )
    found = json.loads(said.out)
    book = load_workbook(io.BytesIO(path.read_bytes()))
    assert book.sheetnames[0] == "汇总"
    assert book["汇总"].max_row - 2 == len(found["bodies"]) > 0
    assert f"{sum(one['owed'] for one in found['bodies'])} duties" in said.err


@pytest.mark.parametrize("option", [("--quarter", "2026-Q4"), ("--half", "2026-H2"), ("--year", "2026")])
def test_without_a_file_the_summary_is_shown(run: Run, data: Path, option: tuple[str, str]) -> None:
    said = run("report", "book", *option, "--as-of", "2026-11-20", "--data", data)
    assert said.status == 0
    assert "街道1（示例）" in said.out
