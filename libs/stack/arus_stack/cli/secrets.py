"""Commands about secrets."""

import time
from dataclasses import asdict
from typing import Annotated

import typer

from arus_stack import running, secrets
from arus_stack.cli.access import system
from arus_stack.cli.output import AsJson, answering, document, people

app = typer.Typer(help="Secrets of this installation.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `rotate` a command of its own though it is the only one."""


@app.command()
@answering
def rotate(
    name: Annotated[str, typer.Argument(help="signing-key, database, kafka or field-keys.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Change a kind of secret while everything runs; nobody is signed out and no request fails."""
    began = time.monotonic()
    of = system()
    found = secrets.rotate(of, name)
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        document({**asdict(found), "seconds": seconds})
    people.print(f"{name}: new for {', '.join(found.of)}, in {seconds} s.", markup=False)
    if name in secrets.TOLD_AT_THE_START and not running.is_running(of.home):
        people.print(
            "No `arus up` runs here. Services elsewhere go on with what they were told at their start:"
            " give them what `arus credentials` says now and restart them (OPERATIONS, Secrets).",
            markup=False,
        )
