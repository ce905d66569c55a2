"""The anomaly service: `python -m arus_anomaly`."""

from arus.anomaly.v1.api_pb2_grpc import add_AnomalyServiceServicer_to_server
from arus_runtime.service import Service, run

from arus_anomaly import api, handlers, rpc

SERVICE = Service(
    name="anomaly",
    routers=(api.anomalies,),
    rpc=((add_AnomalyServiceServicer_to_server, rpc.Anomalies),),
    workers=(handlers.fuel, handlers.catalogue),
)

if __name__ == "__main__":
    run(SERVICE)
