"""REST routes of the fuel door: transactions as a file, /fuel/transactions/export."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from arus_contracts.reading import litres
from arus_runtime.auth import Principal, require
from arus_runtime.postgres import unhurried
from arus_runtime.sheets import Column, Row, Sheet, about, file_name
from arus_runtime.web import Ctx, router
from arus_runtime.web.exports import EXPORTED, MOST_ROWS, Exported, ExportSize, check_size, sent
from arus_runtime.words import Language, render
from fastapi import Depends
from fastapi.responses import FileResponse

from arus_ingest import words
from arus_ingest.api.facts import Filter, Filtered
from arus_ingest.state import Status
from arus_ingest.store import fuel as store
from arus_ingest.store.fuel import Named

routes = router("fuel")

Reader = Annotated[Principal, Depends(require("fuel.transactions", "r"))]
TABLE: Final = "fuel_transactions"


@routes.get("/fuel/transactions/export/size")
async def size_fuel_transactions_export(context: Ctx, asked: Filtered, principal: Reader) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.number_of_facts(tx, TABLE, _filters(asked, principal), max(MOST_ROWS.values()))
    return ExportSize.of(rows)


@routes.get("/fuel/transactions/export", response_class=FileResponse, responses=EXPORTED)
async def export_fuel_transactions(
    context: Ctx, asked: Filtered, principal: Reader, export: Exported
) -> FileResponse:
    """Give what the list's filters find as a file in the language of Accept-Language, newest date first.

    CSV and XLSX hold at most 100,000 rows, PDF 5,000. Text that a spreadsheet could run is made harmless.
    """
    filters = _filters(asked, principal)
    async with context.db.tenant(principal.tenant_id) as tx:
        await unhurried(tx)
        check_size(export, await store.number_of_facts(tx, TABLE, filters, export.most))
        chunks = store.named_facts(tx, TABLE, filters, export.most)
        sheet = Sheet(
            _say("export_title", export.language),
            about(
                export.language,
                datetime.now(UTC),
                _narrowed(asked, export.language),
                (asked.first, asked.last),
            ),
            _columns(export.language),
            export.language,
            export.byte_order_mark,
        )
        rows = _rows(chunks, export.language)
        name = file_name(_say("export_file", export.language), asked.first, asked.last)
        return await sent(export, sheet, rows, name)


def _filters(asked: Filter, principal: Principal) -> Mapping[str, Any]:
    return {
        "location_id": asked.location_id,
        "product_id": asked.product_id,
        "first": asked.first,
        "last": asked.last,
        "status": asked.status,
        "text": asked.text,
        "within": None if principal.locations is None else list(principal.locations),
    }


def _columns(language: Language) -> Sequence[Column]:
    return (
        Column(_say("column_date", language), "date", 12),
        Column(_say("column_location", language), width=22),
        Column(_say("column_product", language), width=16),
        Column(_say("column_volume", language), "litres", 13),
        Column(_say("column_note", language), width=32),
        Column(_say("column_status", language), width=11),
        Column(_say("column_recorded_at", language), "moment", 17),
        Column(_say("column_timezone", language), width=15),
        Column("ID", width=29),
    )


async def _rows(chunks: AsyncGenerator[Sequence[Named]], language: Language) -> AsyncGenerator[Sequence[Row]]:
    status: Mapping[Status, str] = {
        "active": _say("status_active", language),
        "voided": _say("status_voided", language),
    }
    async with aclosing(chunks):
        async for named in chunks:
            yield [
                (
                    one.fact.business_date,
                    one.location,
                    one.product,
                    litres(one.fact.volume_ul),
                    one.fact.note,
                    status[one.fact.status],
                    one.fact.recorded_at.astimezone(ZoneInfo(one.fact.timezone)).replace(tzinfo=None),
                    one.fact.timezone,
                    one.fact.id,
                )
                for one in named
            ]


def _narrowed(asked: Filter, language: Language) -> list[tuple[str, str | None]]:
    return [
        (_say(field, language), value)
        for field, value in (
            ("column_location", asked.location_id),
            ("column_product", asked.product_id),
            ("column_status", asked.status and _say(f"status_{asked.status}", language)),
            ("column_note", asked.text),
        )
    ]


def _say(code: str, language: Language, **params: Any) -> str:
    return render(code, params, language, words.templates())
