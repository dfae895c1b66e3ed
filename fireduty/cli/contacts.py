"""`fireduty register substitute`, `findings` and `bounced`: who is told when somebody is away or out of reach."""

from datetime import date, datetime
from typing import Annotated

import typer

from fireduty import clock
from fireduty.cli.options import As, AsOf, Data, Json, day, open_district
from fireduty.cli.output import print_json, print_rows, say

substitutes = typer.Typer(no_args_is_help=True, help="Substitutes: who stands in for a role of a body, and when.")
Reason = Annotated[str, typer.Option(help="Why, for the record.")]


def add_to(register: typer.Typer) -> None:
    """Add the commands of this module to `fireduty register`."""
    register.add_typer(substitutes, name="substitute")
    register.command()(findings)
    register.command()(bounced)


@substitutes.command()
def add(
    place: Annotated[str, typer.Argument(metavar="BODY/ROLE", help="Who is away.")],
    from_on: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    reason: Reason,
    acting: As,
    by: Annotated[str, typer.Option(help="Who stands in: BODY/ROLE of the register.")] = "",
    address: Annotated[str, typer.Option(help="Where to reach somebody whom the register does not name.")] = "",
    channel: Annotated[str, typer.Option(help="The channel of that address.")] = "email",
    until_on: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day; left out for a vacancy.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Name a substitute: told in place of who is away, and allowed to act for them, from the first day to the last.

    Example: fireduty register substitute add 310107-D04/responsible --by 310107-D04/principal
    --from 2027-03-01 --until 2027-03-14 --reason 休假 --as 310107-OFFICE/liaison
    """
    from evidence.ledger import Act
    from tasks.actors import Actor
    from tasks.naming import name_substitute
    from tasks.substitutes import Substitution

    if not (by or address):
        message = "give --by BODY/ROLE, or --address for somebody outside the register"
        raise typer.BadParameter(message)
    away = Actor.parse(place)
    wanted = Substitution(
        place=away,
        by=Actor.parse(by) if by else away,
        from_on=from_on.date(),
        until_on=day(until_on),
        reason=reason,
        channel=channel if address else "",
        address=address,
    )
    with open_district(data) as district, district.database.transaction() as connection:
        number = name_substitute(connection, Act(str(Actor.parse(acting)), clock.now()), wanted)
    if as_json:
        print_json({**wanted.facts(), "id": number})
        return
    span = f"{wanted.from_on} 起" + (f"，至 {wanted.until_on}" if wanted.until_on else "，未定终止日")
    say(f"代理 {number}: {wanted.place} 由 {by or '登记地址的代理人'} 代，{span}", style="green")


@substitutes.command("list")
def list_all(
    body: Annotated[str, typer.Option(help="Only substitutes in this body.")] = "",
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Only those of this day.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List substitutes, past and to come."""
    from tasks.naming import list_substitutes

    with open_district(data) as district, district.database.reading() as connection:
        rows = [found.facts() for found in list_substitutes(connection, day(on), body)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["shown"] = row["by"] or "登记地址"
    columns = {
        "id": "编号",
        "body": "被代理",
        "body_name": "单位",
        "shown": "代理人",
        "from_on": "自",
        "until_on": "至",
    }
    print_rows(rows, {**columns, "reason": "事由"})


@substitutes.command()
def end(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The number of the substitute.")],
    reason: Reason,
    acting: As,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The last day it holds; today if left out.")
    ] = None,
    data: Data = None,
) -> None:
    """Let a substitute end before its day, or set the end of an open one."""
    from evidence.ledger import Act
    from tasks.actors import Actor
    from tasks.naming import end_substitute

    last_on: date = day(on) or clock.today()
    with open_district(data) as district, district.database.transaction() as connection:
        end_substitute(connection, Act(str(Actor.parse(acting)), clock.now()), number, last_on, reason)
    say(f"代理 {number}: 至 {last_on} 止", style="green")


def findings(as_of: AsOf = None, data: Data = None, as_json: Json = False) -> None:
    """List contacts that reach nobody, and bodies that are told through others; exit status 3 where there are any."""
    from tasks.findings import findings as find_all

    with open_district(data) as district, district.database.reading() as connection:
        rows = [found.facts() for found in find_all(connection, district.settings, day(as_of) or clock.today())]
    if as_json:
        print_json(rows)
    elif rows:
        columns = {"kind_zh": "问题", "body_code": "编号", "body": "单位", "role": "角色", "channel": "渠道"}
        print_rows(rows, {**columns, "address": "地址", "told_instead": "改报", "mend": "处理"})
    else:
        say("every body can be told", style="green")
    if rows:
        raise typer.Exit(3)


def bounced(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The address, as the register has it.")],
    reason: Reason,
    acting: As,
    works: Annotated[bool, typer.Option("--works", help="It works again.")] = False,
    data: Data = None,
) -> None:
    """Record that mail to an address comes back, so that others are told instead; or that it works again."""
    from evidence.ledger import Act
    from tasks.actors import Actor
    from tasks.findings import record_bounce

    with open_district(data) as district, district.database.transaction() as connection:
        act = Act(str(Actor.parse(acting)), clock.now())
        owners = record_bounce(connection, act, address, reason, works=works)
    say(f"{'地址恢复' if works else '退信'}: {'、'.join(owners)}", style="green")
