"""gRPC methods of the fuel door: facts streamed in by machines, and sums for the gateway's views."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from arus.fuel.v1.api_pb2 import DayUse, SummariseRequest, SummariseResponse
from arus.fuel.v1.api_pb2_grpc import FuelServiceServicer
from arus.ingest.v1.api_pb2 import (
    FieldError,
    ItemResult,
    RecordFuelTransactionsRequest,
    RecordFuelTransactionsResponse,
)
from arus.ingest.v1.api_pb2_grpc import IngestServiceServicer
from arus_runtime import rpc
from arus_runtime.context import Context
from arus_runtime.web import Problem, wrong
from arus_runtime.web.problems import told
from arus_runtime.words import Language
from grpc.aio import ServicerContext
from typing_extensions import override

from arus_ingest import batch, pressure, rules, store, words
from arus_ingest.catalogue import Catalogue
from arus_ingest.commands import TRANSACTIONS


class Ingest(IngestServiceServicer):
    """IngestService: the same facts as REST, streamed."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @override
    async def RecordFuelTransactions(
        self,
        request_iterator: AsyncIterator[RecordFuelTransactionsRequest],
        context: ServicerContext[Any, Any],
    ) -> RecordFuelTransactionsResponse:
        """Record up to 10,000 transactions in one transaction, with one result per item in the order sent."""
        principal = rpc.require("fuel.transactions", "c")
        pressure.admit(self._context)
        items: list[dict[str, str | None]] = []
        async for request in request_iterator:
            if len(items) == rules.BATCH_ITEMS:
                raise wrong(
                    "items", "too_many", max_length=rules.BATCH_ITEMS, length=f"> {rules.BATCH_ITEMS}"
                )
            items.append(_item(request))
        async with self._context.db.tenant(principal.tenant_id) as tx:
            catalogue = Catalogue(self._context.peers, principal)
            outcomes = await batch.record(tx, catalogue, TRANSACTIONS, items, datetime.now(UTC))
        self._context.committed()
        language = rpc.language()
        return RecordFuelTransactionsResponse(
            results=[_result(index, outcome, language) for index, outcome in enumerate(outcomes)]
        )


class Fuel(FuelServiceServicer):
    """FuelService: sums of standing transactions, within the caller's tenant and locations."""

    def __init__(self, context: Context) -> None:
        self._db = context.db

    @override
    async def Summarise(
        self, request: SummariseRequest, context: ServicerContext[Any, Any]
    ) -> SummariseResponse:
        """Return the use of each date from the first to the last one, both included."""
        principal = rpc.require("fuel.transactions", "r")
        try:
            first, last = rules.business_date(request.from_date), rules.business_date(request.to_date)
        except rules.RefusedError as error:
            raise Problem(422, "invalid_input", detail=f"{error.code}: {error.params}") from error
        async with self._db.tenant(principal.tenant_id) as tx:
            days = await store.use_by_date(tx, first, last, principal.locations)
        return SummariseResponse(
            transactions=sum(transactions for _, transactions, _ in days),
            volume_ul=sum(volume_ul for _, _, volume_ul in days),
            days=[
                DayUse(business_date=day.isoformat(), transactions=transactions, volume_ul=volume_ul)
                for day, transactions, volume_ul in days
            ],
        )


def _item(request: RecordFuelTransactionsRequest) -> dict[str, str | None]:
    return {
        "date": request.date,
        "location_id": request.location_id,
        "product_id": request.product_id,
        "volume_l": request.volume_l,
        "note": request.note or None,
    }


def _result(index: int, outcome: batch.Outcome, language: Language) -> ItemResult:
    if outcome.recorded is not None:
        return ItemResult(
            index=index,
            transaction_id=outcome.recorded.fact.id,
            warnings=[flaw.code for flaw in outcome.recorded.warnings],
        )
    assert outcome.problem is not None
    return ItemResult(
        index=index,
        errors=[
            FieldError(field=error.field, code=error.code, message=error.message)
            for error in told(outcome.problem, language, words.templates()).errors
        ],
    )
