"""Which event does what, by worker."""

from arus_anomaly.handlers.fuel import LOCATIONS, PRODUCTS, VERDICTS, catalogue, fuel
from arus_anomaly.handlers.learned import INCIDENTS, OPINIONS, learned

__all__ = [
    "INCIDENTS",
    "LOCATIONS",
    "OPINIONS",
    "PRODUCTS",
    "VERDICTS",
    "catalogue",
    "fuel",
    "learned",
]
