"""Commands about the database: what it holds, and the care it needs."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import psycopg
import typer

from arus_stack import database, house
from arus_stack.cli.access import system
from arus_stack.cli.output import AsJson, answering, document, people, table
from arus_stack.errors import NotRunning
from arus_stack.postgres import is_ready

app = typer.Typer(help="The database: what it holds, and the care it needs.", no_args_is_help=True)


@contextmanager
def _connected() -> "Generator[psycopg.Connection]":
    url = system().postgres_url
    if not is_ready(url):
        raise NotRunning("PostgreSQL does not answer", "`arus up` starts it, or check ARUS_POSTGRES_URL.")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def _schemas() -> list[str]:
    return [source.name for source in house.sources() if source.migrates]


@app.command()
@answering
def stats(*, as_json: AsJson = False) -> None:
    """Show sizes, rows, bloat, the use of indexes, and slow statements where the server counts them."""
    with _connected() as connection:
        tables = database.tables(connection, _schemas())
        indexes = database.indexes(connection, _schemas())
        slow = database.slow_statements(connection)
        row = connection.execute("select pg_database_size(current_database())").fetchone()
    assert row is not None
    if as_json:
        document(
            {
                "bytes": row[0],
                "tables": [asdict(one) for one in tables],
                "indexes": [{**asdict(one), "unused": one.unused} for one in indexes],
                "slow_statements": slow,
            }
        )
        return
    table(
        ("table", "rows", "dead", "MB", "of it empty", "indexes MB", "scans", "by index"),
        [
            (f"{t.schema}.{t.name}", t.rows, t.dead_rows, _mb(t.table_bytes), _mb(t.bloat_bytes),
             _mb(t.index_bytes), t.sequential_scans, t.index_scans)
            for t in tables
        ],
    )  # fmt: skip
    table(
        ("index", "MB", "of it empty", "scans", ""),
        [
            (f"{i.schema}.{i.name}", _mb(i.bytes), _mb(i.bloat_bytes), i.scans, "unused" if i.unused else "")
            for i in indexes
        ],
    )
    if slow is None:
        people.print("Statements are not counted here: the server lacks the extension pg_stat_statements.")
    else:
        table(
            ("ms together", "calls", "ms each", "statement"),
            [(s["total_ms"], s["calls"], s["mean_ms"], s["statement"]) for s in slow],
        )


@app.command()
@answering
def optimize(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Vacuum, analyse and rebuild what needs it, while everything runs; say what was done and why."""
    with _connected() as connection:
        needs = list(
            database.needs(database.tables(connection, _schemas()), database.indexes(connection, _schemas()))
        )
        done = [] if dry_run else [database.take_care(connection, need) for need in needs]
    if as_json:
        document({"needed": [asdict(need) for need in needs], "done": done})
        return
    if not needs:
        people.print("Nothing needs care.")
    for need in needs:
        did = "would" if dry_run else "did"
        people.print(f"{did} {need.act} {need.schema}.{need.name}: {need.why}", markup=False)


def _mb(size: int) -> str:
    return f"{size / 2**20:.1f}"
