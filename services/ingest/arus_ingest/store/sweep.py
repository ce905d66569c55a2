"""SQL of what is kept no longer, of every organisation: worker role."""

from collections.abc import Sequence
from dataclasses import dataclass

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Old:
    """An import, or a file that comes in pieces, of an organisation."""

    tenant_id: str
    id: str


async def old_uploads(tx: Tx, days: int) -> Sequence[Old]:
    """Return files in pieces that were begun so many days ago: by now whole and imported, or given up."""
    rows = tx.cursor(row_factory=class_row(Old))
    await rows.execute(
        """select tenant_id, id from import_uploads
           where started_at < now() - make_interval(days => %s) order by started_at limit %s""",
        (days, AT_ONCE),
    )
    return await rows.fetchall()


async def forget_upload(tx: Tx, one: Old) -> None:
    """Forget a file that comes in pieces."""
    await tx.execute("delete from import_uploads where tenant_id = %s and id = %s", (one.tenant_id, one.id))


async def oldest_unfinished_s(tx: Tx) -> float:
    """Return how many seconds ago the oldest file was begun that did not come whole yet."""
    found = await tx.execute(
        """select coalesce(extract(epoch from now() - min(started_at)), 0)::float8 as age_s
           from import_uploads where import_id is null"""
    )
    row = await found.fetchone()
    return row["age_s"] if row else 0.0


async def old_files(tx: Tx, days: int) -> Sequence[Old]:
    """Return imports that ended, or were never committed, and came so many days ago; their files are kept."""
    rows = tx.cursor(row_factory=class_row(Old))
    await rows.execute(
        """select tenant_id, id from imports
           where swept_at is null and uploaded_at < now() - make_interval(days => %s)
             and state not in ('queued', 'analysed', 'committing', 'undoing')
           order by uploaded_at limit %s""",
        (days, AT_ONCE),
    )
    return await rows.fetchall()


async def mark_swept(tx: Tx, one: Old) -> None:
    """Write that an import's files are gone."""
    await tx.execute(
        "update imports set swept_at = now(), version = version + 1 where tenant_id = %s and id = %s",
        (one.tenant_id, one.id),
    )
