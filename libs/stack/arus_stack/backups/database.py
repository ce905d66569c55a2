"""The database's part of a backup: one snapshot, dumped by pg_dump and counted beside it."""

import os
import subprocess
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from arus_stack.backups.cut import Cut, Progress
from arus_stack.errors import Refused, ServerFailed
from arus_stack.postgres import binaries
from arus_stack.schemas import with_database

JOBS = 2
FILES = (
    ("imports", "ingest", "imports", "swept_at"),
    ("cases", "anomaly", "case_attachments", "removed_at"),
)
"""Where files lie, the table that knows of them, and the column that says that one is gone."""


class Sum(TypedDict):
    """What the rows of a table add up to, whatever their order."""

    rows: int
    hash: str


@contextmanager
def snapshot(url: str) -> Generator["tuple[psycopg.Connection, str]"]:
    """Give a transaction that sees one moment, and the name under which others see the same one."""
    with psycopg.connect(url, autocommit=True) as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, row[0]


def cut(connection: psycopg.Connection, services: Sequence[str]) -> Cut:
    """Return where the log is cut to fit what the connection sees."""
    numbers: dict[str, int] = {}
    progress: list[Progress] = []
    for service in services:
        found = _tables(connection, [service])
        if (service, "relay") in found:
            query = sql.SQL("select last_seq from {}.relay where name = %s").format(sql.Identifier(service))
            row = connection.execute(query, (service,)).fetchone()
            numbers[service] = row[0] if row else 0
        if (service, "progress") in found:
            query = sql.SQL("select worker, topic, partition, next_offset from {}.progress").format(
                sql.Identifier(service)
            )
            progress += [
                Progress(f"{service}/{worker}", *place) for worker, *place in connection.execute(query)
            ]
    return Cut(numbers, progress)


def sums(connection: psycopg.Connection, services: Sequence[str]) -> dict[str, Sum]:
    """Return what every table of the services adds up to, by its full name."""
    connection.execute("set timezone = 'UTC'")
    found: dict[str, Sum] = {}
    for schema, name in sorted(_tables(connection, services)):
        query = sql.SQL(
            "select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text from {} t"
        ).format(sql.Identifier(schema, name))
        row = connection.execute(query).fetchone()
        assert row is not None
        found[f"{schema}.{name}"] = {"rows": row[0], "hash": row[1]}
    return found


def keeps_files(connection: psycopg.Connection) -> set[str]:
    """Return the folders of files that people sent and the database still knows of."""
    found = _tables(connection, [schema for _, schema, _, _ in FILES])
    return {
        folder
        for folder, schema, table, kept in FILES
        if (schema, table) in found
        and connection.execute(
            sql.SQL("select from {} where {} is null limit 1").format(
                sql.Identifier(schema, table), sql.Identifier(kept)
            )
        ).rowcount
    }


def _tables(connection: psycopg.Connection, schemas: Sequence[str]) -> set[tuple[str, str]]:
    query = "select schemaname, tablename from pg_tables where schemaname = any(%s)"
    return set(connection.execute(query, (list(schemas),)).fetchall())


def size_bytes(connection: psycopg.Connection) -> int:
    """Return how large the database is."""
    row = connection.execute("select pg_database_size(current_database())").fetchone()
    assert row is not None
    return row[0]


def dump(url: str, seen_as: str, folder: Path) -> "subprocess.Popen[str]":
    """Begin to dump what a snapshot sees into a folder that does not exist yet."""
    return _tool(
        url, "pg_dump", "--format=directory", f"--jobs={JOBS}", f"--snapshot={seen_as}", f"--file={folder}"
    )


def load(url: str, folder: Path, services: Iterable[str]) -> None:
    """Bring a dump back; its roles exist, and what provisioning made beside them is empty and goes."""
    with psycopg.connect(url) as connection:
        for service in services:
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(service)))
    restoring = _tool(
        url, "pg_restore", "--exit-on-error", f"--jobs={JOBS}", "--dbname", _name(url), str(folder)
    )
    finish(restoring, f"If {folder} is damaged, take another backup.")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("analyze")


def refuse_unless_empty(url: str, services: Sequence[str]) -> None:
    """Raise Refused when the database holds anything of ours."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            held = sorted({schema for schema, _ in _tables(connection, services)})
    except psycopg.OperationalError:
        return  # it does not exist yet, or what is wrong is said by who creates it
    if held:
        raise Refused(
            f"the database {_name(url)} holds data already: schemas {', '.join(held)}",
            "Restore into an empty one: rename it first (alter database … rename to …).",
        )


def finish(process: "subprocess.Popen[str]", first_aid: str = "") -> None:
    """Return when a tool has done its work; raises ServerFailed with what it said."""
    _, said = process.communicate()
    if process.returncode != 0:
        name = Path(str(process.args[0])).name  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType, reportIndexIssue] - args as given below
        raise ServerFailed(f"{name} failed: {said.strip()[-600:]}", first_aid)


def _tool(url: str, name: str, *words: str) -> "subprocess.Popen[str]":
    parts = urlsplit(url)
    login: Mapping[str, Any] = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": _name(url),
    }
    return subprocess.Popen(  # noqa: S603
        [str(binaries() / name), *words],
        env={**os.environ, **login},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def server_version(url: str) -> int:
    """Return the server's version as server_version_num, asking its database `postgres`."""
    with psycopg.connect(with_database(url, "postgres"), connect_timeout=5) as connection:
        return connection.info.server_version
