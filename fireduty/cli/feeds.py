"""`fireduty calendar feed` and `feed-token`: a body's duties for calendar programs."""

from pathlib import Path
from typing import Annotated

import typer

from fireduty import clock
from fireduty.cli.options import Data, Json, open_district
from fireduty.cli.output import print_json, say

Body = Annotated[str, typer.Argument(metavar="BODY", help="Code of the body.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(feed)
    app.command("feed-token")(feed_token)


def feed(
    body: Body,
    out: Annotated[Path, typer.Option(help="The .ics file to write.")],
    components: Annotated[str, typer.Option(help="vevent, or vtodo for programs that show to-dos.")] = "vevent",
    data: Data = None,
) -> None:
    """Write a body's duties as an iCalendar file."""
    from calendars.feed import Components
    from flows.catalogue import duty_texts
    from tasks.feeds import body_feed

    if components not in set(Components):
        message = f"--components: expected {' or '.join(Components)}, got {components}"
        raise typer.BadParameter(message)
    with open_district(data) as district, district.database.reading() as connection:
        made = body_feed(connection, body, duty_texts(district.regulations), Components(components))
    out.write_bytes(made.content)
    begin = f"BEGIN:{components.upper()}\r\n".encode()
    say(f"written: {out}, {made.content.count(begin)} duties, ETag {made.etag}")


def feed_token(
    body: Body,
    revoke: Annotated[bool, typer.Option("--revoke", help="Make the address void.")] = False,
    renew: Annotated[bool, typer.Option("--renew", help="Give a new address; the present one is void.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Give a body the secret address of its feed, shown this once; or make it void."""
    from evidence.ledger import Act
    from tasks.feeds import feed_since, open_feed, revoke_feed

    token, revoked, since = "", 0, None
    with open_district(data) as district, district.database.transaction() as connection:
        act = Act("system:command", clock.now())
        since = feed_since(connection, body)
        if revoke:
            revoked = revoke_feed(connection, act, body)
        elif renew or since is None:
            token = open_feed(connection, act, body)
        note = district.settings.web_address_file
        base = note.read_text(encoding="utf-8").strip() if note.exists() else ""
    path = f"{base}/feeds/{token}.ics" if token else ""
    if as_json:
        print_json({"body": body, "token": token, "path": path, "since": since, "revoked": revoked})
    elif token:
        typer.echo(path)
        say("keep it secret: who has it can read the body's duties; it is not shown again")
    elif revoke:
        say(f"{body}: {'the address is void' if revoked else 'there was no address'}")
    else:
        say(f"{body}: has an address since {since}; --renew gives a new one, --revoke makes it void")
