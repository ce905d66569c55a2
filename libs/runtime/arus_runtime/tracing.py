"""Spans of sampled requests and batches, sent to an OpenTelemetry collector where one is configured.

A span costs more than handling a record does. So only a share of the traces is kept, decided where a trace
begins and carried in its `traceparent`; and a relay or a worker makes one span for all that a batch holds of
a trace. Without a collector nothing is loaded and nothing is sampled. Like the log, this is the process's.
"""

from __future__ import annotations

import random
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

Kind = Literal["SERVER", "CLIENT", "PRODUCER", "CONSUMER"]

MOST_TRACES: Final = 100
"""Of how many traces one batch tells: more would delay it."""
_KEPT: Final = "-01"
_HEADER: Final = 10
"""Where the envelope's headers have the traceparent."""


class Carrier(Protocol):
    """What carries a traceparent among its headers."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


@dataclass(slots=True)
class Sending:
    """Where spans go. share: of the traces that begin here."""

    share: float = 0.0
    processor: Any = None
    resource: Any = None


sending: Final = Sending()
"""This process's."""


def configure(service: str, endpoint: str, share: float) -> None:
    """Send spans to a collector from now on; endpoint: its URL, `http://host:4318`. Empty: send none."""
    if not endpoint:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    sending.share = share
    sending.resource = Resource({"service.name": service, "service.namespace": "arus"})
    sending.processor = BatchSpanProcessor(
        OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces"), schedule_delay_millis=1_000
    )


def close() -> None:
    """Send what is left, and no more."""
    processor, sending.processor = sending.processor, None
    if processor is not None:
        processor.shutdown()


def keeps_a_new_trace() -> bool:
    """Tell whether a trace that begins now is among those that are kept."""
    return sending.processor is not None and random.random() < sending.share  # noqa: S311 - a sample, no secret


def add(
    name: str,
    kind: Kind,
    step: str,
    parent: str | None,
    *,
    began_ns: int,
    attributes: Mapping[str, str | int],
    failed: bool = False,
) -> None:
    """Tell of something that ends now. step, parent: traceparents, the parent's may be of another trace."""
    if sending.processor is None or not step.endswith(_KEPT):
        return
    from opentelemetry.sdk.trace import ReadableSpan  # noqa: PLC0415
    from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415

    sending.processor.on_end(
        ReadableSpan(
            name,
            context=_context(step),
            parent=_context(parent) if parent and parent[3:35] == step[3:35] else None,
            resource=sending.resource,
            attributes=attributes,
            kind=SpanKind[kind],
            status=Status(StatusCode.ERROR if failed else StatusCode.UNSET),
            start_time=began_ns,
            end_time=time.time_ns(),
        )
    )


def kept_of(carriers: Iterable[Carrier]) -> Mapping[str, int]:
    """Return how many of these records belong to each trace that is kept, by traceparent."""
    if sending.processor is None:
        return {}
    found = Counter(filter(None, map(_kept, carriers)))
    return dict(found.most_common(MOST_TRACES))


def kept(carrier: Carrier) -> str | None:
    """Return the traceparent of a record's trace, when that is kept."""
    return _kept(carrier) if sending.processor is not None else None


def _kept(carrier: Carrier) -> str | None:
    headers = carrier.headers
    if len(headers) > _HEADER and headers[_HEADER][0] == "traceparent":
        value = headers[_HEADER][1]
        if value.endswith(b"-01"):
            return value.decode()
    return None


def add_batch(name: str, kind: Kind, kept: Mapping[str, int], began_ns: int, topic: str = "") -> None:
    """Tell of a batch, once in each trace it holds records of."""
    for traceparent, records in kept.items():
        said: dict[str, str | int] = {"messaging.system": "kafka", "messaging.batch.message_count": records}
        if topic:
            said["messaging.destination.name"] = topic
        add_within(traceparent, name, kind, began_ns=began_ns, attributes=said)


def add_within(
    traceparent: str, name: str, kind: Kind, *, began_ns: int, attributes: Mapping[str, str | int]
) -> None:
    """Tell of a step within a trace that is kept, which ends now and has no steps of its own."""
    step = f"{traceparent[:36]}{secrets.token_hex(8)}{_KEPT}"
    add(name, kind, step, traceparent, began_ns=began_ns, attributes=attributes)


def _context(traceparent: str) -> Any:
    from opentelemetry.trace import SpanContext, TraceFlags  # noqa: PLC0415

    return SpanContext(
        int(traceparent[3:35], 16),
        int(traceparent[36:52], 16),
        is_remote=False,
        trace_flags=TraceFlags(int(traceparent[53:55], 16)),
    )
