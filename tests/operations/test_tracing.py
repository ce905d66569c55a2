"""One trace from the request at the gateway through Kafka to the committed verdict, and to who was told."""

import pytest
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack, until
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from .conftest import Receiver

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

TRACE, ASKED, CLIENT = (
    "0af7651916cd43dd8448eb211c80319c",
    "1af7651916cd43dd8448eb211c80319c",
    "b7ad6b7169203331",
)


def test_a_kept_trace_shows_every_step_of_a_fact_and_others_show_none(
    own: RunningStack, receiver: Receiver
) -> None:
    steps = {
        ("gateway", "SERVER"), ("ingest", "SERVER"), ("ingest", "PRODUCER"),
        ("anomaly", "CONSUMER"), ("anomaly", "PRODUCER"), ("gateway", "CONSUMER"),
    }  # fmt: skip
    calls_over_grpc = {("gateway", "CLIENT"), ("anomaly", "SERVER")}

    def seen_after(asking: Stranger) -> set[tuple[str, str]]:
        asking.http.get("/views/overview").raise_for_status()
        return seen(ASKED)

    def seen(trace_id: str) -> set[tuple[str, str]]:
        return {(service, KINDS[span.kind]) for service, span in receiver.of(trace_id)}

    with Stranger(own.gateway) as person:
        fact = {"location_id": person.location(), "product_id": person.product(), "volume_l": "300"}
        person.make("/fuel/transactions", **fact, date="2025-01-10")
        with person.http.stream("GET", "/live") as told:
            lines = told.iter_lines()
            assert "ping" in next(line for line in lines if line)
            person.http.headers["traceparent"] = f"00-{TRACE}-{CLIENT}-01"
            person.make("/fuel/transactions", **fact, date="2025-01-11")
            assert any("2025-01-11" in line for line in lines)
        person.http.headers["traceparent"] = f"00-{ASKED}-{CLIENT}-01"
        # A part that takes more than half a second is left out, so on a busy machine it is asked again.
        until(lambda: calls_over_grpc <= seen_after(person), "a call over gRPC in its trace", 60)
    until(lambda: seen(TRACE) >= steps, f"the trace, {seen(TRACE)}", 30)
    spans = {(service, KINDS[span.kind]): span for service, span in receiver.of(TRACE)}
    door, ingest = spans["gateway", "SERVER"], spans["ingest", "SERVER"]
    [judged] = [
        span
        for service, span in receiver.of(TRACE)
        if (service, KINDS[span.kind], topic(span)) == ("anomaly", "CONSUMER", "fuel.transaction.v1")
    ]
    assert door.parent_span_id.hex() == CLIENT
    assert ingest.parent_span_id == door.span_id
    assert spans["ingest", "PRODUCER"].parent_span_id == ingest.span_id
    assert judged.parent_span_id == ingest.span_id
    assert door.start_time_unix_nano <= ingest.start_time_unix_nano <= judged.start_time_unix_nano
    assert {span.trace_id.hex() for _, span in receiver.spans} == {TRACE, ASKED}


def topic(span: Span) -> str:
    said = {one.key: one.value.string_value for one in span.attributes}
    return said.get("messaging.destination.name", "")


KINDS = {2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"}
