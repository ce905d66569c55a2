"""Tenants are kept apart by the database itself, and a lost server is an answer, not a crash."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import psycopg
import pytest
from arus_runtime import postgres
from arus_runtime.context import Context
from arus_runtime.postgres import Database, Tx, unhurried
from arus_stack.line import Line
from arus_stack.testing import ServiceDatabase

pytestmark = pytest.mark.integration


async def write(tx: Tx, tenant: str, note: str = "1") -> None:
    await tx.execute("insert into notes values (%s, %s, 'body')", (tenant, note))


async def ids(tx: Tx) -> list[str]:
    return [row["id"] for row in await (await tx.execute("select id from notes order by id")).fetchall()]


async def test_a_tenant_reads_its_own_rows_only(context: Context) -> None:
    for tenant in ("a", "b"):
        async with context.db.tenant(tenant) as tx:
            await write(tx, tenant, f"note-{tenant}")
    async with context.db.tenant("a") as tx:
        assert await ids(tx) == ["note-a"]


async def test_a_tenant_cannot_write_into_another(context: Context) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with context.db.tenant("a") as tx:
            await write(tx, "b")


async def test_without_a_tenant_the_api_role_sees_nothing_and_the_worker_role_everything(
    context: Context,
) -> None:
    async with context.db.tenant("a") as tx:
        await write(tx, "a")
    async with context.db.system() as tx:
        assert await ids(tx) == []
    async with context.worker_db.system() as tx:
        assert await ids(tx) == ["1"]


async def test_even_the_owner_of_the_tables_is_bound(context: Context, database: ServiceDatabase) -> None:
    async with context.db.tenant("a") as tx:
        await write(tx, "a")
    async with Database(database.owner_url, "shell") as owner, owner.system() as tx:
        assert await ids(tx) == []


async def test_an_empty_tenant_is_refused_before_the_database_is_asked(context: Context) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        async with context.db.tenant(""):
            pass


async def test_the_tenant_ends_with_its_transaction(context: Context) -> None:
    async with context.db.tenant("a") as tx:
        await write(tx, "a")
        await tx.commit()
        assert await ids(tx) == []


async def test_a_failed_block_leaves_nothing_behind(context: Context) -> None:
    with pytest.raises(LookupError):  # noqa: PT012 — the whole block fails
        async with context.db.tenant("a") as tx:
            await write(tx, "a")
            raise LookupError
    async with context.db.tenant("a") as tx:
        assert await ids(tx) == []


async def test_connections_that_died_in_the_pool_are_replaced_unnoticed(database: ServiceDatabase) -> None:
    async with Database(database.api_url, "shell", size=3) as db:
        async with db.tenant("a") as one, db.tenant("a") as two, db.tenant("a") as three:
            pids = [tx.info.backend_pid for tx in (one, two, three)]
        with psycopg.connect(database.superuser_url, autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(pid) from unnest(%s::int[]) pid", (pids,))
        async with db.tenant("a") as tx:
            assert tx.info.backend_pid not in pids


async def test_a_server_that_was_given_up_is_found_again(
    database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Even when as many wait as may, and nobody else would make the pool look."""
    monkeypatch.setattr(postgres, "WAITING_AT_MOST", 1)
    monkeypatch.setattr(postgres, "CHECKOUT_TIMEOUT_S", 1)
    monkeypatch.setattr(postgres, "RECONNECT_S", 0.1)
    parts = urlsplit(database.api_url)
    with Line(parts.hostname or "", parts.port or 5432) as line:
        line.cut()
        async with Database(line.url(database.api_url), database.schema) as pool:

            async def answers() -> bool:
                try:
                    await pool.ping()
                except psycopg.OperationalError:
                    return False
                return True

            async def given_up() -> bool:
                return not await answers() and "reconnection attempt in pool" in caplog.text

            await until(given_up)
            line.mend()
            await until(answers)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 - nobody signals a condition
            await asyncio.sleep(0.01)


async def test_a_schema_is_all_a_service_sees(database: ServiceDatabase) -> None:
    async with Database(database.api_url, "shell") as db, db.tenant("a") as tx:
        row = await (await tx.execute("select current_schema() as name")).fetchone()
        assert row == {"name": "shell"}


async def test_a_door_that_was_stopped_inside_a_transaction_gives_its_locks_back(
    database: ServiceDatabase,
) -> None:
    async with Database(database.api_url, "shell", idle_s=0.1) as db:
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):  # noqa: PT012 — the whole block fails
            async with db.tenant("a") as stopped:
                await write(stopped, "a")
                async with db.tenant("a") as other:
                    await write(other, "a")  # the same key: it waits until the first is ended
                await ids(stopped)
        async with db.tenant("a") as tx:
            assert await ids(tx) == ["1"]


async def test_who_only_reads_may_take_its_time(database: ServiceDatabase) -> None:
    async with Database(database.api_url, "shell", idle_s=0.1) as db, db.tenant("a") as tx:
        await unhurried(tx)
        said = await (await tx.execute("show idle_in_transaction_session_timeout")).fetchone()
        assert said == {"idle_in_transaction_session_timeout": "0"}
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await write(tx, "a")


async def test_a_slow_statement_is_cut_off(database: ServiceDatabase) -> None:
    async with Database(database.api_url, "shell", statement_timeout_s=1) as db, db.tenant("a") as tx:
        with pytest.raises(psycopg.errors.QueryCanceled):
            await tx.execute("select pg_sleep(30)")
