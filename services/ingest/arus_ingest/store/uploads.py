"""SQL of files that come in pieces, inside one tenant's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from arus_runtime.postgres import Tx
from psycopg.rows import class_row

# A piece that the version before took is kept under where it begins.
_COMING: Final = """id, file_name, size_bytes, received, array(
    select coalesce((select piece from unnest(pieces) piece where starts_with(piece, at || '-')), at::text)
    from unnest(parts) with ordinality place (at, nth) order by nth
) as pieces, import_id, started_by"""


@dataclass(frozen=True, slots=True)
class Coming:
    """A file that comes in pieces. pieces: what each is kept under, in order; import_id: what it became."""

    id: str
    file_name: str
    size_bytes: int
    received: int
    pieces: Sequence[str]
    import_id: str | None
    started_by: str


async def add(tx: Tx, tenant_id: str, new: Coming, at: datetime) -> None:
    """Write a file of which nothing has come yet."""
    await tx.execute(
        """insert into import_uploads (tenant_id, id, file_name, size_bytes, started_at, started_by)
           values (%s, %s, %s, %s, %s, %s)""",
        (tenant_id, new.id, new.file_name, new.size_bytes, at, new.started_by),
    )


async def one(tx: Tx, upload_id: str) -> Coming | None:
    """Return one file that comes in pieces."""
    rows = tx.cursor(row_factory=class_row(Coming))
    await rows.execute(f"select {_COMING} from import_uploads where id = %s", (upload_id,))  # noqa: S608 — our own names
    return await rows.fetchone()


async def hold(tx: Tx, upload_id: str) -> Coming | None:
    """Return one file that comes in pieces and keep others from changing it until the transaction ends."""
    rows = tx.cursor(row_factory=class_row(Coming))
    await rows.execute(f"select {_COMING} from import_uploads where id = %s for update", (upload_id,))  # noqa: S608 — our own names
    return await rows.fetchone()


async def grow(tx: Tx, old: Coming, piece: str, size: int) -> Coming | None:
    """Write that a piece of so many bytes has come; None when another one came first."""
    rows = tx.cursor(row_factory=class_row(Coming))
    await rows.execute(
        f"""update import_uploads
            set received = received + %s, parts = parts || received, pieces = pieces || %s::text
            where id = %s and received = %s returning {_COMING}""",  # noqa: S608 — our own names
        (size, piece, old.id, old.received),
    )
    return await rows.fetchone()


async def end(tx: Tx, old: Coming, import_id: str) -> Coming:
    """Write which import a file became."""
    rows = tx.cursor(row_factory=class_row(Coming))
    await rows.execute(
        f"update import_uploads set import_id = %s where id = %s returning {_COMING}",  # noqa: S608 — our own names
        (import_id, old.id),
    )
    ended = await rows.fetchone()
    assert ended is not None
    return ended
