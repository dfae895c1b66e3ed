"""Commands as a person gives them: what they print, what they refuse, how they end."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

Run = Callable[..., Any]

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "putuo.xlsx"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OBLIGATION_FIELDS = {
    "id", "regulation", "ref", "trigger", "frequency", "min_count", "body_kind", "flow", "supervisor", "recipient",
    "evidence", "provisional",
}  # fmt: skip
PLAN_FIELDS = {"obligation", "ref", "body", "period", "opens_on", "plan_by", "due_on", "status"}


def test_obligations_are_listed_with_every_promised_field(run: Run) -> None:
    rows = json.loads(run("obligation", "list", "--regulation", "putuo-2020", "--json").out)
    assert Counter(row["trigger"] for row in rows) == {
        "periodic": 23,
        "event": 51,
        "unspecified_periodic": 45,
        "standing": 102,
    }
    assert all(set(row) >= OBLIGATION_FIELDS for row in rows)
    hours = next(row for row in rows if row["id"] == "putuo-2020.art11.class-hours")
    assert (hours["ref"], hours["frequency"], hours["min_count"]) == ("art11(4)", "school_term", 4)
    assert (hours["body_kind"], hours["supervisor"]) == ("school", "department")


def test_a_regulation_is_shown_with_its_number_and_its_duties(run: Run) -> None:
    shown = run("regulation", "show", "putuo-2020")
    assert "普府办〔2020〕57号" in shown.out
    assert "art14" in shown.out
    assert json.loads(run("regulation", "show", "putuo-2020", "--json").out)["division"] == "310107"
    assert "putuo-2020" in [row["id"] for row in json.loads(run("regulation", "list", "--json").out)]


def test_every_regulation_passes_its_check(run: Run) -> None:
    assert run("regulation", "check").status == 0


def test_every_clause_is_listed_with_what_became_of_it(run: Run) -> None:
    rows = json.loads(run("regulation", "coverage", "putuo-2020", "--json").out)
    assert (rows[0]["ref"], rows[-1]["ref"], len(rows)) == ("art1", "art28", 115)
    assert "115 clauses" in run("regulation", "coverage", "putuo-2020").err


def test_a_text_that_is_not_the_official_one_is_found(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "other.txt"
    text.write_text("第一条 另一份文件。\n", encoding="utf-8")
    said = run("regulation", "check", "putuo-2020", "--text", text)
    assert said.status == 3
    assert "art14: stands in the pack and not in the text; on it hang putuo-2020.art14" in said.err
    assert run("regulation", "check", "--text", text).status == 2
    assert run("regulation", "check", "putuo-2020", "--text", tmp_path / "none.txt").status == 1


def test_an_unknown_regulation_is_refused_with_those_that_exist(run: Run) -> None:
    said = run("regulation", "show", "nowhere-2020")
    assert said.status == 1
    assert "putuo-2020" in said.err
    assert "hint:" in said.err


def test_the_plan_lists_every_duty_with_every_promised_field(run: Run, tmp_path: Path) -> None:
    said = run("plan", "--regulation", "putuo-2020", "--year", 2027, "--register", EXAMPLE, "--json")
    rows = json.loads(said.out)
    assert len(rows) > 10_000
    assert set(rows[0]) >= PLAN_FIELDS
    assert {row["due_on"][:4] for row in rows} == {"2027"}
    law = json.loads(run("obligation", "list", "--regulation", "putuo-2020", "--json").out)
    periodic = {one["id"] for one in law if one["trigger"] == "periodic"}
    assert len({row["ref"] for row in rows if row["obligation"] in periodic}) == 17
    assert not {one["id"] for one in law if one["trigger"] == "event"} & {row["obligation"] for row in rows}
    target = tmp_path / "plan.csv"
    run("plan", "--regulation", "putuo-2020", "--year", 2027, "--register", EXAMPLE, "--csv", target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == len(rows)


def test_the_plan_for_people_counts_by_clause(run: Run) -> None:
    said = run("plan", "--regulation", "putuo-2020", "--year", 2027, "--register", EXAMPLE)
    assert "art13(6)" in said.out
    assert "duties; --json" in said.err


def test_the_plan_warns_of_an_obligation_that_binds_nobody(run: Run, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "主体"
    sheet.append(
        ["代码", "名称", "类别", "上级代码", "区划代码", "消防安全重点单位", "火灾高危单位", "设有消防控制室",
         "消防委成员单位", "示例"]
    )  # fmt: skip
    sheet.append(["A1", "街道（示例）", "街道或镇", "", "310107", "否", "否", "否", "否", "是"])
    book.save(tmp_path / "small.xlsx")
    said = run("plan", "--regulation", "putuo-2020", "--year", 2027, "--register", tmp_path / "small.xlsx", "--json")
    assert "putuo-2020.art12.residents-drill binds nobody" in said.err
    assert {row["body"] for row in json.loads(said.out)} == {"A1"}


def test_the_plan_uses_the_registers_of_the_data_folder(run: Run, data: Path) -> None:
    rows = json.loads(run("plan", "--regulation", "putuo-2020", "--year", 2027, "--data", data, "--json").out)
    assert {row["body"][:2] for row in rows} == {"X-"}


def test_a_short_span_is_simulated_the_same_way_twice(run: Run, data: Path) -> None:
    words = ("simulate", "--from", "2026-11-01", "--to", "2026-12-31", "--behaviour", "realistic", "--seed", 7)
    first, second = (json.loads(run(*words, "--data", data, "--json").out) for _ in range(2))
    assert first == second
    assert first["ledger"]["holds"]
    assert first["duties"] > 0


def test_a_simulated_district_can_be_kept_and_looked_into(run: Run, data: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    words = ("simulate", "--from", "2026-11-01", "--to", "2026-12-10", "--behaviour", "silent", "--data", data)
    assert run(*words, "--keep", kept, "--json").status == 0
    assert run("ledger", "verify", "--data", kept).status == 0
    assert run(*words, "--keep", kept).status == 1


def test_a_span_that_ends_before_it_begins_is_wrong_use(run: Run) -> None:
    assert run("simulate", "--from", "2027-02-01", "--to", "2027-01-01").status == 2
    assert run("simulate", "--from", "2027-01-01", "--to", "2027-01-02", "--behaviour", "lazy").status == 2


def _drill(run: Run, data: Path) -> int:
    words = ("duty", "list", "--body", "X-U000001", "--obligation", "putuo-2020.art13.drill", "--data", data, "--json")
    return int(json.loads(run(*words).out)[0]["id"])


def _submit(run: Run, data: Path, number: int, photo: Path, *more: str) -> Any:
    words = ("--as", "X-U000001", "--answer", "held_on=2026-11-19", "--answer", "attendance=12")
    return run("duty", "submit", number, *words, "--file", f"photos={photo}", "--data", data, *more)


def _photo(folder: Path) -> Path:
    photo = folder / "现场.png"
    photo.write_bytes(bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"\0" * 40)
    return photo


def test_a_duty_goes_from_open_to_accepted_and_tells_its_history(run: Run, data: Path, tmp_path: Path) -> None:
    number = _drill(run, data)
    receipt = json.loads(_submit(run, data, number, _photo(tmp_path), "--claimed-on", "2026-11-19", "--json").out)
    assert (receipt["revision"], receipt["late"]) == (1, False)
    supervisor = json.loads(run("duty", "show", number, "--data", data, "--json").out)["supervisor_code"]
    sent_back = run(
        "duty", "review", number, "--as", f"{supervisor}/liaison", "--return", "--reason", "照片不清", "--data", data
    )
    assert sent_back.status == 0
    assert _submit(run, data, number, _photo(tmp_path)).status == 0
    assert run("duty", "review", number, "--as", f"{supervisor}/liaison", "--accept", "--data", data).status == 0
    found = json.loads(run("duty", "show", number, "--data", data, "--json").out)
    kinds = [event["kind"] for event in found["history"]]
    assert kinds[-4:] == ["duty.submitted", "duty.returned", "duty.submitted", "duty.accepted"]
    assert found["state"] == "accepted"
    shown = run("duty", "show", number, "--data", data).out
    assert "已办结" in shown
    assert "照片不清" in shown
    assert run("ledger", "verify", "--data", data).status == 0


def test_what_does_not_prove_the_duty_is_refused_field_by_field(run: Run, data: Path) -> None:
    words = ("--as", "X-U000001", "--answer", "held_on=2025-01-01", "--answer", "attendance=0", "--data", data)
    said = run("duty", "submit", _drill(run, data), *words)
    assert said.status == 1
    for key in ("held_on: expected a date from", "attendance: expected at least 1", "photos: is missing"):
        assert key in said.err


def test_a_day_that_has_not_come_proves_nothing(run: Run, data: Path, tmp_path: Path) -> None:
    number = _drill(run, data)
    words = ("--as", "X-U000001", "--answer", "held_on=2026-12-30", "--answer", "attendance=3")
    said = run("duty", "submit", number, *words, "--file", f"photos={_photo(tmp_path)}", "--data", data)
    assert said.status == 1
    assert "expected a date up to today" in said.err


def test_bad_files_are_refused_with_their_name(run: Run, data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    false = tmp_path / "false.jpg"
    false.write_text("text", encoding="utf-8")
    for path, reason in ((empty, "is empty"), (false, "expected a document"), (tmp_path / "no.pdf", "cannot be read")):
        said = _submit(run, data, _drill(run, data), path)
        assert said.status == 1
        assert path.name in said.err
        assert reason in said.err


def test_a_file_above_the_limit_is_refused(run: Run, data: Path, tmp_path: Path) -> None:
    settings = data / "fireduty.toml"
    settings.write_text(settings.read_text().replace("largest_file = 52428800", "largest_file = 50"))
    said = _submit(run, data, _drill(run, data), _photo(tmp_path))
    assert said.status == 1
    assert "too large: at most 50 bytes" in said.err


def test_nobody_reviews_their_own_submission_nor_somebody_elses_part(run: Run, data: Path, tmp_path: Path) -> None:
    number = _drill(run, data)
    _submit(run, data, number, _photo(tmp_path))
    own = run("duty", "review", number, "--as", "X-U000001", "--accept", "--data", data)
    assert own.status == 1
    assert "cannot review it" in own.err
    other = run("duty", "review", number, "--as", "X-S02", "--accept", "--data", data)
    assert other.status == 1
    assert "expected a reviewer of" in other.err
    assert run("duty", "review", number, "--as", "X-S01", "--data", data).status == 2
    nobody = run("duty", "review", number, "--as", "X-NOBODY", "--accept", "--data", data)
    assert "not in the register" in nobody.err


def test_wrong_pairs_and_roles_are_wrong_use(run: Run, data: Path) -> None:
    number = _drill(run, data)
    assert run("duty", "submit", number, "--as", "X-U000001", "--answer", "attendance", "--data", data).status == 2
    assert run("duty", "submit", number, "--as", "X-U000001/chief", "--data", data).status == 1


def test_overdue_duties_are_listed_first_due_first(run: Run, data: Path) -> None:
    rows = json.loads(run("duty", "list", "--overdue", "--data", data, "--json").out)
    assert rows
    assert all(row["overdue"] for row in rows)
    assert [row["due_on"] for row in rows] == sorted(row["due_on"] for row in rows)
    assert "逾期" in run("duty", "list", "--overdue", "--limit", 3, "--data", data).out


def test_an_unknown_duty_is_named(run: Run, data: Path) -> None:
    said = run("duty", "show", 999_999, "--data", data)
    assert (said.status, "999999" in said.err) == (1, True)


def test_a_folder_without_a_district_is_refused_with_the_way_to_make_one(run: Run, tmp_path: Path) -> None:
    said = run("duty", "list", "--data", tmp_path / "nothing")
    assert said.status == 1
    assert "fireduty init" in said.err


def test_settings_that_are_wrong_name_the_field(run: Run, data: Path) -> None:
    settings = data / "fireduty.toml"
    settings.write_text(settings.read_text() + "\ncolour = 1\n")
    assert "colour" in run("duty", "list", "--data", data).err
    settings.write_text("division = [")
    assert "expected TOML" in run("duty", "list", "--data", data).err


def test_a_district_is_made_filled_and_beaten_by_hand(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert run("init", "--in-force-on", "2026-11-01", "--data", folder).status == 0
    assert run("init", "--data", folder).status == 1
    assert '"fireduty-administration"' in (folder / "fireduty.toml").read_text()
    counts = json.loads(run("register", "import", EXAMPLE, "--data", folder, "--json").out)
    assert counts["bodies"]["added"] == 2449
    first = json.loads(run("beat", "--data", folder, "--json").out)
    assert first["duties"] > 4_000
    assert json.loads(run("beat", "--data", folder, "--json").out)["duties"] == 0
    owed = run("duty", "list", "--obligation", "fireduty-administration.s1.holiday-notice", "--data", folder, "--json")
    assert [duty["body"] for duty in json.loads(owed.out)] == ["区消防委办公室"]
    again = run("register", "import", EXAMPLE, "--data", folder)
    assert "2449 unchanged" in again.err


def test_a_regulation_that_is_added_later_is_taken_up(run: Run, data: Path) -> None:
    settings = data / "fireduty.toml"
    both = 'regulations = ["putuo-2020", "fireduty-administration"]'
    settings.write_text(settings.read_text().replace('regulations = ["putuo-2020"]', both))
    assert json.loads(run("beat", "--data", data, "--json").out)["cases"] >= 1
    owed = ("duty", "list", "--obligation", "fireduty-administration.s1.holiday-notice", "--data", data, "--json")
    assert json.loads(run(*owed).out)


def test_a_register_goes_out_and_comes_back_the_same(run: Run, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    assert run("register", "export", target, "--data", data).status == 0
    assert run("register", "check", target, "--data", data).status == 0
    counts = json.loads(run("register", "import", target, "--data", data, "--json").out)
    assert counts["bodies"]["changed"] == 0


def test_the_template_explains_itself(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "template.xlsx"
    assert run("register", "template", target).status == 0
    assert "说明" in load_workbook(target).sheetnames


def test_a_register_with_a_bad_row_is_refused_whole(run: Run, data: Path, tmp_path: Path) -> None:
    book = load_workbook(EXAMPLE)
    book["主体"]["C3"] = "外星人"
    book.save(tmp_path / "bad.xlsx")
    for verb in ("check", "import"):
        said = run("register", verb, tmp_path / "bad.xlsx", "--data", data)
        assert said.status == 1
        assert "外星人" in said.err
    assert json.loads(run("duty", "list", "--body", "310107-jiaoyuju", "--data", data, "--json").out) == []


def test_a_tampered_ledger_is_found_and_ends_with_status_three(run: Run, data: Path) -> None:
    import sqlite3  # noqa: PLC0415 - the tamperer's own way in

    with sqlite3.connect(data / "fireduty.db") as connection:
        connection.execute("UPDATE ledger SET entry = replace(entry, 'X-U000001', 'X-U000002') WHERE seq = 40")
        connection.execute("DELETE FROM ledger WHERE seq = 60")
    said = run("ledger", "verify", "--data", data)
    assert said.status == 3
    assert "entry 61" in said.err
    found = json.loads(run("ledger", "verify", "--data", data, "--json").out)
    assert not found["holds"]


def test_the_doctor_names_what_is_wrong_and_the_mend(run: Run, data: Path, tmp_path: Path) -> None:
    said = run("doctor", "--data", data)
    assert said.status == 3
    assert "FAIL  prefect" in said.err
    assert "fireduty up" in said.err
    assert "ok    ledger" in said.err
    parts = {one["part"]: one["holds"] for one in json.loads(run("doctor", "--data", data, "--json").out)}
    assert parts["register"]
    assert run("doctor", "--data", tmp_path / "nothing").status == 3


def test_messages_without_a_channel_that_answers_are_counted_as_failed(run: Run, data: Path) -> None:
    before = json.loads(run("message", "state", "--data", data, "--json").out)
    assert before["notices_waiting"] > 0
    settings = data / "fireduty.toml"
    settings.write_text(settings.read_text().replace("127.0.0.1:2525", "127.0.0.1:9"))
    said = run("message", "deliver", "--data", data)
    assert said.status == 3
    assert "failed" in said.err
    assert "notices_waiting" in run("message", "state", "--data", data).out


def test_prefect_that_is_not_there_is_a_clear_refusal(run: Run, data: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    for verb in ("diff", "apply"):
        said = run("deploy", verb, "--data", data)
        assert said.status == 1
        assert "hint:" in said.err


def test_an_unknown_bench_is_wrong_use(run: Run) -> None:
    assert run("bench", "nothing").status == 2


def test_a_day_for_a_real_district_is_wrong_use(run: Run, data: Path) -> None:
    assert run("up", "--as-of", "2027-01-01", "--data", data).status == 2


def test_the_release_is_told(run: Run) -> None:
    assert run("--version").out.strip() == "0.1.0"


def test_a_disk_that_refuses_is_a_clear_refusal(run: Run, data: Path, monkeypatch: Any) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tasks.register.export_register", full)
    said = run("register", "export", data / "out.xlsx", "--data", data)
    assert said.status == 1
    assert "No space left on device" in said.err
    assert "hint:" in said.err
