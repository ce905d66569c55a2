"""Large files that come in pieces: tus over REST, on a real PostgreSQL."""

import base64

import httpx
import pytest

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
