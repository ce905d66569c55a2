"""Which event does what, by worker."""

from arus_anomaly.handlers.fuel import LOCATIONS, PRODUCTS, THRESHOLDS, VERDICTS, catalogue, fuel

__all__ = ["LOCATIONS", "PRODUCTS", "THRESHOLDS", "VERDICTS", "catalogue", "fuel"]
