"""SQL of the service, by subject, inside one tenant's transaction: row-level security adds the tenant."""

from arus_anomaly.store import thresholds, trends, verdicts

__all__ = ["thresholds", "trends", "verdicts"]
