"""Large files that come in pieces: tus over REST, on a real PostgreSQL."""

import asyncio
import base64
from collections.abc import AsyncIterator
from itertools import chain, repeat
from pathlib import Path

import httpx
import pytest
from arus_ingest.__main__ import SERVICE
from arus_runtime.context import Context
from arus_runtime.files import files_of
from arus_runtime.web import create_app
from starlette.types import Message, Receive, Scope, Send

from .conftest import Caller
from .test_imports import GOOD, Work, catalogue_heard, shown, work

__all__ = ["catalogue_heard", "work"]

pytestmark = pytest.mark.integration


async def test_a_large_file_comes_in_pieces_and_goes_on_where_it_was_cut(
    owner: httpx.AsyncClient, caller: Caller, work: Work
) -> None:
    content = GOOD.encode()
    name = base64.b64encode(b"BBM.csv").decode()
    begun = await owner.post(
        "/imports/uploads",
        headers={"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"},
    )
    assert begun.status_code == 201, begun.text
    path = begun.headers["location"].removeprefix("/api/v1")

    async def send(offset: int, piece: bytes) -> httpx.Response:
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return await owner.patch(path, content=piece, headers=headers)

    first = await send(0, content[:40])
    assert (first.status_code, first.headers["upload-offset"]) == (204, "40")
    again = await send(0, content[:40])
    assert (again.status_code, again.json()["code"]) == (409, "upload_offset")
    assert (await owner.head(path)).headers["upload-offset"] == "40"
    assert (await caller("tenant-a", "admin", sub="user-2").head(path)).status_code == 404
    last = await send(40, content[40:])
    await work()
    seen = await shown(owner, last.headers["arus-import-id"])
    assert (seen["state"], seen["rows"], seen["size_bytes"]) == ("preview", 3, len(content))


async def begun(client: httpx.AsyncClient, size: int) -> str:
    """Begin a file of so many bytes and return its path."""
    name = base64.b64encode(b"BBM.csv").decode()
    headers = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    answer = await client.post("/imports/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].removeprefix("/api/v1")


def at(offset: int) -> dict[str, str]:
    return {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}


async def test_two_pieces_at_one_place_do_not_mix(owner: httpx.AsyncClient, work: Work) -> None:
    content = GOOD.encode()
    path = await begun(owner, len(content))
    coming, other_came = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        coming.set()
        await other_came.wait()
        yield b"x" * 40

    first = asyncio.create_task(owner.patch(path, content=slow(), headers=at(0)))
    await asyncio.wait_for(coming.wait(), 30)
    assert (await owner.patch(path, content=content[:40], headers=at(0))).status_code == 204
    other_came.set()
    late = await first
    assert (late.status_code, late.json()["code"]) == (409, "upload_offset")
    last = await owner.patch(path, content=content[40:], headers=at(40))
    await work()
    seen = await shown(owner, last.headers["arus-import-id"])
    assert (seen["state"], seen["rows"], seen["size_bytes"]) == ("preview", 3, len(content))


async def test_a_piece_that_the_version_before_took_is_read_too(
    owner: httpx.AsyncClient, context: Context, work: Work, tmp_path: Path
) -> None:
    content = GOOD.encode()
    path = await begun(owner, len(content))
    await owner.patch(path, content=content[:40], headers=at(0))
    [piece] = (tmp_path / "files").rglob("0-*")
    piece.rename(piece.with_name("0"))
    async with context.worker_db.system() as tx:
        await tx.execute("update import_uploads set pieces = '{}'")
    last = await owner.patch(path, content=content[40:], headers=at(40))
    await work()
    seen = await shown(owner, last.headers["arus-import-id"])
    assert (seen["state"], seen["size_bytes"]) == ("preview", len(content))


async def test_what_came_before_a_line_was_cut_is_kept(
    owner: httpx.AsyncClient, context: Context, work: Work
) -> None:
    content = GOOD.encode()
    path = await begun(owner, len(content))
    app = create_app(SERVICE, context)

    async def cut_off(scope: Scope, receive: Receive, send: Send) -> None:
        piece = {"type": "http.request", "body": content[:40], "more_body": True}
        told = chain((piece,), repeat({"type": "http.disconnect"}))

        async def half() -> Message:
            await receive()
            return next(told)

        await app(scope, half, send)

    transport = httpx.ASGITransport(cut_off, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=owner.base_url, headers=owner.headers) as cut:
        await cut.patch(path, content=content, headers=at(0))
    assert (await owner.head(path)).headers["upload-offset"] == "40"
    last = await owner.patch(path, content=content[40:], headers=at(40))
    await work()
    assert (await shown(owner, last.headers["arus-import-id"]))["rows"] == 3


async def test_a_file_that_came_whole_becomes_one_import_whatever_was_killed_then(
    owner: httpx.AsyncClient,
    context: Context,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    content = GOOD.encode()
    for last_done in ("nothing", "put together", "told"):
        path = await begun(owner, len(content))
        await owner.patch(path, content=content[:40], headers=at(0))
        with monkeypatch.context() as patch:

            async def killed(*_: object, **__: object) -> None:
                raise OSError("killed")

            if last_done == "nothing":
                patch.setattr("arus_ingest.api.uploads._whole", killed)
            elif last_done == "put together":
                patch.setattr("arus_ingest.store.uploads.end", killed)
            else:
                patch.setattr(files_of(context), "delete", killed)
            assert (await owner.patch(path, content=content[40:], headers=at(40))).status_code == 500
        asked = await owner.head(path)
        assert asked.headers["upload-offset"] == str(len(content))
        assert ("arus-import-id" in asked.headers) == (last_done == "told")
        answers = await asyncio.gather(
            *(owner.patch(path, content=b"", headers=at(len(content))) for _ in range(3))
        )
        answers.append(await owner.patch(path, content=b"", headers=at(len(content))))
        assert {answer.status_code for answer in answers} == {204}
        assert len({answer.headers["arus-import-id"] for answer in answers}) == 1
    await work()
    seen = (await owner.get("/imports")).json()["items"]
    assert [(one["state"], one["size_bytes"]) for one in seen] == [("preview", len(content))] * 3
    stale = [piece for piece in (tmp_path / "files" / "uploads").rglob("*") if piece.is_file()]
    assert len(stale) == 2, "only of the one that was killed behind its import; they are swept"
