"""gRPC methods of the books: customers that another service has not heard of, what depends on an import."""

from typing import Any

from arus.imports.v1.api_pb2 import ListDependantsRequest, ListDependantsResponse
from arus.imports.v1.api_pb2_grpc import BookServiceServicer
from arus.metering.v1.api_pb2 import GetCustomerRequest, GetCustomerResponse
from arus.metering.v1.api_pb2_grpc import CustomerServiceServicer
from arus_runtime import rpc
from arus_runtime.context import Context
from arus_runtime.ids import is_ulid
from arus_runtime.web import Problem
from grpc.aio import ServicerContext
from typing_extensions import override

from arus_metering import codec
from arus_metering.commands import customers
from arus_metering.commands.imports import SHOWN_DEPENDANTS
from arus_metering.store import dependants


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


class Book(BookServiceServicer):
    """BookService: what of the caller's tenant stands on an import of the utility's facts."""

    def __init__(self, context: Context) -> None:
        self._db = context.db

    @override
    async def ListDependants(
        self, request: ListDependantsRequest, context: ServicerContext[Any, Any]
    ) -> ListDependantsResponse:
        """Return what a withdrawal would be refused with now: what people made of its facts."""
        principal = rpc.require_everywhere("imports", "r")
        if not is_ulid(request.import_id):
            raise Problem(404, "not_found")
        async with self._db.tenant(principal.tenant_id) as tx:
            standing, in_all = await dependants.now(
                tx, principal.tenant_id, request.import_id, SHOWN_DEPENDANTS
            )
        return ListDependantsResponse(dependants=codec.dependants(standing), dependants_in_all=in_all)
