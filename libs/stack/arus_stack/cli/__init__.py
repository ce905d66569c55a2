"""The `arus` command."""

from importlib.metadata import version
from typing import Annotated

import typer

from arus_stack.cli import anomaly, backups, database, demo, dlq, imports, jobs, secrets, stack, topics

app = typer.Typer(
    name="arus",
    help="Arus on this machine: start it, look at it, mend it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"arus {version('arus-stack')}")
        raise typer.Exit


@app.callback()
def _main(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is."),
    ] = False,
) -> None:
    """Take what stands before a command's name."""


app.command()(stack.up)
app.command()(stack.down)
app.command()(stack.status)
app.command()(stack.logs)
app.command()(stack.restart)
app.command()(stack.migrate)
app.command()(backups.backup)
app.command()(backups.restore)
app.command("certs")(stack.make_certs)
app.command("console")(stack.build_console)
app.command()(stack.credentials)
app.command("doctor")(stack.examine)
app.add_typer(demo.app, name="demo")
app.add_typer(topics.app, name="topics")
app.add_typer(dlq.app, name="dlq")
app.add_typer(jobs.app, name="jobs")
app.add_typer(database.app, name="db")
app.add_typer(secrets.app, name="secrets")
app.add_typer(anomaly.app, name="anomaly")
app.add_typer(imports.app, name="import")
