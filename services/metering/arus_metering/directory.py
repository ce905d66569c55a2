"""Which cases there are, what their visits found, and which reads are refused: the anomaly service's word."""

from arus.anomaly.v1.api_pb2 import (
    GetCaseRequest,
    GetCaseResponse,
    GetVisitRequest,
    GetVisitResponse,
    ListRefusedReadsRequest,
)
from arus.anomaly.v1.api_pb2_grpc import AnomalyServiceStub, CaseServiceStub
from arus_runtime.auth import Principal
from arus_runtime.ids import is_ulid
from arus_runtime.owner import Owner
from arus_runtime.rpc import Peers


async def case(peers: Peers, principal: Principal, case_id: str) -> GetCaseResponse | None:
    """Return a case by id, None when the caller sees none; raises the 503 when their owner is away."""
    if not is_ulid(case_id):
        return None
    owner = _owner(peers, principal)
    stub = CaseServiceStub(owner.channel())
    found = await owner.known(stub.GetCase, [GetCaseRequest(case_id=case_id)])
    return found[0] if found else None


async def visit(peers: Peers, principal: Principal, case_id: str, visit_id: str) -> GetVisitResponse | None:
    """Return what was found on a visit of a case, None when it has none such; raises the 503."""
    if not is_ulid(visit_id):
        return None
    owner = _owner(peers, principal)
    stub = CaseServiceStub(owner.channel())
    found = await owner.known(stub.GetVisit, [GetVisitRequest(case_id=case_id, visit_id=visit_id)])
    return found[0] if found else None


async def refused_reads(peers: Peers, principal: Principal, nomen: str) -> frozenset[str]:
    """Return the ids of a customer's reads that no use counts from; raises the 503 when nobody says."""
    owner = Owner(peers, "anomaly", principal, "judgements_unreachable")
    stub = AnomalyServiceStub(owner.channel())
    found = await owner.known(stub.ListRefusedReads, [ListRefusedReadsRequest(nomen=nomen)])
    return frozenset(read_id for answer in found for read_id in answer.read_ids)


def _owner(peers: Peers, principal: Principal) -> Owner:
    return Owner(peers, "anomaly", principal, "cases_unreachable")
