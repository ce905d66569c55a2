"""REST routes of files that imports give back: rows to mend, templates and samples."""

import asyncio
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import quote

from arus_runtime.auth import Principal, require
from arus_runtime.files import files_of
from arus_runtime.ids import is_ulid
from arus_runtime.web import Ctx, Problem, router
from arus_runtime.web.exports import EXPORTED
from fastapi import Depends
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from arus_ingest import mending, words
from arus_ingest.api.facts import Speaks
from arus_ingest.commands import imports
from arus_ingest.files.declared import FileType, types
from arus_ingest.schemas.import_files import FieldOut, TypeOut, Types
from arus_ingest.store import imports as store

routes = router("imports")

Reader = Annotated[Principal, Depends(require("imports", "r"))]
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET: Final = {200: {"description": "The file.", "content": {XLSX: EXPORTED[200]["content"][XLSX]}}}


@routes.get("/imports/types")
async def list_import_types(language: Speaks, _: Reader) -> Types:
    """List the types of files that can be imported, their fields and what files call them."""
    return Types(
        items=[
            TypeOut(
                type=name,
                title=of.titles[language],
                fields=FieldOut.each(of, language),
            )
            for name, of in types().items()
        ]
    )


@routes.get("/imports/types/{type_name}/template.xlsx", response_class=FileResponse, responses={**_SHEET})
async def import_template(type_name: str, _: Reader) -> FileResponse:
    """Give an empty workbook with the columns of a type."""
    return await _made(_type(type_name), "template")


@routes.get("/imports/types/{type_name}/sample.xlsx", response_class=FileResponse, responses={**_SHEET})
async def import_sample(type_name: str, _: Reader) -> FileResponse:
    """Give a workbook of a type with a few rows, to see how one is filled in."""
    return await _made(_type(type_name), "sample")


@routes.get("/imports/{import_id}/errors.xlsx", response_class=FileResponse, responses={**_SHEET})
async def import_errors(import_id: str, context: Ctx, language: Speaks, principal: Reader) -> FileResponse:
    """Give the rows that did not come in: as they were, what is wrong, and a note on each failing cell.

    Mended, the same file can be uploaded again.
    """
    async with context.db.tenant(principal.tenant_id) as tx:
        of = imports.seen(principal, await store.one(tx, import_id) if is_ulid(import_id) else None)
        refused = await store.rejections(tx, of.id)
    if not of.preview_hash:
        raise imports.wrong_state(of)
    imports.check_file(of)
    path = _temporary()
    try:
        async with files_of(context).local(imports.rows_key(principal.tenant_id, of)) as rows:
            await asyncio.to_thread(
                mending.write, path, rows, of, refused, language=language, words=words.templates()
            )
    except BaseException:
        os.unlink(path)  # noqa: PTH108 — not worth a thread
        raise
    stem = Path(of.file_name).stem
    return _sent(path, f"{stem}-errors.xlsx" if language == "en" else f"{stem}-perbaikan.xlsx")


def _type(name: str) -> FileType:
    found: Mapping[str, FileType] = types()
    if name not in found:
        raise Problem(404, "not_found")
    return found[name]


async def _made(of: FileType, kind: Literal["template", "sample"]) -> FileResponse:
    path = _temporary()
    await asyncio.to_thread(mending.write_template, path, of, with_rows=kind == "sample")
    return _sent(path, f"{of.name}-{kind}.xlsx")


def _temporary() -> Path:
    descriptor, name = tempfile.mkstemp(prefix="arus-import-", suffix=".xlsx")
    os.close(descriptor)
    return Path(name)


def _sent(path: Path, name: str) -> FileResponse:
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    return FileResponse(
        path,
        media_type=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-store",
        },
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
