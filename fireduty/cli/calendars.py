"""`fireduty calendar`: what a day is and why, deadlines with their trace, holiday notices.

The questions need no data folder. Where there is one, its division is the default, its clock holds, and the holiday
notices that were added to it count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fireduty import clock, settings
from fireduty.cli import feeds, school_terms
from fireduty.cli.additions import confirm, say_rescheduled
from fireduty.cli.options import AsOf, Data, Json, day, open_district
from fireduty.cli.output import print_facts, print_json, print_rows, say

if TYPE_CHECKING:
    from calendars.days import Day
    from calendars.deadlines import Deadline
    from calendars.workdays import WorkdayCalendar
    from tasks.holiday_notices import Proposal

app = typer.Typer(no_args_is_help=True, help="Workdays, deadlines, holiday notices and calendar feeds.")
feeds.add_to(app)
school_terms.add_to(app)

Division = Annotated[
    str | None,
    typer.Option(help="GB/T 2260 code; the district's, or 000000 for the nation.", show_default=False),
]
On = Annotated[datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="A day, as YYYY-MM-DD.")]

NATION = "000000"
STATUS_WORDS = {"workday": "工作日", "rest": "休息", "unknown": "未定"}
KIND_WORDS = {
    "ordinary_weekday": "普通工作日",
    "weekend": "周末",
    "statutory_holiday": "法定节假日",
    "shifted_rest": "调休放假",
    "makeup_workday": "调休上班",
    "local_holiday": "地方假日",
    "unpublished": "安排尚未公布",
}
COLOURS = {"休": "green", "班": "bold yellow", "？": "bold magenta"}


@dataclass(frozen=True)
class _Place:
    """Where a question is asked: the calendar, and the folder of what was added to it."""

    calendar: "WorkdayCalendar"
    added: Path | None

    def facts(self) -> dict[str, Any]:
        """Return what every answer says of its calendar."""
        return {
            "division": self.calendar.division,
            "fallback": self.calendar.fallback,
            "confirmed_until": self.calendar.confirmed_until.isoformat(),
            "calendar_version": self.calendar.version,
        }


@app.command("day")
def explain_day(on: On, division: Division = None, data: Data = None, as_json: Json = False) -> None:
    """Say whether people work on a day, why, and which document decides it."""
    place = _place(division, data)
    found = place.calendar.explain(on.date())
    facts = {"date": found.on.isoformat(), **_describe(found), "source_url": _url(found, place), **place.facts()}
    if as_json:
        print_json(facts)
        return
    name = f"{found.name}，" if found.name else ""
    print_facts(
        {
            "日期": f"{found.on} {facts['weekday']}",
            "状态": f"{STATUS_WORDS[found.status]} {found.status.value}",
            "原因": f"{name}{KIND_WORDS[found.kind]} {found.kind.value}",
            "依据": " ".join(filter(None, (found.source, facts["source_url"]))),
            "区划": f"{place.calendar.division}，已确定至 {place.calendar.confirmed_until}",
        }
    )


@app.command("add")
def add(
    on: On,
    n: Annotated[int, typer.Argument(metavar="N", help="How many; negative counts back, written after `--`.")],
    unit: Annotated[str, typer.Option(help="workdays, days, months or years.")] = "workdays",
    instrument: Annotated[str, typer.Option(help="Count days as this law does, such as 行政处罚法.")] = "",
    division: Division = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say when a limit that runs from an event ends, with its ground and how it was counted."""
    place = _place(division, data)
    found = _limit(place.calendar, on.date(), n, unit, instrument)
    facts = {
        "due": found.due_on.isoformat(),
        "earliest": found.earliest_on.isoformat(),
        "latest": found.latest_on.isoformat(),
        "status": "provisional" if found.provisional else "confirmed",
        "rule": found.rule,
        "ground": found.ground,
        "trace": list(found.trace),
        **place.facts(),
    }
    if as_json:
        print_json(facts)
        return
    if found.provisional:
        typer.echo(f"{found.due_on}  日期待定 provisional：{found.earliest_on} 至 {found.latest_on}，按最早日办理")
    else:
        typer.echo(f"{found.due_on}  已确定 confirmed")
    typer.echo(f"依据 {found.ground}，规则 {found.rule}")
    for line in found.trace:
        typer.echo(f"  {line}")


@app.command()
def month(
    which: Annotated[str, typer.Argument(metavar="MONTH", help="A month, as YYYY-MM.")],
    division: Division = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Draw a month: rest, make-up workdays and days not settled yet."""
    from calendars.drawing import days_of_month

    try:
        first_on = date.fromisoformat(f"{which}-01")
    except ValueError as error:
        message = f"expected a month as YYYY-MM, got {which}"
        raise typer.BadParameter(message) from error
    place = _place(division, data)
    days = days_of_month(place.calendar, first_on.year, first_on.month)
    if as_json:
        listed = [{"date": one.on.isoformat(), **_describe(one)} for one in days]
        print_json({"month": which, **place.facts(), "days": listed})
        return
    _draw(days, f"{first_on.year}年{first_on.month}月  区划 {place.calendar.division}")


@app.command()
def check(division: Division = None, as_of: AsOf = None, data: Data = None, as_json: Json = False) -> None:
    """Report how far the calendar reaches, how old its data is and whether the next holiday notice is missing.

    Ends with status 3 where that notice is overdue.
    """
    from calendars.coverage import NextNotice, coverage

    place = _place(division, data)
    found = coverage(place.calendar, day(as_of) or clock.today(), place.added)
    columns = ("id", "year", "document", "issued_on", "last_verified_on")
    facts = {
        "first_on": found.first_on.isoformat(),
        "last_on": found.last_on.isoformat(),
        "newest_notice": found.newest.id,
        "age_days": found.issued_days_ago,
        "last_verified_on": found.verified_on.isoformat(),
        "next_notice": {
            "year": found.next_year,
            "status": found.next_notice.value,
            "look_from": found.look_from.isoformat(),
            "owed_by": found.owed_by.isoformat(),
        },
        **place.facts(),
        "notices": [{name: str(getattr(one, name)) for name in columns} for one in found.notices],
    }
    if as_json:
        print_json(facts)
    else:
        _print_coverage(facts)
    if found.next_notice is NextNotice.OVERDUE:
        raise typer.Exit(3)


@app.command("add-notice")
def add_notice(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="YAML, or the official text as pasted.")
    ],
    url: Annotated[str, typer.Option(help="Official address on gov.cn, where the text does not carry it.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Add it without asking.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add a holiday notice to the district: shown, checked, stored for good; then open cases are reckoned anew."""
    from evidence.ledger import Act
    from tasks.holiday_notices import add_notice as add_to_district
    from tasks.holiday_notices import owed_duty, propose

    with open_district(data) as district:
        proposal = propose(file, district.settings.folder, clock.today(), url)
        _show_proposal(proposal)
        if not yes:
            confirm()
        before = district.calendar.confirmed_until
        done = add_to_district(district, Act("system:command", clock.now()), proposal)
        after = district.calendar.confirmed_until
        with district.database.reading() as connection:
            owed = owed_duty(connection, proposal.notice.year)
    if owed:
        number, body = owed
        answer = f"document={proposal.notice.document}"
        say(f"now close your duty: fireduty duty submit {number} --as {body} --answer {answer}")
    if as_json:
        print_json({"id": proposal.notice.id, "on_file": proposal.on_file, "confirmed_until": after, **vars(done)})
        return
    say(f"{'on file already' if proposal.on_file else 'added'}: {proposal.notice.id}", style="green")
    say(f"days are settled until {after}, before until {before}")
    say_rescheduled(done)


@app.command()
def recompute(data: Data = None, as_json: Json = False) -> None:
    """Reckon the dates of open cases anew after a release that brought calendar data; a second run changes nothing."""
    from evidence.ledger import Act
    from tasks.moving import Reason
    from tasks.rescheduling import reschedule

    with open_district(data) as district:
        version = district.calendar.version
        reason = Reason(version, f"日历数据 {version}")
        done = reschedule(district, Act("system:command", clock.now()), reason)
    if as_json:
        print_json(vars(done))
    else:
        say_rescheduled(done)


def _place(division: str | None, data: Path | None) -> _Place:
    from calendars.workdays import workday_calendar
    from tasks.district import added_folder

    folder, added, default = settings.data_folder(data), None, NATION
    if (folder / settings.FILE_NAME).exists():
        default = settings.enter(folder).division
        added = added_folder(folder)
    elif data is not None:
        say(f"{folder}: there is no district in it; only what came with the release counts")
    calendar = workday_calendar(division or default, added)
    if calendar.fallback:
        say(f"division {calendar.division} is not on file; the calendar of {calendar.fallback} is used")
    return _Place(calendar, added)


def _describe(found: "Day") -> dict[str, str]:
    from calendars.notices import WEEKDAYS

    return {
        "weekday": WEEKDAYS[found.on.weekday()],
        "status": found.status.value,
        "kind": found.kind.value,
        "name": found.name,
        "source": found.source,
        "layer": found.layer.value,
    }


def _url(found: "Day", place: _Place) -> str:
    """Return the official address of the notice that decides a day."""
    from calendars.coverage import notice_folders
    from calendars.days import Layer
    from calendars.notices import read_notices

    if found.layer is not Layer.NOTICE:
        return ""
    notices = read_notices(*notice_folders(place.added))
    return next((notice.url for notice in notices if notice.document == found.source), "")


def _limit(calendar: "WorkdayCalendar", on: date, n: int, unit: str, instrument: str) -> "Deadline":
    from calendars import deadlines

    limits: dict[str, Callable[..., Deadline]] = {
        "workdays": deadlines.workday_limit,
        "days": deadlines.calendar_day_limit,
        "months": deadlines.month_limit,
        "years": deadlines.year_limit,
    }
    if unit not in limits:
        message = f"--unit: expected one of {', '.join(limits)}, got {unit}"
        raise typer.BadParameter(message)
    if instrument:
        return deadlines.day_limit(on, n, calendar, instrument)
    if n < 0 and unit == "workdays":
        return deadlines.backward_workday_limit(on, -n, calendar, ground=deadlines.EVENT_NOT_COUNTED)
    return limits[unit](on, n, calendar)


def _draw(days: "list[Day]", title: str) -> None:
    from rich.console import Console
    from rich.text import Text

    from calendars import drawing

    console = Console(width=max(100, Console().width), highlight=False)
    console.print(title, markup=False)
    console.print(drawing.heading(), markup=False)
    for week in drawing.weeks(days):
        line = Text()
        for cell in week:
            line.append(cell.text, COLOURS.get(drawing.sign(cell.day), "") if cell.day else "")
        console.print(line)
    console.print("图例: " + "  ".join(f"{mark} {words}" for mark, words in drawing.LEGEND.items()), markup=False)
    for reason in drawing.reasons(days):
        console.print(reason, markup=False)


def _print_coverage(facts: dict[str, Any]) -> None:
    following = facts["next_notice"]
    words = {"not_expected": "尚未到公布时间", "missing": "尚未收录，请留意公布", "overdue": "逾期未收录"}
    print_rows(
        facts["notices"],
        {"year": "年份", "document": "文号", "issued_on": "印发", "last_verified_on": "核对", "id": "ID"},
        "已收录的放假安排",
    )
    print_facts(
        {
            "覆盖": f"{facts['first_on']} 至 {facts['last_on']}",
            "已确定至": facts["confirmed_until"],
            "最近通知": f"{facts['newest_notice']}，{facts['age_days']} 天前印发",
            "最近核对": facts["last_verified_on"],
            "下一通知": f"{following['year']} 年：{words[following['status']]} {following['status']}"
            f"（{following['look_from']} 起查找，{following['owed_by']} 前录入）",
            "数据版本": facts["calendar_version"],
        }
    )
    if following["status"] != "not_expected":
        say(f"once it is published: fireduty calendar add-notice FILE; it arranges {following['year']}", style="yellow")


def _show_proposal(proposal: "Proposal") -> None:
    say("read from the official text:" if proposal.pasted else "read as YAML:")
    say(proposal.yaml.rstrip())
    rows = [
        {
            "name": block.name,
            "rest": f"{block.rest_from} 至 {block.rest_to}",
            "days": (block.rest_to - block.rest_from).days + 1,
            "work": "、".join(map(str, block.work)),
        }
        for block in proposal.notice.blocks
    ]
    for row in rows:
        say(f"{row['name']}: 休 {row['rest']}，{row['days']} 天" + (f"；班 {row['work']}" if row["work"] else ""))
