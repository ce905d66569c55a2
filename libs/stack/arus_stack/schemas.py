"""Databases made ready: roles, schemas, grants, then each service's migrations as its owner."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import LiteralString
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from arus_stack.errors import Refused, ServerFailed
from arus_stack.house import ServiceSource

ROLE_KINDS = ("owner", "api", "worker")
_LOCK = 0x61727573  # "arus": two migrations at once would trip over each other's roles

OLDEST = 160_000
CONNECT_S = 5

Password = Callable[[str], str]


def with_login(url: str, user: str, password: str) -> str:
    """Return the URL with another login."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def without_password(url: str) -> str:
    """Return the URL with its user alone: libpq then looks for the password in PGPASSFILE."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}@{parts.netloc.rpartition('@')[2]}"))


def pgpass(url: str) -> str:
    """Return the line of a PGPASSFILE for this URL."""
    parts = urlsplit(url)
    fields = (
        parts.hostname,
        parts.port or 5432,
        parts.path.lstrip("/"),
        parts.username,
        unquote(parts.password or ""),
    )
    return ":".join(re.sub(r"([\\:])", r"\\\1", str(value)) for value in fields) + "\n"


def with_database(url: str, database: str) -> str:
    """Return the URL with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def role_urls(url: str, service: str, password: Password) -> dict[str, str]:
    """Return the URLs of a service's roles by kind: owner, api, worker."""
    return {kind: with_login(url, f"{service}_{kind}", password(f"{service}_{kind}")) for kind in ROLE_KINDS}


def refuse_unless_able(url: str) -> bool:
    """Tell whether the URL's database exists already.

    Raises Refused when the server does not answer, is too old, or its login may not do what Arus needs.
    """
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_S) as connection:
            _refuse_unless_able(connection)
            _refuse_unless_schemas(connection)
            return True
    except psycopg.OperationalError as error:
        if f'database "{urlsplit(url).path.lstrip("/")}" does not exist' not in str(error):
            raise _unreachable(url, error) from error
    try:
        with psycopg.connect(with_database(url, "postgres"), connect_timeout=CONNECT_S) as connection:
            _refuse_unless_able(connection)
    except psycopg.OperationalError as error:
        raise _unreachable(url, error) from error
    return False


def create_database(url: str) -> bool:
    """Create the URL's database unless it exists, and tell whether it did; raises as refuse_unless_able."""
    if refuse_unless_able(url):
        return False
    name = urlsplit(url).path.lstrip("/")
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise Refused(
                f"PostgreSQL: {_login(url)} may not create the database {name}",
                f"Create it as an administrator: create database {name} owner {_login(url)}.",
            ) from error
    return True


def refusal(version: int, login: str, rights: Mapping[str, bool]) -> Refused | None:
    """Return why this server cannot be used, or None.

    version: as server_version_num. rights: what the login may do: superuser, createrole, bypassrls.
    """
    if version < OLDEST:
        return Refused(
            f"PostgreSQL {version // 10_000} is too old: {OLDEST // 10_000} or newer is needed",
            "Upgrade the server, or leave ARUS_POSTGRES_URL empty to use the embedded one.",
        )
    missing = [right for right in ("createrole", "bypassrls") if not rights[right]]
    if missing and not rights["superuser"]:
        return Refused(
            f"PostgreSQL: {login} lacks {' and '.join(missing)}, needed to make the services' roles",
            f"As a superuser: alter role {login} {' '.join(missing)}.",
        )
    return None


def _refuse_unless_able(connection: psycopg.Connection) -> None:
    row = connection.execute(
        "select rolsuper, rolcreaterole, rolbypassrls, rolname from pg_roles where rolname = current_user"
    ).fetchone()
    assert row is not None
    rights: dict[str, bool] = {"superuser": row[0], "createrole": row[1], "bypassrls": row[2]}
    if refused := refusal(connection.info.server_version, row[3], rights):
        raise refused


def _refuse_unless_schemas(connection: psycopg.Connection) -> None:
    row = connection.execute("select has_database_privilege(current_database(), 'create')").fetchone()
    if row == (False,):
        name, login = connection.info.dbname, connection.info.user
        raise Refused(
            f"PostgreSQL: {login} may not create schemas in the database {name}",
            f"As its owner: grant create on database {name} to {login}.",
        )


def _unreachable(url: str, error: psycopg.OperationalError) -> Refused:
    parts = urlsplit(url)
    said = str(error).strip().splitlines()[0].rpartition("failed: ")[2].removeprefix("FATAL:").strip()
    return Refused(
        f"PostgreSQL at {parts.hostname}:{parts.port or 5432} does not let {_login(url)} in: {said}",
        "Check ARUS_POSTGRES_URL: postgresql://user:password@host:5432/arus.",
    )


def _login(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def provision(url: str, services: Sequence[str], password: Password) -> None:
    """Create or mend each service's roles, schema and grants; url is the administrator's."""
    with psycopg.connect(url) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        # Who is no superuser may hand out only what is theirs: the roles made here become theirs as well.
        connection.execute("set local createrole_self_grant = 'set, inherit'")
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("revoke all on database {} from public").format(database))
        connection.execute("revoke all on schema public from public")
        for service in services:
            _provision_one(connection, service, password, database)


def set_passwords(url: str, passwords: Mapping[str, str]) -> None:
    """Give roles new passwords, all of them or none; url is the administrator's."""
    with psycopg.connect(url) as connection:
        for role, password in passwords.items():
            connection.execute(
                sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
            )


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
        verb = sql.SQL("alter") if known else sql.SQL("create")  # a new role may nothing by itself
        rls = sql.SQL("bypassrls") if kind == "worker" else sql.SQL("nobypassrls")
        secret = sql.Literal(password(f"{service}_{kind}"))
        connection.execute(sql.SQL("{} role {} with login {} password {}").format(verb, role, rls, secret))
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
    """Bring every service's schema to its newest migration, as its owner; url is the administrator's.

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
