"""`fireduty register`: bodies, who supervises them, how they are reached."""

from pathlib import Path
from typing import Annotated

import typer

from fireduty import clock
from fireduty.cli.options import Data, Json, open_district
from fireduty.cli.output import print_json, say

app = typer.Typer(no_args_is_help=True, help="The register of bodies.")
File = Annotated[Path, typer.Argument(help="An .xlsx or .csv file.")]


@app.command("import")
def import_file(file: File, data: Data = None, as_json: Json = False) -> None:
    """Bring a register into the district: all of it, or nothing where a row is wrong."""
    from evidence.ledger import Act
    from tasks.agenda import look_again
    from tasks.register import import_register, read_register

    register = read_register(file)
    with open_district(data) as district:
        act = Act("system:command", clock.now())
        result = import_register(district.database, act, register)
        with district.database.transaction() as connection:
            look_again(connection, act.as_of)
    counts = {
        what: {"added": tally.added, "changed": tally.changed, "removed": tally.removed, "unchanged": tally.unchanged}
        for what, tally in (
            ("bodies", result.bodies),
            ("supervision", result.supervision),
            ("contacts", result.contacts),
        )
    }
    if as_json:
        print_json({"file": file.name, **counts, "absent": list(result.absent)})
        return
    for what, tally in counts.items():
        say(f"{what}: " + ", ".join(f"{number} {word}" for word, number in tally.items()))
    if result.absent:
        say(f"{len(result.absent)} bodies of the district are not in the file and stay as they are")


@app.command()
def check(file: File, data: Data = None) -> None:
    """Check a register file without bringing it in."""
    from fireduty import settings
    from fireduty.errors import RegisterError
    from tasks.register import KnownBodies, check_register, known_bodies, read_register

    register = read_register(file)
    known = KnownBodies()
    if (settings.data_folder(data) / settings.FILE_NAME).exists():
        with open_district(data) as district, district.database.reading() as connection:
            known = known_bodies(connection)
    if problems := check_register(register, known):
        message = f"{file}: {len(problems)} problems"
        raise RegisterError(message, problems, "Mend the rows and check again; nothing was imported.")
    say(f"{file}: {len(register.bodies)} bodies, in order", style="green")


@app.command()
def export(file: File, data: Data = None) -> None:
    """Write the district's register to a file that can be imported again."""
    from tasks.register import export_register

    with open_district(data) as district:
        export_register(district.database, file)
    say(f"written: {file}")


@app.command()
def template(file: File) -> None:
    """Write an empty register with an explanation of every column."""
    from tasks.register import write_template

    write_template(file)
    say(f"written: {file}; fill it in, then: fireduty register check {file}")
