"""Without a collector there are no spans; with one, requests and batches tell of the traces that are kept."""

from typing import NamedTuple

import pytest
from arus_runtime import observe, tracing
from arus_runtime.settings import Settings
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import ValidationError

TRACE = "0af7651916cd43dd8448eb211c80319c"
KEPT, PASSED = f"00-{TRACE}-b7ad6b7169203331-01", f"00-{TRACE}-b7ad6b7169203331-00"


class Carried(NamedTuple):
    headers: list[tuple[str, bytes]]


def carried(traceparent: str) -> Carried:
    return Carried([("other", b"")] * 10 + [("traceparent", traceparent.encode())])


def test_without_a_collector_nothing_is_kept() -> None:
    assert observe.new_traceparent().endswith("-00")
    assert tracing.kept_of([carried(KEPT)]) == {}
    assert tracing.kept(carried(KEPT)) is None
    tracing.add("x", "SERVER", KEPT, None, began_ns=0, attributes={})


def test_what_begins_here_is_kept_by_the_share(spans: InMemorySpanExporter) -> None:
    assert observe.new_traceparent().endswith("-01")
    tracing.sending.share = 0.0
    assert observe.new_traceparent().endswith("-00")


def test_no_more_than_a_tenth_may_be_kept() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 0"):
        Settings(trace_share=0.11)


def test_a_batch_tells_once_of_each_kept_trace(spans: InMemorySpanExporter) -> None:
    kept = tracing.kept_of([carried(KEPT), carried(PASSED), carried(KEPT), Carried([])])
    assert kept == {KEPT: 2}
    assert [tracing.kept(one) for one in (carried(KEPT), carried(PASSED), Carried([]))] == [KEPT, None, None]
    tracing.add_batch("worker x", "CONSUMER", kept, 1, "t")
    [span] = spans.get_finished_spans()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
    assert dict(span.attributes or {})["messaging.batch.message_count"] == 2


def test_a_span_of_another_trace_is_no_parent(spans: InMemorySpanExporter) -> None:
    tracing.add(
        "GET x", "SERVER", KEPT, f"00-{'1' * 32}-{'2' * 16}-01", began_ns=1, attributes={}, failed=True
    )
    tracing.add("GET x", "SERVER", PASSED, None, began_ns=1, attributes={})
    [span] = spans.get_finished_spans()
    assert span.parent is None
    assert not span.status.is_ok
