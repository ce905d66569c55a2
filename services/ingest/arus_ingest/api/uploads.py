"""REST routes of large files that come in pieces: the core and creation of the tus protocol, 1.0.0.

Each piece is an object of its own until the last one has come: no piece is ever written twice, and an object
store needs no appending.
"""

import asyncio
import base64
import binascii
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

from arus_runtime.auth import Principal, require
from arus_runtime.context import Context
from arus_runtime.files import files_of
from arus_runtime.ids import is_ulid, new_ulid
from arus_runtime.web import PREFIX, Ctx, Problem, router, wrong
from fastapi import Depends, Header, Request, Response
from starlette.requests import ClientDisconnect

from arus_ingest.api.facts import ADMITTED
from arus_ingest.commands import imports, uploads
from arus_ingest.commands.uploads import check_name
from arus_ingest.settings import settings_of
from arus_ingest.state import Said
from arus_ingest.store import uploads as store
from arus_ingest.store.uploads import Coming

routes = router("imports")

VERSION: Final = "1.0.0"
PIECE: Final = "application/offset+octet-stream"
IMPORT_ID: Final = "Arus-Import-Id"
Sender = Annotated[Principal, Depends(require("imports", "c"))]
Editor = Annotated[Principal, Depends(require("imports", "u"))]
_BODY: Final[dict[str, Any]] = {
    "requestBody": {"content": {PIECE: {"schema": {"type": "string", "format": "binary"}}}, "required": True}
}


@routes.post("/imports/uploads", status_code=201, response_class=Response, dependencies=ADMITTED)
async def begin_import_upload(
    *,
    upload_length: Annotated[int, Header(ge=1, description="Bytes of the whole file.")],
    upload_metadata: Annotated[
        str, Header(max_length=2_000, description="tus: `filename` and its name in Base64.")
    ],
    context: Ctx,
    principal: Sender,
) -> Response:
    """Begin a file that comes in pieces; PATCH them to the Location."""
    most = settings_of(context).import_max_bytes
    if upload_length > most:
        raise wrong("Upload-Length", "too_large", value=upload_length, bound=most)
    name = _name(upload_metadata)
    coming = Coming(new_ulid(), name, upload_length, 0, (), None, principal.user_id)
    async with context.db.tenant(principal.tenant_id) as tx:
        await store.add(tx, principal.tenant_id, coming, datetime.now(UTC))
    return _answer(201, coming, {"Location": f"{PREFIX}/imports/uploads/{coming.id}"})


@routes.head("/imports/uploads/{upload_id}", response_class=Response)
async def ask_import_upload(upload_id: str, context: Ctx, principal: Sender) -> Response:
    """Say how much of a file has come: Upload-Offset."""
    async with context.db.tenant(principal.tenant_id) as tx:
        coming = _theirs(principal, await store.one(tx, upload_id) if is_ulid(upload_id) else None)
    return _answer(200, coming, {"Cache-Control": "no-store"})


@routes.patch(
    "/imports/uploads/{upload_id}",
    status_code=204,
    response_class=Response,
    openapi_extra=_BODY,
    dependencies=ADMITTED,
)
async def continue_import_upload(
    *,
    upload_id: str,
    upload_offset: Annotated[int, Header(ge=0, description="Where this piece begins.")],
    request: Request,
    context: Ctx,
    principal: Editor,
) -> Response:
    """Take the next piece. The last one makes the file an import, named by Arus-Import-Id.

    When all has come and no import was named, a piece without a byte makes it one.
    """
    async with context.db.tenant(principal.tenant_id) as tx:
        coming = _theirs(principal, await store.one(tx, upload_id) if is_ulid(upload_id) else None)
    if request.headers.get("content-type") != PIECE:
        raise Problem(415, "unsupported_media_type")
    if upload_offset != coming.received:
        raise _elsewhere(coming)
    with TemporaryDirectory(prefix="arus-upload-") as folder:
        piece = Path(folder) / "piece"
        size = await _received(request, piece, coming.size_bytes - coming.received)
        grown = await _grown(context, principal, coming, piece, size) if size else coming
        if grown.received == grown.size_bytes and grown.import_id is None:
            grown = await _whole(context, principal, grown, Path(folder) / "file")
    return _answer(204, grown, {})


async def _grown(context: Context, principal: Principal, coming: Coming, piece: Path, size: int) -> Coming:
    """Keep a piece under a name of its own, so that another one at the same place never touches it."""
    name = f"{coming.received}-{new_ulid()}"
    await files_of(context).put(_key(principal, coming, name), piece)
    async with context.db.tenant(principal.tenant_id) as tx:
        grown = await store.grow(tx, coming, name, size)
    if grown is None:
        await files_of(context).delete([_key(principal, coming, name)])
        raise _elsewhere(coming)
    return grown


async def _whole(context: Context, principal: Principal, coming: Coming, path: Path) -> Coming:
    """Put a file together, make it an import, once however often this is tried, and forget its pieces."""
    keys = [_key(principal, coming, name) for name in coming.pieces]
    try:
        await _joined(context, keys, path)
    except FileNotFoundError:  # who was faster has forgotten them
        async with context.db.tenant(principal.tenant_id) as tx:
            known = _theirs(principal, await store.one(tx, coming.id))
        if known.import_id is None:
            raise
        return known
    file = await asyncio.to_thread(uploads.arrived, path)
    if file.size_bytes != coming.size_bytes:
        raise RuntimeError(
            f"upload {coming.id} must be {coming.size_bytes} bytes, its pieces are {file.size_bytes} bytes"
        )
    new = await uploads.stored(context, principal, file, coming.file_name, Said(), import_id=coming.id)
    async with context.db.tenant(principal.tenant_id) as tx:
        done = _theirs(principal, await store.hold(tx, coming.id))
        if done.import_id is None:
            await imports.receive(tx, principal, new)
            done = await store.end(tx, done, new.id)
    context.committed()
    await files_of(context).delete(keys)
    return done


async def _joined(context: Context, keys: Sequence[str], path: Path) -> None:
    for key in keys:
        async with files_of(context).local(key) as piece:
            await asyncio.to_thread(_append, path, piece)


def _append(path: Path, piece: Path) -> None:
    with path.open("ab") as out, piece.open("rb") as source:
        shutil.copyfileobj(source, out, 1_048_576)


async def _received(request: Request, path: Path, most: int) -> int:
    """Write the body to the path and return its size; a line cut off keeps what came."""
    size = 0
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise wrong("body", "too_large", value=size, bound=most)
            await asyncio.to_thread(file.write, chunk)
    except ClientDisconnect:
        pass  # the next piece begins behind what came
    finally:
        await asyncio.to_thread(file.close)
    return size


def _name(metadata: str) -> str:
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                name = base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError) as error:
                raise wrong("Upload-Metadata", "bad_file_name", value=value[:40]) from error
            check_name("Upload-Metadata", name)
            return name
    raise wrong("Upload-Metadata", "missing")


def _key(principal: Principal, coming: Coming, piece: str) -> str:
    return f"uploads/{principal.tenant_id}/{coming.id}/{piece}"


def _theirs(principal: Principal, coming: Coming | None) -> Coming:
    if coming is None or coming.started_by != principal.user_id:
        raise Problem(404, "not_found")
    return coming


def _elsewhere(coming: Coming) -> Problem:
    return Problem(409, "upload_offset", params={"bound": coming.received})


def _answer(status: int, coming: Coming, headers: dict[str, str]) -> Response:
    made = {IMPORT_ID: coming.import_id} if coming.import_id else {}
    return Response(
        status_code=status,
        headers={
            "Tus-Resumable": VERSION,
            "Upload-Offset": str(coming.received),
            "Upload-Length": str(coming.size_bytes),
            **made,
            **headers,
        },
    )
