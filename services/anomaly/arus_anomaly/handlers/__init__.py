"""Which event does what, by worker."""

from arus_anomaly.handlers.fuel import LOCATIONS, PRODUCTS, VERDICTS, catalogue, fuel
from arus_anomaly.handlers.learned import INCIDENTS, OPINIONS, learned
from arus_anomaly.handlers.meter import METER_VERDICTS, meter

__all__ = [
    "INCIDENTS",
    "LOCATIONS",
    "METER_VERDICTS",
    "OPINIONS",
    "PRODUCTS",
    "VERDICTS",
    "catalogue",
    "fuel",
    "learned",
    "meter",
]
