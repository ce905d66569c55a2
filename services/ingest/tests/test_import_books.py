"""Files whose facts belong to another book: what goes to it, and how its answers end an import."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from arus.imports.v1.events_pb2 import (
    ImportChunkPublished,
    ImportRowsAnswered,
    ImportWithdrawalAnswered,
    ImportWithdrawn,
)
from arus_ingest import handlers, jobs
from arus_runtime.context import Context
from arus_runtime.jobs import Jobs
from arus_runtime.testing import Bench
from arus_stack.testing import ServiceDatabase

from .conftest import told

pytestmark = pytest.mark.integration

HEAD = "NOMEN;STAND AWAL;STAND AKHIR;VOLUME;METODE BACA;TGL BACA"


def reads(rows: int) -> bytes:
    """Return a file of register reads, one of each customer."""
    lines = (
        f"34010{number:05d};100;{100 + number};{number};ACTUAL;14/12/2025" for number in range(1, rows + 1)
    )
    return "\n".join((HEAD, *lines)).encode()


async def work(context: Context) -> None:
    """Have every job done that waits."""
    runner = Jobs({job.kind: job for job in jobs.JOBS}, context)
    while claimed := await runner.claim():
        await runner.attempt(claimed, asyncio.Event())


async def heard(database: ServiceDatabase, context: Context, tenant: str, *answers: Any) -> None:
    """Let the door hear what a book answered, as its projection would, and look at the import."""
    async with Bench("ingest", [handlers.outcomes]) as bench:
        await bench.feed(*answers, key="answers", tenant=tenant)
        rows = {table: bench.rows(table) for table in handlers.outcomes.tables}
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        # What is asked for again under its id runs again.
        connection.execute("delete from jobs where state = 'done'")
        for table, found in rows.items():
            for row in found:
                names = [column.name for column in table.columns]
                connection.execute(
                    f"insert into {table.name} ({', '.join(names)}) values ({', '.join(['%s'] * len(names))})"
                    " on conflict do nothing".encode(),
                    [row[name] for name in names],
                )
    await work(context)


async def test_rows_go_to_their_book_and_its_answers_end_the_import(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    sent = await owner.post("/imports", files=[("files", ("SBRS_34_DES25.csv", reads(600)))])
    path = f"/imports/{sent.json()['items'][0]['id']}"
    await work(context)
    seen = (await owner.get(path)).json()
    assert (seen["state"], seen["type"], seen["period"]) == ("preview", "SBRS", "2025-12"), seen
    assert seen["counts"] == {"created": 600, "updated": 0, "unchanged": 0, "rejected": 0}
    await owner.post(f"{path}/commit", json={"preview": seen["preview"]})
    await work(context)
    chunks = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    assert [(one.chunk, one.chunks, len(one.rows)) for one in chunks] == [(1, 2, 500), (2, 2, 100)]
    assert (chunks[0].type, chunks[0].period, chunks[0].rows[0].key) == (
        "SBRS",
        "2025-12",
        "3401000001|2025-12",
    )
    assert chunks[0].rows[0].fields["stand_akhir"] == "101"
    assert (await owner.get(path)).json()["state"] == "committing"

    answers = [
        ImportRowsAnswered(
            tenant_id="tenant-a",
            import_id=one.import_id,
            chunk=one.chunk,
            rows=[
                ImportRowsAnswered.Row(row_id=row.row_id, outcome=ImportRowsAnswered.OUTCOME_CREATED)
                for row in one.rows
            ],
        )
        for one in chunks
    ]
    refused = answers[1].rows[0]
    refused.outcome, refused.field, refused.code = (
        ImportRowsAnswered.OUTCOME_REJECTED,
        "nomen",
        "unknown_reference",
    )
    refused.params["value"] = "3401000501"
    await heard(database, context, "tenant-a", *answers)
    done = (await owner.get(path)).json()
    assert (done["state"], done["counts"]["created"], done["counts"]["rejected"]) == (
        "completed_with_errors", 599, 1,
    )  # fmt: skip
    assert (await owner.get(f"{path}/errors.xlsx")).status_code == 200

    await owner.post(f"{path}/undo")
    part = ImportWithdrawalAnswered(
        tenant_id="tenant-a", import_id=chunks[0].import_id, withdrawn=400, is_partial=True
    )
    await heard(database, context, "tenant-a", part)
    undoing = (await owner.get(path)).json()
    assert (undoing["state"], undoing["done"], undoing["progress"]) == ("undoing", 400, 400 / 600)
    [_, wish] = [event for _, event in told(database) if isinstance(event, ImportWithdrawn)]
    assert (wish.type, wish.period) == ("SBRS", "2025-12")
    await heard(
        database,
        context,
        "tenant-a",
        ImportWithdrawalAnswered(
            tenant_id="tenant-a",
            import_id=wish.import_id,
            dependants=[ImportWithdrawalAnswered.Dependant(kind="case", id="case-1", label="Kasus 12")],
            dependants_in_all=1,
        ),
    )
    kept = (await owner.get(path)).json()
    assert (kept["state"], [block["code"] for block in kept["blocks"]]) == (
        "completed_with_errors", ["depends_case"],
    )  # fmt: skip


async def test_what_was_cut_short_goes_on_behind_what_went_out(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    sent = await owner.post("/imports", files=[("files", ("SBRS_34_DES25.csv", reads(2_600)))])
    path = f"/imports/{sent.json()['items'][0]['id']}"
    await work(context)
    await owner.post(f"{path}/commit", json={"preview": (await owner.get(path)).json()["preview"]})

    def cut_short() -> None:
        raise OSError("the disk is gone")

    context.committed = cut_short
    await work(context)
    assert [event.chunk for _, event in told(database) if isinstance(event, ImportChunkPublished)] == [
        1,
        2,
        3,
        4,
    ]

    context.committed = lambda: None
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute("update jobs set run_after = now() where state = 'waiting'")
    await work(context)
    chunks = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    assert [(one.chunk, len(one.rows)) for one in chunks] == [
        *((chunk, 500) for chunk in range(1, 6)),
        (6, 100),
    ]
    assert [row.number for one in chunks for row in one.rows] == list(range(2, 2_602))
