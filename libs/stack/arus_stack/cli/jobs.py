"""Commands about slow work that services gave up."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import psycopg
import typer

from arus_stack import house, jobs, schemas
from arus_stack.cli.access import system
from arus_stack.cli.output import AsJson, answering, document, people, table
from arus_stack.errors import NotRunning, Refused
from arus_stack.postgres import is_ready

app = typer.Typer(help="Slow work that was given up: which, and another try.", no_args_is_help=True)

ServiceName = Annotated[str, typer.Argument(help="A service's name.")]


@contextmanager
def _worker_of(service: str) -> "Generator[psycopg.Connection]":
    """Give a connection as the service's worker, who alone sees the jobs of every organisation."""
    names = [source.name for source in house.sources() if source.migrates]
    if service not in names:
        raise Refused(f"there is no service {service} with jobs", f"There are {', '.join(names)}.")
    known = system()
    if not is_ready(known.postgres_url):
        raise NotRunning("PostgreSQL does not answer", "`arus up` starts it, or check ARUS_POSTGRES_URL.")
    url = schemas.role_urls(known.postgres_url, service, known.database_password)["worker"]
    with psycopg.connect(url, options=f"-c search_path={service}") as connection:
        yield connection


@app.command("list")
@answering
def show_all(
    service: ServiceName,
    *,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many newest jobs.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the jobs a service gave up within 30 days, newest first, and why."""
    with _worker_of(service) as connection:
        found = jobs.given_up(connection, lines)
    if as_json:
        document({"jobs": [asdict(job) for job in found]})
        return
    table(
        ("id", "organisation", "kind", "given up", "why"),
        [(job.id, job.tenant_id, job.kind, job.ended_at, job.error) for job in found],
    )


@app.command()
@answering
def retry(
    service: ServiceName,
    job_id: Annotated[str, typer.Argument(metavar="ID", help="The job's id.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Let a job that was given up run again, with all its attempts."""
    with _worker_of(service) as connection:
        again = jobs.retry(connection, job_id)
    if not again:
        raise Refused(f"{service} gave up no job {job_id}", f"`arus jobs list {service}` shows those it did.")
    if as_json:
        document({"jobs": [asdict(job) for job in again]})
    for job in () if as_json else again:
        people.print(f"{job.kind} of {job.tenant_id} runs again.", markup=False)
