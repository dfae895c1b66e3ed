"""The command line: `fireduty <noun> <verb>`.

Data goes to standard output, everything said about it to standard error. Exit status: 0 done, 1 failed, 2 wrong
use, 3 found something not in order.
"""

import sys

import typer

from fireduty import __version__
from fireduty.cli import (
    assessing,
    benching,
    calendars,
    contacts,
    deploying,
    duties,
    events,
    ladders,
    law,
    ledgers,
    outbox,
    plans,
    registers,
    reporting,
    running,
)
from fireduty.cli.output import say
from fireduty.errors import FiredutyError

app = typer.Typer(
    name="fireduty",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Runs fire-safety responsibility rules: opens duties, reminds, escalates, collects proof, keeps the record.",
    epilog="Exit status: 0 done, 1 failed, 2 wrong use, 3 found something not in order.",
)
app.add_typer(law.regulations, name="regulation")
app.add_typer(law.obligations, name="obligation")
contacts.add_to(registers.app)
ladders.add_to(duties.app)
app.add_typer(registers.app, name="register")
app.add_typer(duties.app, name="duty")
app.add_typer(events.app, name="event")
app.add_typer(calendars.app, name="calendar")
app.add_typer(assessing.app, name="assessment")
app.add_typer(ledgers.app, name="ledger")
app.add_typer(outbox.app, name="message")
app.add_typer(deploying.app, name="deploy")
app.add_typer(reporting.app, name="report")
plans.add_to(app)
running.add_to(app)
benching.add_to(app)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def start(
    version: bool = typer.Option(False, "--version", callback=_say_version, is_eager=True, help="Say the release."),
    debug: bool = typer.Option(False, "--debug", help="Show where in the program an error arose."),
) -> None:
    """Run before every command."""
    del version, debug


def _storage_errors() -> tuple[type[BaseException], ...]:
    """Return what a disk or database that gives no more room raises; the database's only once it is in use."""
    database = sys.modules.get("sqlalchemy.exc")
    return (OSError,) if database is None else (OSError, database.OperationalError)


def main() -> None:
    """Run the command line; refusals are printed with their hint and end with their status."""
    try:
        app()
    except BrokenPipeError:
        sys.exit(1)  # the reader of our output has gone; there is nobody to tell
    except _storage_errors() as error:
        if "--debug" in sys.argv:
            raise
        said = str(getattr(error, "orig", error))
        say(f"error: the disk or the database refused: {said}", style="red")
        say("hint: Nothing was done by halves. Make room or see to permissions, then run the command again.")
        sys.exit(1)
    except FiredutyError as error:
        # The option is read here because refusals arise before and after the options are.
        if "--debug" in sys.argv:
            raise
        say(f"error: {error.message}", style="red")
        if error.hint:
            say(f"hint: {error.hint}")
        sys.exit(error.exit_status)
