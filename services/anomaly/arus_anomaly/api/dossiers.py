"""REST routes of what belongs to a case: comments, files, what was found in the field, its history."""

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

from arus_runtime.auth import require
from arus_runtime.commands import Commanded
from arus_runtime.files import files_of
from arus_runtime.web import Ctx, Page, Paging, Problem, router
from fastapi import Depends, File, Response, UploadFile
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from arus_anomaly import store
from arus_anomaly.api.cases import Opener, Reader
from arus_anomaly.commands import cases, dossiers
from arus_anomaly.rules.attachments import MOST_BYTES
from arus_anomaly.schemas.dossiers import (
    CaseAttachment,
    CaseComment,
    CaseHistory,
    CaseVisit,
    NewComment,
    NewVisit,
)
from arus_anomaly.state.cases import Change, Comment

routes = router("cases")

_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "headers": {"Content-Disposition": {"schema": {"type": "string"}}},
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@routes.get("/cases/{case_id}/comments")
async def list_case_comments(
    case_id: str, context: Ctx, window: Paging, principal: Reader
) -> Page[CaseComment]:
    """List what people wrote of a case, newest first."""
    after = window.after(str) or (None,)
    async with context.db.tenant(principal.tenant_id) as tx:
        await cases.shown(tx, principal, case_id)
        rows = await store.dossiers.newest(tx, Comment, case_id, after[0], window.fetch)
    return window.page(rows, CaseComment.model_validate, lambda row: (row.id,))


@routes.post("/cases/{case_id}/comments", status_code=201, response_model=CaseComment)
async def comment_case(case_id: str, new: NewComment, command: Commanded, _: Opener) -> Response:
    """Write something of a case; who has it and who opened it are told."""
    now = dt.datetime.now(dt.UTC)
    async with command.transaction() as tx:
        made = await dossiers.comment(tx, command.principal, case_id, new.text, now)
        return await command.answer(tx, 201, CaseComment.model_validate(made))


@routes.get("/cases/{case_id}/history")
async def list_case_history(
    case_id: str, context: Ctx, window: Paging, principal: Reader
) -> Page[CaseHistory]:
    """List who changed what of a case and when, newest first."""
    after = window.after(str) or (None,)
    async with context.db.tenant(principal.tenant_id) as tx:
        await cases.shown(tx, principal, case_id)
        rows = await store.dossiers.newest(tx, Change, case_id, after[0], window.fetch)
    return window.page(rows, CaseHistory.of, lambda row: (row.id,))


@routes.post("/cases/{case_id}/visits", status_code=201, response_model=CaseVisit)
async def record_case_visit(case_id: str, new: NewVisit, command: Commanded, _: Opener) -> Response:
    """Record what somebody found in the field; a case that waited for it is in progress again."""
    now = dt.datetime.now(dt.UTC)
    async with command.transaction() as tx:
        made = await dossiers.record_visit(tx, command.principal, case_id, new, now)
        return await command.answer(tx, 201, CaseVisit.of(made))


@routes.post("/cases/{case_id}/attachments", status_code=201)
async def attach_to_case(
    case_id: str,
    file: Annotated[
        UploadFile, File(description="JPEG, PNG, WebP, HEIC, PDF, XLSX, DOCX, CSV, TXT; at most 8 MB.")
    ],
    context: Ctx,
    principal: Opener,
) -> CaseAttachment:
    """Keep a file with a case, at most 20 of them. The same file again is the one that is there."""
    body = await file.read(MOST_BYTES + 1)
    sent = dossiers.File(file.filename or "", body)
    made = await dossiers.attach(context, principal, case_id, sent, dt.datetime.now(dt.UTC))
    return CaseAttachment.model_validate(made)


@routes.get("/cases/{case_id}/attachments/{attachment_id}", response_class=FileResponse, responses={**_FILE})
async def get_case_attachment(
    case_id: str, attachment_id: str, context: Ctx, principal: Reader
) -> FileResponse:
    """Give a file of a case; gone (410) once it was removed."""
    async with context.db.tenant(principal.tenant_id) as tx:
        found = await dossiers.attachment(tx, principal, case_id, attachment_id)
    if found.removed_at is not None:
        raise Problem(410, "attachment_removed", params={"value": found.name})
    descriptor, name = tempfile.mkstemp(prefix="arus-attachment-")
    os.close(descriptor)
    path = Path(name)
    try:
        await files_of(context).fetch(dossiers.file_key(principal.tenant_id, case_id, found.id), path)
    except BaseException:
        os.unlink(path)  # noqa: PTH108 — not worth a thread
        raise
    plain = found.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    return FileResponse(
        path,
        media_type=found.media_type,
        headers={
            # Never shown as a page of ours, whatever it holds.
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}",
            "Cache-Control": "no-store",
        },
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


@routes.delete(
    "/cases/{case_id}/attachments/{attachment_id}",
    status_code=204,
    dependencies=[Depends(require("cases", "d"))],
)
async def remove_case_attachment(
    case_id: str, attachment_id: str, context: Ctx, command: Commanded
) -> Response:
    """Take a file away for good. Its name, and who removed it when, stay; doing it again changes nothing."""
    now = dt.datetime.now(dt.UTC)
    async with command.transaction() as tx:
        key = await dossiers.remove_attachment(tx, command.principal, case_id, attachment_id, now)
        answer = await command.answer(tx, 204)
    await files_of(context).delete([key])
    return answer
