"""The commands that make believable data: an organisation's, a water utility's files."""

import re
import ssl
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bars

from arus_stack import control
from arus_stack.cli.output import AsJson, answering, answers, document, people, table
from arus_stack.errors import Refused
from arus_stack.home import Home
from arus_stack.settings import StackSettings

EMAIL = "demo@arus.localdomain"


app = typer.Typer(invoke_without_command=True)


@app.callback()
@answering
def fill(
    context: typer.Context,
    *,
    email: Annotated[str, typer.Option(help="An account that exists; default: one made for the demo.")] = "",
    password: Annotated[str, typer.Option(help="Its password.", envvar="ARUS_DEMO_PASSWORD")] = "",
    real: Annotated[
        bool, typer.Option("--real", help="Public measured series instead of invented ones.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fill a believable organisation through the public API: two years, five depots, four products."""
    if context.invoked_subcommand is not None:
        return
    from arus_stack import demo  # noqa: PLC0415 - brings its data and an HTTP client

    where = Home(StackSettings().home)
    facts = control.ask_once(where, {"do": "status"})
    gateway, authority = str(facts["gateway"]), facts["tls_ca"]
    if not email:
        email, password = EMAIL, where.secrets.secret("demo.password")
        _register(gateway, email, password, authority)
    with Bars(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=people, transient=True
    ) as bars:
        tasks: dict[str, Any] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what)
            bars.update(tasks[what], completed=done, total=total)

        report = (demo.run_public if real else demo.run)(
            gateway, email, password, progress, authority=authority
        )
    found = asdict(report)
    if not report.transactions and report.already_there:
        people.print("The organisation was filled before, up to yesterday: nothing was added.")
    if as_json:
        document({"gateway": gateway, "email": email, "password": password, **found})
        return
    table(("", ""), [(name, value) for name, value in found.items() if not isinstance(value, (list, tuple))])
    if report.causes:
        answers.print("\nPlanted, to be found:")
        table(("", "", "", "", ""), [(c.kind, c.depot, c.fuel, c.first, c.about) for c in report.causes])
    answers.print(f"\n{gateway}/app  {email}  {password}", markup=False, soft_wrap=True)


@app.command("water")
@answering
def water_files(
    *,
    files: Annotated[Path, typer.Option(file_okay=False, help="The folder to write into.")],
    customers: Annotated[int, typer.Option(help="How many customers; at least 60.")] = 500,
    periods: Annotated[int, typer.Option(help="How many months; at least 6.")] = 12,
    seed: Annotated[int, typer.Option(help="The same seed makes the same files.")] = 1,
    last: Annotated[str, typer.Option(help="The last month, YYYY-MM.")] = "2025-12",
    as_json: AsJson = False,
) -> None:
    """Write a water utility's months as its office sends them, with planted anomalies and the answers."""
    from arus_stack.demo import water  # noqa: PLC0415 - other commands do without

    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", last):
        raise Refused(f"last must be a month from 2000-01 to 2099-12, got {last}")
    with Bars(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=people, transient=True
    ) as bars:
        task = bars.add_task("files")
        try:
            made = water.town(customers, periods, seed, last=last)
        except ValueError as error:
            raise Refused(str(error)) from None
        written = water.write(
            made, files, lambda _, done, total: bars.update(task, completed=done, total=total)
        )
    if as_json:
        document(asdict(written))
        return
    table(
        ("", ""), [("files", len(written.files)), ("customers", written.customers), *written.planted.items()]
    )
    answers.print(f"\n{written.key}", markup=False, soft_wrap=True)


def _register(gateway: str, email: str, password: str, authority: str | None) -> None:
    """Make the demo's account unless an earlier run made it."""
    import httpx  # noqa: PLC0415 - slow to import

    body = {"email": email, "password": password, "name": "Demo Arus", "organisation_name": "Contoh Arus"}
    trusted = ssl.create_default_context(cafile=authority)
    answer = httpx.post(
        f"{gateway}/api/v1/auth/register", json=body, timeout=30, trust_env=False, verify=trusted
    )
    if answer.status_code not in {
        httpx.codes.CREATED,
        httpx.codes.CONFLICT,
        httpx.codes.UNPROCESSABLE_ENTITY,
    }:
        raise Refused(f"the demo's account could not be made: {answer.text[:300]}")
