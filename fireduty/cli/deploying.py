"""`fireduty deploy`: what Prefect runs when, and bringing it there."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from difflib import ndiff
from typing import TYPE_CHECKING

import typer

from fireduty import clock
from fireduty.cli.options import Data, Json, open_district
from fireduty.cli.output import print_json, say

if TYPE_CHECKING:
    from deployments.changes import Change

app = typer.Typer(no_args_is_help=True, help="Deployments: which obligation runs when, in Prefect.")

_MARKS = {"created": "+", "changed": "~", "removed": "-", "unchanged": " "}


@app.command()
def diff(data: Data = None, as_json: Json = False) -> None:
    """Show what `apply` would change in Prefect; nothing is changed. Ends with status 3 where they differ."""
    from deployments.applying import diff as differences

    with open_district(data) as district:
        changes = differences(district)
    _show(changes, as_json=as_json)
    if any(change.action.value != "unchanged" for change in changes):
        raise typer.Exit(3)


@app.command()
def apply(data: Data = None, as_json: Json = False) -> None:
    """Bring every deployment to what the law, the register and the calendar demand."""
    from deployments.applying import apply as bring
    from evidence.ledger import Act

    with open_district(data) as district:
        changes = bring(district, Act("system:command", clock.now()))
    _show(changes, as_json=as_json)


def _show(changes: Sequence["Change"], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(change) for change in changes])
        return
    for change in changes:
        if change.action.value != "unchanged":
            typer.echo(f"{_MARKS[change.action.value]} {change.deployment}")
            for field in change.fields:
                for line in _difference(field.before, field.after):
                    typer.echo(f"    {field.field}: {line}")
    counts = {action: sum(change.action.value == action for change in changes) for action in _MARKS}
    say(", ".join(f"{number} {action}" for action, number in counts.items()))


def _difference(before: str, after: str) -> Iterator[str]:
    """Yield what differs: both values of a short field, only the changed lines of a long one."""
    if "\n" not in before + after:
        yield f"{before or '—'} → {after or '—'}"
        return
    for line in ndiff(before.splitlines(), after.splitlines()):
        if line[0] in "+-" and line[1:].strip():
            yield line
