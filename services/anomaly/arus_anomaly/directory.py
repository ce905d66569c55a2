"""Whom cases are given to and whom they are about, by their owners' word: the gateway's, the books'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arus.identity.v1.api_pb2 import ListChangersRequest
from arus.identity.v1.api_pb2_grpc import MemberServiceStub
from arus.metering.v1.api_pb2 import GetCustomerRequest
from arus.metering.v1.api_pb2_grpc import CustomerServiceStub
from arus.metering.v1.events_pb2 import CustomerChanged
from arus_runtime.auth import Principal
from arus_runtime.owner import Owner
from arus_runtime.rpc import Peers

CASES = "cases"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may be given a case. locations None means everywhere."""

    id: str
    name: str
    locations: frozenset[str] | None

    def sees(self, location_id: str | None) -> bool:
        """Say whether the member may see what lies at the location; None: it lies at none."""
        return self.locations is None or location_id in self.locations


async def members(peers: Peers, principal: Principal) -> Sequence[Member]:
    """Return the members who may be given cases; raises the 503 when the gateway is away."""
    owner = Owner(peers, "gateway", principal, "members_unreachable")
    stub = MemberServiceStub(owner.channel())
    [answer] = await owner.known(stub.ListChangers, [ListChangersRequest(resource=CASES)])
    return [
        Member(one.user_id, one.name, None if one.everywhere else frozenset(one.location_ids))
        for one in answer.changers
    ]


async def by_id(peers: Peers, principal: Principal) -> Mapping[str, Member]:
    """Return the members who may be given cases, by id."""
    return {member.id: member for member in await members(peers, principal)}


async def customer(peers: Peers, principal: Principal, nomen: str) -> CustomerChanged | None:
    """Return a customer by number, None when it is nobody's; raises the 503 when the books are away."""
    owner = Owner(peers, "metering", principal, "customers_unreachable")
    stub = CustomerServiceStub(owner.channel())
    found = await owner.known(stub.GetCustomer, [GetCustomerRequest(nomen=nomen)])
    return found[0].customer if found else None
