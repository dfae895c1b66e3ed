"""What commands print: data on standard output, words about it on standard error."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table


def say(message: str, style: str = "") -> None:
    """Say something to the person, on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(message, style=style or None, markup=False)


def print_json(value: Any) -> None:
    """Print data for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], title: str = "") -> None:
    """Print rows as a table for people; `columns` maps a field to its heading."""
    if not rows:
        say("0 records")
        return
    table = Table(title=title or None, title_justify="left")
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*("" if row.get(field) is None else str(row[field]) for field in columns))
    width = None if sys.stdout.isatty() else 200
    Console(width=width).print(table)


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print one record as names and values."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        sys.stdout.write(f"{name:<{width}}  {value}\n")


def away(on: str, as_of: date) -> str:
    """Say in Chinese how far a day lies from another, as people do: 3天后, 2周前."""
    import pendulum

    there, here = date.fromisoformat(on), as_of
    if there == here:
        return "今天"
    nearby = pendulum.date(here.year, here.month, here.day)
    return pendulum.date(there.year, there.month, there.day).diff_for_humans(nearby, locale="zh")


@contextmanager
def progress(what: str, total: int) -> Iterator[Any]:
    """Show a bar on standard error while something long runs; yields a function that takes what was done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)

        def advance(label: str = "") -> None:
            bar.update(task, advance=1, description=f"{what} {label}")

        yield advance
