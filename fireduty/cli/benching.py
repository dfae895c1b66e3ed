"""`fireduty bench`: figures, each against a baseline of the same run."""

from importlib import import_module
from typing import Annotated, Any

import typer

from fireduty.cli.output import print_json, say

BENCHES = {
    "open": "opening",
    "heartbeat": "heartbeat",
    "simulate": "simulating",
    "calendar": "calendar",
    "assess": "assessing",
    "law": "law",
    "deliver": "delivering",
    "compose": "composing",
}


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(bench)


def bench(name: Annotated[str, typer.Argument(help=f"One of {', '.join(BENCHES)}, or all.")]) -> None:
    """Measure, and print the figures as JSON; ends with status 3 where a limit is not reached."""
    from fireduty.cli.benches.figures import report

    if name not in {*BENCHES, "all"}:
        message = f"expected one of {', '.join(BENCHES)} or all, got {name}"
        raise typer.BadParameter(message)
    reports: list[dict[str, Any]] = []
    for chosen in BENCHES if name == "all" else [name]:
        module = import_module(f"fireduty.cli.benches.{BENCHES[chosen]}")
        reports.append(report(chosen, module.run(say)))
    print_json(reports if name == "all" else reports[0])
    if not all(figure["holds"] for one in reports for figure in one["figures"]):
        raise typer.Exit(3)
