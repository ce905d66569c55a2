"""The anomaly service: `python -m arus_anomaly`."""

from arus.anomaly.v1.api_pb2_grpc import (
    add_AnomalyServiceServicer_to_server,
    add_CaseServiceServicer_to_server,
)
from arus_runtime.service import Service, run

from arus_anomaly import handlers, jobs, measures, rpc, words
from arus_anomaly.api import (
    case_exports,
    cases,
    dossiers,
    exports,
    incidents,
    meter_limits,
    readings,
    thresholds,
    verdicts,
)

SERVICE = Service(
    name="anomaly",
    # What has a name of its own is found before the verdicts and cases with an id.
    routers=(
        exports.routes,
        readings.routes,
        verdicts.routes,
        incidents.routes,
        meter_limits.routes,
        thresholds.routes,
        case_exports.routes,
        cases.routes,
        dossiers.routes,
    ),
    rpc=(
        (add_AnomalyServiceServicer_to_server, rpc.Anomalies),
        (add_CaseServiceServicer_to_server, rpc.Cases),
    ),
    workers=(handlers.fuel, handlers.learned, handlers.meter, handlers.catalogue),
    startup=(measures.measuring,),
    jobs=jobs.JOBS,
    schedules=jobs.SCHEDULES,
    words=words.templates(),
)

if __name__ == "__main__":
    run(SERVICE)
