"""Where the log is cut so that it fits a snapshot of the database.

The log is read after the snapshot was taken, so it may hold events of commits that the snapshot does not
have. They are left out: whatever the snapshot holds unpublished, its relay publishes after the restore. All
of them stand behind every offset that the snapshot knows, so leaving them out moves nobody's place: what a
worker had passed is held, whatever it says of itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from arus_runtime import dlq
from arus_runtime.fold import INDEX_BITS
from arus_runtime.log.port import Record


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a worker (`service/name`) has read one partition."""

    worker: str
    topic: str
    partition: int
    next_offset: int


class Cut:
    """How far a snapshot's events are published and the facts it rests on are taken.

    numbers: by service, the last number its outbox gave out.
    """

    def __init__(self, numbers: Mapping[str, int], progress: Iterable[Progress]) -> None:
        read = list(progress)
        self._numbers = {f"/arus/{service}".encode(): last for service, last in numbers.items()}
        self._results = {f"/arus/{one.worker}/{one.partition}".encode(): one.next_offset for one in read}
        self._passed: dict[tuple[str, int], int] = {}
        for one in read:
            place = one.topic, one.partition
            self._passed[place] = max(one.next_offset, self._passed.get(place, 0))
        self._taken = {(one.worker, one.topic, one.partition): one.next_offset for one in read}

    def holds(self, record: Record) -> bool:
        """Tell whether a record follows from what the snapshot holds; one that is not as ours are does."""
        if record.offset < self._passed.get((record.topic, record.partition), 0):
            return True
        try:
            return self._follows(record)
        except (LookupError, ValueError):
            return True

    def _follows(self, record: Record) -> bool:
        headers = {name: value or b"" for name, value in record.headers}
        if "dlq_offset" in headers:
            worker, topic = headers[dlq.WORKER].decode(), headers["dlq_topic"].decode()
            taken = self._taken.get((worker, topic, int(headers["dlq_partition"])), 0)
            return int(headers["dlq_offset"]) < taken
        source, sequence = headers.get("ce_source", b""), headers.get("ce_sequence") or b"-1"
        if source in self._numbers:
            return int(sequence) <= self._numbers[source]
        if source in self._results:
            return int(sequence) >> INDEX_BITS < self._results[source]
        return True
