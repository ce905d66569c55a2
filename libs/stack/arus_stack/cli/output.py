"""How commands speak: tables for people, JSON on standard output for programs, progress on standard error."""

import functools
import json
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NoReturn, ParamSpec

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from arus_stack import firstaid
from arus_stack.errors import StackError

P = ParamSpec("P")

PIPE_WIDTH = 240  # what is not a terminal wraps nothing

AsJson = Annotated[
    bool, typer.Option("--json", help="Write one JSON document (streams: one per line) to stdout.")
]

people = Console(stderr=True, highlight=False, emoji=False)
"""Progress and remarks: never mixed with what a program reads."""

answers = Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
"""Tables a person asked for."""


def document(value: Any) -> None:
    """Write one JSON document, or one line of a stream, to standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Show rows to a person; without a terminal nothing is wrapped."""
    shown = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    answers.print(shown)


def cell(value: object) -> object:
    """Return a value as a table shows it: a list with commas."""
    return ", ".join(map(str, value)) if isinstance(value, list) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - lists of text


def answering(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what went wrong into its words, its first aid and exit code 1; the command takes `as_json`.

    That is a StackError, or a file that could not be used.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except StackError as error:
            _refuse(error, as_json=bool(kwargs.get("as_json")))
        except BrokenPipeError:
            raise typer.Exit(0) from None
        except OSError as error:
            if error.filename is None:
                raise
            aid = firstaid.sentence(str(error)) or "Is that the place you meant, and may you write there?"
            failed = StackError(f"{error.filename} cannot be used: {error.strerror}", aid)
            _refuse(failed, as_json=bool(kwargs.get("as_json")))

    return run


def _refuse(error: StackError, *, as_json: bool) -> NoReturn:
    aid = error.first_aid or firstaid.sentence(error.problem)
    if as_json:
        document({"error": error.problem, "first_aid": aid, **error.facts})
    people.print(f"[red]✗[/] {escape(error.problem)}", soft_wrap=True)
    if aid:
        people.print(f"  {aid}", soft_wrap=True, markup=False)
    raise typer.Exit(1) from None
