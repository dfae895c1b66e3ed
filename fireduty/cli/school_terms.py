"""`fireduty calendar add-terms`: the terms of a division's academic year, or of one school."""

from pathlib import Path
from typing import Annotated

import typer

from fireduty import clock
from fireduty.cli.additions import confirm, say_rescheduled
from fireduty.cli.options import Data, Json, open_district
from fireduty.cli.output import print_json, say


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(add_terms)


def add_terms(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="YAML in the form of the page on dates.")
    ],
    body: Annotated[str, typer.Option(help="Code of the one school whose own dates they are.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Add them without asking.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add a school calendar, or one school's own: shown, checked, stored for good; open cases are reckoned anew."""
    from evidence.ledger import Act
    from tasks.school_terms import add_terms as add_to_district
    from tasks.school_terms import propose, propose_own

    with open_district(data) as district:
        proposal = propose_own(file, district, body) if body else propose(file, district)
        say(f"{proposal.source}（{proposal.place}）")
        for line in proposal.lines:
            say(line)
        if not yes:
            confirm()
        done = add_to_district(district, Act("system:command", clock.now()), proposal)
    if as_json:
        print_json({"place": proposal.place, "name": proposal.name, "on_file": proposal.on_file, **vars(done)})
        return
    say(f"{'on file already' if proposal.on_file else 'added'}: {proposal.place} {proposal.name}", style="green")
    say_rescheduled(done)
