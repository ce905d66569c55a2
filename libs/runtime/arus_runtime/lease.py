"""What an engine holds of its partitions: leases, and the batch that is on its way into the database."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from arus_runtime.fold import Folded, Origin
from arus_runtime.store import Part


@dataclass(slots=True)
class Lease:
    """A partition held. committed: what the database says; position: where the next fold begins."""

    epoch: int
    committed: int
    position: int
    origin: Origin
    failures: int = 0
    keys: int = 0
    """How many had a new state in the last batch, which may not be committed yet."""


@dataclass(slots=True)
class Sieve:
    """How a record is found whose values the database refuses: in ever smaller slices of a partition.

    end: the offset behind the batch it came in. size: how many records go into one commit until then.
    found: offsets of such records, and what the database says of them.
    """

    end: int
    size: int
    found: dict[int, str] = field(default_factory=dict[int, str])


@dataclass(slots=True)
class Batch:
    """What was folded and goes into one transaction."""

    parts: list[Part]
    folded: list[Folded]
    records: int = 0
    """How many were polled for it."""
    began: float = field(default_factory=time.perf_counter)
    began_ns: int = field(default_factory=time.time_ns)
    kept: dict[str, int] = field(default_factory=dict[str, int])
    """Of how many records its spans tell, by traceparent."""
