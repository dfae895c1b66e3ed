"""`fireduty calendar` as a person uses it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calendars.feed_check import feed_problems

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIREDUTY_DATA", raising=False)


def set_clock(monkeypatch: pytest.MonkeyPatch, data: Path, on: str) -> None:
    """Have a district live on a day: the settings' offset is what a demonstration uses."""
    from datetime import date  # noqa: PLC0415

    from fireduty import clock, settings  # noqa: PLC0415

    monkeypatch.setenv("FIREDUTY_CLOCK_OFFSET", "0")
    shift = int(clock.offset_to(date.fromisoformat(on)).total_seconds())
    settings.save(settings.load(data).model_copy(update={"clock_offset": shift}))


class TestDay:
    def test_says_why_a_saturday_is_a_workday_and_where_that_stands(self, run: Run) -> None:
        said = run("calendar", "day", "2026-10-10", "--json")
        found = json.loads(said.out)
        assert (said.status, found["status"], found["kind"]) == (0, "workday", "makeup_workday")
        assert found["source"] == "国办发明电〔2025〕7号"
        assert found["source_url"].startswith("https://www.gov.cn/")
        for word in ("周六", "工作日", "国庆节", "调休上班", "国办发明电〔2025〕7号"):
            assert word in run("calendar", "day", "2026-10-10").out

    @pytest.mark.parametrize(
        ("day", "status", "kind"),
        [
            ("2026-10-01", "rest", "statutory_holiday"),
            ("2026-10-11", "rest", "weekend"),
            ("2026-10-12", "workday", "ordinary_weekday"),
            ("2026-12-29", "unknown", "unpublished"),
            ("2027-02-09", "unknown", "unpublished"),
        ],
    )
    def test_knows_three_answers(self, run: Run, day: str, status: str, kind: str) -> None:
        found = json.loads(run("calendar", "day", day, "--json").out)
        assert (found["status"], found["kind"]) == (status, kind)
        assert found["source"]

    def test_counts_a_local_holiday_in_its_division_only(self, run: Run) -> None:
        local = json.loads(run("calendar", "day", "2024-09-03", "--division", "222401", "--json").out)
        assert (local["kind"], local["name"]) == ("local_holiday", "延边州州庆")
        assert json.loads(run("calendar", "day", "2024-09-03", "--json").out)["kind"] == "ordinary_weekday"

    def test_says_that_it_falls_back_for_a_division_it_does_not_know(self, run: Run) -> None:
        said = run("calendar", "day", "2026-10-10", "--division", "310199", "--json")
        assert json.loads(said.out)["fallback"] == "310000"
        assert "310199 is not on file" in said.err
        assert json.loads(run("calendar", "day", "2026-10-10", "--division", "990101", "--json").out)[
            "fallback"
        ] == "000000"  # fmt: skip

    @pytest.mark.parametrize(
        ("words", "status", "fault"),
        [
            (["2051-01-01"], 1, "2018-01-01 to 2050-12-31"),
            (["2017-12-31"], 1, "2018-01-01 to 2050-12-31"),
            (["2026-02-30"], 2, "2026-02-30"),
            (["tomorrow"], 2, "tomorrow"),
            (["2026-10-10", "--division", "3101"], 1, "expected six digits"),
        ],
    )
    def test_refuses_what_is_no_day_of_its_own(self, run: Run, words: list[str], status: int, fault: str) -> None:
        said = run("calendar", "day", *words)
        assert said.status == status
        assert fault in said.err
        assert said.out == ""


class TestAdd:
    def test_gives_the_seventh_workday_with_its_trace(self, run: Run) -> None:
        found = json.loads(run("calendar", "add", "2026-09-30", "7", "--json").out)
        assert (found["due"], found["earliest"], found["latest"]) == ("2026-10-15",) * 3
        assert (found["status"], found["rule"]) == ("confirmed", "workdays:7")
        assert "2026-10-10 Sat: workday made up for 国庆节" in "\n".join(found["trace"])
        assert "2026-10-15" in run("calendar", "add", "2026-09-30", "7").out

    def test_gives_bounds_where_a_notice_is_missing(self, run: Run) -> None:
        found = json.loads(run("calendar", "add", "2026-12-25", "7", "--json").out)
        assert found["status"] == "provisional"
        assert found["due"] == found["earliest"] < found["latest"]
        assert "日期待定" in run("calendar", "add", "2026-12-25", "7").out

    @pytest.mark.parametrize(
        ("words", "due"),
        [
            (["2024-08-28", "7", "--division", "222400"], "2024-09-11"),
            (["2024-08-28", "7"], "2024-09-06"),
            (["2026-09-20", "15", "--unit", "days"], "2026-10-08"),
            (["2026-08-31", "6", "--unit", "months"], "2027-03-01"),
            (["2026-09-30", "7", "--instrument", "行政处罚法"], "2026-10-15"),
            (["2026-09-30", "15", "--instrument", "行政处罚法"], "2026-10-15"),
            (["2026-10-15", "--", "-7"], "2026-09-30"),
        ],
    )
    def test_counts_by_division_unit_and_instrument(self, run: Run, words: list[str], due: str) -> None:
        options = ["--json", *words] if "--" in words else [*words, "--json"]
        assert json.loads(run("calendar", "add", *options).out)["due"] == due

    @pytest.mark.parametrize(
        ("words", "status"),
        [
            (["2026-09-30", "0"], 1),
            (["2026-09-30", "7", "--unit", "weeks"], 2),
            (["2026-09-30", "7", "--instrument", "山海经"], 1),
            (["2050-12-30", "7"], 1),
            (["2026-09-30", "99999999999"], 1),
            (["2026-09-30", "seven"], 2),
        ],
    )
    def test_refuses_what_cannot_be_counted(self, run: Run, words: list[str], status: int) -> None:
        assert run("calendar", "add", *words).status == status


def test_month_draws_rest_make_up_and_unknown_with_a_legend(run: Run) -> None:
    drawn = run("calendar", "month", "2027-02").out
    for part in ("2027年2月", "周一", "5休", "9？", "图例", "春节前后，尚未确定"):
        assert part in drawn
    days = json.loads(run("calendar", "month", "2026-10", "--json").out)["days"]
    assert len(days) == 31
    assert [day["date"] for day in days if day["kind"] == "makeup_workday"] == ["2026-10-10"]


@pytest.mark.parametrize("month", ["2027-13", "2027", "February"])
def test_month_refuses_what_is_no_month(run: Run, month: str) -> None:
    said = run("calendar", "month", month)
    assert (said.status, said.out) == (2, "")


class TestCheck:
    @pytest.mark.parametrize(
        ("as_of", "standing", "status"),
        [("2026-10-01", "not_expected", 0), ("2026-11-21", "missing", 0), ("2026-12-16", "overdue", 3)],
    )
    def test_tells_where_the_next_notice_stands(self, run: Run, as_of: str, standing: str, status: int) -> None:
        said = run("calendar", "check", "--as-of", as_of, "--json")
        found = json.loads(said.out)
        assert (said.status, found["next_notice"]["status"]) == (status, standing)
        assert found["confirmed_until"] == "2026-12-28"

    def test_tells_reach_and_age_in_words(self, run: Run) -> None:
        said = run("calendar", "check", "--as-of", "2026-11-21").out
        for part in ("2018-01-01 至 2050-12-31", "2026-12-28", "382 天前", "尚未收录"):
            assert part in said


class TestAddNotice:
    def test_shows_asks_stores_and_says_what_came_of_it(
        self, run: Run, data: Path, notice_2027: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_clock(monkeypatch, data, "2026-12-21")
        refused = run("calendar", "add-notice", notice_2027, "--data", data)
        assert refused.status == 1
        assert "春节: 休 2027-02-05 至 2027-02-12，8 天；班 2027-01-31、2027-02-14" in refused.err
        assert not (data / "calendar").exists()
        said = run("calendar", "add-notice", notice_2027, "--yes", "--data", data, "--json")
        found = json.loads(said.out)
        assert (said.status, found["id"], found["confirmed_until"]) == (0, "cn-2027", "2027-12-28")
        assert found["told"] > 0
        assert json.loads(run("calendar", "day", "2027-01-31", "--data", data, "--json").out)["status"] == "workday"
        assert json.loads(run("calendar", "day", "2027-01-31", "--json").out)["status"] == "unknown"
        assert run("calendar", "check", "--data", data).status == 0
        again = run("calendar", "add-notice", notice_2027, "--yes", "--data", data)
        assert (again.status, "on file already" in again.err) == (0, True)
        assert json.loads(run("calendar", "recompute", "--data", data, "--json").out)["cases"] == 0

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (b"", "notice.txt:1: not a holiday notice"),
            ("今日菜单\n红烧肉".encode(), "notice.txt:1: not a holiday notice"),
            ("ok\n放假".encode("gb18030"), "notice.txt:2: not UTF-8"),
            (b"\x89PNG\r\n\x1a\n\x00", "notice.txt:1: not UTF-8"),
            (b"id: cn-2027\nyear: soon\n", "notice.txt:2: year: expected a whole number"),
            (b"id: [", "notice.txt:"),
        ],
    )
    def test_refuses_what_is_no_notice_at_its_line(self, run: Run, data: Path, content: bytes, fault: str) -> None:
        file = data.parent / "notice.txt"
        file.write_bytes(content)
        said = run("calendar", "add-notice", file, "--yes", "--data", data)
        assert said.status == 1
        assert fault in said.err
        assert "hint:" in said.err
        assert not (data / "calendar").exists()

    def test_needs_a_district_and_a_file(self, run: Run, notice_2027: Path, tmp_path: Path) -> None:
        assert run("calendar", "add-notice", notice_2027, "--yes", "--data", tmp_path / "none").status == 1
        assert run("calendar", "add-notice", tmp_path / "none.yaml", "--yes").status == 2


def test_a_local_notice_put_into_the_data_folder_counts(run: Run, data: Path) -> None:
    folder = data / "calendar" / "overlays" / "222400"
    folder.mkdir(parents=True)
    (folder / "2027.yaml").write_text(
        'id: yanbian-2027\ndivision: "222400"\nname: 延边州州庆\nyear: 2027\nstatus: published\ndocument: 虚构通告\n'
        "issued_on: 2026-08-17\nlast_verified_on: 2026-11-21\nrest: [2027-09-02, 2027-09-04]\ndays: 3\n",
        encoding="utf-8",
    )
    said = run("calendar", "day", "2027-09-02", "--division", "222401", "--data", data, "--json")
    assert json.loads(said.out)["kind"] == "local_holiday"
    assert run("calendar", "recompute", "--data", data).status == 0


class TestFeed:
    def test_writes_a_file_any_program_reads(self, run: Run, data: Path, tmp_path: Path) -> None:
        for components in ("vevent", "vtodo"):
            out = tmp_path / f"{components}.ics"
            said = run("calendar", "feed", "X-U000001", "--out", out, "--components", components, "--data", data)
            assert said.status == 0
            assert "ETag" in said.err
            assert feed_problems(out.read_bytes()) == []
            assert f"BEGIN:{components.upper()}".encode() in out.read_bytes()

    def test_refuses_a_body_or_components_it_does_not_know(self, run: Run, data: Path, tmp_path: Path) -> None:
        out = tmp_path / "feed.ics"
        assert run("calendar", "feed", "NOBODY", "--out", out, "--data", data).status == 1
        assert run("calendar", "feed", "X-U000001", "--out", out, "--components", "x", "--data", data).status == 2
        assert not out.exists()

    def test_token_is_shown_once_renewed_and_revoked(self, run: Run, data: Path) -> None:
        first = run("calendar", "feed-token", "X-U000001", "--data", data).out.strip()
        assert first.startswith("/feeds/")
        again = run("calendar", "feed-token", "X-U000001", "--data", data)
        assert (again.out, "--renew" in again.err) == ("", True)
        renewed = json.loads(run("calendar", "feed-token", "X-U000001", "--renew", "--data", data, "--json").out)
        assert renewed["path"] not in ("", first)
        assert json.loads(run("calendar", "feed-token", "X-U000001", "--revoke", "--data", data, "--json").out)[
            "revoked"
        ] == 1  # fmt: skip
        assert run("calendar", "feed-token", "NOBODY", "--data", data).status == 1


def test_the_bench_says_what_is_missing_where_there_is_nothing_to_compare_with(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "chinese_calendar", None)
    said = run("bench", "calendar")
    assert said.status == 1
    assert "chinesecalendar" in said.err
    assert "make install" in said.err
