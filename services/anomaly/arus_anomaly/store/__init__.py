"""SQL of the service, by subject, inside one tenant's transaction: row-level security adds the tenant."""

from arus_anomaly.store import (
    calibrations,
    cases,
    dossiers,
    incidents,
    meter_limits,
    thresholds,
    trends,
    verdicts,
)

__all__ = [
    "calibrations",
    "cases",
    "dossiers",
    "incidents",
    "meter_limits",
    "thresholds",
    "trends",
    "verdicts",
]
