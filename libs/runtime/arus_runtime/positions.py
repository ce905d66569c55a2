"""Whether a log still holds what comes after a stored position.

Positions stand in the database, the log stands elsewhere. A log that was deleted, or restored from nothing,
ends before them: read from there it would be silent until it had grown past the position, and what stands
before would never be read. A log that keeps records for some days may have let some go before they were read.
"""

from __future__ import annotations

from arus_runtime.log.port import Bounds, Consumer, TopicPartition


class LogBehind(Exception):  # noqa: N818 - names what happened
    """The log ends before what was read of it, so it is not the one that was read. end: where."""

    def __init__(self, at: TopicPartition, position: int, end: int) -> None:
        super().__init__(
            f"{at.topic}[{at.partition}] must reach the stored position {position}, got a log that ends at"
            f" {end}: it was lost or replaced"
        )
        self.end = end


class FactsExpired(Exception):  # noqa: N818 - names what happened
    """The log begins after what was read of it: records grew too old before they were read."""

    def __init__(self, at: TopicPartition, position: int, first: int) -> None:
        super().__init__(
            f"{at.topic}[{at.partition}] must hold what follows the stored position {position}, got a log"
            f" that begins at {first}: {first - position} offsets were let go unread"
        )


def misfit(at: TopicPartition, position: int, log: Bounds) -> LogBehind | FactsExpired | None:
    """Return what is wrong between a stored position and a log; position 0, of who read nothing, always fits.

    The log must be asked after the position was read: until then the reader before us may have gone on.
    """
    if position > log.end:
        return LogBehind(at, position, log.end)
    if 0 < position < log.first:
        return FactsExpired(at, position, log.first)
    return None


async def lost_meanwhile(
    consumer: Consumer, at: TopicPartition, position: int, came: int
) -> LogBehind | FactsExpired | None:
    """Return what is wrong when another offset came than was to come next; compaction leaves gaps, too."""
    if came < position:
        return LogBehind(at, position, came)
    if came > position:
        return misfit(at, position, (await consumer.bounds([at]))[at])
    return None
