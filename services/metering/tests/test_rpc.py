"""The books answer over gRPC whose a customer number is, within the caller's walls."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from arus.metering.v1.api_pb2 import GetCustomerRequest
from arus.metering.v1.api_pb2_grpc import CustomerServiceStub
from arus_metering.__main__ import SERVICE
from arus_runtime import rpc
from arus_runtime.context import Context

from .conftest import Imports, token

pytestmark = pytest.mark.integration

ANI = {"nomen": "1", "name": "Ani", "address": "Jl. Sunter No.1", "rayon": "34"}


@pytest.fixture
async def stub(context: Context) -> AsyncIterator[Any]:
    server, port = await rpc.serve(SERVICE.rpc, context, SERVICE.words)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield CustomerServiceStub(channel)
    await server.stop(None)


def as_(tenant: str, *roles: str, **claims: Any) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token(tenant, *roles, **claims)}"),)


async def test_a_customer_is_told_to_their_own_utility_and_to_nobody_else(stub: Any, files: Imports) -> None:
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
