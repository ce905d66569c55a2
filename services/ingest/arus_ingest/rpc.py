"""gRPC methods of the door: facts and files streamed in by machines, and sums for the gateway's views."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from arus.fuel.v1.api_pb2 import (
    DayUse,
    SummariseRequest,
    SummariseResponse,
    TrendPoint,
    TrendRequest,
    TrendResponse,
    TrendSeries,
)
from arus.fuel.v1.api_pb2_grpc import FuelServiceServicer
from arus.ingest.v1.api_pb2 import (
    FieldError,
    ImportFile,
    ItemResult,
    RecordFuelTransactionsRequest,
    RecordFuelTransactionsResponse,
    UploadImportRequest,
    UploadImportResponse,
)
from arus.ingest.v1.api_pb2_grpc import IngestServiceServicer
from arus_runtime import rpc
from arus_runtime.commands import Repeatable
from arus_runtime.context import Context
from arus_runtime.periods import MONTH, Compare, Period, started
from arus_runtime.web import Problem, span_of, wrong
from arus_runtime.web.problems import told
from arus_runtime.words import Language
from grpc.aio import ServicerContext
from typing_extensions import override

from arus_ingest import batch, pressure, rules, words
from arus_ingest.catalogue import Catalogue
from arus_ingest.commands import uploads
from arus_ingest.commands.fuel import TRANSACTIONS
from arus_ingest.settings import settings_of
from arus_ingest.state import Said
from arus_ingest.store import fuel as store
from arus_ingest.store.fuel import UseAsked
from arus_ingest.trends import Series, Use, trend

MOST_SERIES: Final = 500
_PERIODS: Final[Mapping[str, Period]] = {"day": "day", "week": "week", "month": "month"}
_COMPARES: Final[Mapping[str, Compare | None]] = {"": None, "previous": "previous", "last_year": "last_year"}
_BY: Final[Mapping[str, Literal["location_id", "product_id"] | None]] = {
    "none": None,
    "location": "location_id",
    "product": "product_id",
}
RECORD_PATH: Final = "arus.ingest.v1.IngestService/RecordFuelTransactions"


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
        """Record up to 10,000 transactions in one transaction, with one result per item in the order sent.

        An item under a key that has answered before is not recorded again.
        """
        principal = rpc.require("fuel.transactions", "c")
        pressure.admit(self._context)
        items: list[_Item] = []
        size, most = 0, self._context.settings.max_body_bytes
        async for request in request_iterator:
            if (size := size + request.ByteSize()) > most:
                raise Problem(413, "body_too_large", params={"max_bytes": most})
            if len(items) == rules.BATCH_ITEMS:
                raise wrong(
                    "items", "too_many", max_length=rules.BATCH_ITEMS, length=f"> {rules.BATCH_ITEMS}"
                )
            items.append(_item(request))
        language, catalogue = rpc.language(), Catalogue(self._context.peers, principal)

        async def attempt() -> list[ItemResult]:
            async with self._context.db.tenant(principal.tenant_id) as tx:
                plan = await _planned(Repeatable(tx, principal, RECORD_PATH), items, language)
                said = [items[place].said for place in plan.fresh]
                outcomes = await batch.record(tx, catalogue, TRANSACTIONS, said, datetime.now(UTC))
                return await plan.settled([_result(outcome, language) for outcome in outcomes])

        results = await catalogue.sure(attempt)
        self._context.committed()
        for index, result in enumerate(results):
            result.index = index
        return RecordFuelTransactionsResponse(results=results)

    @override
    async def UploadImport(
        self, request_iterator: AsyncIterator[UploadImportRequest], context: ServicerContext[Any, Any]
    ) -> UploadImportResponse:
        """Take one file: what it is, then its bytes; it is an import once the last of them has come."""
        principal = rpc.require("imports", "c")
        pressure.admit(self._context)
        messages = aiter(request_iterator)
        file = _first(await anext(messages, UploadImportRequest()))
        if file.type or file.period:
            rpc.require("imports", "u")
        most = settings_of(self._context).import_max_bytes
        if file.size_bytes > most:
            raise wrong("file.size_bytes", "too_large", value=file.size_bytes, bound=most)
        said = Said(type=file.type or None, period=file.period or None, anyway=file.anyway)
        with TemporaryDirectory(prefix="arus-upload-") as folder:
            arrived = await _arrived(messages, Path(folder) / "file", most)
            _check_arrived(file, arrived)
            made = await uploads.keep(self._context, principal, arrived, file.name, said)
        return UploadImportResponse(import_id=made.id, size_bytes=made.size_bytes, sha256=made.sha256)


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

    @override
    async def Trend(self, request: TrendRequest, context: ServicerContext[Any, Any]) -> TrendResponse:
        """Return use per period and series, most used first, and the earlier use where it was asked for."""
        principal = rpc.require("fuel.transactions", "r")
        try:
            first, last = rules.business_date(request.from_date), rules.business_date(request.to_date)
            period, by, compare = _PERIODS[request.period], _BY[request.by], _COMPARES[request.compare]
        except (rules.RefusedError, KeyError) as error:
            raise Problem(422, "invalid_input", detail=str(error)) from error
        top = min(max(request.top, 1), MOST_SERIES)
        span = span_of(period, first, last, compare, 1)
        asked = UseAsked(period, by, request.location_id or None, None, principal.locations)
        async with self._db.tenant(principal.tenant_id) as tx:
            series = await trend(tx, span, asked, top)
        return TrendResponse(
            starts=[started(period, part.first).isoformat() for part in span.parts],
            series=[_series(one) for one in series],
        )


def _series(one: Series) -> TrendSeries:
    befores = one.befores or [Use()] * len(one.uses)
    return TrendSeries(
        id=one.id or "",
        name=one.name or "",
        is_rest=one.is_rest,
        points=[
            TrendPoint(
                volume_ul=use.volume_ul,
                transactions=use.transactions,
                before_volume_ul=before.volume_ul,
                before_transactions=before.transactions,
            )
            for use, before in zip(one.uses, befores, strict=True)
        ],
    )


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of a stream. digest: of all it says, its key left out."""

    said: dict[str, str | None]
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is known of a stream before anything is recorded. fresh: the places of what must be."""

    kept: Repeatable
    items: Sequence[_Item]
    language: Language
    known: dict[int, ItemResult]
    first: Mapping[str, int]
    fresh: Sequence[int]

    async def settled(self, recorded: Sequence[ItemResult]) -> list[ItemResult]:
        """Keep the answers of what was recorded and return one for every item, in the order sent."""
        results = {**self.known, **dict(zip(self.fresh, recorded, strict=True))}
        await self.kept.settle(
            {
                self.items[place].key: result.SerializeToString() if result.transaction_id else None
                for place, result in zip(self.fresh, recorded, strict=True)
                if self.items[place].key
            }
        )
        return [
            results[place] if place in results else self._repeat(item, results[self.first[item.key]])
            for place, item in enumerate(self.items)
        ]

    def _repeat(self, item: _Item, first: ItemResult) -> ItemResult:
        """Return the answer of an item whose key stands at an earlier item of the same stream."""
        if item.digest != self.items[self.first[item.key]].digest:
            return _refused(_REUSED, self.language)
        again = ItemResult()
        again.CopyFrom(first)
        again.replayed = bool(first.transaction_id)
        return again


async def _planned(kept: Repeatable, items: Sequence[_Item], language: Language) -> _Plan:
    known: dict[int, ItemResult] = {}
    first: dict[str, int] = {}
    for place, item in enumerate(items):
        if item.key and not _KEY.fullmatch(item.key):
            problem = wrong(
                "idempotency_key", "wrong_pattern", pattern=_KEY.pattern, value=ascii(item.key[:40])
            )
            known[place] = _refused(problem, language)
        elif item.key:
            first.setdefault(item.key, place)
    for key, answer in (await kept.claim({key: items[place].digest for key, place in first.items()})).items():
        known[first[key]] = _refused(_REUSED, language) if answer is None else _replayed(answer)
    fresh = [
        place
        for place, item in enumerate(items)
        if place not in known and first.get(item.key, place) == place
    ]
    return _Plan(kept, items, language, known, first, fresh)


def _item(request: RecordFuelTransactionsRequest) -> _Item:
    said = {
        "date": request.date,
        "location_id": request.location_id,
        "product_id": request.product_id,
        "volume_l": request.volume_l,
        "note": request.note or None,
    }
    key = request.idempotency_key
    if not key:
        return _Item(said, "", b"")
    request.ClearField("idempotency_key")
    return _Item(said, key, sha256(request.SerializeToString(deterministic=True)).digest())


def _result(outcome: batch.Outcome, language: Language) -> ItemResult:
    if outcome.recorded is not None:
        return ItemResult(
            transaction_id=outcome.recorded.fact.id,
            warnings=[flaw.code for flaw in outcome.recorded.warnings],
        )
    assert outcome.problem is not None
    return _refused(outcome.problem, language)


def _refused(problem: Problem, language: Language) -> ItemResult:
    return ItemResult(
        errors=[
            FieldError(field=error.field, code=error.code, message=error.message)
            for error in told(problem, language, words.templates()).errors
        ]
    )


def _replayed(answer: bytes) -> ItemResult:
    result = ItemResult.FromString(answer)
    result.replayed = True
    return result


def _first(message: UploadImportRequest) -> ImportFile:
    """Return what the first message says of the file; raises the 422 of what cannot be."""
    if message.WhichOneof("part") != "file":
        raise wrong("file", "file_first")
    file = message.file
    uploads.check_name("file.name", file.name)
    if file.size_bytes < 0:
        raise wrong("file.size_bytes", "too_small", value=file.size_bytes, bound=0)
    for field, value, pattern in (
        ("file.sha256", file.sha256, _SHA256),
        ("file.period", file.period, MONTH),
    ):
        if value and not re.fullmatch(pattern, value):
            raise wrong(field, "wrong_pattern", value=ascii(value[:80]), pattern=pattern)
    if file.type:
        uploads.check_type("file.type", file.type)
    return file


async def _arrived(messages: AsyncIterator[UploadImportRequest], path: Path, most: int) -> uploads.Arrived:
    """Write the bytes that come to the path, at most so many."""
    size_bytes, digest = 0, sha256()

    def write(data: bytes) -> None:
        # Opened for each piece: who breaks off between two leaves no open file behind.
        with path.open("ab") as file:
            file.write(data)
        digest.update(data)

    async for message in messages:
        if message.WhichOneof("part") != "data":
            raise wrong("file", "file_once")
        size_bytes += len(message.data)
        if size_bytes > most:
            raise wrong("data", "too_large", value=size_bytes, bound=most)
        await asyncio.to_thread(write, message.data)
    return uploads.Arrived(path, size_bytes, digest.hexdigest())


def _check_arrived(file: ImportFile, arrived: uploads.Arrived) -> None:
    """Raise the 422 of a file that is empty, or not what was said of it."""
    if not arrived.size_bytes:
        raise wrong("data", "file_empty")
    for field, said, came in (
        ("file.size_bytes", file.size_bytes, arrived.size_bytes),
        ("file.sha256", file.sha256.lower(), arrived.sha256),
    ):
        if said and said != came:
            raise wrong(field, "upload_differs", value=came, bound=said)


_SHA256: Final = r"[0-9a-fA-F]{64}"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_REUSED: Final = wrong("idempotency_key", "idempotency_key_reused")
