"""`fireduty message`: what lies in the outbox, delivering it by hand, dead letters, and the words of messages."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fireduty import clock
from fireduty.cli.options import As, Data, Json, open_district
from fireduty.cli.output import print_facts, print_json, print_rows, say

if TYPE_CHECKING:
    from tasks.forms import Words

app = typer.Typer(no_args_is_help=True, help="Messages: the outbox, its delivery, dead letters, and templates.")


@app.command()
def state(data: Data = None, as_json: Json = False) -> None:
    """Say what waits, what was sent and what failed, with the last errors."""
    from tasks.outbox import outbox_state

    with open_district(data) as district, district.database.reading() as connection:
        found = outbox_state(connection)
    if as_json:
        print_json(found)
    else:
        print_facts(found)


@app.command()
def deliver(
    limit: Annotated[int, typer.Option(help="How many messages at most.")] = 10_000,
    wait: Annotated[bool, typer.Option("--wait", help="Wait some minutes for destinations that take no more.")] = False,
    data: Data = None,
) -> None:
    """Compose what waits and deliver it now, as the delivery flow does."""
    from evidence.ledger import Act
    from flows.catalogue import duty_texts
    from tasks.delivery import deliver_due
    from tasks.messages import compose

    with open_district(data) as district:
        act = Act("system:command", clock.now())
        with district.database.transaction() as connection:
            composed = compose(connection, act, district.settings, duty_texts(district.regulations), limit)
        pause = time.sleep if wait else None
        done = deliver_due(district.database, act, district.settings, limit, clock.now, pause=pause)
    say(f"composed {composed}, sent {done.sent}, failed {done.failed}, dead {done.dead}, waiting {done.waiting}")
    if done.failed or done.dead:
        raise typer.Exit(3)


@app.command()
def dead(
    limit: Annotated[int, typer.Option(help="How many at most.")] = 200, data: Data = None, as_json: Json = False
) -> None:
    """List the messages that could not be delivered, the newest first."""
    from tasks.outbox import dead_letters

    with open_district(data) as district, district.database.reading() as connection:
        rows = dead_letters(connection, limit)
    if as_json:
        print_json(rows)
        return
    columns = {"id": "编号", "recipient": "主体", "channel": "渠道", "address": "地址", "attempts": "次数"}
    print_rows(rows, {**columns, "title": "标题", "last_error": "原因"})


@app.command()
def redeliver(
    reason: Annotated[str, typer.Option(help="Why it can be delivered now, for the record.")],
    number: Annotated[list[int] | None, typer.Argument(metavar="[ID]…", help="As `message dead` lists them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are dead.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Have dead messages sent again with the next delivery; what had no contact is composed anew.

    Example: fireduty message redeliver 12 13 --reason "mail server replaced"
    """
    from evidence.ledger import Act
    from tasks.outbox import redeliver as redeliver_dead

    if bool(number) == everything:
        message = "give either the numbers of messages or --all"
        raise typer.BadParameter(message)
    with open_district(data) as district, district.database.transaction() as connection:
        act = Act("system:command", clock.now())
        again, anew = redeliver_dead(connection, act, None if everything else number, reason)
    if as_json:
        print_json({"again": again, "anew": anew})
    else:
        say(f"{again} are sent again, {anew} are composed anew", style="green")


@app.command()
def preview(
    number: Annotated[int | None, typer.Argument(metavar="[DUTY]", help="The duty it would tell of.")] = None,
    body: Annotated[str, typer.Option(help="What waits for this body, or else its open duties.")] = "",
    channel: Annotated[str, typer.Option(help="In the form of this channel; that of mail where not given.")] = "",
    html: Annotated[bool, typer.Option("--html", help="The HTML part of a mail.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show a message as it would be sent now; nothing is sent and nothing recorded.

    Example: fireduty message preview --body 310107-D04 --channel wecom
    """
    if (number is None) == (not body):
        message = "give either a duty or --body"
        raise typer.BadParameter(message)
    words = _previewed(data, number, body, channel)
    if as_json:
        size = {"bytes": len(words.text.encode()), "signs": len(words.text)}
        print_json({"title": words.title, "text": words.text, "html": words.html, **size})
    else:
        typer.echo(words.html if html else f"{words.title}\n\n{words.text}")


@app.command()
def template(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Such as title.txt.j2; without one they are listed.")
    ] = "",
    original: Annotated[bool, typer.Option("--original", help="Ours, whatever was set since.")] = False,
    data: Data = None,
) -> None:
    """Write the template in force to standard output, to be changed and set."""
    from tasks.message_templates import names, template_in_force

    if not name:
        typer.echo("\n".join(names()))
        return
    with open_district(data) as district:
        typer.echo(template_in_force(district, name, original=original), nl=False)


@app.command("set-template")
def set_template(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Named as the template that it stands for.")],
    acting: As,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Set a template in force: tried with every kind of message, recorded in the ledger.

    Example: fireduty message set-template title.txt.j2 --as 310107-OFFICE
    """
    from evidence.ledger import Act
    from tasks.actors import Actor, require_body
    from tasks.message_templates import set_template as set_in_force

    actor = Actor.parse(acting)
    with open_district(data) as district:
        with district.database.reading() as connection:
            require_body(connection, actor.body_code)
        digest = set_in_force(district, Act(str(actor), clock.now()), file)
    if as_json:
        print_json({"name": file.name, "sha256": digest})
    else:
        say(f"in force: {file.name}, {digest[:16]}…", style="green")


def _previewed(data: Path | None, number: int | None, body: str, channel: str) -> "Words":
    from flows.catalogue import duty_texts
    from tasks.previewing import preview as preview_message

    with open_district(data) as district, district.database.reading() as connection:
        texts: Any = duty_texts(district.regulations)
        return preview_message(connection, district.settings, texts, clock.today(), number, body, channel)
