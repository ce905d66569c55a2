"""The books answer over gRPC of customers and of what stands on an import, within the caller's walls."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import httpx
import pytest
from arus.imports.v1.api_pb2 import ListDependantsRequest
from arus.imports.v1.api_pb2_grpc import BookServiceStub
from arus.metering.v1.api_pb2 import GetCustomerRequest
from arus.metering.v1.api_pb2_grpc import CustomerServiceStub
from arus_metering.__main__ import SERVICE
from arus_runtime import rpc
from arus_runtime.context import Context

from .conftest import Imports, token

pytestmark = pytest.mark.integration

ANI = {"nomen": "1", "name": "Ani", "address": "Jl. Sunter No.1", "rayon": "34"}


@pytest.fixture
async def channel(context: Context) -> AsyncIterator[grpc.aio.Channel]:
    server, port = await rpc.serve(SERVICE.rpc, context, SERVICE.words)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as made:
        yield made
    await server.stop(None)


def as_(tenant: str, *roles: str, **claims: Any) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token(tenant, *roles, **claims)}"),)


async def test_a_customer_is_told_to_their_own_utility_and_to_nobody_else(
    channel: grpc.aio.Channel, files: Imports
) -> None:
    stub: Any = CustomerServiceStub(channel)
    files.take(files.file("MC", "2025-12", ANI))
    found = await stub.GetCustomer(GetCustomerRequest(nomen="1"), metadata=as_("tenant-a", "analyst"))
    customer = found.customer
    assert (customer.name, customer.address, customer.rayon) == ("Ani", "Jl. Sunter No.1", "34")
    for nomen, metadata, code in (
        ("2", as_("tenant-a"), grpc.StatusCode.NOT_FOUND),
        ("", as_("tenant-a"), grpc.StatusCode.NOT_FOUND),
        ("1", as_("tenant-b"), grpc.StatusCode.NOT_FOUND),
        ("1", as_("tenant-a", "owner", locations=[]), grpc.StatusCode.PERMISSION_DENIED),
        ("1", as_("tenant-a", "device"), grpc.StatusCode.PERMISSION_DENIED),
        ("1", (), grpc.StatusCode.UNAUTHENTICATED),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.GetCustomer(GetCustomerRequest(nomen=nomen), metadata=metadata)
        assert refused.value.code() is code


async def test_what_stands_on_an_import_is_told_as_its_refusal_would(
    channel: grpc.aio.Channel, files: Imports, owner: httpx.AsyncClient
) -> None:
    stub: Any = BookServiceStub(channel)
    reads = [
        {"nomen": nomen, "stand_akhir": "1000", "read_method": "ACTUAL", "read_date": "2025-12-14"}
        for nomen in ("1", "2")
    ]
    taken = files.file("SBRS", "2025-12", *reads)
    files.take(taken)
    asked = ListDependantsRequest(import_id=taken.import_id)
    free = await stub.ListDependants(asked, metadata=as_("tenant-a", "analyst"))
    assert (list(free.dependants), free.dependants_in_all) == ([], 0)

    for nomen in ("1", "2"):
        edit = {"stand_m3": "990", "reason": "Angka tertukar"}
        assert (await owner.patch(f"/meters/{nomen}/reads/2025-12", json=edit)).status_code == 200
    held = await stub.ListDependants(asked, metadata=as_("tenant-a", "analyst"))
    [refused] = files.undo(taken)
    assert [one.label for one in held.dependants] == ["1 2025-12", "2 2025-12"]
    assert (list(held.dependants), held.dependants_in_all) == (list(refused.dependants), 2)

    theirs = await stub.ListDependants(asked, metadata=as_("tenant-b", "owner"))
    assert (list(theirs.dependants), theirs.dependants_in_all) == ([], 0), "another tenant's wall"
    for import_id, metadata, code in (
        (taken.import_id, as_("tenant-a", "owner", locations=[]), grpc.StatusCode.PERMISSION_DENIED),
        (taken.import_id, as_("tenant-a", "viewer"), grpc.StatusCode.PERMISSION_DENIED),
        (taken.import_id, (), grpc.StatusCode.UNAUTHENTICATED),
        ("\x00", as_("tenant-a", "owner"), grpc.StatusCode.NOT_FOUND),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as told:
            await stub.ListDependants(ListDependantsRequest(import_id=import_id), metadata=metadata)
        assert told.value.code() is code
