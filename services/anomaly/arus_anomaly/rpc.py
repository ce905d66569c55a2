"""gRPC methods of verdicts, for the views the gateway composes and the books, and of cases, for the books."""

from collections import Counter
from datetime import date
from typing import Any, Final

from arus.anomaly.v1.api_pb2 import (
    GetCaseRequest,
    GetCaseResponse,
    GetVisitRequest,
    GetVisitResponse,
    ListRefusedReadsRequest,
    ListRefusedReadsResponse,
    LocationCounts,
    ReportRequest,
    ReportResponse,
    SummariseRequest,
    SummariseResponse,
)
from arus.anomaly.v1.api_pb2_grpc import AnomalyServiceServicer, CaseServiceServicer
from arus.anomaly.v1.events_pb2 import VerdictReached
from arus_runtime import rpc
from arus_runtime.context import Context
from arus_runtime.periods import Stretch
from arus_runtime.web import wrong
from grpc.aio import ServicerContext
from typing_extensions import override

from arus_anomaly import reports, store
from arus_anomaly.codec import meter as codec
from arus_anomaly.commands import cases, dossiers
from arus_anomaly.rules.cases import day_of
from arus_anomaly.rules.fuel import Status
from arus_anomaly.rules.meter.refusals import Said, refused
from arus_anomaly.store.meter import of_customer

NEWEST: Final = 10
MOST_LOCATIONS: Final = 500


class Anomalies(AnomalyServiceServicer):
    """AnomalyService: counts and the newest verdicts, within the caller's tenant and locations."""

    def __init__(self, context: Context) -> None:
        self._db = context.db

    @override
    async def Summarise(
        self, request: SummariseRequest, context: ServicerContext[Any, Any]
    ) -> SummariseResponse:
        """Count current verdicts by status and name the newest that need a person."""
        principal = rpc.require("anomalies", "r")
        since, until = _date("from_date", request.from_date), _date("to_date", request.to_date)
        everything = store.verdicts.Asked(since=since, until=until, locations=principal.locations)
        alarming = store.verdicts.Asked(
            statuses=(Status.WASPADA, Status.ANOMALI), since=since, until=until, locations=principal.locations
        )
        async with self._db.tenant(principal.tenant_id) as tx:
            counts = await store.verdicts.counts(tx, everything)
            newest = await store.verdicts.newest(tx, alarming, None, NEWEST)
        return SummariseResponse(
            normal=counts.get(Status.NORMAL, 0),
            waspada=counts.get(Status.WASPADA, 0),
            anomali=counts.get(Status.ANOMALI, 0),
            newest=[VerdictReached.FromString(stored.value) for stored in newest],
        )

    @override
    async def Report(self, request: ReportRequest, context: ServicerContext[Any, Any]) -> ReportResponse:
        """Count current verdicts and incidents, and name those farthest from the usual."""
        principal = rpc.require("anomalies", "r")
        rpc.require("incidents", "r")
        since, until = _date("from_date", request.from_date), _date("to_date", request.to_date)
        if since is None or until is None:
            raise wrong("from_date", "missing")
        place = request.location_id or None
        counted = store.trends.Asked(
            "month", Stretch(since, until), "location_id", place, None, principal.locations
        )
        within = principal.locations if place is None else [place] if principal.sees(place) else []
        alarming = store.verdicts.Asked(
            statuses=(Status.ANOMALI,), since=since, until=until, locations=within
        )
        async with self._db.tenant(principal.tenant_id) as tx:
            counts = await store.trends.counts(tx, counted, MOST_LOCATIONS)
            worst = await reports.worst_verdicts(tx, alarming)
            incidents = await reports.incidents(tx, alarming)
        of: dict[str, Counter[int]] = {}
        for one in counts:
            of.setdefault(one.series or "", Counter())[one.status] += one.verdicts
        total = sum(of.values(), Counter[int]())
        return ReportResponse(
            normal=total[Status.NORMAL],
            waspada=total[Status.WASPADA],
            anomali=total[Status.ANOMALI],
            locations=[
                LocationCounts(
                    location_id=location_id,
                    normal=by_status[Status.NORMAL],
                    waspada=by_status[Status.WASPADA],
                    anomali=by_status[Status.ANOMALI],
                )
                for location_id, by_status in of.items()
                if location_id
            ],
            worst=worst,
            incidents=reports.counted(incidents),
            worst_incidents=incidents[: reports.WORST],
        )

    @override
    async def ListRefusedReads(
        self, request: ListRefusedReadsRequest, context: ServicerContext[Any, Any]
    ) -> ListRefusedReadsResponse:
        """Name a customer's reads that no use counts from, as far as they are judged."""
        principal = rpc.require_everywhere("meters", "r")
        async with self._db.tenant(principal.tenant_id) as tx:
            stored = await of_customer(tx, request.nomen)
        periods = (codec.meter_verdict(one.value) for one in reversed(stored))
        said = [one for verdict in periods for one in (verdict, *verdict.beside)]
        refusals = refused(
            Said(one.read_id, frozenset(one.reason_codes), one.stand_l, one.from_l, one.serial)
            for one in said
        )
        return ListRefusedReadsResponse(read_ids=[one.read_id for one in said if one.read_id in refusals])


class Cases(CaseServiceServicer):
    """CaseService: single cases of the caller's tenant and locations."""

    def __init__(self, context: Context) -> None:
        self._db = context.db

    @override
    async def GetCase(self, request: GetCaseRequest, context: ServicerContext[Any, Any]) -> GetCaseResponse:
        """Return what a case is about; NOT_FOUND when the caller's tenant has none with this id."""
        principal = rpc.require("cases", "r")
        async with self._db.tenant(principal.tenant_id) as tx:
            case = (await cases.shown(tx, principal, request.case_id)).case
        return GetCaseResponse(
            case_id=case.id, number=case.number, domain=case.domain, nomen=case.nomen or ""
        )

    @override
    async def GetVisit(
        self, request: GetVisitRequest, context: ServicerContext[Any, Any]
    ) -> GetVisitResponse:
        """Return what was found on a visit; NOT_FOUND when the caller sees no such visit of such a case."""
        principal = rpc.require("cases", "r")
        async with self._db.tenant(principal.tenant_id) as tx:
            visit = await dossiers.visit(tx, principal, request.case_id, request.visit_id)
        return GetVisitResponse(visited_on=day_of(visit.visited_at).isoformat(), stand_l=visit.stand_l)


def _date(field: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(field, "not_date", value=text) from None
