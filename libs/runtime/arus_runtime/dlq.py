"""Records that could not be taken: how they are parked in ``<topic>.dlq`` and how they come back.

A parked record keeps its key, value and headers, and gains headers that say who parked it, why, and where it
stood. The record itself also stays in its fact topic; only values too large for the dead-letter topic are
cut.
"""

from __future__ import annotations

from typing import Final, Literal

from arus_runtime.catalogue import DLQ_SUFFIX
from arus_runtime.envelope import Headers, pack_headers
from arus_runtime.log.port import Message, Record
from arus_runtime.store import Outgoing

Reason = Literal["rejected", "undecodable", "unknown_type", "oversized"]

WORKER: Final = "dlq_worker"
"""Who parked it, ``<service>/<worker>``. A record that comes back is taken by this worker only."""
_ADDED: Final = frozenset(
    {WORKER, "dlq_reason", "dlq_detail", "dlq_topic", "dlq_partition", "dlq_offset", "dlq_size"}
)
_LARGEST_VALUE: Final = 900_000  # leaves room for headers below Kafka's default of 1 MiB
_LARGEST_TEXT: Final = 4_000


def parked(record: Record, worker: str, tenant: str, reason: Reason, detail: str) -> Outgoing:
    """Return what is published in place of handling a record."""
    value = record.value
    headers = [(name, text[:_LARGEST_TEXT]) for name, text in _originals(record.headers)]
    headers += [
        (WORKER, worker.encode()),
        ("dlq_reason", reason.encode()),
        ("dlq_detail", detail.encode(errors="replace")[:_LARGEST_TEXT]),
        ("dlq_topic", record.topic.encode()),
        ("dlq_partition", b"%d" % record.partition),
        ("dlq_offset", b"%d" % record.offset),
    ]
    if value is not None and len(value) > _LARGEST_VALUE:
        headers.append(("dlq_size", b"%d" % len(value)))
        value = value[:_LARGEST_VALUE]
    # A key that is not text cannot stand in the outbox; the true one is in the fact topic.
    key = (
        (record.key or b"")[:_LARGEST_TEXT]
        .decode(errors="replace")
        .replace("\0", "\N{REPLACEMENT CHARACTER}")
    )
    return Outgoing(tenant, record.topic + DLQ_SUFFIX, key, value, pack_headers(headers))


def redriven(record: Record, run: str, number: int) -> Message:
    """Return a parked record as it goes back to its topic.

    run: an id of this redrive; number: 1, 2, … within it. Origin and sequence are the run's own, because
    under its old ones the record would be dropped as a repeat.
    Raises ValueError for a record whose value was cut, and LookupError for one that was not parked by
    ``parked``.
    """
    headers = dict(record.headers)
    if "dlq_topic" not in headers:
        raise LookupError(f"no dlq_topic header at {record.topic}/{record.partition}/{record.offset}")
    if "dlq_size" in headers:
        raise ValueError(
            f"value was cut from {headers['dlq_size'].decode()} to {_LARGEST_VALUE} bytes when parked"
        )
    fresh = {"ce_source": f"/arus/redrive/{run}".encode(), "ce_sequence": b"%d" % number}
    kept = [(name, fresh.pop(name, value)) for name, value in _originals(record.headers)]
    kept += [*fresh.items(), (WORKER, headers[WORKER])]
    return Message(headers["dlq_topic"].decode(), record.key, record.value, kept)


def _originals(headers: Headers) -> list[tuple[str, bytes]]:
    return [(name, value or b"") for name, value in headers if name not in _ADDED]
