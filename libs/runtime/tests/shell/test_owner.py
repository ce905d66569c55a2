"""What only its owner can say for certain is asked a few at a time, and no longer than it helps."""

import asyncio
from typing import Any

import grpc
import pytest
from arus.inventory.v1.api_pb2 import GetLocationRequest
from arus_runtime.auth import Principal
from arus_runtime.owner import CALLS_AT_ONCE, Owner
from arus_runtime.rpc import Peers
from arus_runtime.settings import Settings
from arus_runtime.web import Problem

REQUESTS = [GetLocationRequest(location_id=str(number)) for number in range(100)]


async def test_nothing_more_is_asked_of_an_owner_that_is_away() -> None:
    owner = Owner(
        Peers(Settings.model_construct()),
        "inventory",
        Principal("user-1", "tenant-a", frozenset(), None, "id", ""),
        "catalogue_unreachable",
    )
    asked = cancelled = 0

    async def silent(_: GetLocationRequest, **__: Any) -> None:
        nonlocal asked, cancelled
        asked += 1
        if asked == CALLS_AT_ONCE:
            nothing = grpc.aio.Metadata()
            raise grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, nothing, nothing, "away")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled += 1
            raise

    with pytest.raises(Problem) as refused:
        await owner.known(silent, REQUESTS)
    assert (refused.value.status, refused.value.code) == (503, "catalogue_unreachable")
    assert asked == cancelled + 1 <= CALLS_AT_ONCE + 1
