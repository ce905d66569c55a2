"""The inventory service: `python -m arus_inventory`."""

from arus.inventory.v1.api_pb2_grpc import add_CatalogueServiceServicer_to_server
from arus_runtime.service import Service, run

from arus_inventory import api, rpc

SERVICE = Service(
    name="inventory",
    routers=(api.locations, api.products),
    rpc=((add_CatalogueServiceServicer_to_server, rpc.Catalogue),),
    outbox=True,
)

if __name__ == "__main__":
    run(SERVICE)
