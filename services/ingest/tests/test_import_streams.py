"""Files streamed in over gRPC: the same import as by REST, and nothing of what is refused or breaks off."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import grpc
import orjson
import pytest
from arus.ingest.v1.api_pb2 import ImportFile, UploadImportRequest
from arus.ingest.v1.api_pb2_grpc import IngestServiceStub
from arus_ingest import jobs
from arus_ingest.settings import IngestSettings
from arus_runtime import rpc
from arus_runtime.context import Context
from arus_runtime.jobs import Jobs

from .conftest import Caller, token

pytestmark = pytest.mark.integration

DEADLINE_S = 30
NAME = "SBRS_34_DES25.csv"
FILE = (
    b"NOMEN;STAND AWAL;STAND AKHIR;VOLUME;METODE BACA;TGL BACA\n"
    b"340100001;100;101;1;ACTUAL;14/12/2025\n"
    b"340100002;100;102;2;ACTUAL;14/12/2025\n"
)


def as_(tenant: str, *roles: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token(tenant, *roles)}"), ("accept-language", "en"))


OWNER = as_("tenant-a", "owner")


def named(name: str = NAME, **said: Any) -> UploadImportRequest:
    return UploadImportRequest(file=ImportFile(name=name, **said))


def piece(data: bytes) -> UploadImportRequest:
    return UploadImportRequest(data=data)


async def upload(channel: grpc.aio.Channel, *messages: UploadImportRequest, metadata: Any = OWNER) -> Any:
    stub: Any = IngestServiceStub(channel)
    return await stub.UploadImport(iter(messages), metadata=metadata)


async def work(context: Context) -> None:
    """Have every job done that waits."""
    runner = Jobs({job.kind: job for job in jobs.JOBS}, context)
    while claimed := await runner.claim():
        await runner.attempt(claimed, asyncio.Event())


async def test_a_streamed_file_is_the_import_that_rest_makes_of_it(
    channel: grpc.aio.Channel, caller: Caller, context: Context
) -> None:
    said: dict[str, Any] = {"size_bytes": len(FILE), "sha256": sha256(FILE).hexdigest().upper()}
    made = await upload(channel, named(**said), piece(FILE[:70]), piece(b""), piece(FILE[70:]))
    assert (made.size_bytes, made.sha256) == (len(FILE), sha256(FILE).hexdigest())
    owner = caller()
    posted = await owner.post("/imports", files=[("files", (NAME, FILE))])
    await work(context)
    streamed, sent = [
        (await owner.get(f"/imports/{import_id}")).json()
        for import_id in (made.import_id, posted.json()["items"][0]["id"])
    ]
    assert (streamed["state"], streamed["type"], streamed["period"]) == ("preview", "SBRS", "2025-12")
    own = {"id", "uploaded_at", "preview"}
    assert {name: streamed[name] for name in streamed.keys() - own} == {
        name: sent[name] for name in sent.keys() - own
    }
    assert (await caller("tenant-b").get(f"/imports/{made.import_id}")).status_code == 404
    assert (await caller("tenant-b").get("/imports")).json()["items"] == []


async def test_what_is_said_of_the_file_stands_in_place_of_what_is_found(
    channel: grpc.aio.Channel, caller: Caller, context: Context
) -> None:
    made = await upload(channel, named(type="SBRS", period="2025-11"), piece(FILE))
    await work(context)
    seen = (await caller().get(f"/imports/{made.import_id}")).json()
    assert (seen["type"], seen["period"]) == ("SBRS", "2025-11")
    assert [block["code"] for block in seen["blocks"]] == ["period_disagrees"]


REFUSED: dict[str, tuple[list[UploadImportRequest], str, str]] = {
    "no message": ([], "file", "file_first"),
    "bytes first": ([piece(FILE), named()], "file", "file_first"),
    "named twice": ([named(), piece(FILE), named()], "file", "file_once"),
    "neither name nor bytes": ([named(), UploadImportRequest()], "file", "file_once"),
    "no bytes": ([named()], "data", "file_empty"),
    "empty bytes": ([named(), piece(b"")], "data", "file_empty"),
    "too many bytes": ([named(), piece(FILE), piece(bytes(1024))], "data", "too_large"),
    "said too large": ([named(size_bytes=1025)], "file.size_bytes", "too_large"),
    "said negative": ([named(size_bytes=-1)], "file.size_bytes", "too_small"),
    "shorter than said": (
        [named(size_bytes=len(FILE) + 1), piece(FILE)],
        "file.size_bytes",
        "upload_differs",
    ),
    "other hash": ([named(sha256="0" * 64), piece(FILE)], "file.sha256", "upload_differs"),
    "half a hash": ([named(sha256="0" * 63)], "file.sha256", "wrong_pattern"),
    "no name": ([named("")], "file.name", "missing"),
    "a folder": ([named("../kas.csv")], "file.name", "bad_file_name"),
    "long name": ([named("a" * 256)], "file.name", "too_long"),
    "unknown type": ([named(type="KUCING")], "file.type", "not_one_of"),
    "no month": ([named(period="2025-13")], "file.period", "wrong_pattern"),
}


async def test_what_cannot_be_is_named_and_nothing_is_kept(
    channel: grpc.aio.Channel, caller: Caller, context: Context
) -> None:
    context.own["settings"] = IngestSettings(import_max_bytes=1024)
    for name, (messages, field, code) in REFUSED.items():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await upload(channel, *messages)
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT, name
        problem = orjson.loads(dict(refused.value.trailing_metadata() or ())[rpc.PROBLEM_METADATA])
        assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)], name
        assert " " in problem["errors"][0]["message"], "a code of which nothing is said"
    assert (await caller().get("/imports")).json()["items"] == []


async def test_who_may_not_import_may_not_stream(channel: grpc.aio.Channel, caller: Caller) -> None:
    for metadata, code in (
        (as_("tenant-a", "viewer"), grpc.StatusCode.PERMISSION_DENIED),
        (as_("tenant-a", "reporter"), grpc.StatusCode.PERMISSION_DENIED),
        ((), grpc.StatusCode.UNAUTHENTICATED),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await upload(channel, named(), piece(FILE), metadata=metadata)
        assert refused.value.code() is code
    assert (await caller().get("/imports")).json()["items"] == []


async def test_of_a_stream_that_breaks_nothing_is_kept(
    channel: grpc.aio.Channel, caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "arriving"
    here.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(here))

    async def until(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)

    async def messages() -> AsyncIterator[UploadImportRequest]:
        yield named()
        yield piece(bytes(100_000))
        await asyncio.Event().wait()

    stub: Any = IngestServiceStub(channel)
    call = stub.UploadImport(messages(), metadata=OWNER)
    await until(lambda: any(path.stat().st_size for path in here.glob("*/file")))
    call.cancel()
    await until(lambda: not any(here.iterdir()))
    assert (await caller().get("/imports")).json()["items"] == []
