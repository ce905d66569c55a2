"""Nobody reads or writes across organisations and persons, whatever the code above the database does."""

from typing import LiteralString

import psycopg
import pytest
from arus_gateway.store.acting import acting
from arus_stack.testing import ServiceDatabase
from psycopg import sql

from .world import Gateway

pytestmark = pytest.mark.integration

TABLES = (
    "persons", "passwords", "organisations", "memberships", "sessions", "session_secrets", "mail_proofs",
    "invitations", "api_keys", "audit_events", "locations", "products", "outbox", "preferences",
    "allowances", "sign_in_attempts", "reports", "report_files", "report_mails", "report_schedules", "jobs",
)  # fmt: skip


async def test_without_a_name_the_api_role_sees_nothing(gateway: Gateway):
    await gateway.register()
    async with acting(gateway.context.db) as tx:
        for table in TABLES:
            row = await (
                await tx.execute(sql.SQL("select count(*) as n from {}").format(sql.Identifier(table)))
            ).fetchone()
            assert row == {"n": 0}, table


def test_every_table_has_its_wall(database: ServiceDatabase):
    with psycopg.connect(database.superuser_url) as connection:
        rows = connection.execute(
            """select relname, relrowsecurity and relforcerowsecurity as walled
               from pg_class where relnamespace = 'gateway'::regnamespace and relkind = 'r'
               and relname <> 'alembic_version'"""
        ).fetchall()
    assert {name for name, _ in rows} >= set(TABLES)
    assert [name for name, walled in rows if not walled] == []


async def test_inside_one_organisation_the_others_do_not_exist(gateway: Gateway):
    siti, budi = await gateway.register(), await gateway.register("Budi")
    async with acting(gateway.context.db, tenant=siti.organisation) as tx:
        for table, column in (
            ("persons", "id"), ("organisations", "tenant_id"), ("memberships", "person_id"),
            ("sessions", "person_id"), ("audit_events", "actor_id"),
        ):  # fmt: skip
            query = sql.SQL("select {} as v from {}").format(sql.Identifier(column), sql.Identifier(table))
            rows = await (await tx.execute(query)).fetchall()
            own = siti.organisation if column == "tenant_id" else siti.id
            assert {row["v"] for row in rows} == {own}, table
        for table in ("passwords", "session_secrets", "mail_proofs"):
            row = await (
                await tx.execute(sql.SQL("select count(*) as n from {}").format(sql.Identifier(table)))
            ).fetchone()
            assert row == {"n": 0}, table
        changes: tuple[LiteralString, ...] = (
            "update memberships set role = 'owner' where person_id = %s",
            "delete from memberships where person_id = %s",
            "update sessions set revoked_at = now() where person_id = %s",
            "update persons set name = 'X' where id = %s",
            "update passwords set hash = 'X' where person_id = %s",
        )
        for change in changes:
            assert (await tx.execute(change, (budi.id,))).rowcount == 0, change


@pytest.mark.parametrize(
    "statement",
    [
        "insert into memberships (tenant_id, person_id, role) values (%(other)s, %(me)s, 'owner')",
        """insert into api_keys (tenant_id, id, name, prefix, hash, role, created_by)
           values (%(other)s, 'k', 'k', 'k', 'k', 'admin', 'x')""",
        """insert into audit_events (tenant_id, id, action, actor_id, resource_type, resource_id)
           values (%(other)s, 'a', 'a', 'a', 'a', 'a')""",
        "insert into passwords (person_id, hash) values (%(victim)s, 'mine')",
        """insert into mail_proofs (hash, person_id, purpose, expires_at)
           values ('h', %(victim)s, 'reset', now())""",
        "insert into session_secrets (hash, session_id, person_id) values ('h', 's', %(victim)s)",
        "insert into preferences (tenant_id, person_id, value) values (%(other)s, %(victim)s, '{}')",
    ],
)
async def test_nothing_is_written_into_another_organisation(gateway: Gateway, statement: LiteralString):
    siti, budi = await gateway.register(), await gateway.register("Budi")
    values = {"other": budi.organisation, "me": siti.id, "victim": budi.id}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with acting(gateway.context.db, tenant=siti.organisation, person=siti.id) as tx:
            await tx.execute(statement, values)


async def test_the_audit_log_is_never_rewritten(gateway: Gateway):
    siti = await gateway.register()
    for statement in (
        "update audit_events set action = 'x'",
        "delete from audit_events",
        "truncate audit_events",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with acting(gateway.context.db, tenant=siti.organisation) as tx:
                await tx.execute(statement)


async def test_another_organisations_records_are_not_found_over_rest(gateway: Gateway):
    siti, budi = await gateway.register(), await gateway.register("Budi")
    key = (await budi.http.post("/keys", json={"name": "k", "role": "admin"})).json()
    for method, path in (
        ("GET", f"/users/{budi.id}"),
        ("PATCH", f"/users/{budi.id}"),
        ("DELETE", f"/users/{budi.id}"),
        ("DELETE", f"/keys/{key['id']}"),
        ("POST", f"/organisations/{budi.organisation}/leave"),
    ):
        answer = await siti.http.request(method, path, json={} if method == "PATCH" else None)
        assert answer.status_code == 404, path
    assert budi.id not in (await siti.http.get("/audit")).text
