"""The ingest service: `python -m arus_ingest`."""

from arus.fuel.v1.api_pb2_grpc import add_FuelServiceServicer_to_server
from arus.ingest.v1.api_pb2_grpc import add_IngestServiceServicer_to_server
from arus_runtime.service import Service, run

from arus_ingest import handlers, jobs, pressure, rpc, upkeep, words
from arus_ingest.api import exports, facts, import_files, imports, trends, uploads

SERVICE = Service(
    name="ingest",
    # What has a name of its own is found before the facts with an id.
    routers=(
        exports.routes,
        facts.transactions,
        facts.deliveries,
        trends.routes,
        import_files.routes,
        uploads.routes,
        imports.routes,
    ),
    rpc=(
        (add_IngestServiceServicer_to_server, rpc.Ingest),
        (add_FuelServiceServicer_to_server, rpc.Fuel),
    ),
    workers=(handlers.catalogue, handlers.outcomes),
    jobs=jobs.JOBS,
    uploads=("/imports",),
    outbox=True,
    words=words.templates(),
    startup=(pressure.watched, upkeep.sweeping),
)

if __name__ == "__main__":
    run(SERVICE)
