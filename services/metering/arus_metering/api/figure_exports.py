"""REST routes of the collection's figures as files: /kpi/{periods,daily,arrears}/export."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from itertools import pairwise
from typing import Annotated, Final

from arus_runtime.sheets import Column, Row, Sheet, about
from arus_runtime.web import router
from arus_runtime.web.exports import EXPORTED, Export, Exported, ExportSize, sent
from arus_runtime.words import format_moment
from fastapi import Depends
from fastapi.responses import FileResponse

from arus_metering import words
from arus_metering.api.asking import Said
from arus_metering.api.kpi import compare_periods, follow_days, get_arrears
from arus_metering.schemas.figures import Ageing, Comparison, Days, Figures
from arus_metering.schemas.records import Money

figures = router("kpi")

Compared = Annotated[Comparison, Depends(compare_periods)]
Followed = Annotated[Days, Depends(follow_days)]
Aged = Annotated[Ageing, Depends(get_arrears)]

_PLACES: Final = Decimal("0.1")


@figures.get("/kpi/periods/export/size")
async def size_periods_export(compared: Compared) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    return ExportSize.of(len(compared.items))


@figures.get("/kpi/periods/export", response_class=FileResponse, responses=EXPORTED)
async def export_periods(compared: Compared, export: Exported, rayon: Said = None) -> FileResponse:
    """Give what was billed and paid in each period, of all together or by rayon, as a file, newest first."""
    say = partial(words.say, language=export.language)
    columns = [
        Column(say("column_bill_period"), width=11),
        Column(say("column_rayon"), width=8),
        Column(say("column_customers"), "count", 11),
        Column(say("column_volume_m3"), "litres", 13),
        Column(say("column_target"), "rupiah", 18),
        Column(say("column_paid"), "rupiah", 18),
        Column(say("column_outstanding"), "rupiah", 18),
        Column(say("column_paid_customers"), "count", 14),
        Column(say("column_collection_rate"), "percent", 14),
        Column(say("column_paid_change"), "percent", 14),
    ]
    rows = _period_rows(compared.items)
    narrowed = [("column_rayon", rayon)]
    return await _sent(export, ("periods", columns, rows), narrowed, compared.data_as_of)


@figures.get("/kpi/daily/export/size")
async def size_daily_export(followed: Followed) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    return ExportSize.of(len(followed.items))


@figures.get("/kpi/daily/export", response_class=FileResponse, responses=EXPORTED)
async def export_daily(followed: Followed, export: Exported, rayon: Said = None) -> FileResponse:
    """Give how a period is paid, day by day, as a file."""
    say = partial(words.say, language=export.language)
    columns = [
        Column(say("column_payment_date"), "date", 12),
        Column(say("column_payments"), "count", 12),
        Column(say("column_paid"), "rupiah", 18),
        Column(say("column_paid_until_then"), "rupiah", 20),
        Column(say("column_target"), "rupiah", 18),
        Column(say("column_collection_rate"), "percent", 14),
    ]
    target = _rupiah(followed.target)
    rows: list[Row] = [
        (
            one.day, one.payments, _rupiah(one.paid), _rupiah(one.paid_until_then), target,
            _share(one.collection_rate),
        )
        for one in followed.items
    ]  # fmt: skip
    narrowed = [("column_bill_period", followed.period), ("column_rayon", rayon)]
    return await _sent(export, ("daily", columns, rows), narrowed, followed.data_as_of)


@figures.get("/kpi/arrears/export/size")
async def size_arrears_export(aged: Aged) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    return ExportSize.of(len(aged.items))


@figures.get("/kpi/arrears/export", response_class=FileResponse, responses=EXPORTED)
async def export_arrears(aged: Aged, export: Exported, rayon: Said = None) -> FileResponse:
    """Give what is owed as of a period, by its age in days, as a file."""
    say = partial(words.say, language=export.language)
    columns = [
        Column(say("column_age_days"), width=12),
        Column(say("column_customers"), "count", 11),
        Column(say("column_bills"), "count", 11),
        Column(say("column_amount"), "rupiah", 18),
        Column(say("column_penalty"), "rupiah", 16),
    ]
    rows: list[Row] = [
        (one.days, one.customers, one.bills, _rupiah(one.amount), _rupiah(one.penalty)) for one in aged.items
    ]
    narrowed = [
        ("column_bill_period", aged.period),
        ("column_rayon", rayon),
        ("column_listed_on", aged.listed_on),
    ]
    return await _sent(export, ("arrears", columns, rows), narrowed, aged.data_as_of)


def _period_rows(items: Sequence[Figures]) -> list[Row]:
    """Return a row for each, the newest period first, as the console shows them."""
    paid = {(one.period, one.rayon): _rupiah(one.paid) for one in items}
    before = dict(pairwise(sorted({one.period for one in items}, reverse=True)))
    return [
        (
            one.period, one.rayon, one.customers, Decimal(one.volume_m3), _rupiah(one.target),
            _rupiah(one.paid), _rupiah(one.outstanding), one.paid_customers, _share(one.collection_rate),
            _change(_rupiah(one.paid), paid.get((before.get(one.period, ""), one.rayon))),
        )
        for one in sorted(items, key=lambda one: one.period, reverse=True)
    ]  # fmt: skip


def _change(now: Decimal, before: Decimal | None) -> Decimal | None:
    """Return by how many percent it rose, one place half up; None where there is nothing to compare with."""
    return ((now - before) / before * 100).quantize(_PLACES, ROUND_HALF_UP) if before else None


def _rupiah(money: Money) -> Decimal:
    return Decimal(money.amount)


def _share(percent: float | None) -> Decimal | None:
    return None if percent is None else Decimal(str(percent))


async def _sent(
    export: Export,
    table: tuple[str, Sequence[Column], Sequence[Row]],
    narrowed: Sequence[tuple[str, str | date | None]],
    as_of: datetime | None,
) -> FileResponse:
    """Return the file of a table: what it is called, its columns, its rows."""
    name, columns, rows = table
    say = partial(words.say, language=export.language)
    said = [(say(code), say("said", value=value)) for code, value in narrowed if value]
    if as_of:
        said.append((say("column_as_of"), format_moment(as_of, export.language)))
    lines = about(export.language, datetime.now(UTC), said)
    sheet = Sheet(say(f"{name}_title"), lines, columns, export.language, export.byte_order_mark)
    return await sent(export, sheet, _at_once(rows), say(f"{name}_file"))


async def _at_once(rows: Sequence[Row]) -> AsyncGenerator[Sequence[Row]]:
    yield rows
