"""REST routes of verdicts as a file: /anomalies/export."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from arus_contracts import reading
from arus_runtime.sheets import Column, Row, Sheet
from arus_runtime.web import Ctx, router
from arus_runtime.web.exports import EXPORTED, Exported, ExportSize, check_size, sent
from arus_runtime.words import Language, format_value, render
from fastapi.responses import FileResponse

from arus_anomaly import codec, store, words
from arus_anomaly.api.verdicts import Filtered, Reader
from arus_anomaly.rules.fuel import Status
from arus_anomaly.schemas.verdicts import status_name
from arus_anomaly.store.verdicts import Asked, Stored

routes = router("anomalies")


@routes.get("/anomalies/export/size")
async def size_anomalies_export(context: Ctx, asked: Filtered, principal: Reader) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    async with context.db.tenant(principal.tenant_id) as tx:
        counts = await store.verdicts.counts(tx, asked)
    return ExportSize.of(sum(counts.values()))


@routes.get("/anomalies/export", response_class=FileResponse, responses=EXPORTED)
async def export_anomalies(
    context: Ctx, export: Exported, asked: Filtered, principal: Reader
) -> FileResponse:
    """Give what the list's filters find as a file in the language of Accept-Language, newest date first.

    CSV and XLSX hold at most 100,000 rows, PDF 5,000. Text that a spreadsheet could run is made harmless.
    """
    language = export.language
    async with context.db.tenant(principal.tenant_id) as tx:
        check_size(export, sum((await store.verdicts.counts(tx, asked)).values()))
        sheet = Sheet(
            _say("export_title", language),
            _about(asked, language, datetime.now(UTC)),
            _columns(language),
            language,
            export.byte_order_mark,
        )
        rows = _rows(store.verdicts.every(tx, asked, export.most), language)
        return await sent(context, export, sheet, rows, _name(asked, language))


def _columns(language: Language) -> Sequence[Column]:
    return (
        Column(_say("column_date", language), "date", 12),
        Column(_say("column_location", language), width=20),
        Column(_say("column_product", language), width=14),
        Column(_say("column_status", language), width=11),
        Column(_say("column_volume", language), "litres", 12),
        Column(_say("column_baseline", language), "litres", 12),
        Column(_say("column_score", language), "percent", 9),
        Column(_say("column_reason", language), width=52),
        Column("ID", width=29),
    )


async def _rows(
    chunks: AsyncGenerator[Sequence[Stored]], language: Language
) -> AsyncGenerator[Sequence[Row]]:
    async with aclosing(chunks):
        async for verdicts in chunks:
            # Sentences take their time; others are served meanwhile.
            yield await asyncio.to_thread(_told, verdicts, language)


def _told(verdicts: Sequence[Stored], language: Language) -> Sequence[Row]:
    return [_row(one, language) for one in verdicts]


def _row(stored: Stored, language: Language) -> Row:
    verdict = codec.verdict(stored.value)
    params = reading.params_of(verdict)
    return (
        stored.business_date,
        stored.location_name or stored.location_id,
        stored.product_name or stored.product_id,
        status_name(stored.status),
        reading.litres(verdict.volume_ul),
        reading.baseline_l(verdict.history_sum_ul, verdict.history_count),
        Decimal(verdict.risk_score) if verdict.risk_score else None,
        render(verdict.reason_code, params, language),
        stored.fact_id,
    )


def _about(asked: Asked, language: Language, now: datetime) -> list[str]:
    """Return what the file holds and when it was made, in words."""
    dates = [
        _say(code, language, date=day)
        for code, day in (("export_from", asked.since), ("export_to", asked.until))
        if day
    ]
    statuses = ", ".join(status_name(Status(status)) for status in asked.statuses)
    narrowed = [_say("export_statuses", language, value=statuses)] if statuses else []
    made = _say("export_made", language, at=format_value(now, language))
    return [" ".join(dates) or _say("export_all_dates", language), *narrowed, made]


def _name(asked: Asked, language: Language) -> str:
    """Return what the file is called, the dates it was asked for included."""
    dates = [day.isoformat() for day in (asked.since, asked.until) if day]
    return "-".join((_say("export_file", language), *dates))


def _say(code: str, language: Language, **params: Any) -> str:
    return render(code, params, language, words.templates())
