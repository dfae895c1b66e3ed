"""`fireduty ledger`: the record, recounted."""

import typer

from fireduty.cli.options import Data, Json, open_district
from fireduty.cli.output import print_json, say

app = typer.Typer(no_args_is_help=True, help="The ledger: the append-only record.")


@app.command()
def verify(data: Data = None, as_json: Json = False) -> None:
    """Recount the ledger from its entries alone; ends with status 3 where something does not agree."""
    from evidence import verify as verifier

    with open_district(data) as district, district.database.reading() as connection:
        verdict = verifier.verify(connection, lambda count: say(f"{count} entries recounted"))
    if as_json:
        found = {"entries": verdict.entries, "head": verdict.hash, "holds": verdict.holds}
        print_json({**found, "problems": verdict.problems})
    elif verdict.holds:
        say(f"{verdict.entries} entries agree; head {verdict.hash}", style="green")
    for problem in verdict.problems:
        say(problem, style="red")
    if not verdict.holds:
        raise typer.Exit(3)
