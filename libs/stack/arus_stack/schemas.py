"""Databases made ready: roles, schemas, grants, then each service's migrations as its owner."""

from collections.abc import Callable, Sequence
from typing import LiteralString
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from arus_stack.errors import ServerFailed
from arus_stack.house import ServiceSource

ROLE_KINDS = ("owner", "api", "worker")
_LOCK = 0x61727573  # "arus": two migrations at once would trip over each other's roles

Password = Callable[[str], str]


def with_login(url: str, user: str, password: str) -> str:
    """Return the URL with another login."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def with_database(url: str, database: str) -> str:
    """Return the URL with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def role_urls(url: str, service: str, password: Password) -> dict[str, str]:
    """Return the URLs of a service's roles by kind: owner, api, worker."""
    return {kind: with_login(url, f"{service}_{kind}", password(f"{service}_{kind}")) for kind in ROLE_KINDS}


def create_database(url: str) -> bool:
    """Create the URL's database unless it exists; tell whether it was created."""
    name = urlsplit(url).path.lstrip("/")
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            return False
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return True


def provision(url: str, services: Sequence[str], password: Password) -> None:
    """Create or mend each service's roles, schema and grants; url is the superuser's."""
    with psycopg.connect(url) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("revoke all on database {} from public").format(database))
        connection.execute("revoke all on schema public from public")
        for service in services:
            _provision_one(connection, service, password, database)


def grant_connect(url: str, services: Sequence[str]) -> None:
    """Let services into a database that was copied from a provisioned one: only its contents are copied."""
    with psycopg.connect(url) as connection:
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("revoke all on database {} from public").format(database))
        for service in services:
            _grant_connect(connection, service, database)


def _grant_connect(connection: psycopg.Connection, service: str, database: sql.Identifier) -> None:
    owner, api, worker = (sql.Identifier(f"{service}_{kind}") for kind in ROLE_KINDS)
    connection.execute(
        sql.SQL("grant connect on database {} to {}, {}, {}").format(database, owner, api, worker)
    )
    connection.execute(sql.SQL("grant temporary on database {} to {}").format(database, worker))


def _provision_one(
    connection: psycopg.Connection, service: str, password: Password, database: sql.Identifier
) -> None:
    names = {kind: sql.Identifier(f"{service}_{kind}") for kind in ROLE_KINDS}
    for kind, role in names.items():
        known = connection.execute(
            "select 1 from pg_roles where rolname = %s", (f"{service}_{kind}",)
        ).fetchone()
        verb = sql.SQL("alter") if known else sql.SQL("create")
        rls = sql.SQL("bypassrls") if kind == "worker" else sql.SQL("nobypassrls")
        secret = sql.Literal(password(f"{service}_{kind}"))
        connection.execute(
            sql.SQL("{} role {} with login nosuperuser nocreatedb nocreaterole {} password {}").format(
                verb, role, rls, secret
            )
        )
    _grant_connect(connection, service, database)
    users = sql.SQL("{}, {}").format(names["api"], names["worker"])
    owner, schema = names["owner"], sql.Identifier(service)
    grants: Sequence[tuple[LiteralString, tuple[sql.Composable, ...]]] = (
        ("create schema if not exists {} authorization {}", (schema, owner)),
        ("grant usage on schema {} to {}", (schema, users)),
        (
            """alter default privileges for role {} in schema {}
               grant select, insert, update, delete on tables to {}""",
            (owner, schema, users),
        ),
        (
            "alter default privileges for role {} in schema {} grant usage, select on sequences to {}",
            (owner, schema, users),
        ),
    )
    for statement, parts in grants:
        connection.execute(sql.SQL(statement).format(*parts))


def migrate(url: str, services: Sequence[ServiceSource], password: Password) -> None:
    """Bring every service's schema to its newest migration, as its owner; url is the superuser's.

    One after the other: alembic keeps its context in a module, so two at once would mix up their schemas.
    """
    from arus_runtime.migrate import upgrade  # noqa: PLC0415 - alembic takes most of a second to import

    for service in services:
        owner = role_urls(url, service.name, password)["owner"]
        try:
            upgrade(service.name, owner, migrations=service.migrations)
        except Exception as error:
            raise ServerFailed(
                f"the migrations of {service.name} failed: {error}",
                "The schema is as it was before the failing migration; mend it and run `arus migrate`.",
            ) from error
