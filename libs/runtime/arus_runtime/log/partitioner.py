"""Which partition a key goes to: Kafka's own murmur2, so that every producer of any language agrees."""

from __future__ import annotations

from functools import lru_cache

from aiokafka.partitioner import murmur2  # pyright: ignore[reportUnknownVariableType] - untyped there


@lru_cache(maxsize=100_000)  # the client's murmur2 is Python: 10 µs a key
def partition_of(key: bytes | None, partitions: int) -> int:
    """Return the partition of a key; a record without key goes to the first."""
    return 0 if key is None else (murmur2(key) & 0x7FFFFFFF) % partitions
