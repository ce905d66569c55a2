"""Views put together from what other services say, each within half a second."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import grpc
import structlog
from arus.anomaly.v1 import api_pb2 as anomaly
from arus.anomaly.v1.api_pb2_grpc import AnomalyServiceStub
from arus.fuel.v1 import api_pb2 as fuel
from arus.fuel.v1.api_pb2_grpc import FuelServiceStub
from arus.inventory.v1 import api_pb2 as inventory
from arus.inventory.v1.api_pb2_grpc import CatalogueServiceStub
from arus_runtime import rpc
from arus_runtime.auth import Principal
from arus_runtime.rpc import Peers
from arus_runtime.web import Problem, UnavailableError, wrong

PART_TIMEOUT_S: Final = 0.5
USUAL_SPAN: Final = timedelta(days=29)
_FIRST_TO_WAKE: Final = ZoneInfo("Asia/Jayapura")
_log: Final = structlog.get_logger(__name__)
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Overview:
    """What one organisation needs to see first; a part is None when its service did not answer in time."""

    from_date: date
    to_date: date
    anomalies: anomaly.SummariseResponse | None
    fuel: fuel.SummariseResponse | None
    locations: inventory.CountLocationsResponse | None

    @property
    def missing(self) -> list[str]:
        """Names of the parts that did not answer."""
        parts = {"anomalies": self.anomalies, "fuel": self.fuel, "locations": self.locations}
        return [name for name, part in parts.items() if part is None]


def span(
    from_date: date | None, to_date: date | None, fields: tuple[str, str] = ("from", "to")
) -> tuple[date, date]:
    """Return the dates asked for, thirty days by default; raises the 422 when the first lies after the last.

    They end with today where it comes first, so that no place's morning is left out.
    fields: what the caller calls the two.
    """
    end = to_date or datetime.now(_FIRST_TO_WAKE).date()
    if from_date is None and end < date.min + USUAL_SPAN:
        raise wrong(fields[1], "too_small", value=end, bound=date.min + USUAL_SPAN)
    start = from_date or end - USUAL_SPAN
    if start > end:
        raise wrong(fields[0], "too_large", value=start, bound=end)
    return start, end


async def overview(peers: Peers, principal: Principal, from_date: date, to_date: date) -> Overview:
    """Ask for all parts at once and return those that came in time."""
    span: Any = {"from_date": from_date.isoformat(), "to_date": to_date.isoformat()}
    verdicts, use, places = await asyncio.gather(
        _part("anomalies", _verdicts(peers, principal, span)),
        _part("fuel", _use(peers, principal, span)),
        _part("locations", _places(peers, principal)),
    )
    return Overview(from_date, to_date, verdicts, use, places)


async def _verdicts(peers: Peers, principal: Principal, span: Any) -> anomaly.SummariseResponse:
    stub = AnomalyServiceStub(peers.channel("anomaly"))
    request = anomaly.SummariseRequest(**span)
    return await rpc.call(stub.Summarise, request, principal, timeout_s=PART_TIMEOUT_S)


async def _use(peers: Peers, principal: Principal, span: Any) -> fuel.SummariseResponse:
    stub = FuelServiceStub(peers.channel("ingest"))
    return await rpc.call(stub.Summarise, fuel.SummariseRequest(**span), principal, timeout_s=PART_TIMEOUT_S)


async def _places(peers: Peers, principal: Principal) -> inventory.CountLocationsResponse:
    stub = CatalogueServiceStub(peers.channel("inventory"))
    request = inventory.CountLocationsRequest()
    return await rpc.call(stub.CountLocations, request, principal, timeout_s=PART_TIMEOUT_S)


async def _part(name: str, answer: Awaitable[Part]) -> Part | None:
    try:
        return await answer
    except (UnavailableError, Problem, grpc.RpcError) as error:
        _log.warning("a view misses a part", part=name, reason=str(error))
        return None
