"""SQL of the service, by subject, inside one tenant's transaction: row-level security adds the tenant."""

from arus_anomaly.store import incidents, thresholds, trends, verdicts

__all__ = ["incidents", "thresholds", "trends", "verdicts"]
