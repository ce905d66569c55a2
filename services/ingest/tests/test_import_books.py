"""Files whose facts belong to another book: what goes to it, and how its answers end an import."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import grpc
import httpx
import psycopg
import pytest
from arus.imports.v1.api_pb2 import ListDependantsRequest, ListDependantsResponse
from arus.imports.v1.api_pb2_grpc import BookServiceServicer, add_BookServiceServicer_to_server
from arus.imports.v1.events_pb2 import (
    ImportChunkPublished,
    ImportRowsAnswered,
    ImportWithdrawalAnswered,
    ImportWithdrawn,
)
from arus_ingest import handlers, jobs
from arus_ingest.commands import imports
from arus_ingest.state import Trouble
from arus_runtime.context import Context
from arus_runtime.jobs import Jobs
from arus_runtime.settings import Peer
from arus_runtime.testing import Bench
from arus_stack.testing import ServiceDatabase
from typing_extensions import override

from .conftest import Caller, tenant_of, told

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
        await bench.feed(*answers, key=f"{tenant}:answers", tenant=tenant)
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


async def previewed(owner: httpx.AsyncClient, context: Context) -> tuple[str, dict[str, Any]]:
    """Upload 600 reads and return where their import is, and what it is by then."""
    sent = await owner.post("/imports", files=[("files", ("SBRS_34_DES25.csv", reads(600)))])
    path = f"/imports/{sent.json()['items'][0]['id']}"
    await work(context)
    return path, (await owner.get(path)).json()


def taken(chunk: ImportChunkPublished) -> ImportRowsAnswered:
    """Return the answer of a book that takes every row as new."""
    rows = [
        ImportRowsAnswered.Row(row_id=row.row_id, outcome=ImportRowsAnswered.OUTCOME_CREATED)
        for row in chunk.rows
    ]
    return ImportRowsAnswered(
        tenant_id=chunk.tenant_id, import_id=chunk.import_id, chunk=chunk.chunk, rows=rows
    )


async def test_rows_go_to_their_book_and_its_answers_end_the_import(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    path, seen = await previewed(owner, context)
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
    assert chunks[0].rows[0].place == 1
    assert (await owner.get(path)).json()["state"] == "committing"

    answers = [taken(one) for one in chunks]
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


async def test_answers_that_nobody_looked_at_end_an_import_that_goes_on(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    path, seen = await previewed(owner, context)
    await owner.post(f"{path}/commit", json={"preview": seen["preview"]})
    await work(context)
    chunks = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        for one in map(taken, chunks):
            connection.execute(
                "insert into import_chunks"
                " (tenant_id, import_id, chunk, created, updated, unchanged, rejected)"
                " values ('tenant-a', %s, %s, %s, 0, 0, 0)",
                (one.import_id, one.chunk, len(one.rows)),
            )
    again = await owner.post(f"{path}/commit", json={"preview": seen["preview"]})
    assert again.json()["state"] == "committing"
    await work(context)
    done = (await owner.get(path)).json()
    assert (done["state"], done["counts"]["created"]) == ("completed", 600)


@dataclass
class Book(BookServiceServicer):
    """A book over real gRPC that says what the test wants it to say, and remembers whom it told."""

    says: ListDependantsResponse = field(default_factory=ListDependantsResponse)
    fails: grpc.StatusCode | None = None
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @override
    async def ListDependants(self, request: ListDependantsRequest, context: Any) -> ListDependantsResponse:
        self.asked.append((tenant_of(context), request.import_id))
        if self.fails:
            await context.abort(self.fails, "as the test wants it")
        return self.says


@pytest.fixture
async def book(context: Context) -> AsyncIterator[Book]:
    made, server = Book(), grpc.aio.server()
    add_BookServiceServicer_to_server(made, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    context.settings.peers["metering"] = Peer(grpc=f"127.0.0.1:{port}")
    yield made
    await server.stop(None)


async def completed(owner: httpx.AsyncClient, context: Context, database: ServiceDatabase) -> str:
    """Return where an import is whose rows its book took."""
    path, seen = await previewed(owner, context)
    await owner.post(f"{path}/commit", json={"preview": seen["preview"]})
    await work(context)
    chunks = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    await heard(database, context, "tenant-a", *map(taken, chunks))
    return path


async def test_a_file_is_compared_with_what_stands_of_its_type_and_month(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    path = await completed(owner, context, database)
    longer = reads(601).replace(b"3401000002;100", b"3401000002;99")

    async def counted(name: str) -> dict[str, int]:
        sent = await owner.post("/imports", files=[("files", (name, longer))])
        [item] = sent.json()["items"]
        await owner.patch(f"/imports/{item['id']}", json={"period": name[8:15], "confirmed": True})
        await work(context)
        seen = (await owner.get(f"/imports/{item['id']}")).json()
        samples = (await owner.get(f"/imports/{item['id']}/preview")).json()
        assert [row["number"] for row in samples["create"]][:5] == (
            [602] if seen["counts"]["updated"] else [2, 3, 4, 5, 6]
        )
        return seen["counts"]

    same_month = {"created": 1, "updated": 1, "unchanged": 599, "rejected": 0}
    all_new = {"created": 601, "updated": 0, "unchanged": 0, "rejected": 0}
    assert await counted("SBRS_34_2025-12.csv") == same_month
    assert await counted("SBRS_34_2025-11.csv") == all_new, "another month"
    await owner.post(f"{path}/undo")
    await heard(
        database,
        context,
        "tenant-a",
        ImportWithdrawalAnswered(
            tenant_id="tenant-a", import_id=path.removeprefix("/imports/"), withdrawn=600
        ),
    )
    assert (await owner.get(path)).json()["state"] == "undone"
    assert await counted("SBRS_34_2025-12.csv") == all_new, "what was taken back does not stand"


async def test_an_older_list_of_debts_changes_nothing_of_a_newer_one(
    owner: httpx.AsyncClient, context: Context
) -> None:
    async def counted(day: int, amount: str) -> tuple[int, int, int]:
        text = (
            f"NOMEN;NO TAGIHAN;JUMLAH TUNGGAKAN;UMUR HARI;PER TANGGAL\n340001;7;{amount};31;{day}/12/2025\n"
        )
        sent = await owner.post("/imports", files=[("files", (f"ARDEBT {day} Des 2025.csv", text.encode()))])
        await work(context)
        path = f"/imports/{sent.json()['items'][0]['id']}"
        seen = (await owner.get(path)).json()
        assert (seen["state"], seen["type"]) == ("preview", "ARDEBT"), seen
        committed = await owner.post(f"{path}/commit", json={"preview": seen["preview"]})
        assert committed.status_code == 202
        await work(context)
        counts = seen["counts"]
        return counts["created"], counts["updated"], counts["unchanged"]

    assert await counted(20, "5.000") == (1, 0, 0)
    assert await counted(13, "7.000") == (0, 0, 1)
    assert await counted(15, "6.000") == (0, 0, 1), "the newest list stands, not the one that came last"
    assert await counted(20, "9.000") == (0, 1, 0)
    assert await counted(31, "4.000") == (0, 1, 0)


async def test_what_a_list_of_customers_leaves_empty_is_shown_as_no_change(
    owner: httpx.AsyncClient, context: Context
) -> None:
    async def updated(name: str, text: str) -> list[dict[str, Any]]:
        sent = await owner.post("/imports", files=[("files", (name, text.encode()))])
        await work(context)
        path = f"/imports/{sent.json()['items'][0]['id']}"
        shown = (await owner.get(f"{path}/preview")).json()
        await owner.post(f"{path}/commit", json={"preview": (await owner.get(path)).json()["preview"]})
        await work(context)
        return shown["update"]

    assert await updated("MC_34_DES25.csv", "NOMEN;NAMA;ALAMAT;NOMINAL\n340001;ANI;JL. A;9000\n") == []
    [row] = await updated("MC_34_DES25_2.csv", "NOMEN;ALAMAT;NOMINAL\n340001;JL. B;9000\n")
    assert (row["before"]["address"], row["fields"]["address"]) == ("JL. A", "JL. B")
    assert "name" not in row["before"]


async def test_what_would_do_other_than_was_previewed_asks_again(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    path, seen = await previewed(owner, context)
    mended = reads(2).replace(b"100;101;1", b"100;102;2")
    others = reads(700).split(b"\n")
    beside = b"\n".join((others[0], *others[601:]))
    for name, content in (("SBRS_34_DES25_betul.csv", mended), ("SBRS_35_DES25.csv", beside)):
        sent = await owner.post("/imports", files=[("files", (name, content))])
        await work(context)
        later = f"/imports/{sent.json()['items'][0]['id']}"
        now = (await owner.get(later)).json()
        await owner.post(f"{later}/commit", json={"preview": now["preview"]})
        await work(context)
    sent_by_others = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    assert len(sent_by_others) == 2, "rows beside those of another import are no reason to ask"

    await owner.post(f"{path}/commit", json={"preview": seen["preview"]})
    await work(context)
    asks = (await owner.get(path)).json()
    assert (asks["state"], asks["committed_at"]) == ("preview", None)
    assert [block["code"] for block in asks["blocks"]] == ["books_changed"]
    assert asks["counts"] == {"created": 598, "updated": 1, "unchanged": 1, "rejected": 0}
    shown = (await owner.get(f"{path}/preview")).json()
    assert [row["before"]["stand_akhir"] for row in shown["update"]] == ["102"]
    assert [event for _, event in told(database) if isinstance(event, ImportChunkPublished)] == sent_by_others

    stale = await owner.post(f"{path}/commit", json={"preview": seen["preview"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "preview_changed")
    again = await owner.post(f"{path}/commit", json={"preview": asks["preview"]})
    assert (again.status_code, again.json()["blocks"]) == (202, []), again.text
    await work(context)
    chunks = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    assert [len(one.rows) for one in chunks[2:]] == [500, 100]


async def test_rows_of_an_earlier_commit_go_out_first(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    first, _ = await previewed(owner, context)
    sent = await owner.post("/imports", files=[("files", ("SBRS_34_DES25_lagi.csv", reads(601)))])
    second = f"/imports/{sent.json()['items'][0]['id']}"
    await work(context)
    for path in (first, second):
        await owner.post(f"{path}/commit", json={"preview": (await owner.get(path)).json()["preview"]})
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute(
            "update jobs set run_after = now() + interval '1 hour' where params ->> 'import_id' = %s",
            (first.removeprefix("/imports/"),),
        )
        await work(context)
        assert (await owner.get(second)).json()["state"] == "committing"
        assert not [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
        connection.execute("update jobs set run_after = now() where state = 'waiting'")
    for _ in range(2):
        await work(context)
        with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
            connection.execute("update jobs set run_after = now() where state = 'waiting'")
    asks = (await owner.get(second)).json()
    assert (asks["state"], [block["code"] for block in asks["blocks"]]) == ("preview", ["books_changed"])
    assert asks["counts"]["unchanged"] == 600


async def committed(client: httpx.AsyncClient, context: Context, name: str, content: bytes) -> str:
    """Upload a file, commit what was previewed of it, and return its import; no job of it ran yet."""
    sent = await client.post("/imports", files=[("files", (name, content))])
    import_id = sent.json()["items"][0]["id"]
    await work(context)
    preview = (await client.get(f"/imports/{import_id}")).json()["preview"]
    answer = await client.post(f"/imports/{import_id}/commit", json={"preview": preview})
    assert answer.status_code == 202, answer.text
    return import_id


def put_off(database: ServiceDatabase) -> None:
    """Have all jobs that wait come an hour later."""
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute("update jobs set run_after = now() + interval '1 hour' where state = 'waiting'")


async def test_a_commit_that_fails_lets_the_next_of_its_organisation_go_on(
    owner: httpx.AsyncClient, caller: Caller, context: Context, database: ServiceDatabase
) -> None:
    first = await committed(owner, context, "SBRS_34_DES25.csv", reads(2))
    put_off(database)
    await committed(caller("tenant-b"), context, "SBRS_34_DES25.csv", reads(3))
    put_off(database)
    second = await committed(owner, context, "SBRS_34_DES25_lagi.csv", reads(4))
    put_off(database)
    async with context.worker_db.system() as tx:
        await imports.fail(tx, "tenant-a", first, Trouble("import_failed"), ("committing",))
    await work(context)
    chunks = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    assert [one.import_id for one in chunks] == [second]


async def test_a_commit_of_no_sound_row_lets_the_next_one_go_on(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    wrong = reads(2).replace(b";100;", b";99999999999;")
    first = await committed(owner, context, "SBRS_34_DES25.csv", wrong)
    put_off(database)
    second = await committed(owner, context, "SBRS_34_DES25_lagi.csv", reads(4))
    put_off(database)
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute(
            "update jobs set run_after = now() where state = 'waiting' and params ->> 'import_id' = %s",
            (first,),
        )
    await work(context)
    assert (await owner.get(f"/imports/{first}")).json()["state"] == "completed_with_errors"
    chunks = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    assert [one.import_id for one in chunks] == [second]


async def test_what_stands_on_an_import_is_told_before_it_is_taken_back(
    caller: Caller, context: Context, database: ServiceDatabase, book: Book
) -> None:
    owner = caller()
    path, _ = await previewed(owner, context)
    early = (await owner.get(f"{path}/undo")).json()
    assert (early["possible"], early["missing"], book.asked) == (False, [], []), "nothing is in the books yet"

    path = await completed(owner, context, database)
    free = (await owner.get(f"{path}/undo")).json()
    assert (free["possible"], free["dependants"], free["dependants_in_all"]) == (True, [], 0)
    assert book.asked == [("tenant-a", path.removeprefix("/imports/"))]

    book.says = ListDependantsResponse(
        dependants=[ImportWithdrawalAnswered.Dependant(kind="read_edit", id="E1", label="340100001 2025-12")],
        dependants_in_all=120,
    )
    held = (await owner.get(f"{path}/undo")).json()
    assert (held["possible"], held["dependants_in_all"], held["missing"]) == (False, 120, [])
    assert [one["message"] for one in held["dependants"]] == [
        "The register read 340100001 2025-12 was corrected by a person; take that back first."
    ]
    assert (await caller("tenant-b").get(f"{path}/undo")).status_code == 404
    assert len(book.asked) == 2, "nobody else's import is asked about"


async def test_a_book_that_does_not_say_is_named_and_nothing_is_guessed(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase, book: Book
) -> None:
    path = await completed(owner, context, database)
    for trouble in (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.INTERNAL,
        None,
    ):
        book.fails = trouble
        if trouble is None:
            context.settings.peers.pop("metering")
        answer = await owner.get(f"{path}/undo")
        assert answer.status_code == 200, answer.text
        asked = answer.json()
        assert (asked["possible"], asked["missing"]) == (None, ["metering"]), trouble
        assert (asked["dependants"], asked["dependants_in_all"]) == ([], 0)
    undoing = await owner.post(f"{path}/undo")
    assert undoing.json()["state"] == "undoing", "the book has the last word"
