"""SQL of what belongs to a case: comments, files, what was found in the field, and its history."""

# ruff: noqa: S608 — what is spliced into the SQL is this module's own names of columns

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final, TypeVar

import orjson
from arus_runtime.postgres import Tx
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from arus_anomaly.state.cases import Attachment, Change, Comment, Visit

Entry = TypeVar("Entry", Comment, Attachment, Visit, Change)

_TABLES: Final[Mapping[type, str]] = {
    Comment: "case_comments",
    Attachment: "case_attachments",
    Visit: "case_visits",
    Change: "case_changes",
}


async def add(tx: Tx, tenant_id: str, case_id: str, entry: Comment | Attachment | Visit | Change) -> None:
    """Add something to a case."""
    kind = type(entry)
    values = asdict(entry)
    if isinstance(entry, Change):
        values["changes"] = Jsonb(values["changes"], dumps=_dumped)
    names = [field.name for field in fields(kind)]
    await tx.execute(
        f"""insert into {_TABLES[kind]} (tenant_id, case_id, {", ".join(names)})
            values (%(tenant_id)s, %(case_id)s, {", ".join(f"%({name})s" for name in names)})""".encode(),
        {"tenant_id": tenant_id, "case_id": case_id, **values},
    )


async def newest(tx: Tx, kind: type[Entry], case_id: str, after: str | None, limit: int) -> Sequence[Entry]:
    """Return what of this kind belongs to a case, newest first. after: id of the last one seen."""
    rows = tx.cursor(row_factory=class_row(kind))
    await rows.execute(
        f"""select {", ".join(field.name for field in fields(kind))} from {_TABLES[kind]}
            where case_id = %(case)s and (%(after)s::text is null or id < %(after)s)
            order by id desc limit %(limit)s""".encode(),
        {"case": case_id, "after": after, "limit": limit},
    )
    return await rows.fetchall()


async def one(tx: Tx, kind: type[Entry], case_id: str, entry_id: str) -> Entry | None:
    """Return one thing of this kind that belongs to a case."""
    rows = tx.cursor(row_factory=class_row(kind))
    await rows.execute(
        f"""select {", ".join(field.name for field in fields(kind))} from {_TABLES[kind]}
            where case_id = %s and id = %s""".encode(),
        (case_id, entry_id),
    )
    return await rows.fetchone()


async def count(tx: Tx, kind: type[Comment] | type[Visit], case_id: str) -> int:
    """Return how much of this kind belongs to a case."""
    row = await (
        await tx.execute(
            f"select count(*) as entries from {_TABLES[kind]} where case_id = %s".encode(), (case_id,)
        )
    ).fetchone()
    return row["entries"] if row else 0


async def files(tx: Tx, case_id: str) -> Sequence[Attachment]:
    """Return the files of a case that were not removed, newest first."""
    rows = tx.cursor(row_factory=class_row(Attachment))
    await rows.execute(
        f"""select {", ".join(field.name for field in fields(Attachment))} from case_attachments
            where case_id = %s and removed_at is null order by id desc""".encode(),
        (case_id,),
    )
    return await rows.fetchall()


async def remove_file(tx: Tx, case_id: str, attachment_id: str, removed_by: str, at: datetime) -> None:
    """Say of a file that it was taken away."""
    await tx.execute(
        "update case_attachments set removed_by = %s, removed_at = %s where case_id = %s and id = %s",
        (removed_by, at, case_id, attachment_id),
    )


def _dumped(changes: Any) -> bytes:
    return orjson.dumps(changes)
