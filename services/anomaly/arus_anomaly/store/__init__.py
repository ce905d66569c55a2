"""SQL of the service, by subject, inside one tenant's transaction: row-level security adds the tenant."""

from arus_anomaly.store import calibrations, incidents, thresholds, trends, verdicts

__all__ = ["calibrations", "incidents", "thresholds", "trends", "verdicts"]
