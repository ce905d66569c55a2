"""Who may bring which facts in: the rights of the books they are for hold here, too."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from arus.imports.v1.events_pb2 import ImportChunkPublished
from arus_ingest import jobs
from arus_runtime import auth
from arus_runtime.context import Context
from arus_runtime.jobs import Jobs
from arus_stack.testing import ServiceDatabase

from .conftest import Caller, told

pytestmark = pytest.mark.integration

DEPOT = "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"
MASTER = "NOMEN;NAMA;ALAMAT;RAYON;TARIF;KUBIKASI;NOMINAL\n" + "".join(
    f"34010000{number};Ani {number};Jl. Sunter No.{number};34;2A;12;60000\n" for number in range(10, 20)
)


async def work(context: Context) -> None:
    runner = Jobs({job.kind: job for job in jobs.JOBS}, context)
    while claimed := await runner.claim():
        await runner.attempt(claimed, asyncio.Event())


async def read(client: httpx.AsyncClient, context: Context, text: str) -> dict[str, Any]:
    sent = await client.post("/imports", files=[("files", ("MC Des25.csv", text.encode()))])
    await work(context)
    return (await client.get(f"/imports/{sent.json()['items'][0]['id']}")).json()


async def commit(client: httpx.AsyncClient, seen: dict[str, Any]) -> tuple[int, str]:
    answer = await client.post(f"/imports/{seen['id']}/commit", json={"preview": seen["preview"]})
    return answer.status_code, answer.json().get("code", "")


async def test_who_is_limited_to_locations_neither_changes_nor_reads_the_books(
    caller: Caller, context: Context, database: ServiceDatabase
) -> None:
    analyst = caller("tenant-a", "analyst", sub="user-2")
    seen = await read(analyst, context, MASTER)
    assert await commit(analyst, seen) == (202, ""), "the table lets an analyst change customers"
    await work(context)
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute("update imports set state = 'completed', ended_at = now()")

    limited = caller("tenant-a", "analyst", sub="user-2", locations=[DEPOT])
    other = await read(limited, context, MASTER.replace("60000", "1000"))
    assert [block["code"] for block in other["blocks"]] == ["limited_to_locations"]
    assert other["blocks"][0]["message"].startswith("You are limited to certain locations")
    assert other["counts"] == {"created": 0, "updated": 0, "unchanged": 0, "rejected": 0}
    preview = (await limited.get(f"/imports/{other['id']}/preview")).json()
    assert preview["update"] == [], "what others imported is not told"
    assert await commit(limited, other) == (403, "limited_to_locations")
    undone = await limited.post(f"/imports/{seen['id']}/undo")
    assert (undone.status_code, undone.json()["code"]) == (403, "limited_to_locations")
    await work(context)
    chunks = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    assert {one.import_id for one in chunks} == {seen["id"]}


async def test_a_file_needs_the_right_to_what_it_changes(
    caller: Caller, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = await read(caller(), context, MASTER)
    table = {**auth.roles(), "clerk": {"imports": "cru", "collections": "cru"}}
    monkeypatch.setattr(auth, "roles", lambda: table)
    assert await commit(caller("tenant-a", "clerk"), seen) == (403, "forbidden")
