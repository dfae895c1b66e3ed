"""The plan of 2027 for the example district, against the register file counted without the code under test."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date

import pytest
from factories import act_on
from fakes import Desk

from flows.catalogue import process_named
from models.packs import load
from models.regulation import Trigger
from tasks.beating import beat
from tasks.district import District
from tasks.planning import Plan, PlannedDuty, as_rows

Sheets = dict[str, list[dict[str, str]]]

PACK = "putuo-2020"
PERIODIC = {one.id for one in load(PACK).obligations if one.trigger is Trigger.PERIODIC}
"""The obligations whose interval the law names; what follows is counted by hand for these."""

UNITS = {"单位", "学校", "企业集团", "工作部门", "街道或镇", "管委会", "消防救援支队"}
MONTHS = [f"2027-{month:02}" for month in range(1, 13)]
HALVES = ["2027-H1", "2027-H2"]
TERMS = {
    "first_lesson": ["2026-2027-T2", "2027-2028-T1"],
    "class_hours": ["2026-2027-T1", "2026-2027-T2"],
    "drill": ["2026-2027-T1", "2026-2027-T2"],
}
"""Terms by what of them is due in 2027: the first lesson when they begin, the rest when they end."""


class Register:
    """The file, asked in its own words."""

    def __init__(self, sheets: Sheets) -> None:
        self.bodies = {row["代码"]: row for row in sheets["主体"]}
        self.above = {(row["主体代码"], row["条线"]): row["督管主体代码"] for row in sheets["督管"]}

    def of(self, *kinds: str, flag: str = "", name: str = "", under: str = "") -> set[str]:
        return {
            code
            for code, row in self.bodies.items()
            if row["类别"] in kinds
            and (not flag or row[flag] == "是")
            and (not name or row["名称"] == name)
            and (not under or (row["上级代码"] and self.bodies[row["上级代码"]]["类别"] == under))
        }

    def one(self, kind: str) -> str:
        [code] = self.of(kind)
        return code


@pytest.fixture(scope="module")
def register(sheets: Sheets) -> Register:
    return Register(sheets)


def key(duty: PlannedDuty) -> tuple[str, str, str, str, str]:
    return (duty.obligation.partition(".")[2], duty.step, duty.period, duty.body, duty.subject)


def expected(register: Register) -> set[tuple[str, str, str, str, str]]:
    """Return every duty that is due in 2027, derived from the text and the file by hand."""
    departments, streets = register.of("工作部门"), register.of("街道或镇")
    schools, members = register.of("学校"), register.of("工作部门", flag="消防委成员单位")
    office, committee = register.one("消防委办公室"), register.one("消防委")
    government, detachment = register.one("区人民政府"), register.one("消防救援支队")
    found: set[tuple[str, str, str, str, str]] = set()

    def each(name: str, step: str, periods: list[str], bodies: set[str]) -> None:
        found.update((name, step, period, body, "") for period in periods for body in bodies)

    def about(name: str, step: str, period: str, body: str, subjects: set[str]) -> None:
        found.update((name, step, period, body, subject) for subject in subjects)

    each("art8.fire-budget", "propose", ["2027"], {detachment})
    each("art8.fire-budget", "fix", ["2027"], {government})
    each("art8.report-to-city", "draft", ["2027"], {office})
    each("art8.report-to-city", "send", ["2027"], {government})
    each("art9.yearly-funds", "fix", ["2027"], streets)
    each("art10.sector-assessment", "assess", ["2027"], departments)
    each("art10.situation-analysis", "analyse", HALVES, departments)
    each("art10.situation-analysis", "deploy", HALVES, departments)
    each("art10.drill.department", "drill", ["2027"], departments)
    each("art10.drill.subordinate-unit", "drill", ["2027"], register.of(*UNITS, under="工作部门"))
    each("art11.first-lesson", "first_lesson", TERMS["first_lesson"], schools)
    each("art11.class-hours", "class_hours", TERMS["class_hours"], schools)
    each("art11.escape-drill", "drill", TERMS["drill"], schools)
    each("art11.acceptance-copy", "copy", MONTHS, register.of("工作部门", name="区建管委"))
    each("art11.group-assessment", "assess", ["2027"], register.of("工作部门", name="区国资委"))
    each("art12.residents-drill", "drill", ["2027"], register.of("居（村）委会"))
    each("art13.facility-test", "test", ["2027"], register.of(*UNITS))
    each("art13.control-room", "attest", MONTHS, register.of(*UNITS, flag="设有消防控制室"))
    each("art13.drill", "drill", ["2027"], register.of(*UNITS))
    each("art14.committee-study.department", "meeting", HALVES, departments)
    each("art14.committee-study.street", "meeting", HALVES, streets)
    each("art16.monthly-study", "meeting", MONTHS, streets)
    each("art19.hazard-survey", "find", ["2028"], members)
    about("art19.hazard-survey", "verify", "2028", detachment, members)
    each("art19.hazard-survey", "list", ["2028"], {government})
    about("art20.street-rounds", "supervise", "2027", committee, streets)
    about("art20.department-rounds", "supervise", "2027..2029", committee, set(sorted(departments)[::3]))
    for step in ("method", "score", "notify"):
        each("art21.yearly-assessment", step, ["2027"], {office})
    each("art21.yearly-assessment", "self_assessment", ["2027"], departments)
    about("art21.yearly-assessment", "check", "2027", office, departments)
    each("art21.yearly-assessment", "report", ["2027"], {committee})
    return found


def test_the_plan_lists_each_body_that_each_obligation_binds_and_no_other(plan: Plan, register: Register) -> None:
    found = Counter(key(duty) for duty in plan.duties if duty.obligation in PERIODIC)
    wanted = expected(register)
    assert set(found) - wanted == set()
    assert wanted - set(found) == set()
    assert max(found.values()) == 1


def test_the_plan_names_the_obligations_that_bind_nobody_in_this_register(plan: Plan) -> None:
    # The example has no property company and no organisation department.
    assert plan.binding_nobody == [f"{PACK}.art18.strict-control.property", f"{PACK}.art21.personnel-use"]


def test_what_the_law_leaves_open_is_planned_at_intervals_of_ours(plan: Plan, register: Register) -> None:
    found = Counter(duty.obligation for duty in plan.duties if duty.obligation not in PERIODIC)
    assert found[f"{PACK}.art9.certified-staff"] == len(register.of("街道或镇"))
    assert found[f"{PACK}.art13.inspection"] == 2 * len(register.of(*UNITS))
    assert not {one.id for one in load(PACK).obligations if one.trigger is Trigger.EVENT} & found.keys()


def test_every_planned_day_is_in_order_and_in_the_year(plan: Plan) -> None:
    for duty in plan.duties:
        assert duty.opens_on <= duty.plan_by <= duty.due_on
        assert "2027-01-01" <= duty.due_on <= "2027-12-31"
        assert duty.earliest_on <= duty.latest_on
        assert duty.status == "provisional" or duty.earliest_on == duty.latest_on


def test_what_hangs_on_notices_to_come_is_provisional(plan: Plan) -> None:
    status = defaultdict(set)
    for duty in plan.duties:
        if duty.obligation in PERIODIC:
            status[duty.due_on].add(duty.status)
    assert status["2027-12-31"] == {"provisional"}
    assert status["2027-03-31"] == {"confirmed"}


def test_nobody_supervises_itself_and_everybody_is_supervised(plan: Plan, register: Register) -> None:
    for duty in plan.duties:
        assert duty.supervisor in register.bodies, duty
        assert duty.supervisor != duty.body, duty


@pytest.mark.parametrize(
    ("obligation", "supervisors"),
    [
        ("art8.report-to-city", {"上海市人民政府", "区人民政府"}),
        ("art9.yearly-funds", {"区消防委办公室"}),
        ("art11.first-lesson", {"区教育局"}),
        ("art11.acceptance-copy", {"区消防救援支队"}),
        ("art14.committee-study.street", {"区消防委办公室"}),
        ("art20.street-rounds", {"区人民政府"}),
    ],
)
def test_the_supervisors_are_those_of_the_rules(
    plan: Plan, register: Register, obligation: str, supervisors: set[str]
) -> None:
    found = {duty.supervisor for duty in plan.duties if duty.obligation == f"putuo-2020.{obligation}"}
    assert {register.bodies[code]["名称"] for code in found} == supervisors


def test_residents_committees_are_supervised_by_their_own_street(plan: Plan, register: Register) -> None:
    for duty in plan.duties:
        if duty.obligation.endswith("residents-drill"):
            assert duty.supervisor == register.above[duty.body, "消防"]
            assert duty.supervisor == register.bodies[duty.body]["上级代码"]


def test_units_are_supervised_by_their_line_then_the_line_of_fire_then_their_parent(
    plan: Plan, register: Register
) -> None:
    supervised = set()
    for duty in plan.duties:
        if duty.obligation.endswith("art13.facility-test"):
            by_line = register.above.get((duty.body, "行业")) or register.above.get((duty.body, "消防"))
            assert duty.supervisor == (by_line or register.bodies[duty.body]["上级代码"])
            supervised.add(register.bodies[duty.supervisor]["类别"])
    assert {"工作部门", "消防委办公室"} <= supervised


def test_the_rows_of_a_plan_name_bodies_and_subjects(plan: Plan, register: Register) -> None:
    rows = as_rows(plan)
    assert len(rows) == len(plan.duties)
    for row in rows:
        assert row["body_name"] == register.bodies[row["body"]]["名称"]
        assert row["subject_name"] == (register.bodies[row["subject"]]["名称"] if row["subject"] else "")
    assert [row["due_on"] for row in rows] == sorted(row["due_on"] for row in rows)


def test_three_years_visit_every_department_once(
    example: District, plan_of: Callable[[District, int], Plan], register: Register
) -> None:
    visits = Counter(
        duty.subject
        for year in (2027, 2028, 2029)
        for duty in plan_of(example, year).duties
        if duty.obligation.endswith("department-rounds")
    )
    assert visits == Counter(register.of("工作部门"))


def test_one_beat_on_the_last_day_opens_the_whole_planned_year(example: District, plan: Plan) -> None:
    """Runs last: it fills the tables that the tests above only read."""
    beat(example, act_on(date(2027, 12, 31)), process_named)
    opened = Counter(
        (row.obligation_id, row.step, row.period, row.body_code, row.subject_code, row.supervisor_code, str(row.due_on))
        for row in Desk(example).duties()
        if str(row.due_on) <= "2027-12-31"
    )
    planned = Counter((d.obligation, d.step, d.period, d.body, d.subject, d.supervisor, d.due_on) for d in plan.duties)
    assert opened == planned
    assert Desk(example).problems() == []
