"""REST routes of the fuel door: /fuel/transactions and /fuel/deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Command, Commanded
from arus_runtime.context import Context
from arus_runtime.ids import ULID_PATTERN, is_ulid
from arus_runtime.web import (
    PREFIX,
    Ctx,
    IfMatch,
    IfMatchHeader,
    Page,
    Paging,
    Problem,
    Window,
    etag,
    router,
    wrong,
)
from arus_runtime.web.problems import told
from arus_runtime.words import Language, language_of
from fastapi import Depends, Query, Request, Response

from arus_ingest import batch, commands, pressure, store, words
from arus_ingest.catalogue import Catalogue
from arus_ingest.commands import DELIVERIES, TRANSACTIONS, Ledger, Recorded
from arus_ingest.schemas import (
    Batch,
    BatchResult,
    BusinessDate,
    FactPatch,
    FactRecord,
    FactReplacement,
    ItemResult,
    NewFact,
    Wrong,
    warned,
)
from arus_ingest.settings import settings_of
from arus_ingest.state import Entry, FuelFact, Status

transactions = router("fuel")
deliveries = router("fuel")

TRANSACTIONS_PATH: Final = "/fuel/transactions"
DELIVERIES_PATH: Final = "/fuel/deliveries"
_PATHS: Final = {TRANSACTIONS.table: TRANSACTIONS_PATH, DELIVERIES.table: DELIVERIES_PATH}
CREATED: Final[Mapping[int | str, dict[str, Any]]] = {
    201: {"headers": {"Location": {"schema": {"type": "string"}}, "ETag": {"schema": {"type": "string"}}}}
}


async def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))


async def _admitted(context: Ctx) -> None:
    pressure.admit(context)


Speaks = Annotated[Language, Depends(_language)]
ADMITTED: Final = [Depends(_admitted)]
TransactionReader = Annotated[Principal, Depends(require("fuel.transactions", "r"))]
TransactionRecorder = Annotated[Principal, Depends(require("fuel.transactions", "c"))]
TransactionEditor = Annotated[Principal, Depends(require("fuel.transactions", "u"))]
DeliveryReader = Annotated[Principal, Depends(require("fuel.deliveries", "r"))]
DeliveryRecorder = Annotated[Principal, Depends(require("fuel.deliveries", "c"))]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which facts of a list are asked for."""

    location_id: str | None
    product_id: str | None
    first: date | None
    last: date | None
    status: Status | None
    text: str | None


async def _filter(
    *,
    location_id: Annotated[str | None, Query(pattern=ULID_PATTERN)] = None,
    product_id: Annotated[str | None, Query(pattern=ULID_PATTERN)] = None,
    first: Annotated[BusinessDate | None, Query(alias="from", description="First date.")] = None,
    last: Annotated[BusinessDate | None, Query(alias="to", description="Last date, included.")] = None,
    status: Annotated[Status | None, Query(description="Both, when left out.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Part of the note, in any case.")] = None,
) -> Filter:
    if first and last and first > last:
        raise wrong("from", "dates_reversed", value=first.isoformat(), bound=last.isoformat())
    return Filter(location_id, product_id, first, last, status, q or None)


Filtered = Annotated[Filter, Depends(_filter)]


@transactions.get(TRANSACTIONS_PATH)
async def list_fuel_transactions(
    context: Ctx, window: Paging, asked: Filtered, principal: TransactionReader
) -> Page[FactRecord]:
    """List fuel transactions, newest date first; voided ones too unless a status is asked for."""
    return await _list(context, TRANSACTIONS, window, asked, principal)


@transactions.post(
    TRANSACTIONS_PATH,
    status_code=201,
    response_model=FactRecord,
    responses={**CREATED},
    dependencies=ADMITTED,
)
async def record_fuel_transaction(
    new: NewFact, context: Ctx, command: Commanded, language: Speaks, principal: TransactionRecorder
) -> Response:
    """Record fuel used at a location. A repeat of a standing record is accepted with a warning."""
    catalogue = Catalogue(context.peers, principal)
    return await _record(command, catalogue, TRANSACTIONS, new, language)


@transactions.post(f"{TRANSACTIONS_PATH}/batch", response_model=BatchResult, dependencies=ADMITTED)
async def record_fuel_transactions(
    many: Batch, context: Ctx, command: Commanded, language: Speaks, principal: TransactionRecorder
) -> Response:
    """Record up to 10,000 fuel transactions; each is judged on its own, none stops another."""
    catalogue = Catalogue(context.peers, principal)
    async with command.transaction() as tx:
        outcomes = await batch.record(tx, catalogue, TRANSACTIONS, many.items, datetime.now(UTC))
        results = [_result(index, outcome, language) for index, outcome in enumerate(outcomes)]
        recorded = sum(result.status == "recorded" for result in results)
        answer = BatchResult(results=results, recorded=recorded, refused=len(results) - recorded)
        return await command.answer(tx, 200, answer)


@transactions.get(f"{TRANSACTIONS_PATH}/{{transaction_id}}")
async def get_fuel_transaction(
    transaction_id: str, context: Ctx, response: Response, principal: TransactionReader
) -> FactRecord:
    """Show one fuel transaction, voided or not."""
    async with context.db.tenant(principal.tenant_id) as tx:
        fact = await store.fact(tx, TRANSACTIONS.table, transaction_id) if is_ulid(transaction_id) else None
    if fact is None or not principal.sees(fact.location_id):
        raise Problem(404, "not_found")
    response.headers["ETag"] = etag(fact.version)
    return FactRecord.of(fact)


@transactions.patch(
    f"{TRANSACTIONS_PATH}/{{transaction_id}}", response_model=FactRecord, dependencies=ADMITTED
)
async def correct_fuel_transaction(
    *,
    transaction_id: str,
    patch: FactPatch,
    if_match: IfMatch,
    context: Ctx,
    command: Commanded,
    language: Speaks,
    principal: TransactionEditor,
) -> Response:
    """Correct what is sent and leave the rest; what followed in its history is judged again."""
    async with command.transaction() as tx:
        corrected = await commands.correct(
            tx,
            Catalogue(context.peers, principal),
            transaction_id,
            if_match=if_match,
            window=settings_of(context).fuel_edit_window,
            at=datetime.now(UTC),
            change=patch.over,
        )
        return await command.answer(tx, 200, _record_of(corrected, language), _etag(corrected))


@transactions.put(f"{TRANSACTIONS_PATH}/{{transaction_id}}", response_model=FactRecord, dependencies=ADMITTED)
async def replace_fuel_transaction(
    *,
    transaction_id: str,
    whole: FactReplacement,
    if_match: IfMatch,
    context: Ctx,
    command: Commanded,
    language: Speaks,
    principal: TransactionEditor,
) -> Response:
    """Correct everything that can be corrected; what is left out is emptied."""

    def replaced(_said: Entry) -> Entry:
        return whole.entry()

    async with command.transaction() as tx:
        corrected = await commands.correct(
            tx,
            Catalogue(context.peers, principal),
            transaction_id,
            if_match=if_match,
            window=settings_of(context).fuel_edit_window,
            at=datetime.now(UTC),
            change=replaced,
        )
        return await command.answer(tx, 200, _record_of(corrected, language), _etag(corrected))


@transactions.delete(
    f"{TRANSACTIONS_PATH}/{{transaction_id}}",
    status_code=204,
    dependencies=[Depends(require("fuel.transactions", "d")), *ADMITTED],
)
async def void_fuel_transaction(
    transaction_id: str, if_match: IfMatch, context: Ctx, command: Commanded
) -> Response:
    """Void a fuel transaction: it never happened. Voiding it again changes nothing and answers the same."""
    return await _void(context, command, TRANSACTIONS, transaction_id, if_match)


@deliveries.get(DELIVERIES_PATH)
async def list_fuel_deliveries(
    context: Ctx, window: Paging, asked: Filtered, principal: DeliveryReader
) -> Page[FactRecord]:
    """List fuel deliveries, newest date first; voided ones too unless a status is asked for."""
    return await _list(context, DELIVERIES, window, asked, principal)


@deliveries.post(
    DELIVERIES_PATH, status_code=201, response_model=FactRecord, responses={**CREATED}, dependencies=ADMITTED
)
async def record_fuel_delivery(
    new: NewFact, context: Ctx, command: Commanded, language: Speaks, principal: DeliveryRecorder
) -> Response:
    """Record fuel delivered into a location's stock; it never enters a baseline of use."""
    catalogue = Catalogue(context.peers, principal)
    return await _record(command, catalogue, DELIVERIES, new, language)


@deliveries.get(f"{DELIVERIES_PATH}/{{delivery_id}}")
async def get_fuel_delivery(
    delivery_id: str, context: Ctx, response: Response, principal: DeliveryReader
) -> FactRecord:
    """Show one fuel delivery, voided or not."""
    async with context.db.tenant(principal.tenant_id) as tx:
        fact = await store.fact(tx, DELIVERIES.table, delivery_id) if is_ulid(delivery_id) else None
    if fact is None or not principal.sees(fact.location_id):
        raise Problem(404, "not_found")
    response.headers["ETag"] = etag(fact.version)
    return FactRecord.of(fact)


@deliveries.delete(
    f"{DELIVERIES_PATH}/{{delivery_id}}",
    status_code=204,
    dependencies=[Depends(require("fuel.deliveries", "d")), *ADMITTED],
)
async def void_fuel_delivery(
    delivery_id: str, if_match: IfMatch, context: Ctx, command: Commanded
) -> Response:
    """Void a fuel delivery: it never happened. Voiding it again changes nothing and answers the same."""
    return await _void(context, command, DELIVERIES, delivery_id, if_match)


async def _list(
    context: Context, ledger: Ledger, window: Window, asked: Filter, principal: Principal
) -> Page[FactRecord]:
    async with context.db.tenant(principal.tenant_id) as tx:
        rows = await store.facts(
            tx,
            ledger.table,
            location_id=asked.location_id,
            product_id=asked.product_id,
            first=asked.first,
            last=asked.last,
            status=asked.status,
            text=asked.text,
            within=principal.locations,
            after=window.after(date, str),
            limit=window.fetch,
        )

    def position(fact: FuelFact) -> tuple[date, str]:
        return fact.business_date, fact.id

    return window.page(rows, FactRecord.of, position)


async def _record(
    command: Command, catalogue: Catalogue, ledger: Ledger, new: NewFact, language: Language
) -> Response:
    async with command.transaction() as tx:
        (outcome,) = await commands.record(tx, catalogue, ledger, [new.entry()], datetime.now(UTC))
        if not isinstance(outcome, Recorded):
            raise commands.refusal(outcome.flaws)
        headers = {"Location": f"{PREFIX}{_PATHS[ledger.table]}/{outcome.fact.id}", **_etag(outcome)}
        return await command.answer(tx, 201, _record_of(outcome, language), headers)


async def _void(
    context: Context, command: Command, ledger: Ledger, fact_id: str, if_match: IfMatchHeader
) -> Response:
    async with command.transaction() as tx:
        await commands.void(
            tx,
            command.principal,
            ledger,
            fact_id,
            if_match=if_match,
            window=settings_of(context).fuel_edit_window,
            at=datetime.now(UTC),
        )
        return await command.answer(tx, 204)


def _record_of(recorded: Recorded, language: Language) -> FactRecord:
    return FactRecord.of(recorded.fact, warned(recorded.warnings, language, words.templates()))


def _etag(recorded: Recorded) -> dict[str, str]:
    return {"ETag": etag(recorded.fact.version)}


def _result(index: int, outcome: batch.Outcome, language: Language) -> ItemResult:
    if outcome.recorded is not None:
        warnings = warned(outcome.recorded.warnings, language, words.templates())
        return ItemResult(index=index, status="recorded", id=outcome.recorded.fact.id, warnings=warnings)
    assert outcome.problem is not None
    errors = told(outcome.problem, language, words.templates()).errors
    wrongs = [Wrong(field=error.field, code=error.code, message=error.message) for error in errors]
    return ItemResult(index=index, status="refused", errors=wrongs)
