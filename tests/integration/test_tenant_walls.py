"""Nobody sees or changes another organisation's rows, whichever table or role is tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from arus_stack import schema_page, schemas
from arus_stack.testing import TEST_PASSWORD, PostgresServer
from psycopg import errors, sql

pytestmark = pytest.mark.integration

CHANGES: tuple[LiteralString, ...] = (
    "update {} set tenant_id = tenant_id where tenant_id = %s",
    "delete from {} where tenant_id = %s",
)
OURS, THEIRS = "tenant-ours", "tenant-theirs"
CLOSED = {f"{service}.job_turns" for service in ("anomaly", "gateway", "ingest", "notify")}
"""Tables that show nothing to a request: they are for workers alone."""
PERSONAL = {"gateway.preferences"}
"""Tables that show the organisation nothing, and a member their own row."""
VALUES: dict[str, Any] = {
    "text": "x",
    "bigint": 1,
    "integer": 1,
    "smallint": 1,
    "double precision": 1.0,
    "numeric": 1,
    "boolean": True,
    "date": "2025-01-10",
    "timestamp with time zone": "2025-01-10T00:00:00Z",
    "jsonb": "{}",
    "bytea": b"",
    "text[]": [],
    "uuid": UUID(int=0),
}


@dataclass(frozen=True, slots=True)
class House:
    """A database with every service's schema, and one row of each organisation in every table."""

    url: str
    services: tuple[str, ...]

    def connect(self, service: str, kind: str) -> psycopg.Connection:
        """Connect as a role of a service."""
        return psycopg.connect(schemas.role_urls(self.url, service, lambda _: TEST_PASSWORD)[kind])

    def tables(self, service: str, *, of_tenants: bool) -> list[str]:
        """Return the names of the tables that hold (or do not hold) a tenant_id."""
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                """select t.table_name from information_schema.tables t
                   where t.table_schema = %s and t.table_type = 'BASE TABLE'
                     and t.table_name <> 'alembic_version'
                     and %s = exists (select from information_schema.columns c
                                      where (c.table_schema, c.table_name) = (t.table_schema, t.table_name)
                                        and c.column_name = 'tenant_id')
                   order by 1""",
                (service, of_tenants),
            )
            return [name for (name,) in rows]


@pytest.fixture(scope="module")
def house(postgres: PostgresServer) -> Iterator[House]:
    url = postgres.create_database()
    made = House(url, tuple(schema_page.migrated(url)))
    with psycopg.connect(url) as connection:
        loosen(connection)
        for service in made.services:
            for table in made.tables(service, of_tenants=True):
                for number, tenant in enumerate((OURS, THEIRS)):
                    fill(connection, service, table, tenant, number)
    yield made
    postgres.drop_database(url)


def loosen(connection: psycopg.Connection) -> None:
    """Take the checks and foreign keys out, so that any value makes a row; row-level security stays."""
    connection.execute(
        """do $$ declare c record; begin
             for c in select conrelid::regclass as relation, conname from pg_constraint
                      where contype in ('c', 'f') and connamespace::regnamespace::text not like 'pg_%'
                        and connamespace <> 'information_schema'::regnamespace and conrelid <> 0
             loop execute format('alter table %s drop constraint %I', c.relation, c.conname); end loop;
           end $$"""
    )


def fill(connection: psycopg.Connection, service: str, table: str, tenant: str, number: int) -> None:
    """Insert one row of a tenant, with any value in every column that demands one."""
    rows = connection.execute(
        """select a.attname, format_type(a.atttypid, a.atttypmod)
           from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
           where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
             and a.attnotnull and d.oid is null and a.attidentity = '' and a.attgenerated = ''""",
        (f"{service}.{table}",),
    ).fetchall()
    values = {name: differing(VALUES[kind], number) for name, kind in rows} | {"tenant_id": tenant}
    connection.execute(
        sql.SQL("insert into {} ({}) overriding system value values ({})").format(
            sql.Identifier(service, table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        ),
        list(values.values()),
    )


def differing(value: Any, number: int) -> Any:
    """Keep unique columns apart between the two rows."""
    if isinstance(value, str) and value == "x":
        return f"x{number}"
    if isinstance(value, bytes):
        return bytes([number])
    if isinstance(value, UUID):
        return UUID(int=number)
    return value + number if isinstance(value, int) and not isinstance(value, bool) else value


def as_tenant(connection: psycopg.Connection, tenant: str) -> None:
    connection.execute("select set_config('arus.tenant', %s, true)", (tenant,))


def seen(connection: psycopg.Connection, service: str, table: str) -> list[str]:
    query = sql.SQL("select tenant_id from {}").format(sql.Identifier(service, table))
    return [tenant for (tenant,) in connection.execute(query)]


def changed(connection: psycopg.Connection, statement: sql.Composed) -> int:
    """Return how many of their rows a statement touched; none when the role may not do it at all."""
    try:
        with connection.transaction():
            return connection.execute(statement, (THEIRS,)).rowcount
    except errors.InsufficientPrivilege:
        return 0


def test_every_table_of_tenants_shows_each_its_own_row_only(house: House) -> None:
    for service in house.services:
        for table in house.tables(service, of_tenants=True):
            with house.connect(service, "api") as connection:
                assert seen(connection, service, table) == [], f"{service}.{table} without a tenant"
                as_tenant(connection, OURS)
                expected = [] if f"{service}.{table}" in CLOSED | PERSONAL else [OURS]
                assert seen(connection, service, table) == expected, f"{service}.{table}"


def test_preferences_are_shown_to_their_member_in_their_organisation(house: House) -> None:
    with psycopg.connect(house.url) as connection:
        rows = connection.execute("select tenant_id, person_id from gateway.preferences").fetchall()
    member = dict(rows)
    assert set(member) == {OURS, THEIRS}
    with house.connect("gateway", "api") as connection:
        as_tenant(connection, OURS)
        for tenant, visible in ((OURS, [OURS]), (THEIRS, [])):
            connection.execute("select set_config('arus.person', %s, true)", (member[tenant],))
            assert seen(connection, "gateway", "preferences") == visible


def test_no_row_of_another_tenant_can_be_written_changed_or_removed(house: House) -> None:
    for service in house.services:
        for table in house.tables(service, of_tenants=True):
            name = sql.Identifier(service, table)
            with house.connect(service, "api") as connection:
                as_tenant(connection, OURS)
                with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(
                        sql.SQL("insert into {} (tenant_id) values (%s)").format(name), (THEIRS,)
                    )
                for statement in CHANGES:
                    assert changed(connection, sql.SQL(statement).format(name)) == 0, (table, statement)
            with psycopg.connect(house.url) as connection:
                assert THEIRS in seen(connection, service, table)


def test_what_belongs_to_no_tenant_is_hidden_from_requests_or_known_by_name(house: House) -> None:
    # People may belong to several organisations; their rows are reached by id or address only.
    known = {"gateway": {"users"}}
    for service in house.services:
        for table in house.tables(service, of_tenants=False):
            if table not in known.get(service, set()):
                with psycopg.connect(house.url) as connection:
                    forced = connection.execute(
                        "select relforcerowsecurity from pg_class where oid = %s::regclass",
                        (f"{service}.{table}",),
                    ).fetchone()
                assert forced == (True,), f"{service}.{table}"


@pytest.mark.parametrize("kind", ["api", "worker", "owner"])
def test_no_role_sees_another_service(house: House, kind: str) -> None:
    for service in house.services:
        with house.connect(service, kind) as connection:
            for other in set(house.services) - {service}:
                table = house.tables(other, of_tenants=True)[0]
                with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                    seen(connection, other, table)


@pytest.mark.parametrize("kind", ["api", "worker", "owner"])
def test_no_role_makes_roles_or_leaves_its_bounds(house: House, kind: str) -> None:
    for service in house.services:
        with house.connect(service, kind) as connection:
            for command in (
                "create role intruder",
                "set role gateway_owner",
                "create table public.stray (a int)",
            ):
                if service == "gateway" and command.startswith("set role"):
                    continue
                with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(command)
