"""Columns that hold sealed text, and putting a newly sealed one in the place of another."""

from typing import Any, Final, NamedTuple

from arus_runtime.postgres import Tx
from psycopg import sql
from psycopg.rows import class_row


class Column(NamedTuple):
    """Where sealed text lies: a table, what a row is called by within its tenant, the column."""

    table: str
    id: str
    column: str


class Value(NamedTuple):
    """One sealed text, and whose it is."""

    tenant_id: str
    id: str
    text: str


NUMBERS: Final = Column("preferences", "person_id", "whatsapp_number")
SECRETS: Final = Column("webhooks", "id", "secret")
FORMER_SECRETS: Final = Column("webhooks", "id", "former_secret")
START: Final = Value("", "", "")


async def unlike(tx: Tx, of: Column, prefix: str, *, after: Value, limit: int) -> list[Value]:
    """Return what begins with another prefix, by tenant and id, after a value; worker role."""
    statement = sql.SQL(
        "select tenant_id, {id} as id, {column} as text from {table}"
        " where {column} <> '' and not starts_with({column}, %s) and (tenant_id, {id}) > (%s, %s)"
        " order by tenant_id, {id} limit %s"
    )
    async with tx.cursor(row_factory=class_row(Value)) as cursor:
        await cursor.execute(statement.format(**_names(of)), (prefix, after.tenant_id, after.id, limit))
        return await cursor.fetchall()


async def replace(tx: Tx, of: Column, value: Value, text: str) -> bool:
    """Put a text in the place of a value, unless somebody changed it meanwhile; worker role."""
    statement = sql.SQL(
        "update {table} set {column} = %s where tenant_id = %s and {id} = %s and {column} = %s"
    )
    cursor = await tx.execute(statement.format(**_names(of)), (text, *value))
    return cursor.rowcount == 1


def _names(of: Column) -> dict[str, Any]:
    return {
        "table": sql.Identifier(of.table),
        "id": sql.Identifier(of.id),
        "column": sql.Identifier(of.column),
    }
