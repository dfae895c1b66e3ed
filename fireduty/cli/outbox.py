"""`fireduty message`: what lies in the outbox, and delivering it by hand."""

from typing import Annotated

import typer

from fireduty import clock
from fireduty.cli.options import Data, Json, open_district
from fireduty.cli.output import print_facts, print_json, say

app = typer.Typer(no_args_is_help=True, help="Messages: the outbox and its delivery.")


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
def deliver(limit: Annotated[int, typer.Option(help="How many messages at most.")] = 10_000, data: Data = None) -> None:
    """Compose what waits and deliver it now, as the delivery flow does."""
    from evidence.ledger import Act
    from flows.catalogue import duty_texts
    from tasks.delivery import deliver_due
    from tasks.messages import compose

    with open_district(data) as district:
        act = Act("system:command", clock.now())
        with district.database.transaction() as connection:
            composed = compose(connection, act, district.settings, duty_texts(district.regulations), limit)
        done = deliver_due(district.database, act, district.settings, limit, clock.now)
    say(f"composed {composed}, sent {done.sent}, failed {done.failed}, dead {done.dead}")
    if done.failed or done.dead:
        raise typer.Exit(3)
