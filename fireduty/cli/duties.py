"""`fireduty duty`: what is owed, proved and decided."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from fireduty import clock
from fireduty.cli.options import As, AsOf, Data, Json, day, open_district
from fireduty.cli.output import away, print_facts, print_json, print_rows, say

app = typer.Typer(no_args_is_help=True, help="Duties: what each body owes.")
Number = Annotated[int, typer.Argument(metavar="DUTY", help="The number of the duty.")]


@app.command("list")
def list_all(
    body: Annotated[str, typer.Option(help="Only duties of this body.")] = "",
    supervisor: Annotated[str, typer.Option(help="Only duties this body supervises.")] = "",
    obligation: Annotated[str, typer.Option(help="Only duties of this obligation.")] = "",
    period: Annotated[str, typer.Option(help="Only duties of this period.")] = "",
    state: Annotated[str, typer.Option(help="open, submitted, returned, accepted or waived.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only duties that are overdue.")] = False,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 200,
    as_of: AsOf = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List duties, the earliest due first."""
    from tasks.duties import Filter, list_duties

    wanted = Filter(body, supervisor, obligation, period, state, overdue, limit)
    with open_district(data) as district, district.database.reading() as connection:
        today = day(as_of) or clock.today()
        rows = list_duties(connection, wanted, today)
        titles = {o.id: o.title for r in district.regulations for o in r.obligations}
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["title"] = titles[row["obligation_id"]]
        row["shown"] = row["state_zh"] + ("·逾期" if row["overdue"] else "")
        row["away"] = away(row["due_on"], today)
    columns = {"id": "编号", "title": "职责", "period": "周期", "body": "主体", "due_on": "应完成"}
    print_rows(rows, {**columns, "away": "距今", "shown": "状态"})
    if len(rows) == limit:
        say(f"the first {limit} are shown; --limit shows more")


@app.command()
def show(
    number: Number,
    chain: Annotated[bool, typer.Option("--chain", help="Show who is told at which level, when, and why.")] = False,
    notices: Annotated[bool, typer.Option("--notices", help="Show each notice with what became of it.")] = False,
    as_of: AsOf = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show one duty: its ground, what proves it, what was submitted, decided and sent."""
    from tasks.duties import find, full
    from tasks.sharing import overlapping

    if chain:
        _show_chain(number, day(as_of) or clock.today(), data, as_json=as_json)
        return
    if notices:
        _show_notices(number, data, as_json=as_json)
        return
    with open_district(data) as district, district.database.reading() as connection:
        found = full(connection, district, number, day(as_of) or clock.today())
        found["overlapping"] = overlapping(connection, district, find(connection, district, number))
    if as_json:
        print_json(found)
        return
    _print_duty(found)


@app.command()
def submit(
    number: Number,
    acting: As,
    answer: Annotated[list[str] | None, typer.Option(help="KEY=VALUE; give a key again for a further date.")] = None,
    file: Annotated[list[str] | None, typer.Option(help="KEY=PATH; give a key again for a further file.")] = None,
    also: Annotated[list[int] | None, typer.Option(help="A further duty that the same act and proof fulfil.")] = None,
    claimed_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When it was done.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Submit the proof of a duty, or of several that overlap.

    Example: fireduty duty submit 12 --as 310107-D04 --answer held_on=2027-03-05 --answer attendance=30
    --answer findings=... --file plan=plan.pdf --file photos=a.jpg --file photos=b.jpg
    """
    from evidence.ledger import Act
    from evidence.store import keep
    from tasks.actors import Actor, require_body
    from tasks.sharing import submit_shared

    actor = Actor.parse(acting)
    answers, paths = _pairs(answer or [], "--answer"), _pairs(file or [], "--file")
    with open_district(data) as district:
        largest = district.settings.largest_file
        with district.database.reading() as connection:
            require_body(connection, actor.body_code)
        files = {key: [keep(district.store, Path(path), largest) for path in given] for key, given in paths.items()}
        single: dict[str, str | Sequence[str]] = {
            key: given if len(given) > 1 else given[0] for key, given in answers.items()
        }
        with district.database.transaction() as connection:
            act = Act(str(actor), clock.now())
            numbers = [number, *(also or ())]
            receipts = submit_shared(connection, act, district, numbers, single, files, day(claimed_on))
    if as_json:
        print_json(vars(receipts[0]) | {"also": [vars(one) for one in receipts[1:]]})
        return
    for one in receipts:
        word = "逾期提交" if one.late else "按期提交"
        shared = f", 与任务 {one.shared_with} 共用佐证" if one.shared_with else ""
        facts = f"任务 {one.duty_id} 第 {one.revision} 版{shared}, {one.recorded_at}, 存证 {one.digest[:16]}…"
        say(f"{word}: {facts}", "green")


@app.command()
def review(
    number: Number,
    acting: As,
    accept: Annotated[bool, typer.Option("--accept", help="Accept the submission.")] = False,
    send_back: Annotated[bool, typer.Option("--return", help="Return it; needs --reason.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for the body to read.")] = "",
    data: Data = None,
) -> None:
    """Decide on a submission: accept it, or return it with a reason."""
    from evidence.ledger import Act
    from models.states import ReviewOutcome
    from tasks.actors import Actor, require_body
    from tasks.reviewing import review as review_duty

    if accept == send_back:
        message = "give either --accept or --return"
        raise typer.BadParameter(message)
    actor = Actor.parse(acting)
    outcome = ReviewOutcome.ACCEPTED if accept else ReviewOutcome.RETURNED
    with open_district(data) as district, district.database.transaction() as connection:
        require_body(connection, actor.body_code)
        review_duty(connection, Act(str(actor), clock.now()), district, number, outcome, reason)
    say(f"任务 {number}: {'审核通过，已办结' if accept else '已退回补正'}", style="green")


def _show_chain(number: int, on: date, data: Path | None, *, as_json: bool) -> None:
    from tasks.chains import chain, lines

    with open_district(data) as district, district.database.reading() as connection:
        links = chain(connection, district, number, on)
    if as_json:
        print_json([link.facts() for link in links])
        return
    columns = {"level": "层级", "body": "单位", "ground": "依据", "row": "名录", "contact": "联系方式"}
    print_rows(list(lines(links)), {**columns, "rungs": "阶梯", "note": "说明"}, f"任务 {number} 升级链（{on}）")


def _show_notices(number: int, data: Path | None, *, as_json: bool) -> None:
    from tasks.duties import find
    from tasks.outbox import proof_of_notice
    from tasks.wording import level_zh, occasion_zh

    with open_district(data) as district, district.database.reading() as connection:
        find(connection, district, number)
        rows = proof_of_notice(connection, number)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["why"], row["level"] = occasion_zh(row["occasion"]), level_zh(row["level"])
        row["said"] = row["answer"] or row["last_error"]
        row["doubled"] = row["doubles"] or ""
    columns = {"why": "事由", "level": "级别", "recipient": "对象", "channel": "渠道", "address": "地址"}
    became = {"state": "状态", "attempts": "次数", "sent_at": "送出", "said": "对方答复", "sealed_seq": "存证"}
    print_rows(rows, {**columns, **became, "doubled": "可能重复"}, f"任务 {number} 通知送达")


def _pairs(given: list[str], option: str) -> dict[str, list[str]]:
    """Read KEY=VALUE options; a key given several times has several values."""
    found: dict[str, list[str]] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            message = f"{option}: expected KEY=VALUE, got {pair}"
            raise typer.BadParameter(message)
        found.setdefault(key, []).append(value)
    return found


def _print_duty(found: dict[str, Any]) -> None:
    about = f"（{found['subject']}）" if found["subject"] else ""
    overdue = "（逾期）" if found["overdue"] else "（逾期办结）" if found["late"] else ""
    print_facts(
        {
            "任务": f"{found['id']} {found['title']}{about}",
            "主体": f"{found['body']} {found['body_code']}",
            "周期": found["period"],
            "状态": found["state_zh"] + overdue,
            "计划完成": found["plan_by"] + ("（待节假日安排公布后确定）" if found["provisional"] else ""),
            "应完成": found["due_on"],
            "依据": f"{found['regulation']} {found['ref']}：{found['summary']}",
            "督管": f"{found['supervisor']} {found['supervisor_code']}",
        }
    )
    proof = [
        {**requirement, "words": words} for requirement, words in zip(found["proof"], found["proof_zh"], strict=True)
    ]
    print_rows(proof, {"key": "材料", "kind": "类型", "words": "要求"}, "需交材料")
    if found["overlapping"]:
        columns = {"id": "任务", "obligation_id": "职责", "period": "周期", "step": "环节", "due_on": "应完成"}
        print_rows(found["overlapping"], columns, "同一佐证可一并办理（duty submit --also）")
    submissions = [{**row, "answers": _short(row["answers"])} for row in found["submissions"]]
    if submissions:
        columns = {"revision": "版本", "submitter": "提交", "recorded_at": "收到", "answers": "内容", "outcome": "审核"}
        print_rows(submissions, {**columns, "reason": "理由", "shared_with": "共用佐证的任务"}, "提交与审核")
    print_rows(
        found["notices"],
        {"occasion": "事由", "level": "级别", "recipient": "对象", "caused_at": "产生", "delivery": "送达"},
        "通知",
    )
    events = [{**event, "what": _short(json.dumps(event["body"], ensure_ascii=False))} for event in found["history"]]
    print_rows(events, {"seq": "序号", "at": "时间", "kind": "事件", "actor": "办理", "what": "内容"}, "存证")


def _short(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
