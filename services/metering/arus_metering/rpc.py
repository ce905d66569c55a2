"""gRPC methods of customers, for services that have not heard of one."""

from typing import Any

from arus.metering.v1.api_pb2 import GetCustomerRequest, GetCustomerResponse
from arus.metering.v1.api_pb2_grpc import CustomerServiceServicer
from arus_runtime import rpc
from arus_runtime.context import Context
from grpc.aio import ServicerContext
from typing_extensions import override

from arus_metering import codec
from arus_metering.commands import customers


class Customers(CustomerServiceServicer):
    """CustomerService: single customers of the caller's tenant."""

    def __init__(self, context: Context) -> None:
        self._db = context.db

    @override
    async def GetCustomer(
        self, request: GetCustomerRequest, context: ServicerContext[Any, Any]
    ) -> GetCustomerResponse:
        """Return a customer; NOT_FOUND when the caller's tenant has none of this number."""
        principal = rpc.require_everywhere("customers", "r")
        async with self._db.tenant(principal.tenant_id) as tx:
            customer = await customers.known(tx, request.nomen)
        said = customers.vars_of(customer)
        return GetCustomerResponse(customer=codec.customer_changed(principal.tenant_id, customer.nomen, said))
