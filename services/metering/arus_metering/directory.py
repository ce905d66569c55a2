"""Which cases there are, by their owner's word: the anomaly service's."""

from arus.anomaly.v1.api_pb2 import GetCaseRequest, GetCaseResponse
from arus.anomaly.v1.api_pb2_grpc import CaseServiceStub
from arus_runtime.auth import Principal
from arus_runtime.ids import is_ulid
from arus_runtime.owner import Owner
from arus_runtime.rpc import Peers


async def case(peers: Peers, principal: Principal, case_id: str) -> GetCaseResponse | None:
    """Return a case by id, None when the caller sees none; raises the 503 when their owner is away."""
    if not is_ulid(case_id):
        return None
    owner = Owner(peers, "anomaly", principal, "cases_unreachable")
    stub = CaseServiceStub(owner.channel())
    found = await owner.known(stub.GetCase, [GetCaseRequest(case_id=case_id)])
    return found[0] if found else None
