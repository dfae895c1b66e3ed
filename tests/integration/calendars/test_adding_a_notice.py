"""A holiday notice comes: dates that hung on it are reckoned anew, recorded and told, once; the rest stays."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import act_on
from fakes import Desk, PowerCutError
from sqlalchemy import Row, text

import tasks.moving
from calendars.days import DayStatus
from evidence.ledger import append
from fireduty.errors import CalendarDataError
from flows.catalogue import duty_texts
from tasks.district import District
from tasks.holiday_notices import add_notice, propose
from tasks.messages import compose
from tasks.moving import Reason
from tasks.rescheduling import Rescheduled, reschedule

TODAY = date(2026, 12, 21)
DRILL = "putuo-2020.art13.drill"
Add = Callable[..., Rescheduled]


def drill(desk: Desk, number: int = 0) -> Row[Any]:
    return [duty for duty in desk.duties("drill") if duty.obligation_id == DRILL][number]


def milestones(desk: Desk, schedule: int) -> dict[str, str]:
    sql = "SELECT rung, falls_on FROM milestone WHERE schedule_id = :id ORDER BY position"
    return {row.rung: row.falls_on for row in desk.rows(sql, id=schedule)}


class TestADutyThatHungOnTheNotice:
    def test_is_planned_by_its_true_day_and_certain(self, desk: Desk, add: Add, notice_2027: Path) -> None:
        before = drill(desk)
        assert (before.plan_by, before.due_on) == ("2026-12-28", "2026-12-31")
        add(notice_2027)
        after = drill(desk)
        assert (after.plan_by, after.due_on) == ("2026-12-31", "2026-12-31")
        [schedule] = desk.rows("SELECT * FROM schedule WHERE id = :id", id=after.schedule_id)
        assert not schedule.provisional
        assert (schedule.earliest_on, schedule.latest_on) == ("2026-12-31", "2026-12-31")
        [case] = desk.rows("SELECT * FROM duty_case WHERE id = :id", id=after.case_id)
        assert (case.provisional, case.calendar_version) == (0, desk.district.calendar.version)

    def test_has_old_and_new_date_and_the_reason_in_the_ledger(self, desk: Desk, add: Add, notice_2027: Path) -> None:
        add(notice_2027)
        duty = drill(desk)
        [event] = desk.events("duty.rescheduled", duty.id)
        assert (event["body"]["reason"], event["body"]["document"]) == ("cn-2027", "虚构通知")
        assert event["body"]["old"]["plan_by"] == "2026-12-28"
        assert event["body"]["new"]["plan_by"] == "2026-12-31"
        cases = [event for event in desk.events("case.rescheduled") if event["case"] == duty.case_id]
        assert [event["body"]["step"] for event in cases] == ["drill"]
        assert desk.problems() == []

    def test_is_told_to_its_body_in_words(self, desk: Desk, add: Add, notice_2027: Path) -> None:
        told = add(notice_2027).told
        duty = drill(desk)
        assert ("rescheduled:cn-2027", duty.body_code) in desk.notices(duty)
        sql = "SELECT count(*) AS n FROM notice WHERE occasion = 'rescheduled:cn-2027'"
        assert desk.rows(sql)[0].n == told > 0
        with desk.district.database.transaction() as connection:
            texts = duty_texts(desk.district.regulations)
            compose(connection, act_on(TODAY), desk.district.settings, texts, 1000)
        [message] = desk.rows("SELECT text FROM message WHERE recipient_code = :code", code=duty.body_code)
        assert "节假日安排公布，日期调整" in message.text
        assert "dates moved with a holiday notice" in message.text

    def test_has_its_rungs_ahead_moved_and_those_that_spoke_left(self, desk: Desk, add: Add, notice_2027: Path) -> None:
        duty = drill(desk)
        spoken = desk.rungs(duty)
        before = milestones(desk, duty.schedule_id)
        add(notice_2027)
        after = milestones(desk, duty.schedule_id)
        moved = {rung: (before[rung], after[rung]) for rung in before if before[rung] != after[rung]}
        assert moved == {
            "remind_1": ("2026-12-25", "2026-12-30"),
            "due_0": ("2026-12-28", "2026-12-31"),
            "overdue_1": ("2027-01-07", "2027-01-04"),
            "supervise_3": ("2027-01-11", "2027-01-06"),
            "office_5": ("2027-01-13", "2027-01-08"),
        }
        desk.beat(TODAY, hour=11)
        assert desk.rungs(drill(desk)) == spoken
        assert drill(desk).next_action_on == "2026-12-30"

    def test_goes_on_with_its_ladder_on_the_new_days(self, desk: Desk, add: Add, notice_2027: Path) -> None:
        spoken = desk.rungs(drill(desk))
        add(notice_2027)
        for on in (date(2026, 12, 25), date(2026, 12, 28), date(2026, 12, 29)):
            desk.beat(on)
        assert desk.rungs(drill(desk)) == spoken
        desk.beat(date(2026, 12, 30))
        assert desk.rungs(drill(desk)) == [*spoken, "remind_1"]
        desk.beat(date(2027, 1, 4))
        assert desk.rungs(drill(desk)) == [*spoken, "remind_1", "overdue_1"]


class TestWhatStays:
    def test_a_duty_that_a_person_gave_another_date_keeps_it(self, desk: Desk, add: Add, notice_2027: Path) -> None:
        duty = drill(desk)
        desk.write(
            "UPDATE duty SET plan_by = '2027-01-29', due_on = '2027-01-29', next_action_on = '2027-01-20'"
            " WHERE id = :id",
            id=duty.id,
        )
        add(notice_2027)
        kept = drill(desk)
        assert (kept.plan_by, kept.due_on, kept.next_action_on) == ("2027-01-29", "2027-01-29", "2027-01-20")
        assert desk.events("duty.rescheduled", duty.id) == []
        assert drill(desk, 1).plan_by == "2026-12-31"

    def test_a_duty_that_is_closed_keeps_its_dates_and_is_not_told(
        self, desk: Desk, add: Add, notice_2027: Path
    ) -> None:
        duty = drill(desk)
        desk.finish(duty, TODAY)
        notices = desk.notices(duty)
        add(notice_2027)
        assert drill(desk).plan_by == "2026-12-28"
        assert desk.notices(duty) == notices

    def test_a_duty_that_waits_for_review_moves_without_a_word_to_its_body(
        self, desk: Desk, add: Add, notice_2027: Path
    ) -> None:
        duty = drill(desk)
        desk.submit(duty, TODAY)
        add(notice_2027)
        assert drill(desk).plan_by == "2026-12-31"
        assert drill(desk).next_action_on is None
        assert "rescheduled:cn-2027" not in [occasion for occasion, _ in desk.notices(duty)]

    def test_a_returned_duty_is_still_left_in_peace(self, desk: Desk, add: Add, notice_2027: Path) -> None:
        from models.states import ReviewOutcome  # noqa: PLC0415 - only this test returns

        duty = drill(desk)
        desk.submit(duty, TODAY)
        desk.review(duty, TODAY, ReviewOutcome.RETURNED, "缺少照片")
        grace = drill(desk).next_action_on
        add(notice_2027)
        assert drill(desk).next_action_on >= grace


class TestDoneAgain:
    def test_the_same_notice_changes_nothing_more(self, desk: Desk, add: Add, notice_2027: Path) -> None:
        add(notice_2027)
        before = desk.everything()
        assert add(notice_2027) == Rescheduled()
        assert desk.everything() == before
        assert len(desk.events("calendar.notice_added")) == 1

    def test_what_was_cut_off_is_finished(
        self, desk: Desk, add: Add, notice_2027: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = []

        def failing(*args: object) -> object:
            calls.append(args)
            if len(calls) > 3:
                raise PowerCutError
            return append(*args)  # type: ignore[arg-type]

        with monkeypatch.context() as broken:
            broken.setattr(tasks.moving, "append", failing)
            with pytest.raises(PowerCutError):
                add(notice_2027)
        done = len(desk.events("case.rescheduled"))
        assert done == 3
        rest = add(notice_2027)
        assert len(desk.events("case.rescheduled")) == done + rest.schedules
        for case in desk.rows("SELECT * FROM duty_case WHERE provisional AND closed_at IS NULL"):
            _, obligation = desk.district.obligation(case.obligation_id)
            assert case.calendar_version == desk.district.calendar_version(obligation)
        occasions = desk.rows(
            "SELECT duty_id, count(*) AS n FROM notice WHERE occasion LIKE 'rescheduled:%' GROUP BY 1"
        )
        assert {row.n for row in occasions} == {1}
        assert desk.problems() == []

    def test_a_new_release_is_taken_up_without_a_notice(self, desk: Desk) -> None:
        desk.write("UPDATE duty_case SET calendar_version = 'of an earlier release'")
        done = reschedule(desk.district, act_on(TODAY), Reason("x", "y"))
        assert (done.schedules, done.duties, done.told) == (0, 0, 0)
        assert done.cases > 0

    def test_a_case_whose_obligation_is_gone_is_left_and_named(self, desk: Desk) -> None:
        desk.write("UPDATE duty_case SET calendar_version = 'old'")
        desk.write("UPDATE duty_case SET obligation_id = 'putuo-2020.art99.gone' WHERE id = 1")
        assert reschedule(desk.district, act_on(TODAY), Reason("x", "y")).left == (1,)


class TestTheFile:
    def test_is_stored_unchangeable_and_counts_for_the_district_alone(
        self, desk: Desk, add: Add, notice_2027: Path
    ) -> None:
        add(notice_2027)
        stored = desk.district.settings.folder / "calendar" / "cn" / "notices" / "cn-2027.yaml"
        assert stored.read_bytes() == notice_2027.read_bytes()
        assert stored.stat().st_mode & 0o222 == 0
        assert desk.district.calendar.confirmed_until == date(2027, 12, 28)
        assert desk.district.calendar.status(date(2027, 1, 31)) is DayStatus.WORKDAY
        with District.open(desk.district.settings) as reopened:
            assert reopened.calendar.version == desk.district.calendar.version

    def test_of_a_pasted_text_stands_beside_its_yaml(self, desk: Desk, tmp_path: Path) -> None:
        pasted = tmp_path / "pasted.txt"
        pasted.write_text(
            "国务院办公厅关于2027年部分节假日安排的通知\n国办发明电〔2026〕9号\n"
            "一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n"
            "二、春节：2月5日（周五）至12日（周五）放假调休，共8天。1月31日（周日）、2月14日（周日）上班。\n"
            "三、清明节：4月3日（周六）至5日（周一）放假，共3天。\n"
            "四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。\n"
            "五、端午节：6月9日（周三）放假1天，不调休。\n六、中秋节：9月15日（周三）放假1天，不调休。\n"
            "七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。\n"
            "国务院办公厅\n2026年12月1日\n",
            encoding="utf-8",
        )
        proposal = propose(pasted, desk.district.settings.folder, TODAY)
        add_notice(desk.district, act_on(TODAY), proposal)
        folder = desk.district.settings.folder / "calendar" / "cn" / "notices"
        assert sorted(path.name for path in folder.iterdir()) == ["cn-2027.txt", "cn-2027.yaml"]
        assert (folder / "cn-2027.txt").read_text(encoding="utf-8") == pasted.read_text(encoding="utf-8")
        assert drill(desk).plan_by == "2026-12-31"

    def test_can_be_amended_by_another(self, desk: Desk, add: Add, notice_2027: Path, tmp_path: Path) -> None:
        add(notice_2027)
        amendment = tmp_path / "amendment.yaml"
        amendment.write_text(
            "id: cn-2027-new-year\nyear: 2027\ndocument: 虚构修改\nissued_on: 2026-12-20\nurl: ''\n"
            "last_verified_on: 2026-12-21\nsupersedes: cn-2027\nholidays:\n  - name: 元旦\n"
            "    rest: [2026-12-31, 2027-01-03]\n    days: 4\n    work: {2026-12-27: 周日}\n",
            encoding="utf-8",
        )
        add(amendment)
        assert drill(desk).plan_by == "2026-12-30"
        assert [event["body"]["reason"] for event in desk.events("duty.rescheduled", drill(desk).id)] == [
            "cn-2027",
            "cn-2027-new-year",
        ]

    @pytest.mark.parametrize(
        ("old", "new", "place", "fault"),
        [
            ("days: 8", "days: 9", "2027.yaml:14", "9 days stated, 8 days listed"),
            ("2027-01-31: 周日, ", "", "2027.yaml:13", "but 1 make-up days"),
            ("id: cn-2027", "id: ../../cn-2027", "2027.yaml:2", "expected small letters"),
            ("id: cn-2027", "id: cn-2026", "2027.yaml:2", "already taken"),
            ("year: 2027", "year: 2026", "2027.yaml:10", "lies outside the year 2026"),
            ("year: 2027", "year: 2028", "2027.yaml", "lies outside the year 2028|not in the year"),
            ("issued_on: 2026-12-01", "issued_on: 2026-12-30", "2027.yaml:5", "lies ahead of today"),
            ("  - name: 端午节\n    rest: [2027-06-09, 2027-06-09]\n    days: 1\n", "", "2027.yaml:8", "端午节"),
            ("[2027-09-15, 2027-09-15]", "[2027-06-09, 2027-06-09]", "2027.yaml:27", "already arranged by cn-2027"),
            ("[2027-01-01, 2027-01-03]", "[2027-01-03, 2027-01-01]", "2027.yaml:10", "before it starts on"),
            ("[2027-01-01, 2027-01-03]", "[2027-01-01, 2027-01-32]", "2027.yaml:10", "no such date|list of date"),
        ],
    )
    def test_that_is_wrong_is_refused_at_its_line_and_nothing_is_stored(
        self, desk: Desk, add: Add, notice_2027: Path, old: str, new: str, place: str, fault: str
    ) -> None:
        content = notice_2027.read_text(encoding="utf-8")
        assert old in content
        notice_2027.write_text(content.replace(old, new), encoding="utf-8")
        before = desk.everything()
        with pytest.raises(CalendarDataError) as refusal:
            add(notice_2027)
        assert place in refusal.value.message
        assert any(part in refusal.value.message for part in fault.split("|")), refusal.value.message
        assert desk.everything() == before
        assert not list(desk.district.settings.folder.glob("calendar/**/*"))

    def test_that_no_room_is_left_for_is_refused_whole(
        self, desk: Desk, add: Add, notice_2027: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        before = desk.everything()
        with pytest.raises(CalendarDataError, match="No space left"):
            add(notice_2027)
        monkeypatch.undo()
        assert desk.everything() == before
        assert not [path for path in desk.district.settings.folder.glob("calendar/**/*") if path.is_file()]


def test_a_step_that_has_no_duty_yet_gets_its_whole_ladder_anew(desk: Desk, add: Add, notice_2027: Path) -> None:
    sql = (
        "SELECT s.id, s.look_on FROM schedule s WHERE s.provisional AND s.look_on = s.plan_by"
        " AND NOT EXISTS (SELECT 1 FROM duty d WHERE d.schedule_id = s.id) ORDER BY s.id LIMIT 1"
    )
    [waiting] = desk.rows(sql)
    add(notice_2027)
    [after] = desk.rows("SELECT look_on, plan_by FROM schedule WHERE id = :id", id=waiting.id)
    assert (waiting.look_on, after.look_on) == ("2026-12-28", "2026-12-31")
    assert milestones(desk, waiting.id)["due_0"] == "2026-12-31"


def test_the_same_case_opened_after_the_notice_has_the_same_dates(desk: Desk, add: Add, notice_2027: Path) -> None:
    add(notice_2027)
    with desk.district.database.reading() as connection:
        moved = connection.execute(text("SELECT * FROM schedule WHERE due_on = '2026-12-31'")).all()
    assert {(row.plan_by, row.provisional) for row in moved} == {("2026-12-31", 0)}
