"""`fireduty event`: what happened, who must act on it, and by when."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fireduty import clock
from fireduty.cli.options import As, AsOf, Data, Json, day, open_district
from fireduty.cli.output import away, print_facts, print_json, print_rows, say

if TYPE_CHECKING:
    from models.events import ClockAct

app = typer.Typer(no_args_is_help=True, help="Events: what happened, and the case that it opened.")
Number = Annotated[str, typer.Argument(metavar="EVENT", help="The number of the event, such as E2027-0001.")]
Document = Annotated[Path, typer.Option(help="The document that decides it; it is kept as evidence.")]
DocumentNumber = Annotated[str, typer.Option("--document-number", help="Its official number.")]
Why = Annotated[str, typer.Option("--reason", help="Why, for whoever audits it.")]
Approver = Annotated[str, typer.Option(help="Who approved it: BODY or BODY/ROLE.")]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; today where left out.")]

PARTIES = {"bound": "责任主体", "concerned": "对象", "assisting": "协办", "supervising": "督管"}


@app.command()
def kinds(
    regulation: Annotated[str, typer.Option(help="Only those of this regulation.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List what can be reported here: the obligations that an event starts."""
    from tasks.events import event_obligations

    with open_district(data) as district:
        laws = [law for law in district.regulations if regulation in ("", law.id)]
    rows = [
        {
            "id": one.id,
            "ref": one.ref,
            "event": one.event,
            "title": one.title,
            "body_kind": one.binds.kind.value,
            "about": None if one.concerns is None else one.concerns.kind.value,
        }
        for one in event_obligations(laws)
    ]
    if as_json:
        print_json(rows)
        return
    print_rows(
        rows, {"id": "OBLIGATION", "event": "发生的情况", "title": "职责", "body_kind": "--body", "about": "--about"}
    )


@app.command()
def report(
    obligation: Annotated[str, typer.Argument(help="The obligation it starts; see `fireduty event kinds`.")],
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day it happened, or will happen.")],
    acting: As,
    body: Annotated[str, typer.Option(help="The body that must act, where there is more than one.")] = "",
    about: Annotated[list[str] | None, typer.Option(help="A body it is about; may be given again.")] = None,
    assisting: Annotated[list[str] | None, typer.Option("--with", help="A body called in; may be given again.")] = None,
    note: Annotated[str, typer.Option(help="What happened.")] = "",
    reference: Annotated[str, typer.Option(help="The number of the document that brought it.")] = "",
    reopens: Annotated[str, typer.Option(help="The event that this one takes up again.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Report an event: opens its case, and the first duties at once.

    Example: fireduty event report putuo-2020.art8.listing-decision --on 2026-09-30 --as 310107-OFFICE/liaison
    --about 310107-U000012 --note "报请挂牌的材料齐全"
    """
    from deployments.starting import start_run
    from evidence.ledger import Act
    from flows.catalogue import process_named
    from tasks.actors import Actor, require_body
    from tasks.events import Report, report_event
    from tasks.opening import open_step, waiting_schedules

    actor = Actor.parse(acting)
    happened = Report(obligation, on.date(), note, reference, body, about or (), assisting or (), reopens)
    with open_district(data) as district:
        act = Act(str(actor), clock.now())
        with district.database.transaction() as connection:
            require_body(connection, actor.body_code)
            opened = report_event(connection, act, district, happened)
        _, law = district.obligation(obligation)
        with district.database.reading() as connection:
            waiting = [row.id for row in waiting_schedules(connection, act.as_of, opened.case_id)]
        duties = sum(open_step(district, act, process_named(law.flow), schedule) for schedule in waiting)
        run = start_run(district, law, opened.number)
    if as_json:
        print_json({"number": opened.number, "parties": opened.parties, "duties": duties, "run": run})
        return
    say(f"{opened.number}: {law.title}, 已下达任务 {duties} 项", style="green")
    say(f"Prefect 运行: {run}" if run else "Prefect 未启动; 心跳会接着办理")


@app.command("list")
def list_all(
    obligation: Annotated[str, typer.Option(help="Only events of this obligation.")] = "",
    body: Annotated[str, typer.Option(help="Only events in which this body has a part.")] = "",
    unfinished: Annotated[bool, typer.Option("--open", help="Only events that are not closed.")] = False,
    as_of: AsOf = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List events, the newest first."""
    from tasks.timeline import list_events

    today = day(as_of) or clock.today()
    with open_district(data) as district, district.database.reading() as connection:
        rows = list_events(connection, today, obligation, body, unfinished=unfinished)
        titles = {one.id: one.title for law in district.regulations for one in law.obligations}
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["title"] = titles.get(row["obligation_id"], row["obligation_id"])
        row["away"] = "" if row["due_on"] is None else away(row["due_on"], today)
    columns = {"number": "编号", "title": "职责", "event_on": "发生", "body": "主体", "note": "情况"}
    print_rows(rows, {**columns, "due_on": "下一期限", "away": "距今", "state_zh": "状态"})


@app.command()
def show(number: Number, data: Data = None, as_json: Json = False) -> None:
    """Show one event: its parties, its clock, each step with how its day was reckoned, and its record."""
    from flows.catalogue import process_named
    from tasks.events import find_event
    from tasks.timeline import timeline

    with open_district(data) as district, district.database.reading() as connection:
        _, law = district.obligation(find_event(connection, number).obligation_id)
        names = {step.name: step.chinese for step in process_named(law.flow).steps}
        found = timeline(connection, district, number, names)
    if as_json:
        print_json(found)
        return
    _print_event(found)


@app.command()
def pause(
    number: Number,
    document: Document,
    reason: Why,
    approver: Approver,
    acting: As,
    on: On = None,
    document_number: DocumentNumber = "",
    data: Data = None,
) -> None:
    """Stop the clock of an event: days from then on are not counted, and nobody is reminded."""
    from models.events import ClockAct

    _change(ClockAct.PAUSE, number, document, reason, approver, acting, on, document_number, data)
    say(f"{number}: 已中止计时", style="green")


@app.command()
def resume(
    number: Number,
    document: Document,
    reason: Why,
    approver: Approver,
    acting: As,
    on: On = None,
    document_number: DocumentNumber = "",
    data: Data = None,
) -> None:
    """Let the clock of an event go on: that day is counted again."""
    from models.events import ClockAct

    _change(ClockAct.RESUME, number, document, reason, approver, acting, on, document_number, data)
    say(f"{number}: 已恢复计时", style="green")


@app.command()
def extend(
    number: Number,
    document: Document,
    reason: Why,
    approver: Approver,
    acting: As,
    step: Annotated[str, typer.Option(help="The step that gets more time.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day by which it is due instead.")],
    on: On = None,
    document_number: DocumentNumber = "",
    data: Data = None,
) -> None:
    """Give one step of an event more time."""
    from models.events import ClockAct

    more = (step, until.date())
    _change(ClockAct.EXTEND, number, document, reason, approver, acting, on, document_number, data, more)
    say(f"{number}: {step} 期限延长至 {until.date()}", style="green")


def _change(
    kind: "ClockAct",
    number: str,
    document: Path,
    reason: str,
    approver: str,
    acting: str,
    on: datetime | None,
    document_number: str,
    data: Path | None,
    more: tuple[str, Any] = ("", None),
) -> None:
    """Keep the document and change the clock by it."""
    from evidence.ledger import Act
    from evidence.store import keep
    from tasks.actors import Actor, require_body
    from tasks.clocks import Decision, change_clock

    actor, by = Actor.parse(acting), Actor.parse(approver)
    with open_district(data) as district:
        kept = keep(district.store, document, district.settings.largest_file)
        act = Act(str(actor), clock.now())
        given = Decision(number, kind, day(on) or act.as_of, kept, reason, str(by), document_number, *more)
        with district.database.transaction() as connection:
            require_body(connection, actor.body_code)
            change_clock(connection, act, district, given)


def _print_event(found: dict[str, Any]) -> None:
    stopped = f"中止计时（自 {found['paused_on']}）" if found["paused_on"] else ""
    print_facts(
        {
            "事件": f"{found['number']} {found['title']}",
            "情况": f"{found['event']}：{found['note']}" if found["note"] else found["event"],
            "发生": f"{found['event_on']}（{found['reported_on']} 上报）",
            "文号": found["reference"] or "无",
            "依据": f"{found['regulation']} {found['ref']}",
            "状态": "已结" if found["closed_at"] else stopped or "办理中",
        }
    )
    for earlier in found["before"]:
        say(f"重新办理自 {earlier['number']}（{earlier['event_on']}）{earlier['note']}")
    parties = [{**one, "part": PARTIES.get(one["party"], one["party"])} for one in found["parties"]]
    print_rows(parties, {"part": "角色", "body_code": "代码", "name": "主体"}, "各方")
    if found["clock"]:
        columns = {"kind_zh": "变更", "begins_on": "自", "step": "环节", "until_on": "延至", "reason": "理由"}
        print_rows(found["clock"], {**columns, "approver": "批准", "number": "文号"}, "计时变更")
    for step in found["steps"]:
        step["shown"] = step["state_zh"] + ("·逾期办结" if step["late"] else "")
        step["by"] = step["due_on"] + ("（暂估）" if step["forecast"] else "")
        step["how"] = step["reckoned"][-1] if step["reckoned"] else ""
    columns = {"name": "环节", "body": "主体", "duty": "任务", "by": "期限", "how": "推算", "claimed_on": "完成"}
    print_rows(found["steps"], {**columns, "shown": "状态"}, "环节")
    print_rows(found["history"], {"seq": "序号", "at": "时间", "kind": "事件", "actor": "办理", "duty": "任务"}, "存证")
