"""The metering service: `python -m arus_metering`."""

from arus.imports.v1.api_pb2_grpc import add_BookServiceServicer_to_server
from arus.metering.v1.api_pb2_grpc import add_CustomerServiceServicer_to_server
from arus_runtime.service import Service, run

from arus_metering import rpc, words
from arus_metering.api import customers, exports, figure_exports, kpi, reads, replacements
from arus_metering.commands.imports import imports

SERVICE = Service(
    name="metering",
    # Exports first: their paths would be taken for a customer's number and a payment's id.
    routers=(
        exports.customers,
        exports.collections,
        customers.customers,
        customers.collections,
        replacements.replacements,
        reads.meters,
        kpi.kpi,
        figure_exports.figures,
    ),
    rpc=(
        (add_CustomerServiceServicer_to_server, rpc.Customers),
        (add_BookServiceServicer_to_server, rpc.Book),
    ),
    workers=(imports,),
    outbox=True,
    words=words.templates(),
)

if __name__ == "__main__":
    run(SERVICE)
