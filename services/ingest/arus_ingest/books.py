"""What the book that owns imported facts says of an import, asked on behalf of one caller."""

from typing import Final

import grpc
import structlog
from arus.imports.v1.api_pb2 import ListDependantsRequest
from arus.imports.v1.api_pb2_grpc import BookServiceStub
from arus_runtime import rpc
from arus_runtime.auth import Principal
from arus_runtime.rpc import Peers
from arus_runtime.web import Problem, UnavailableError

from arus_ingest import codec
from arus_ingest.state import Dependants

BOOK: Final = "metering"
"""Owns what every type but FUEL brings."""
_log: Final = structlog.get_logger(__name__)


async def dependants(peers: Peers, principal: Principal, import_id: str) -> Dependants:
    """Return what the book would refuse to take an import back with, or that it does not say.

    It does not when it is away, fails, or keeps such things from the caller (who is limited to locations).
    """
    try:
        stub = BookServiceStub(peers.channel(BOOK))
        answer = await rpc.call(stub.ListDependants, ListDependantsRequest(import_id=import_id), principal)
    except (UnavailableError, Problem, grpc.RpcError) as error:
        _log.warning("a book does not say what depends on an import", book=BOOK, reason=str(error))
        return Dependants(missing=(BOOK,))
    return Dependants(codec.dependants(answer), answer.dependants_in_all)
