"""Whole lists, some thousands of rows at a time, inside one tenant's transaction."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final, TypeVar

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

T = TypeVar("T")

CHUNK: Final = 2_000


async def chunks(
    tx: Tx, kind: type[T], statement: str, values: Mapping[str, Any]
) -> AsyncGenerator[Sequence[T]]:
    """Yield what a statement finds, by the fields of a class."""
    async with tx.cursor("chunks", row_factory=class_row(kind)) as rows:
        await rows.execute(statement.encode(), values)
        while found := await rows.fetchmany(CHUNK):
            yield found


async def number(tx: Tx, statement: str, values: Mapping[str, Any]) -> int:
    """Return how many rows a statement finds; it has its own limit."""
    answer = await tx.execute(
        f"select count(*) as found from ({statement}) x".encode(),  # noqa: S608 - our own text
        values,
        prepare=False,
    )
    row = await answer.fetchone()
    assert row is not None
    return row["found"]
