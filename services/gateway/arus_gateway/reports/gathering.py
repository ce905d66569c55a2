"""Ask the owners of facts for all that a report says, as whoever it is made for."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from arus.anomaly.v1 import api_pb2 as anomaly
from arus.anomaly.v1 import events_pb2 as events
from arus.anomaly.v1.api_pb2_grpc import AnomalyServiceStub
from arus.fuel.v1 import api_pb2 as fuel
from arus.fuel.v1.api_pb2_grpc import FuelServiceStub
from arus_contracts import reading
from arus_runtime import rpc
from arus_runtime.auth import Principal
from arus_runtime.context import Context

from arus_gateway import codec
from arus_gateway.door import door_of
from arus_gateway.names import Names
from arus_gateway.reports.facts import Alarm, Answer, Facts, Incident, Part, Severity, Standing, Use
from arus_gateway.reports.saying import say
from arus_gateway.store.reports import Maker, Report

ASK_TIMEOUT_S: Final = 20.0
MOST_PARTS: Final = 500
NONE: Final = Use(0, 0)
SEVERITY: Final[Mapping[int, Severity]] = {
    events.SEVERITY_INFO: "info",
    events.SEVERITY_WARNING: "warning",
    events.SEVERITY_CRITICAL: "critical",
}
ANSWER: Final[Mapping[int, Answer]] = {
    events.ANSWER_UNSPECIFIED: "none",
    events.ANSWER_ACKNOWLEDGED: "acknowledged",
    events.ANSWER_CONFIRMED: "confirmed",
    events.ANSWER_FALSE_POSITIVE: "false_positive",
}


async def gather(context: Context, report: Report, maker: Maker, principal: Principal) -> dict[str, Any]:
    """Return the facts of a report as JSON carries them; raises UnavailableError while a part is away."""
    fuels = FuelServiceStub(context.peers.channel("ingest"))
    verdicts = AnomalyServiceStub(context.peers.channel("anomaly"))
    names = door_of(context).names
    place = report.location_id or ""
    dates: Any = {
        "from_date": report.first_date.isoformat(),
        "to_date": report.last_date.isoformat(),
        "location_id": place,
    }

    async def trend(period: str, by: str, compare: str = "", top: int = MOST_PARTS) -> fuel.TrendResponse:
        request = fuel.TrendRequest(period=period, by=by, compare=compare, top=top, **dates)
        return await rpc.call(fuels.Trend, request, principal, timeout_s=ASK_TIMEOUT_S)

    summed, daily, daily_by_place, judged = await asyncio.gather(
        asyncio.gather(
            *(
                trend(report.period, by, compare)
                for by in ("none", "location", "product")
                for compare in ("previous", "last_year")
            )
        ),
        trend("day", "none"),
        trend("day", "location"),
        rpc.call(verdicts.Report, anomaly.ReportRequest(**dates), principal, timeout_s=ASK_TIMEOUT_S),
    )
    total, places, products = (
        _parts(before, year, report) for before, year in zip(summed[::2], summed[1::2], strict=True)
    )
    everything = total.get("", Part("", NONE, NONE, NONE))
    alarms = {one.location_id: one for one in judged.locations}
    gaps = {one.id: sum(not point.transactions for point in one.points) for one in daily_by_place.series}
    facts = Facts(
        organisation=maker.organisation,
        scope=await names.name(principal.tenant_id, "locations", place) if place else None,
        made_by=maker.name,
        made_at=datetime.now(UTC),
        timezone=report.timezone,
        language=report.language,
        period=report.period,
        first=report.first_date,
        last=report.last_date,
        days=[Use(point.volume_ul, point.transactions) for point in daily.series[0].points],
        total=Part(
            say("total", report.language),
            everything.now,
            everything.before,
            everything.last_year,
            judged.waspada,
            judged.anomali,
            sum(not point.transactions for point in daily.series[0].points),
        ),
        locations=[
            Part(
                part.name,
                part.now,
                part.before,
                part.last_year,
                alarms[id_].waspada if id_ in alarms else 0,
                alarms[id_].anomali if id_ in alarms else 0,
                # Nobody counts the days of a rest.
                gaps.get(id_, 0) if id_ else 0,
            )
            for id_, part in places.items()
        ],
        products=list(products.values()),
        normal=judged.normal,
        waspada=judged.waspada,
        anomali=judged.anomali,
        worst=[await _alarm(verdict, names, principal.tenant_id, report) for verdict in judged.worst],
        incidents=_standings(judged.incidents),
        worst_incidents=[await _incident(one, names, principal.tenant_id) for one in judged.worst_incidents],
    )
    return asdict(facts)


def _parts(before: fuel.TrendResponse, year: fuel.TrendResponse, report: Report) -> Mapping[str, Part]:
    """Return each series' use with both earlier ones; a report is one period, so each has one point."""
    last_year = {one.id: one.points[0] for one in year.series}
    parts: dict[str, Part] = {}
    for one in before.series:
        point = one.points[0]
        then = last_year.get(one.id, fuel.TrendPoint())
        parts[one.id] = Part(
            name=say("rest", report.language) if one.is_rest else one.name or one.id,
            now=Use(point.volume_ul, point.transactions),
            before=Use(point.before_volume_ul, point.before_transactions),
            last_year=Use(then.before_volume_ul, then.before_transactions),
        )
    return parts


def _standings(counts: Sequence[anomaly.IncidentCount]) -> Sequence[Standing]:
    """Return how incidents stand, the most severe first."""
    found: dict[Severity, Counter[str]] = {severity: Counter() for severity in reversed(SEVERITY.values())}
    for one in counts:
        of = found[SEVERITY[one.severity]]
        of["incidents"] += one.incidents
        of["unanswered" if not one.answer else ANSWER[one.answer]] += one.incidents
        of["subsided"] += one.incidents * one.is_closed
    return [Standing(severity, **of) for severity, of in found.items()]


async def _incident(one: anomaly.ReportedIncident, names: Names, tenant_id: str) -> Incident:
    return Incident(
        first=date.fromisoformat(one.first_date),
        last=date.fromisoformat(one.last_date),
        location=await names.name(tenant_id, "locations", one.location_id),
        product=await names.name(tenant_id, "products", one.product_id),
        severity=SEVERITY[one.severity],
        records=one.records,
        volume_l=reading.litres(one.volume_ul),
        expected_l=reading.litres(one.expected_ul) if one.expected_ul else None,
        answer=ANSWER[one.answer],
        cause=events.Cause.Name(one.cause).removeprefix("CAUSE_") if one.cause else None,
        note=one.note,
    )


async def _alarm(verdict: Any, names: Names, tenant_id: str, report: Report) -> Alarm:
    known = {
        verdict.location_id: await names.name(tenant_id, "locations", verdict.location_id),
        verdict.product_id: await names.name(tenant_id, "products", verdict.product_id),
    }
    shown = codec.item(verdict, "", known, report.language)
    return Alarm(
        day=date.fromisoformat(shown["date"]),
        location=known[verdict.location_id],
        product=known[verdict.product_id],
        volume_l=Decimal(shown["volume"]),
        usual_l=Decimal(shown["baseline"]) if shown["baseline"] else None,
        score_pct=Decimal(shown["risk_score"]) if shown["risk_score"] else None,
        reason=shown["reason"]["text"],
    )
