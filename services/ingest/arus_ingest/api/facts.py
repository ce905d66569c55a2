"""REST routes of the fuel door: /fuel/transactions and /fuel/deliveries, the same seven for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from arus_runtime.auth import Principal, require
from arus_runtime.commands import Command, Commanded, response
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
from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from pydantic.config import JsonDict

from arus_ingest import batch, desk, pressure, words
from arus_ingest.catalogue import Catalogue
from arus_ingest.commands import fuel as commands
from arus_ingest.commands.fuel import DELIVERIES, TRANSACTIONS, Ledger, Recorded, Refused
from arus_ingest.schemas.facts import (
    GOLDEN,
    GOLDEN_DELIVERY,
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
from arus_ingest.store import fuel as store

CREATED: Final[Mapping[int | str, dict[str, Any]]] = {
    201: {"headers": {"Location": {"schema": {"type": "string"}}, "ETag": {"schema": {"type": "string"}}}}
}


@dataclass(frozen=True, slots=True)
class Face:
    """How one kind of fuel fact shows itself: its words, and an example of what people send."""

    ledger: Ledger
    one: str
    many: str
    recording: str
    correcting: str
    example: JsonDict

    @property
    def path(self) -> str:
        """Where the facts are, below /api/v1."""
        return f"/fuel/{self.many}"

    @property
    def resource(self) -> str:
        """What roles have rights on."""
        return f"fuel.{self.many}"


async def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))


async def _admitted(request: Request) -> None:
    pressure.admit(request.app.state.context)


Speaks = Annotated[Language, Depends(_language)]
ADMITTED: Final = [Depends(_admitted)]


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
        raise wrong("from", "dates_reversed", value=first, bound=last)
    return Filter(location_id, product_id, first, last, status, q or None)


Filtered = Annotated[Filter, Depends(_filter)]
"""A route's parameter that brings the filters of a list of facts."""


def _routes(face: Face) -> APIRouter:
    made = router("fuel")
    ledger, one, many = face.ledger, face.one, face.many
    at_one = f"{face.path}/{{{one}_id}}"
    reader, recorder, editor, remover = (Depends(require(face.resource, action)) for action in "rcud")
    in_path = Path(alias=f"{one}_id")

    @made.get(
        face.path,
        name=f"list_fuel_{many}",
        description=f"List fuel {many}, newest date first; voided ones too unless a status is asked for.",
    )
    async def list_facts(
        context: Ctx, window: Paging, asked: Filtered, principal: Annotated[Principal, reader]
    ) -> Page[FactRecord]:
        return await _list(context, ledger, window, asked, principal)

    @made.post(
        face.path,
        name=f"record_fuel_{one}",
        description=face.recording,
        status_code=201,
        response_model=FactRecord,
        responses={**CREATED},
        dependencies=ADMITTED,
    )
    async def record_fact(
        new: Annotated[NewFact, Body(examples=[face.example])],
        context: Ctx,
        command: Commanded,
        language: Speaks,
        _: Annotated[Principal, recorder],
    ) -> Response:
        return await _record(context, command, face, new, language)

    @made.post(
        f"{face.path}/batch",
        name=f"record_fuel_{many}",
        description=f"Record up to 10,000 fuel {many}; each is judged on its own, none stops another.",
        response_model=BatchResult,
        dependencies=ADMITTED,
    )
    async def record_facts(
        sent: Annotated[Batch, Body(examples=[{"items": [face.example]}])],
        context: Ctx,
        command: Commanded,
        language: Speaks,
        principal: Annotated[Principal, recorder],
    ) -> Response:
        return await _record_many(command, Catalogue(context.peers, principal), ledger, sent, language)

    @made.get(at_one, name=f"get_fuel_{one}", description=f"Show one fuel {one}, voided or not.")
    async def get_fact(
        fact_id: Annotated[str, in_path],
        context: Ctx,
        response: Response,
        principal: Annotated[Principal, reader],
    ) -> FactRecord:
        fact = await _seen(context, ledger, fact_id, principal)
        response.headers["ETag"] = etag(fact.version)
        return FactRecord.of(fact)

    @made.patch(
        at_one,
        name=f"correct_fuel_{one}",
        description=f"Correct what is sent and leave the rest{face.correcting}.",
        response_model=FactRecord,
        dependencies=ADMITTED,
    )
    async def correct_fact(
        *,
        fact_id: Annotated[str, in_path],
        patch: FactPatch,
        if_match: IfMatch,
        context: Ctx,
        command: Commanded,
        language: Speaks,
        principal: Annotated[Principal, editor],
    ) -> Response:
        correction = Correction(context, Catalogue(context.peers, principal), ledger, if_match, language)
        return await _correct(command, correction, fact_id, patch.over)

    @made.put(
        at_one,
        name=f"replace_fuel_{one}",
        description="Correct everything that can be corrected; what is left out is emptied.",
        response_model=FactRecord,
        dependencies=ADMITTED,
    )
    async def replace_fact(
        *,
        fact_id: Annotated[str, in_path],
        whole: FactReplacement,
        if_match: IfMatch,
        context: Ctx,
        command: Commanded,
        language: Speaks,
        principal: Annotated[Principal, editor],
    ) -> Response:
        correction = Correction(context, Catalogue(context.peers, principal), ledger, if_match, language)
        return await _correct(command, correction, fact_id, lambda _said: whole.entry())

    @made.delete(
        at_one,
        name=f"void_fuel_{one}",
        description=f"Void a fuel {one}: it never happened. Voiding it again changes nothing.",
        status_code=204,
        dependencies=ADMITTED,
    )
    async def void_fact(
        fact_id: Annotated[str, in_path],
        if_match: IfMatch,
        context: Ctx,
        command: Commanded,
        _: Annotated[Principal, remover],
    ) -> Response:
        return await _void(context, command, ledger, fact_id, if_match)

    return made


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


async def _seen(context: Context, ledger: Ledger, fact_id: str, principal: Principal) -> FuelFact:
    async with context.db.tenant(principal.tenant_id) as tx:
        fact = await store.fact(tx, ledger.table, fact_id) if is_ulid(fact_id) else None
    if fact is None or not principal.sees(fact.location_id):
        raise Problem(404, "not_found")
    return fact


async def _record(
    context: Context, command: Command, face: Face, new: NewFact, language: Language
) -> Response:
    entry, principal = new.entry(), command.principal
    if not command.repeatable:
        became = await desk.record(context, principal, face.ledger, entry)
        if became is not None:
            return response(201, *_made(face, became, language))
    catalogue = Catalogue(context.peers, principal)

    async def attempt() -> Response:
        async with command.transaction() as tx:
            (became,) = await commands.record(tx, catalogue, face.ledger, [entry], datetime.now(UTC))
            return await command.answer(tx, 201, *_made(face, became, language))

    return await catalogue.sure(attempt)


def _made(face: Face, became: Recorded | Refused, language: Language) -> tuple[FactRecord, dict[str, str]]:
    """Return a new record and its headers; raises the problem of one that was refused."""
    if isinstance(became, Refused):
        raise commands.refusal(became.flaws)
    headers = {"Location": f"{PREFIX}{face.path}/{became.fact.id}", **_etag(became)}
    return _record_of(became, language), headers


async def _record_many(
    command: Command, catalogue: Catalogue, ledger: Ledger, sent: Batch, language: Language
) -> Response:
    async def attempt() -> Response:
        async with command.transaction() as tx:
            outcomes = await batch.record(tx, catalogue, ledger, sent.items, datetime.now(UTC))
            results = [_result(index, outcome, language) for index, outcome in enumerate(outcomes)]
            recorded = sum(result.status == "recorded" for result in results)
            answer = BatchResult(results=results, recorded=recorded, refused=len(results) - recorded)
            return await command.answer(tx, 200, answer)

    return await catalogue.sure(attempt)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction needs beside what it changes."""

    context: Context
    catalogue: Catalogue
    ledger: Ledger
    if_match: IfMatchHeader
    language: Language


async def _correct(
    command: Command, by: Correction, fact_id: str, change: Callable[[Entry], Entry]
) -> Response:
    async def attempt() -> Response:
        async with command.transaction() as tx:
            corrected = await commands.correct(
                tx,
                by.catalogue,
                by.ledger,
                fact_id,
                if_match=by.if_match,
                window=settings_of(by.context).fuel_edit_window,
                at=datetime.now(UTC),
                change=change,
            )
            return await command.answer(tx, 200, _record_of(corrected, by.language), _etag(corrected))

    return await by.catalogue.sure(attempt)


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


transactions: Final = _routes(
    Face(
        TRANSACTIONS,
        one="transaction",
        many="transactions",
        recording="Record fuel used at a location. A repeat of a standing record is accepted with a warning.",
        correcting="; what followed in its history is judged again",
        example=GOLDEN,
    )
)
deliveries: Final = _routes(
    Face(
        DELIVERIES,
        one="delivery",
        many="deliveries",
        recording="Record fuel delivered into a location's stock; it never enters a baseline of use.",
        correcting="",
        example=GOLDEN_DELIVERY,
    )
)
