"""How much a scenario goes through: little in CI, much in the long form (``make faults-long``, hours).

The scenarios are the same; only these numbers differ.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, NamedTuple

IS_LONG: Final = os.environ.get("ARUS_FAULTS_LONG") == "true"
PATIENCE_S: Final = 1_800.0 if IS_LONG else 240.0
"""How long something may take to move on."""
TIMEOUT_S: Final = 14_400 if IS_LONG else 1_200
"""How long a test of the whole system may take."""


class Size(NamedTuple):
    """How often something is killed, stopped, broken or moved, and under how many events."""

    times: int
    events: int

    def step(self, share: int = 2) -> int:
        """Return how many events lie between two times, if all of them are in 1/share of them."""
        return self.events // (share * self.times)


SHORT: Final[Mapping[str, Size]] = {
    "worker": Size(6, 20_000),
    "zombie": Size(2, 20_000),
    "relay": Size(5, 10_000),
    "outbox": Size(5, 2_000),
    "anomaly/fuel": Size(2, 1_800),
    "anomaly/learned": Size(2, 2_400),
    "anomaly/meter": Size(2, 1_800),
    "metering/imports": Size(2, 200),
    "notify/incidents": Size(2, 2_400),
    "ingest": Size(2, 48),
    "gateway": Size(2, 48),
    "import": Size(1, 4_000),
    "database": Size(2, 4_000),
    "broker": Size(2, 4_000),
    "silent line": Size(3, 6_000),
    "line to the database": Size(3, 4_000),
    "line to the broker": Size(3, 4_000),
    "records": Size(4, 6_000),
    "clocks": Size(4, 4_000),
    "slow disk": Size(1, 3_000),
    "cold cache": Size(1, 12_000),
}
LONG: Final[Mapping[str, Size]] = {
    "worker": Size(20, 200_000),
    "zombie": Size(20, 200_000),
    "relay": Size(20, 60_000),
    "outbox": Size(20, 20_000),
    "anomaly/fuel": Size(20, 36_000),
    "anomaly/learned": Size(20, 36_000),
    "anomaly/meter": Size(20, 36_000),
    "metering/imports": Size(20, 6_000),
    "notify/incidents": Size(20, 36_000),
    "ingest": Size(20, 336),
    "gateway": Size(20, 336),
    "import": Size(20, 200_000),
    "database": Size(20, 60_000),
    "broker": Size(20, 60_000),
    "silent line": Size(20, 40_000),
    "line to the database": Size(21, 60_000),
    "line to the broker": Size(21, 60_000),
    "records": Size(20, 50_000),
    "clocks": Size(20, 40_000),
    "slow disk": Size(1, 6_000),
    "cold cache": Size(1, 60_000),
}
UNDISTURBED: Final = frozenset({"slow disk", "cold cache"})
"""Nothing is killed in these."""


def size(scenario: str) -> Size:
    """Return a scenario's size in this run's form."""
    return (LONG if IS_LONG else SHORT)[scenario]
