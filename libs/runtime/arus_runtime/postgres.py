"""PostgreSQL as a service sees it: its own schema, one transaction at a time, one tenant at a time."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final, Self

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Tx = AsyncConnection[DictRow]
"""A connection inside one transaction; rows are dicts."""

STATEMENT_TIMEOUT_S: Final = 10
CHECKOUT_TIMEOUT_S: Final = 5
_SET_TENANT: Final = "select set_config('arus.tenant', %s, true)"


class Database:
    """A pool of connections under one role, all of them looking at one schema.

    Opening never waits for the server: a service starts and says it is not ready until PostgreSQL answers.
    """

    def __init__(
        self, url: str, schema: str, *, size: int = 8, statement_timeout_s: int = STATEMENT_TIMEOUT_S
    ) -> None:
        self.schema = schema
        self._size = size
        options = f"-c search_path={schema} -c statement_timeout={statement_timeout_s}s -c timezone=UTC"
        self._pool = AsyncConnectionPool[AsyncConnection[DictRow]](
            url,
            connection_class=AsyncConnection[DictRow],
            kwargs={"row_factory": dict_row, "options": options, "connect_timeout": CHECKOUT_TIMEOUT_S},
            min_size=1,
            max_size=size,
            timeout=CHECKOUT_TIMEOUT_S,
            max_idle=60,
            open=False,
            name=schema,
        )

    async def open(self) -> None:
        """Start filling the pool."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Give every connection back."""
        await self._pool.close(timeout=5)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def tenant(self, tenant_id: str) -> AsyncGenerator[Tx]:
        """Give one transaction that sees and writes the rows of one tenant only."""
        if not tenant_id:
            raise ValueError("tenant_id must not be empty")
        async with self._transaction(tenant_id) as tx:
            yield tx

    @asynccontextmanager
    async def system(self) -> AsyncGenerator[Tx]:
        """Give one transaction without a tenant: all rows for the worker role, none for the api role."""
        async with self._transaction("") as tx:
            yield tx

    async def ping(self) -> None:
        """Return when the database answers, else raise OperationalError."""
        async with self._transaction("") as tx:
            await tx.execute("select 1")

    @asynccontextmanager
    async def _transaction(self, tenant_id: str) -> AsyncGenerator[Tx]:
        connection = await self._begin(tenant_id)
        # The pool's own context would take another one; this one is in its transaction already.
        try:
            async with connection:
                yield connection
        finally:
            await self._pool.putconn(connection)

    async def _begin(self, tenant_id: str) -> Tx:
        """Take a connection and begin: BEGIN and the tenant travel in one round trip.

        A restarted server leaves dead connections in the pool: each is dropped here, and the next one tried.
        """
        for _ in range(self._size + 1):
            connection = await self._pool.getconn()
            try:
                async with connection.pipeline():
                    await connection.execute(_SET_TENANT, (tenant_id,))
            except OperationalError:
                await self._pool.putconn(connection)
                continue
            except BaseException:
                await self._pool.putconn(connection)
                raise
            return connection
        raise OperationalError("every connection of the pool was dead")
