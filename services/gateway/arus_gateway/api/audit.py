"""The audit log: /audit, and as a file."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import orjson
from arus_runtime.auth import Principal, require_everywhere
from arus_runtime.postgres import unhurried
from arus_runtime.sheets import Column, Row, Sheet, about, file_name
from arus_runtime.web import Page, Paging, router, wrong
from arus_runtime.web.exports import EXPORTED, MOST_ROWS, Exported, ExportSize, check_size, sent
from arus_runtime.web.spans import BusinessDate
from arus_runtime.words import HOME_ZONE, Language, render, zone_name
from fastapi import Depends, Query
from fastapi.responses import FileResponse

from arus_gateway import words
from arus_gateway.api.schemas import AuditOut
from arus_gateway.api.zones import Zone
from arus_gateway.door import DoorOf
from arus_gateway.store import audit
from arus_gateway.store.acting import acting
from arus_gateway.store.audit import Asked, Entry

routes = router("audit")

Reader = Annotated[Principal, Depends(require_everywhere("audit", "r"))]
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which deeds are asked for, as they are looked up and as they are named."""

    asked: Asked
    first: BusinessDate | None
    last: BusinessDate | None
    zone: str


async def _narrowed(
    *,
    principal: Reader,
    action: Annotated[str | None, Query(max_length=100, examples=["session.opened"])] = None,
    actor_id: Annotated[str | None, Query(max_length=50)] = None,
    first: Annotated[BusinessDate | None, Query(alias="from", description="First date, inclusive.")] = None,
    last: Annotated[BusinessDate | None, Query(alias="to", description="Last date, inclusive.")] = None,
    timezone: Annotated[Zone, Query(description="Whose dates and clock.")] = HOME_ZONE,
) -> Narrowed:
    if first and last and first > last:
        raise wrong("to", "too_small", bound=first, value=last)
    zone = ZoneInfo(timezone)
    since = first and datetime.combine(first, time.min, zone)
    until = last and datetime.combine(last + ONE_DAY, time.min, zone)
    return Narrowed(Asked(principal.tenant_id, action, actor_id, since, until), first, last, timezone)


Filtered = Annotated[Narrowed, Depends(_narrowed)]


@routes.get("/audit/export/size")
async def size_audit_export(door: DoorOf, narrowed: Filtered) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    async with acting(door.db, tenant=narrowed.asked.tenant_id) as tx:
        return ExportSize.of(await audit.number(tx, narrowed.asked, max(MOST_ROWS.values())))


@routes.get("/audit/export", response_class=FileResponse, responses=EXPORTED)
async def export_audit(door: DoorOf, narrowed: Filtered, export: Exported) -> FileResponse:
    """Give what the list's filters find as a file in the language of Accept-Language, newest first.

    CSV and XLSX hold at most 100,000 rows, PDF 5,000. Text that a spreadsheet could run is made harmless.
    """
    language, asked = export.language, narrowed.asked
    async with acting(door.db, tenant=asked.tenant_id) as tx:
        await unhurried(tx)
        check_size(export, await audit.number(tx, asked, export.most))
        sheet = Sheet(
            _say("export_title", language),
            about(
                language,
                datetime.now(UTC),
                _filters(asked, language),
                (narrowed.first, narrowed.last),
                narrowed.zone,
            ),
            _columns(narrowed.zone, language),
            language,
            export.byte_order_mark,
        )
        rows = _rows(audit.every(tx, asked, export.most), narrowed.zone, language)
        name = file_name(_say("export_file", language), narrowed.first, narrowed.last)
        return await sent(export, sheet, rows, name)


@routes.get("/audit")
async def list_audit(door: DoorOf, window: Paging, narrowed: Filtered) -> Page[AuditOut]:
    """List who did what to accounts and settings, newest first."""
    before = window.after(str)
    async with acting(door.db, tenant=narrowed.asked.tenant_id) as tx:
        found = await audit.entries(tx, narrowed.asked, before[0] if before else None, window.fetch)
    return window.page(found, _out, lambda entry: (entry.id,))


def _out(entry: Entry) -> AuditOut:
    return AuditOut(
        id=entry.id,
        at=entry.at,
        action=entry.action,
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        resource_type=entry.resource_type,
        resource_id=entry.resource_id,
        ip=entry.ip,
        detail=dict(entry.detail),
    )


def _columns(zone: str, language: Language) -> Sequence[Column]:
    return (
        Column(f"{_say('column_at', language)} ({zone_name(zone)})", "moment", 18),
        Column(_say("column_actor", language), width=18),
        Column(_say("column_actor_id", language), width=28),
        Column(_say("column_deed", language), width=26),
        Column(_say("column_on", language), width=16),
        Column(_say("column_on_id", language), width=28),
        Column(_say("column_ip", language), width=15),
        Column(_say("column_detail", language), width=26),
    )


async def _rows(
    chunks: AsyncGenerator[Sequence[Entry]], zone: str, language: Language
) -> AsyncGenerator[Sequence[Row]]:
    local = ZoneInfo(zone)
    async with aclosing(chunks):
        async for entries in chunks:
            yield [
                (
                    one.at.astimezone(local).replace(tzinfo=None),
                    one.actor_name or one.actor_id,
                    one.actor_id,
                    deed(one.action, language),
                    one.resource_type,
                    one.resource_id,
                    one.ip,
                    orjson.dumps(one.detail).decode() if one.detail else "",
                )
                for one in entries
            ]


def deed(action: str, language: Language) -> str:
    """Return a deed in words; one without any goes by its code."""
    code = f"deed_{action}"
    return _say(code, language) if code in words.templates() else action


def _filters(asked: Asked, language: Language) -> list[tuple[str, str | None]]:
    return [
        (_say("column_deed", language), asked.action and deed(asked.action, language)),
        (_say("column_actor_id", language), asked.actor_id),
    ]


def _say(code: str, language: Language, **params: Any) -> str:
    return render(code, params, language, words.templates())
