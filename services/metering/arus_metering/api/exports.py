"""REST routes of customers and payments as files: /customers/export, /collections/export."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal

from arus_runtime.postgres import unhurried
from arus_runtime.sheets import Column, Row, Sheet, about, file_name
from arus_runtime.web import Ctx, router
from arus_runtime.web.exports import EXPORTED, MOST_ROWS, Exported, ExportSize, check_size, sent
from arus_runtime.words import Language
from fastapi.responses import FileResponse

from arus_metering.api.asking import CustomerReader, PaymentReader, Payments, Q, Said
from arus_metering.rules.amounts import MINOR
from arus_metering.state import Customer, Payment
from arus_metering.store import customers as store
from arus_metering.store import payments as payment_store
from arus_metering.words import say

customers = router("customers")
collections = router("collections")


@customers.get("/customers/export/size")
async def size_customers_export(
    context: Ctx, principal: CustomerReader, q: Q = "", rayon: Said = None
) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    async with context.db.tenant(principal.tenant_id) as tx:
        return ExportSize.of(await store.number_found(tx, q, rayon, max(MOST_ROWS.values())))


@customers.get("/customers/export", response_class=FileResponse, responses=EXPORTED)
async def export_customers(
    context: Ctx, principal: CustomerReader, export: Exported, q: Q = "", rayon: Said = None
) -> FileResponse:
    """Give what the list's filters find as a file in the language of Accept-Language, by number.

    CSV and XLSX hold at most 100,000 rows, PDF 5,000. Text that a spreadsheet could run is made harmless.
    """
    language = export.language
    narrowed = [(say("column_search", language), q), (say("column_rayon", language), rayon)]
    async with context.db.tenant(principal.tenant_id) as tx:
        await unhurried(tx)
        check_size(export, await store.number_found(tx, q, rayon, export.most))
        sheet = Sheet(
            say("customers_title", language),
            about(language, datetime.now(UTC), narrowed),
            _customer_columns(language),
            language,
            export.byte_order_mark,
        )
        rows = _customer_rows(store.every(tx, q, rayon, export.most), language)
        return await sent(export, sheet, rows, say("customers_file", language))


@collections.get("/collections/export/size")
async def size_collections_export(context: Ctx, principal: PaymentReader, asked: Payments) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await payment_store.number_found(tx, asked.values(), max(MOST_ROWS.values()))
    return ExportSize.of(rows)


@collections.get("/collections/export", response_class=FileResponse, responses=EXPORTED)
async def export_collections(
    context: Ctx, principal: PaymentReader, asked: Payments, export: Exported
) -> FileResponse:
    """Give what the list's filters find as a file in the language of Accept-Language, newest date first.

    CSV and XLSX hold at most 100,000 rows, PDF 5,000. Text that a spreadsheet could run is made harmless.
    """
    language = export.language
    narrowed = [
        (say("column_nomen", language), asked.nomen),
        (say("column_rayon", language), asked.rayon),
        (say("column_bill_period", language), asked.period),
        (say("column_payment_type", language), asked.type),
    ]
    async with context.db.tenant(principal.tenant_id) as tx:
        await unhurried(tx)
        check_size(export, await payment_store.number_found(tx, asked.values(), export.most))
        sheet = Sheet(
            say("collections_title", language),
            about(language, datetime.now(UTC), narrowed, (asked.first, asked.last)),
            _payment_columns(language),
            language,
            export.byte_order_mark,
        )
        rows = _payment_rows(payment_store.every(tx, asked.values(), export.most), language)
        name = file_name(say("collections_file", language), asked.first, asked.last)
        return await sent(export, sheet, rows, name)


def _customer_columns(language: Language) -> Sequence[Column]:
    return (
        Column(say("column_nomen", language), width=12),
        Column(say("column_name", language), width=26),
        Column(say("column_address", language), width=34),
        Column(say("column_rayon", language), width=8),
        Column(say("column_usage_class", language), width=9),
        Column(say("column_serial", language), width=14),
        Column(say("column_status", language), width=11),
    )


async def _customer_rows(
    chunks: AsyncGenerator[Sequence[Customer]], language: Language
) -> AsyncGenerator[Sequence[Row]]:
    status = {is_active: say(f"active_{is_active}".lower(), language) for is_active in (True, False)}
    async with aclosing(chunks):
        async for found in chunks:
            yield [
                (
                    one.nomen, one.name, one.address, one.rayon, one.usage_class, one.serial,
                    status[one.is_active],
                )
                for one in found
            ]  # fmt: skip


def _payment_columns(language: Language) -> Sequence[Column]:
    return (
        Column(say("column_payment_date", language), "date", 12),
        Column(say("column_nomen", language), width=12),
        Column(say("column_rayon", language), width=8),
        Column(say("column_amount", language), "rupiah", 16),
        Column(say("column_bill_period", language), width=11),
        Column(say("column_payment_type", language), width=11),
        Column(say("column_receipt_number", language), width=18),
        Column(say("column_source", language), width=13),
        Column(say("column_counted", language), width=34),
        Column("ID", width=40),
    )


async def _payment_rows(
    chunks: AsyncGenerator[Sequence[Payment]], language: Language
) -> AsyncGenerator[Sequence[Row]]:
    counted = {is_repeat: say(f"counted_{not is_repeat}".lower(), language) for is_repeat in (True, False)}
    async with aclosing(chunks):
        async for found in chunks:
            yield [
                (
                    one.payment_date, one.nomen, one.rayon, Decimal(one.amount_minor) / MINOR,
                    one.bill_period, one.payment_type, one.receipt_number, one.source, counted[one.is_repeat],
                    one.id,
                )
                for one in found
            ]  # fmt: skip
