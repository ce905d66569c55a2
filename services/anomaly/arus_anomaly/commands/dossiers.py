"""Commands of what belongs to a case: comments, files, what was found in the field."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.files import files_of
from arus_runtime.ids import is_ulid, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import Problem, wrong
from arus_runtime.words import Quantity

from arus_anomaly import store
from arus_anomaly.commands import cases
from arus_anomaly.rules import attachments
from arus_anomaly.rules.cases import Happened, Status
from arus_anomaly.schemas.dossiers import NewVisit
from arus_anomaly.state.cases import Attachment, Comment, Visit

MOST_COMMENTS: Final = 1_000
MOST_VISITS: Final = 100
CLOCKS_APART: Final = timedelta(minutes=5)
"""By how much a telephone's clock may go ahead."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that somebody sends."""

    name: str
    body: bytes


async def comment(tx: Tx, principal: Principal, case_id: str, text: str, at: datetime) -> Comment:
    """Add what somebody writes of a case."""
    case = await cases.held(tx, principal, case_id)
    await _check_room(tx, Comment, case_id, MOST_COMMENTS, "too_many_comments")
    new = Comment(new_ulid(), text, principal.user_id, at)
    await store.dossiers.add(tx, principal.tenant_id, case_id, new)
    await cases.happened(
        tx, principal.tenant_id, case, Happened.COMMENTED, by=principal.user_id, at=at, about_id=new.id
    )
    return new


async def record_visit(tx: Tx, principal: Principal, case_id: str, new: NewVisit, at: datetime) -> Visit:
    """Record what somebody found in the field; the case waits for it no longer."""
    case = await cases.held(tx, principal, case_id)
    if case.status == Status.CLOSED:
        raise Problem(409, "case_closed", params={"number": case.number})
    if new.visited_at > at + CLOCKS_APART:
        raise wrong("visited_at", "not_past", value=new.visited_at.isoformat())
    await _check_room(tx, Visit, case_id, MOST_VISITS, "too_many_visits")
    kept = {one.id for one in await store.dossiers.files(tx, case_id)}
    if strange := [id_ for id_ in new.attachment_ids if id_ not in kept]:
        raise wrong("attachment_ids", "unknown_reference", value=", ".join(strange))
    visit = Visit(
        id=new_ulid(),
        visited_at=new.visited_at,
        outcome=new.outcome,
        stand_l=new.stand_l,
        note=new.note,
        attachment_ids=new.attachment_ids,
        recorded_by=principal.user_id,
        recorded_at=at,
    )
    await store.dossiers.add(tx, principal.tenant_id, case_id, visit)
    changes: dict[str, Sequence[str]] = {}
    if case.status == Status.WAITING_FIELD:
        changes["status"] = (case.status, Status.IN_PROGRESS)
        case = replace(case, status=Status.IN_PROGRESS, version=case.version + 1, updated_at=at)
        await store.cases.change(tx, principal.tenant_id, case)
    await cases.happened(
        tx,
        principal.tenant_id,
        case,
        Happened.VISITED,
        by=principal.user_id,
        at=at,
        changes=changes,
        about_id=visit.id,
    )
    return visit


async def visit(tx: Tx, principal: Principal, case_id: str, visit_id: str) -> Visit:
    """Return a visit of a case that the caller may see; raises the 404."""
    await cases.shown(tx, principal, case_id)
    found = await store.dossiers.one(tx, Visit, case_id, visit_id) if is_ulid(visit_id) else None
    if found is None:
        raise Problem(404, "not_found")
    return found


async def attach(
    context: Context, principal: Principal, case_id: str, file: File, at: datetime
) -> Attachment:
    """Keep a file with a case; the same file again is the one that is there."""
    new = _accepted(file, principal, at)
    key = file_key(principal.tenant_id, case_id, new.id)
    # Who may not see the case, and a file too many, are refused before anything is kept.
    async with context.db.tenant(principal.tenant_id) as tx:
        if same := await _room_for(tx, principal, case_id, new):
            return same
    await files_of(context).put(key, file.body)
    async with context.db.tenant(principal.tenant_id) as tx:
        same = await _room_for(tx, principal, case_id, new)
        if same is None:
            case = await cases.held(tx, principal, case_id)
            await store.dossiers.add(tx, principal.tenant_id, case_id, new)
            await cases.happened(
                tx, principal.tenant_id, case, Happened.ATTACHED, by=principal.user_id, at=at, about_id=new.id
            )
    if same:
        await files_of(context).delete([key])
        return same
    context.committed()
    return new


async def attachment(tx: Tx, principal: Principal, case_id: str, attachment_id: str) -> Attachment:
    """Return a file of a case that the caller may see; raises the 404."""
    await cases.shown(tx, principal, case_id)
    found = None
    if is_ulid(attachment_id):
        found = await store.dossiers.one(tx, Attachment, case_id, attachment_id)
    if found is None:
        raise Problem(404, "not_found")
    return found


async def remove_attachment(
    tx: Tx, principal: Principal, case_id: str, attachment_id: str, at: datetime
) -> str:
    """Say of a file that it is taken away, and return the key under which it lies."""
    case = await cases.held(tx, principal, case_id)
    found = await attachment(tx, principal, case_id, attachment_id)
    if found.removed_at is None:
        await store.dossiers.remove_file(tx, case_id, attachment_id, principal.user_id, at)
        await cases.happened(
            tx,
            principal.tenant_id,
            case,
            Happened.ATTACHMENT_REMOVED,
            by=principal.user_id,
            at=at,
            about_id=attachment_id,
        )
    return file_key(principal.tenant_id, case_id, attachment_id)


def file_key(tenant_id: str, case_id: str, attachment_id: str) -> str:
    """Return the key under which a file of a case lies."""
    return f"cases/{tenant_id}/{case_id}/{attachment_id}"


def _accepted(file: File, principal: Principal, at: datetime) -> Attachment:
    """Return a file as it will be kept; raises the 422 of one that is not taken."""
    if not attachments.is_file_name(file.name):
        raise wrong("file", "bad_file_name", value=ascii(file.name[:40]))
    if not file.body:
        raise wrong("file", "file_empty", value=file.name)
    if len(file.body) > attachments.MOST_BYTES:
        raise wrong("file", "file_too_large", bound=Quantity(attachments.MOST_BYTES // 2**20, "MB"))
    media_type = attachments.media_type(file.name, file.body)
    if media_type is None:
        raise wrong("file", "file_kind_not_taken", expected=attachments.KINDS, value=file.name)
    digest = hashlib.sha256(file.body).hexdigest()
    return Attachment(new_ulid(), file.name, media_type, len(file.body), digest, principal.user_id, at)


async def _room_for(tx: Tx, principal: Principal, case_id: str, new: Attachment) -> Attachment | None:
    """Return the same file where the case has it already; raises the 404 and the 409 of a full case."""
    await cases.held(tx, principal, case_id)
    kept = await store.dossiers.files(tx, case_id)
    same = next((one for one in kept if one.sha256 == new.sha256), None)
    if same is None and len(kept) >= attachments.MOST_FILES:
        raise Problem(409, "too_many_attachments", params={"bound": attachments.MOST_FILES})
    return same


async def _check_room(tx: Tx, kind: type[Comment] | type[Visit], case_id: str, most: int, code: str) -> None:
    if await store.dossiers.count(tx, kind, case_id) >= most:
        raise Problem(409, code, params={"bound": most})
