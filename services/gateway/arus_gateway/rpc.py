"""gRPC: views, alerts, the machine door passed on to ingest, whom to tell, and whom to give work."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import date
from typing import Any, Final, TypeVar

import grpc
from arus.alerts.v1.api_pb2 import WatchRequest, WatchResponse
from arus.alerts.v1.api_pb2_grpc import AlertServiceServicer
from arus.anomaly.v1.events_pb2 import Status, VerdictReached
from arus.identity.v1.api_pb2 import (
    Changer,
    ListChangersRequest,
    ListChangersResponse,
    ListRecipientsRequest,
    ListRecipientsResponse,
    Recipient,
)
from arus.identity.v1.api_pb2_grpc import MemberServiceServicer, PeopleServiceServicer
from arus.ingest.v1.api_pb2 import (
    RecordFuelTransactionsRequest,
    RecordFuelTransactionsResponse,
    UploadImportRequest,
    UploadImportResponse,
)
from arus.ingest.v1.api_pb2_grpc import IngestServiceServicer, IngestServiceStub
from arus.views.v1.api_pb2 import FuelUse, FuelUseDay, GetOverviewRequest, GetOverviewResponse, VerdictCounts
from arus.views.v1.api_pb2_grpc import ViewServiceServicer
from arus_contracts import reading
from arus_runtime import ids, periods, rpc
from arus_runtime.auth import ForbiddenError, NotAuthenticatedError, Principal, roles
from arus_runtime.context import Context
from arus_runtime.web import UnavailableError, wrong
from arus_runtime.words import Language
from google.protobuf.message import Message
from typing_extensions import override

from arus_gateway import codec, live, rules, telling, views
from arus_gateway.callers import Caller
from arus_gateway.door import Door, door_of
from arus_gateway.following import Sign, follow, within
from arus_gateway.live import BadEventIdError, Entry, Interest
from arus_gateway.store import organisations
from arus_gateway.store.acting import acting

NOTIFY: Final = Principal("notify", "", frozenset(("peer",)), None, "id", "")
"""The service that tells people. Its role is nobody's to give: it is not in permissions.yaml."""
_VERDICTS: Final = frozenset(("verdict",))
_NEEDS_A_PERSON: Final = frozenset((Status.STATUS_WASPADA, Status.STATUS_ANOMALI))
_JUDGED: Final = _NEEDS_A_PERSON | {Status.STATUS_NORMAL}
Answer = TypeVar("Answer")
_AWAY: Final = frozenset((grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED))


async def _admit(door: Door, resource: str, action: str) -> Caller:
    """Return the caller, who may do the action and has not asked too often."""
    principal = rpc.require(resource, action)
    caller = await door.callers.of_bearer(principal.token)
    if caller is None:
        raise NotAuthenticatedError("ended meanwhile")
    await door.quotas.count_account(caller.account)
    return caller


class Views(ViewServiceServicer):
    """Aggregated views."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._door = door_of(context)

    @override
    async def GetOverview(self, request: GetOverviewRequest, context: Any) -> GetOverviewResponse:
        """Return what one organisation needs to see first."""
        principal = (await _admit(self._door, "views", "r")).principal
        fields = ("from_date", "to_date")
        first, last = _date(fields[0], request.from_date), _date(fields[1], request.to_date)
        start, end = views.span(first, last, fields)
        seen = await views.overview(self._context.peers, principal, start, end)
        answer = GetOverviewResponse(partial=bool(seen.missing), missing=seen.missing)
        if verdicts := seen.anomalies:
            counts = VerdictCounts(normal=verdicts.normal, waspada=verdicts.waspada, anomali=verdicts.anomali)
            answer.verdicts.CopyFrom(counts)
            answer.newest.extend(verdicts.newest)
        if use := seen.fuel:
            answer.fuel.CopyFrom(
                FuelUse(
                    transactions=use.transactions,
                    volume_l=reading.plain(reading.litres(use.volume_ul)),
                    days=[
                        FuelUseDay(
                            business_date=day.business_date,
                            transactions=day.transactions,
                            volume_l=reading.plain(reading.litres(day.volume_ul)),
                        )
                        for day in use.days
                    ],
                )
            )
        if places := seen.locations:
            answer.active_locations = places.active
            answer.total_locations = places.total
        return answer


class Alerts(AlertServiceServicer):
    """Verdicts that need a person, as they are reached."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._door = door_of(context)

    @override
    async def Watch(self, request: WatchRequest, context: Any) -> AsyncIterator[WatchResponse]:
        """Stream verdicts until the caller leaves or is let in no longer."""
        caller = await _admit(self._door, "anomalies", "r")
        language = rpc.language()
        statuses = frozenset(request.statuses) or _NEEDS_A_PERSON
        wanted = frozenset(request.location_ids) or None
        after = _resumed(request)

        def interest(now: Caller) -> Interest:
            return Interest(now.grant.tenant_id, within(now, wanted), _VERDICTS)

        async with aclosing(follow(self._door, caller, interest, after)) as followed:
            async for news in followed:
                if news is Sign.RESET:
                    yield WatchResponse(reset=True)
                elif (
                    isinstance(news, Entry)
                    and isinstance(news.event, VerdictReached)
                    and news.event.status in statuses
                ):
                    yield _watched(news.id, news.event, language)
                    telling.told(news)


def _resumed(request: WatchRequest) -> live.Position | None:
    """Return after what to go on; raises the 422 of what no verdict could ever answer."""
    for status in request.statuses:
        if status not in _JUDGED:
            expected = ", ".join(map(Status.Name, sorted(_JUDGED)))
            raise wrong("statuses", "not_one_of", expected=expected, value=status)
    for location_id in request.location_ids:
        if not ids.is_ulid(location_id):
            raise wrong("location_ids", "unknown_reference", value=location_id)
    try:
        return live.read_event_id(request.resume_after) if request.resume_after else None
    except BadEventIdError as error:
        raise wrong("resume_after", "bad_event_id") from error


def _watched(event_id: str, verdict: VerdictReached, language: Language) -> WatchResponse:
    return WatchResponse(
        event_id=event_id,
        verdict=verdict,
        reason_text=codec.reason_text(verdict, language),
        milder=(codec.milder_message(one, language) for one in codec.milder(verdict)),
    )


class Ingest(IngestServiceServicer):
    """The machine door: streams go on to ingest in the caller's name."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._door = door_of(context)

    @override
    async def RecordFuelTransactions(
        self, request_iterator: Any, context: Any
    ) -> RecordFuelTransactionsResponse:
        """Pass the stream on and its results back."""
        principal = (await _admit(self._door, "fuel.transactions", "c")).principal
        stub = IngestServiceStub(self._context.peers.channel("ingest"))
        method = stub.RecordFuelTransactions
        return await self._passed_on(
            method, RecordFuelTransactionsRequest, request_iterator, principal, context
        )

    @override
    async def UploadImport(self, request_iterator: Any, context: Any) -> UploadImportResponse:
        """Pass the file on as it comes, and back what it became."""
        principal = (await _admit(self._door, "imports", "c")).principal
        stub = IngestServiceStub(self._context.peers.channel("ingest"))
        return await self._passed_on(
            stub.UploadImport, UploadImportRequest, request_iterator, principal, context
        )

    async def _passed_on(
        self,
        method: Callable[..., Awaitable[Answer]],
        request: type[Message],
        request_iterator: Any,
        principal: Principal,
        context: Any,
    ) -> Answer:
        try:
            with rpc.calling(request, principal, rpc.language()) as metadata:
                return await method(request_iterator, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            if error.code() in _AWAY:
                raise UnavailableError(f"ingest: {error.details()}") from error
            # What ingest refused is told in its own words, problem document included.
            await context.abort(error.code(), error.details() or "", tuple(error.trailing_metadata() or ()))
            raise


class People(PeopleServiceServicer):
    """Whom to tell, for notify only: one caller that may ask about every organisation."""

    def __init__(self, context: Context) -> None:
        self._db = context.db

    @override
    async def ListRecipients(self, request: ListRecipientsRequest, context: Any) -> ListRecipientsResponse:
        """Return the members who may be told of the resource."""
        if rpc.caller() is not NOTIFY:
            raise ForbiddenError("people", "r")
        told = [role for role in roles() if rules.may_be_told(role, request.resource)]
        async with acting(self._db, tenant=request.tenant_id) as tx:
            found = await organisations.recipients(tx, request.tenant_id, told)
            name = await organisations.name(tx, request.tenant_id)
        return ListRecipientsResponse(
            organisation_name=name,
            recipients=[
                Recipient(
                    user_id=contact.id,
                    email=contact.email,
                    name=contact.name,
                    language=contact.language,
                    role=contact.role,
                    everywhere=contact.location_ids is None,
                    location_ids=contact.location_ids or (),
                )
                for contact in found
            ],
        )


class Members(MemberServiceServicer):
    """Whom to give work, within the caller's organisation."""

    def __init__(self, context: Context) -> None:
        self._db = context.db
        self._door = door_of(context)

    @override
    async def ListChangers(self, request: ListChangersRequest, context: Any) -> ListChangersResponse:
        """Return the members of the caller's organisation who may change the resource."""
        principal = (await _admit(self._door, request.resource, "r")).principal
        able = [role for role in roles() if rules.may_change(role, request.resource)]
        async with acting(self._db, tenant=principal.tenant_id) as tx:
            found = await organisations.recipients(tx, principal.tenant_id, able)
        return ListChangersResponse(
            changers=[
                Changer(
                    user_id=contact.id,
                    name=contact.name,
                    everywhere=contact.location_ids is None,
                    location_ids=contact.location_ids or (),
                )
                for contact in found
            ]
        )


def _date(field: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return periods.day(text)
    except ValueError as error:
        raise wrong(field, "not_date", value=text) from error
