"""Which locations and products exist: first by this service's own copy, else by their owner's word."""

from collections.abc import Collection

from arus.inventory.v1.api_pb2 import GetLocationRequest, GetProductRequest
from arus.inventory.v1.api_pb2_grpc import CatalogueServiceStub
from arus_runtime.auth import Principal
from arus_runtime.owner import Owner
from arus_runtime.postgres import Tx
from arus_runtime.rpc import Peers

from arus_anomaly import store
from arus_anomaly.rules.thresholds import Scope


async def known(tx: Tx, peers: Peers, principal: Principal, scope: Scope) -> Collection[str]:
    """Return the ids of a scope that exist; raises the 503 when their owner must be asked and is away."""
    heard_of = set(await store.thresholds.names(tx, [scope.location_id], [scope.product_id]))
    if heard_of.issuperset(filter(None, scope)):
        return heard_of
    owner = Owner(peers, "inventory", principal, "catalogue_unreachable")
    stub = CatalogueServiceStub(owner.channel())
    places = [GetLocationRequest(location_id=id_) for id_ in {scope.location_id} - {""} - heard_of]
    goods = [GetProductRequest(product_id=id_) for id_ in {scope.product_id} - {""} - heard_of]
    return (
        heard_of
        | {answer.location.location_id for answer in await owner.known(stub.GetLocation, places)}
        | {answer.product.product_id for answer in await owner.known(stub.GetProduct, goods)}
    )
