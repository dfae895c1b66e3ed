"""`fireduty duty ladder`: the ladder of an obligation, and what the administrator changes of it."""

from typing import Annotated

import typer

from fireduty import clock
from fireduty.cli.options import Data, Json, open_district
from fireduty.cli.output import print_json, print_rows, say


def add_to(duties: typer.Typer) -> None:
    """Add the command of this module to `fireduty duty`."""
    duties.command()(ladder)


def ladder(
    obligation: Annotated[str, typer.Argument(metavar="OBLIGATION", help="The full id of the obligation.")],
    shift: Annotated[int, typer.Option(help="Working days by which rungs come later; sooner with a minus.")] = 0,
    rung: Annotated[str, typer.Option(help="Shift only this rung.")] = "",
    silence: Annotated[str, typer.Option(help="The rung that shall say nothing.")] = "",
    reset: Annotated[bool, typer.Option("--reset", help="Take back all changes.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    acting: Annotated[str, typer.Option("--as", help="For which body you act: BODY or BODY/ROLE.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show the ladder of an obligation; with --shift, --silence or --reset, change it for the cases that open next.

    A ladder is changed for all bodies of an obligation; bodies that share a schedule share its rungs.

    Example: fireduty duty ladder putuo-2020.art16.monthly-study --shift 2 --reason 节后集中 --as 310107-OFFICE
    """
    from evidence.ledger import Act
    from tasks.actors import Actor
    from tasks.ladders import Change, change_ladder, describe_ladder, reset_ladder

    if (shift != 0) + bool(silence) + reset > 1:
        message = "give one of --shift, --silence and --reset"
        raise typer.BadParameter(message)
    if (rung and not shift) or (silence and rung):
        message = "--rung goes with --shift"
        raise typer.BadParameter(message)
    changes = bool(shift or silence or reset)
    if changes and not acting:
        message = "a change needs --as BODY/ROLE"
        raise typer.BadParameter(message)
    with open_district(data) as district, district.database.transaction() as connection:
        now = clock.now()
        if changes:
            act = Act(str(Actor.parse(acting)), now)
            if reset:
                reset_ladder(connection, act, district, obligation, reason)
            else:
                change = Change(rung=silence or rung, shift=shift, silent=bool(silence))
                change_ladder(connection, act, district, obligation, change, reason)
        rows = describe_ladder(connection, district, obligation, now)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["law"] = "下达" if row["workdays"] is None else f"{row['workdays']:+d}"
        row["shown"] = "静默" if row["silent"] else "下达" if row["now"] is None else f"{row['now']:+d}"
    columns = {"rung": "阶梯级", "level_zh": "级别", "audience": "对象", "law": "原定（工作日）", "shown": "现行"}
    print_rows(rows, {**columns, "reason": "调整理由", "changed_by": "调整人"}, obligation)
    if changes:
        say("在此之后开立的事项按现行阶梯提醒；已开立的不变", style="green")
