"""REST routes of verdicts as a file: /anomalies/export, and of register reads /anomalies/meter/export."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from arus_contracts import reading
from arus_runtime.postgres import unhurried
from arus_runtime.sheets import Column, Row, Sheet, about, file_name
from arus_runtime.web import Ctx, router
from arus_runtime.web.exports import EXPORTED, Exported, ExportSize, check_size, sent
from arus_runtime.words import Language, format_period, render
from fastapi.responses import FileResponse

from arus_anomaly import codec, store, words
from arus_anomaly.api import readings
from arus_anomaly.api.verdicts import Filtered, Reader
from arus_anomaly.rules.fuel import Status
from arus_anomaly.schemas.meter import MeterAnomaly, MeterSaid
from arus_anomaly.schemas.verdicts import status_name
from arus_anomaly.store import meter
from arus_anomaly.store.meter import StoredMeter
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
    context: Ctx, asked: Filtered, principal: Reader, export: Exported
) -> FileResponse:
    """Give what the list's filters find as a file in the language of Accept-Language, newest date first.

    CSV and XLSX hold at most 100,000 rows, PDF 5,000. Text that a spreadsheet could run is made harmless.
    """
    language = export.language
    async with context.db.tenant(principal.tenant_id) as tx:
        await unhurried(tx)
        check_size(export, sum((await store.verdicts.counts(tx, asked)).values()))
        sheet = Sheet(
            _say("export_title", language),
            about(language, datetime.now(UTC), _narrowed(asked, language), (asked.since, asked.until)),
            _columns(language),
            language,
            export.byte_order_mark,
        )
        rows = _rows(store.verdicts.every(tx, asked, export.most), language)
        name = file_name(_say("export_file", language), asked.since, asked.until)
        return await sent(export, sheet, rows, name)


@routes.get("/anomalies/meter/export/size")
async def size_meter_export(context: Ctx, asked: readings.Filtered, principal: readings.Reader) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    async with context.db.tenant(principal.tenant_id) as tx:
        return ExportSize.of(await meter.size(tx, asked))


@routes.get("/anomalies/meter/export", response_class=FileResponse, responses=EXPORTED)
async def export_meter_anomalies(
    context: Ctx, asked: readings.Filtered, principal: readings.Reader, export: Exported
) -> FileResponse:
    """Give the customers of whom a kind holds in a period as a file in the language of Accept-Language.

    CSV and XLSX hold at most 100,000 rows, PDF 5,000. Text that a spreadsheet could run is made harmless.
    """
    language = export.language
    async with context.db.tenant(principal.tenant_id) as tx:
        await unhurried(tx)
        check_size(export, await meter.size(tx, asked))
        period = format_period(asked.period, language) if asked.period else ""
        sheet = Sheet(
            _say("export_meter_title", language, period=period).strip(),
            about(language, datetime.now(UTC), _meter_narrowed(asked, language)),
            _meter_columns(language),
            language,
            export.byte_order_mark,
        )
        rows = _meter_rows(meter.every(tx, asked, export.most), language)
        name = "-".join(filter(None, (_say("export_meter_file", language), asked.period)))
        return await sent(export, sheet, rows, name)


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


def _narrowed(asked: Asked, language: Language) -> list[tuple[str, str | None]]:
    statuses = ", ".join(status_name(Status(status)) for status in asked.statuses)
    return [(_say("column_status", language), statuses)]


def _meter_columns(language: Language) -> Sequence[Column]:
    return (
        Column(_say("column_nomen", language), width=14),
        Column(_say("column_rayon", language), width=8),
        Column(_say("column_period", language), width=9),
        Column(_say("column_kinds", language), width=20),
        Column(_say("column_read_date", language), "date", 12),
        Column(_say("column_from", language), "litres", 12),
        Column(_say("column_stand", language), "litres", 12),
        Column(_say("column_days", language), "count", 6),
        Column(_say("column_use", language), "litres", 12),
        Column(_say("column_usual", language), "litres", 12),
        Column(_say("column_reason", language), width=52),
    )


async def _meter_rows(
    chunks: AsyncGenerator[Sequence[StoredMeter]], language: Language
) -> AsyncGenerator[Sequence[Row]]:
    async with aclosing(chunks):
        async for verdicts in chunks:
            yield await asyncio.to_thread(_meter_told, verdicts, language)


def _meter_told(verdicts: Sequence[StoredMeter], language: Language) -> Sequence[Row]:
    return [_meter_row(one, language) for one in verdicts]


def _meter_row(stored: StoredMeter, language: Language) -> Row:
    said = MeterAnomaly.of(stored, language)
    return (
        said.nomen,
        said.rayon,
        said.period,
        ", ".join(_say(f"kind_{kind}", language) for kind in said.kinds),
        said.read_date,
        _number(said.from_m3),
        _number(said.stand_m3),
        said.days or None,
        _number(said.use_m3),
        _number(said.usual_m3),
        "\n".join(f"{one.serial}: {_why(one)}" if one.serial else _why(one) for one in (said, *said.beside)),
    )


def _why(said: MeterSaid) -> str:
    return " ".join(reason.text for reason in (*said.reasons, *said.remarks))


def _number(shown: str | None) -> Decimal | None:
    return None if shown is None else Decimal(shown)


def _meter_narrowed(asked: meter.Asked, language: Language) -> list[tuple[str, str | None]]:
    kinds = ", ".join(_say(f"kind_{kind}", language) for kind in asked.kinds)
    tags = ", ".join(_say(f"tag_{tag.lower()}", language) for tag in asked.tags)
    return [
        (_say("column_kinds", language), kinds),
        (_say("column_tags", language), tags),
        (_say("column_rayon", language), asked.rayon),
    ]


def _say(code: str, language: Language, **params: Any) -> str:
    return render(code, params, language, words.templates())
