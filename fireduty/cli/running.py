"""`fireduty init`, `up` and `doctor`: one machine, everything on it."""

import typer


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    del app
