"""PostgreSQL as a service sees it: its own schema, one transaction at a time, one tenant at a time."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final, Self

from psycopg import AsyncConnection, InterfaceError, OperationalError, errors
from psycopg.rows import DictRow, Row, dict_row
from psycopg_pool import AsyncConnectionPool
from typing_extensions import override

Tx = AsyncConnection[DictRow]
"""A connection inside one transaction; rows are dicts."""

STATEMENT_TIMEOUT_S: Final = 10
IDLE_S: Final = 30
"""How long a door may do nothing inside a transaction: one that was stopped there must not keep its locks."""
CHECKOUT_TIMEOUT_S: Final = 5
SILENCE_S: Final = 5
"""How much later than its own statement_timeout a server may answer before it is given up."""
WAITING_AT_MOST: Final = 1_000
"""How many may wait for a connection; the pool keeps even those who gave up until it has one for them."""
RECONNECT_S: Final = 10
"""A lost server is asked again with growing pauses for so long, then as at first."""
ANSWER_S: Final = float(STATEMENT_TIMEOUT_S + SILENCE_S)
UNANSWERED: Final = (OperationalError, InterfaceError)
"""What is raised when the database did not do what it was asked; the latter, of a connection that is gone."""
_SET_TENANT: Final = "select set_config('arus.tenant', %s, true)"
_UNHURRIED: Final = """
    select set_config('transaction_read_only', 'on', true),
           set_config('idle_in_transaction_session_timeout', '0', true)"""
_SERVER: Final = frozenset({"08", "53", "57"})
"""Classes of errors about the server (connection, resources, operator), not about what it was asked."""


class SilentError(OperationalError):
    """The server neither answered nor closed the connection: it is stopped, or the network swallows all."""


class Bounded(AsyncConnection[Row]):
    """A connection that waits for an answer only so long: a silent server cannot keep its own timeouts."""

    answer_s = ANSWER_S

    @override
    async def wait(self, gen: Any, interval: float = 0.0, timeout: float | None = None) -> Any:
        try:
            return await super().wait(gen, timeout=self.answer_s if timeout is None else timeout)
        except errors._WaitTimeout as error:  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as wait() says
            self.pgconn.finish()
            raise SilentError(f"the database must answer within {self.answer_s:g} s") from error


def is_away(error: Exception) -> bool:
    """Say whether an error tells that the database cannot serve anybody now; else it is about one question.

    A deadlock, a lock that is not there and a statement that took too long are of the same Python class.
    """
    if isinstance(error, errors.QueryCanceled) or not isinstance(error, OperationalError):
        return False
    return error.sqlstate is None or error.sqlstate[:2] in _SERVER


async def unhurried(tx: Tx) -> None:
    """Let a transaction only read, and then take its time: it keeps nobody waiting."""
    await tx.execute(_UNHURRIED)


async def _again(pool: AsyncConnectionPool[Any]) -> None:
    """Let a pool that gave a server up go on asking: nobody else will when all who may wait have."""
    await pool.check()


class Database:
    """A pool of connections under one role, all of them looking at one schema.

    Opening never waits for the server: a service starts and says it is not ready until PostgreSQL answers.
    idle_s: after how long the server ends a transaction in which nothing is asked; 0: never.
    """

    def __init__(
        self,
        url: str,
        schema: str,
        *,
        size: int = 8,
        statement_timeout_s: int = STATEMENT_TIMEOUT_S,
        idle_s: float = 0,
    ) -> None:
        self.schema = schema
        self._size = size
        options = (
            f"-c search_path={schema} -c statement_timeout={statement_timeout_s}s -c timezone=UTC"
            f" -c idle_in_transaction_session_timeout={idle_s * 1_000:.0f}"
        )
        self._answer_s = statement_timeout_s + SILENCE_S
        self._pool = AsyncConnectionPool[Bounded[DictRow]](
            url,
            connection_class=Bounded[DictRow],
            configure=self._bound,
            kwargs={"row_factory": dict_row, "options": options, "connect_timeout": CHECKOUT_TIMEOUT_S},
            min_size=1,
            max_size=size,
            timeout=CHECKOUT_TIMEOUT_S,
            max_idle=60,
            max_waiting=WAITING_AT_MOST,
            reconnect_timeout=RECONNECT_S,
            reconnect_failed=_again,
            open=False,
            name=schema,
        )

    async def _bound(self, connection: Bounded[DictRow]) -> None:
        connection.answer_s = self._answer_s

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

    async def _begin(self, tenant_id: str) -> Bounded[DictRow]:
        """Take a connection and begin: BEGIN and the tenant travel in one round trip.

        A restarted server leaves dead connections in the pool: each is dropped here, and the next one tried.
        A silent server is asked once.
        """
        for _ in range(self._size + 1):
            connection = await self._pool.getconn()
            try:
                async with connection.pipeline():
                    await connection.execute(_SET_TENANT, (tenant_id,))
            except SilentError:
                await self._pool.putconn(connection)
                raise
            except OperationalError:
                await self._pool.putconn(connection)
                continue
            except BaseException:
                await self._pool.putconn(connection)
                raise
            return connection
        raise OperationalError("every connection of the pool was dead")
