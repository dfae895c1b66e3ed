"""What the commands that add to a calendar ask and say."""

import sys
from typing import TYPE_CHECKING

import typer

from fireduty.cli.output import say
from fireduty.errors import CalendarError

if TYPE_CHECKING:
    from tasks.rescheduling import Rescheduled


def confirm() -> None:
    """Ask whether what was shown shall be added.

    Raises:
        CalendarError: When there is nobody to ask.
    """
    if not sys.stdin.isatty():
        message = "nothing was added: give --yes, for there is nobody to ask"
        raise CalendarError(message, "look at what was read above, then run it again with --yes")
    typer.confirm("Does it agree with the official text, and shall it be added for good?", abort=True, err=True)


def say_rescheduled(done: "Rescheduled") -> None:
    """Say what became of open cases."""
    say(f"{done.cases} open cases reckoned anew: {done.schedules} steps and {done.duties} duties changed")
    say(f"for {done.told} duties whose days moved the body is told with its next message")
    if done.left:
        say(f"left as they were, for their obligation or period is not known here: cases {done.left}", style="yellow")
