"""The catalogue's owner answers over gRPC, within the caller's walls."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from arus.inventory.v1.api_pb2 import CountLocationsRequest, GetLocationRequest, GetProductRequest
from arus.inventory.v1.api_pb2_grpc import CatalogueServiceStub
from arus_inventory.__main__ import SERVICE
from arus_runtime import rpc
from arus_runtime.context import Context

from .conftest import token

pytestmark = pytest.mark.integration

GUDANG_A = {"name": "Gudang A", "type": "depot", "timezone": "Asia/Makassar"}


@pytest.fixture
async def stub(context: Context) -> AsyncIterator[Any]:
    server, port = await rpc.serve(SERVICE.rpc, context, SERVICE.words)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield CatalogueServiceStub(channel)
    await server.stop(None)


def as_(tenant: str, *roles: str, **claims: Any) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token(tenant, *roles, **claims)}"),)


async def test_the_owner_knows_a_record_as_soon_as_it_is_made(stub: Any, owner: Any) -> None:
    location = (await owner.post("/locations", json=GUDANG_A)).json()
    solar = {"code": "S", "name": "Solar", "kind": "fuel", "unit": "L"}
    product = (await owner.post("/products", json=solar)).json()
    ours = as_("tenant-a", "operator")
    found = await stub.GetLocation(GetLocationRequest(location_id=location["id"]), metadata=ours)
    assert (found.location.name, found.location.timezone, found.location.is_active) == (
        "Gudang A",
        "Asia/Makassar",
        True,
    )
    assert (
        await stub.GetProduct(GetProductRequest(product_id=product["id"]), metadata=ours)
    ).product.kind == "fuel"
    await owner.delete(f"/locations/{location['id']}")
    count = await stub.CountLocations(CountLocationsRequest(), metadata=ours)
    assert (count.active, count.total) == (0, 1)


@pytest.mark.parametrize("location_id", ["", "x", "\0", "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"])
async def test_what_is_not_there_is_not_found(stub: Any, location_id: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.GetLocation(GetLocationRequest(location_id=location_id), metadata=as_("tenant-a"))
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


async def test_another_tenant_another_scope_and_a_stranger_are_refused(stub: Any, owner: Any) -> None:
    request = GetLocationRequest(location_id=(await owner.post("/locations", json=GUDANG_A)).json()["id"])
    for metadata, code in (
        (as_("tenant-b"), grpc.StatusCode.NOT_FOUND),
        (as_("tenant-a", "operator", locations=[]), grpc.StatusCode.NOT_FOUND),
        (as_("tenant-a", "device"), grpc.StatusCode.PERMISSION_DENIED),
        ((), grpc.StatusCode.UNAUTHENTICATED),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.GetLocation(request, metadata=metadata)
        assert refused.value.code() is code
