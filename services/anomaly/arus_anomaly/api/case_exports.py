"""REST routes of cases as a file: /cases/export."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import UTC, date, datetime
from typing import Any, Final

from arus_runtime.postgres import unhurried
from arus_runtime.sheets import Column, Row, Sheet, about, file_name
from arus_runtime.web import Ctx, router
from arus_runtime.web.exports import EXPORTED, MOST_ROWS, Exported, ExportSize, check_size, sent
from arus_runtime.words import Language, render
from fastapi.responses import FileResponse

from arus_anomaly import directory, store, words
from arus_anomaly.api.cases import Filtered, Reader
from arus_anomaly.rules import cases as rules
from arus_anomaly.store.cases import AskedCases, Shown

routes = router("cases")

_COUNTED: Final = max(MOST_ROWS.values()) + 1


@routes.get("/cases/export/size")
async def size_cases_export(context: Ctx, asked: Filtered, principal: Reader) -> ExportSize:
    """Say how many rows an export with these filters would hold, and how many it may."""
    async with context.db.tenant(principal.tenant_id) as tx:
        return ExportSize.of(await store.cases.count(tx, asked, _COUNTED))


@routes.get("/cases/export", response_class=FileResponse, responses=EXPORTED)
async def export_cases(context: Ctx, asked: Filtered, principal: Reader, export: Exported) -> FileResponse:
    """Give what the list's filters find as a file in the language of Accept-Language, newest first.

    CSV and XLSX hold at most 100,000 rows, PDF 5,000. Text that a spreadsheet could run is made harmless.
    """
    language = export.language
    people = {one.id: one.name for one in await directory.members(context.peers, principal)}
    async with context.db.tenant(principal.tenant_id) as tx:
        await unhurried(tx)
        check_size(export, await store.cases.count(tx, asked, _COUNTED))
        sheet = Sheet(
            _say("cases_export_title", language),
            about(language, datetime.now(UTC), _narrowed(asked, language)),
            _columns(language),
            language,
            export.byte_order_mark,
        )
        rows = _rows(store.cases.every(tx, asked, export.most), people, asked.today, language)
        name = file_name(_say("cases_export_file", language), asked.today, None)
        return await sent(export, sheet, rows, name)


def _narrowed(asked: AskedCases, language: Language) -> list[tuple[str, str | None]]:
    statuses = ", ".join(_say(f"case_status_{status}", language) for status in asked.statuses)
    priorities = ", ".join(_say(f"case_priority_{priority}", language) for priority in asked.priorities)
    return [
        (_say("column_status", language), statuses),
        (_say("column_priority", language), priorities),
        (_say("column_type", language), ", ".join(_kind(one, language) for one in asked.types)),
        (_say("column_nomen", language), asked.nomen),
        (_say("column_rayon", language), asked.rayon),
        (_say("column_overdue", language), _say("yes", language) if asked.overdue else None),
    ]


def _columns(language: Language) -> Sequence[Column]:
    return (
        Column("#", "count", 7),
        Column(_say("column_status", language), width=16),
        Column(_say("column_priority", language), width=11),
        Column(_say("column_type", language), width=13),
        Column(_say("column_nomen", language), width=14),
        Column(_say("column_about", language), width=26),
        Column(_say("column_address", language), width=30),
        Column(_say("column_rayon", language), width=8),
        Column(_say("column_period", language), width=10),
        Column(_say("column_assignee", language), width=20),
        Column(_say("column_due", language), "date", 12),
        Column(_say("column_overdue", language), width=10),
        Column(_say("column_description", language), width=44),
        Column(_say("column_resolution", language), width=44),
        Column(_say("column_opened", language), "date", 12),
        Column(_say("column_ended", language), "date", 12),
        Column("ID", width=29),
    )


async def _rows(
    chunks: AsyncGenerator[Sequence[Shown]], people: dict[str, str], today: date, language: Language
) -> AsyncGenerator[Sequence[Row]]:
    async with aclosing(chunks):
        async for found in chunks:
            yield [_row(one, people, today, language) for one in found]


def _row(shown: Shown, people: dict[str, str], today: date, language: Language) -> Row:
    case = shown.case
    place = " · ".join(filter(None, (shown.location_name, shown.product_name)))
    return (
        case.number,
        _say(f"case_status_{case.status}", language),
        _say(f"case_priority_{case.priority}", language),
        _kind(case.type, language),
        case.nomen,
        case.customer or place or case.location_id,
        case.address,
        case.rayon,
        case.period,
        people.get(case.assignee_id, case.assignee_id) if case.assignee_id else None,
        case.due_date,
        _say("yes", language) if rules.is_overdue(case, today) else None,
        case.description,
        case.resolution,
        rules.day_of(case.opened_at),
        rules.day_of(case.ended_at) if case.ended_at else None,
        case.id,
    )


def _kind(type_: str, language: Language) -> str:
    return _say(f"kind_{type_}", language)


def _say(code: str, language: Language, **params: Any) -> str:
    return render(code, params, language, words.templates())
