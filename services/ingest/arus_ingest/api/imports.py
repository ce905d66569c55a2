"""REST routes of imports: /imports, from the upload to taking it back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded
from arus_runtime.context import Context
from arus_runtime.ids import is_ulid
from arus_runtime.web import Ctx, IfMatch, Page, Paging, etag, router, wrong
from arus_runtime.words import Language
from fastapi import Depends, File, Form, Query, Response, UploadFile

from arus_ingest import words
from arus_ingest.api.facts import ADMITTED, Speaks
from arus_ingest.commands import imports, uploads
from arus_ingest.files.declared import types
from arus_ingest.schemas.import_files import SheetOut
from arus_ingest.schemas.imports import (
    CommitAsked,
    Counts,
    DependantOut,
    ImportDetail,
    ImportPatch,
    ImportRecord,
    Imports,
    PreviewOut,
    UndoOut,
)
from arus_ingest.state import Import, ImportState, Said
from arus_ingest.store import imports as store

routes = router("imports")

MOST_FILES: Final = 50
Reader = Annotated[Principal, Depends(require("imports", "r"))]
Sender = Annotated[Principal, Depends(require("imports", "c"))]
Editor = Annotated[Principal, Depends(require("imports", "u"))]


@routes.post("/imports", status_code=202, dependencies=ADMITTED)
async def upload_imports(
    *,
    files: Annotated[list[UploadFile], File(description="CSV, TXT, XLSX, XLS, ODS; at most 50.")],
    anyway: Annotated[bool, Form(description="Take files that were imported before, too.")] = False,
    context: Ctx,
    language: Speaks,
    principal: Sender,
) -> Imports:
    """Take files; each becomes an import, analysed at once. What is above 100 MB goes to /imports/uploads."""
    if len(files) > MOST_FILES:
        raise wrong("files", "too_many", max_length=MOST_FILES, length=len(files))
    for place, file in enumerate(files):
        uploads.check_name(f"files.{place}", file.filename or "")
        if not file.size:
            raise wrong(f"files.{place}", "named_file_empty", value=file.filename)
    said = Said(anyway=anyway)
    made = [await uploads.take(context, principal, file.file, file.filename or "", said) for file in files]
    return Imports(items=[_record(one, 0.0, language) for one in made])


@routes.get("/imports")
async def list_imports(
    *,
    state: Annotated[list[ImportState] | None, Query(description="All, when left out.")] = None,
    type_: Annotated[str | None, Query(alias="type", max_length=40)] = None,
    context: Ctx,
    window: Paging,
    language: Speaks,
    principal: Reader,
) -> Page[ImportRecord]:
    """List imports, newest first; who is limited to locations sees their own."""
    if type_:
        uploads.check_type("type", type_)
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.listed(
            tx,
            states=state,
            type_=type_,
            uploaded_by=None if principal.locations is None else principal.user_id,
            after=window.after(str),
            limit=window.fetch,
        )
        progress = await store.progress(tx, [row.id for row in rows])
    return window.page(
        rows, lambda row: _record(row, progress.get(row.id, 0.0), language), lambda row: (row.id,)
    )


@routes.get("/imports/{import_id}")
async def get_import(
    import_id: str, context: Ctx, response: Response, language: Speaks, principal: Reader
) -> ImportDetail:
    """Show an import and what was found in its file."""
    of, progress = await _seen(context, principal, import_id)
    response.headers["ETag"] = etag(of.version)
    return _detail(of, progress, language)


@routes.get("/imports/{import_id}/preview")
async def preview_import(import_id: str, context: Ctx, language: Speaks, principal: Reader) -> PreviewOut:
    """Show what a commit would do, with samples of each outcome."""
    of, _ = await _seen(context, principal, import_id)
    if not of.preview:
        raise imports.wrong_state(of)
    return PreviewOut.of(of, language, words.templates())


@routes.patch("/imports/{import_id}", response_model=ImportDetail)
async def say_of_import(
    *,
    import_id: str,
    patch: ImportPatch,
    if_match: IfMatch,
    language: Speaks,
    command: Commanded,
    principal: Editor,
) -> Response:
    """Say type, period, sheet or columns in place of what was found; the file is then analysed anew.

    What disagrees with the file blocks the commit until it is `confirmed`.
    """
    changes = patch.model_dump(exclude_unset=True)
    if type_ := changes.get("type"):
        uploads.check_type("type", type_)
    if type_ := patch.answers.get("type"):
        uploads.check_type("answers.type", type_)
    for header, field in patch.columns.items():
        uploads.check_field(f"columns.{header}", field)
    for key, answer in patch.answers.items():
        uploads.check_answer(key, answer)
    async with command.transaction() as tx:
        old = await imports.held(tx, principal, import_id)
        if_match.check(old.version)
        new = await imports.say(tx, principal, import_id, changes, datetime.now(UTC))
        return await command.answer(tx, 200, _detail(new, 0.0, language), {"ETag": etag(new.version)})


@routes.post(
    "/imports/{import_id}/commit", status_code=202, response_model=ImportRecord, dependencies=ADMITTED
)
async def commit_import(
    import_id: str, asked: CommitAsked, language: Speaks, command: Commanded, principal: Sender
) -> Response:
    """Carry out exactly what was previewed; asked again, it goes on. Follow it by GET."""
    async with command.transaction() as tx:
        new = await imports.commit(tx, principal, import_id, asked.preview, datetime.now(UTC))
        return await command.answer(tx, 202, _record(new, 0.0, language))


@routes.get("/imports/{import_id}/undo")
async def see_undo_of_import(import_id: str, context: Ctx, language: Speaks, principal: Reader) -> UndoOut:
    """Show what taking an import back would touch, and what depends on it, in the words of the refusal."""
    of, found = await imports.undoing(context, principal, import_id)
    return UndoOut(
        counts=Counts(created=of.created, updated=of.updated, unchanged=of.unchanged, rejected=of.rejected),
        possible=None if found.missing else of.state in imports.DONE and not found.in_all,
        dependants=[DependantOut.of(one, language, words.templates()) for one in found.first],
        dependants_in_all=found.in_all,
        missing=list(found.missing),
    )


@routes.post("/imports/{import_id}/undo", status_code=202, response_model=ImportRecord, dependencies=ADMITTED)
async def undo_import(import_id: str, language: Speaks, command: Commanded, principal: Editor) -> Response:
    """Take an import back; refused with the list of what depends on it.

    By 409 at once, or, when another service's book holds the facts, in `blocks` as soon as that answers.
    """
    async with command.transaction() as tx:
        new = await imports.undo(tx, principal, import_id, datetime.now(UTC))
        return await command.answer(tx, 202, _record(new, 0.0, language))


async def _seen(context: Context, principal: Principal, import_id: str) -> tuple[Import, float]:
    async with context.db.tenant(principal.tenant_id) as tx:
        of = imports.seen(principal, await store.one(tx, import_id) if is_ulid(import_id) else None)
        progress = await store.progress(tx, [of.id])
    return of, progress.get(of.id, 0.0)


def _titles(language: Language) -> Mapping[str, str]:
    return {name: type_.titles[language] for name, type_ in types().items()}


def _record(of: Import, progress: float, language: Language) -> ImportRecord:
    return ImportRecord.of(of, progress, _titles(language), language, words.templates())


def _detail(of: Import, progress: float, language: Language) -> ImportDetail:
    record: dict[str, Any] = _record(of, progress, language).model_dump()
    sheets = [
        SheetOut.of(place, found, language, words.templates()) for place, found in enumerate(of.detections)
    ]
    return ImportDetail(**record, sheets=sheets)
