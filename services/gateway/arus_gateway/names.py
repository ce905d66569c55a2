"""Names of places and goods for messages that carry only ids."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import grpc
from arus.inventory.v1.api_pb2 import GetLocationRequest, GetProductRequest
from arus.inventory.v1.api_pb2_grpc import CatalogueServiceStub
from arus_runtime import rpc
from arus_runtime.auth import Principal
from arus_runtime.postgres import UNANSWERED, Database
from arus_runtime.web import Problem, UnavailableError

from arus_gateway.store import names
from arus_gateway.store.names import Kind
from arus_gateway.tokens import Grant, Signer

REMEMBERED_S: Final = 30.0
UNKNOWN_S: Final = 1.0
REMEMBERED_MOST: Final = 50_000
ASK_TIMEOUT_S: Final = 0.5
ASK_LIFE: Final = timedelta(minutes=1)


class Names:
    """Looks names up in the gateway's projection of the catalogue; its owner is asked for what is missing."""

    def __init__(
        self, db: Database, peers: rpc.Peers, signer: Signer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._peers = peers
        self._signer = signer
        self._clock = clock
        self._known: dict[tuple[str, str, str], tuple[str, float]] = {}

    async def name(self, tenant_id: str, kind: Kind, record_id: str) -> str:
        """Return the record's name, its id when nobody knows better or the database is away."""
        known = self._known.get((tenant_id, kind, record_id))
        if known and known[1] > self._clock():
            return known[0]
        try:
            async with self._db.tenant(tenant_id) as tx:
                found = (await names.of(tx, kind, tenant_id, (record_id,))).get(record_id)
        except UNANSWERED:
            found = None
        found = found or await self._ask(tenant_id, kind, record_id)
        if len(self._known) >= REMEMBERED_MOST:
            self._known.clear()
        # What nobody knows yet is asked again soon, but not for every message.
        kept_s = REMEMBERED_S if found else UNKNOWN_S
        self._known[tenant_id, kind, record_id] = (found or record_id, self._clock() + kept_s)
        return found or record_id

    async def _ask(self, tenant_id: str, kind: Kind, record_id: str) -> str | None:
        grant = Grant("gateway", tenant_id, "service", None, "id", "gateway")
        token = self._signer.sign(grant, now=datetime.now(UTC), life=ASK_LIFE)
        principal = Principal("gateway", tenant_id, frozenset(("service",)), None, "id", token)
        try:
            owner = CatalogueServiceStub(self._peers.channel("inventory"))
            if kind == "locations":
                request = GetLocationRequest(location_id=record_id)
                place = await rpc.call(owner.GetLocation, request, principal, timeout_s=ASK_TIMEOUT_S)
                return place.location.name
            good = await rpc.call(
                owner.GetProduct, GetProductRequest(product_id=record_id), principal, timeout_s=ASK_TIMEOUT_S
            )
        except (UnavailableError, Problem, grpc.RpcError):
            return None
        return good.product.name
