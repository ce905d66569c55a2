"""Envelopes at rest and on the wire, derived ids, parked records and their way back."""

import uuid

import pytest
from arus_runtime import dlq
from arus_runtime.envelope import NAMES, Envelope, pack_consequence, pack_headers, unpack
from arus_runtime.ids import derived_id
from arus_runtime.log.port import Fetched
from arus_runtime.reading import Reader
from arus_runtime.worker import Meta, Projection
from hypothesis import given
from hypothesis import strategies as st

EVENT = Envelope(
    "id", "arus.fuel.v1.FuelTransactionRecorded", "2025-01-10T00:00:00.000000Z", "t", "t:k", "", ""
)
CAUSE = "972f9106-31e9-5adb-bae7-322228e5aef7"


def parked() -> Fetched:
    record = Fetched("fuel.transaction.v1", 2, 7, b"t:k", b"v", unpack(EVENT.pack(), b"/arus/ingest", 5))
    outgoing = dlq.parked(record, "anomaly/fuel", "t", "rejected", "volume_ul must be > 0 µL, got -5 µL")
    headers = unpack(outgoing.headers, b"/arus/anomaly", 99)
    return Fetched(outgoing.topic, 0, 0, outgoing.key.encode(), outgoing.value, headers)


@given(st.tuples(*[st.text(max_size=40)] * 6), st.integers(0, 2**62))
def test_an_envelope_comes_out_as_it_went_in(texts: tuple[str, ...], sequence: int) -> None:
    event_id, time, tenant, subject, trace, import_id = texts
    envelope = Envelope(event_id, EVENT.event_type, time, tenant, subject, trace, import_id)
    headers = unpack(envelope.pack(), b"/arus/x", sequence)
    assert tuple(name for name, _ in headers)[: len(NAMES)] == NAMES
    found = {name: value.decode() for name, value in headers}
    assert (found["ce_id"], found["ce_time"], found["ce_tenant"]) == (event_id, time, tenant)
    assert (found["ce_subject"], found["ce_sequence"]) == (subject, str(sequence))
    assert found["ce_dataschema"] == "arus/fuel/v1/events.proto"
    assert found.get("ce_importid", "") == import_id


@given(st.tuples(*[st.text(max_size=40)] * 7))
def test_a_consequence_is_named_when_it_is_unpacked(texts: tuple[str, ...]) -> None:
    cause, label, time, tenant, subject, trace, import_id = texts
    rest = (EVENT.event_type, time, tenant, subject, trace, import_id)
    named = Envelope(derived_id(cause, label), *rest)
    assert unpack(pack_consequence((cause, label, *rest)), b"/x", 1) == unpack(named.pack(), b"/x", 1)


@pytest.mark.parametrize("import_id", ["", "an import"])
@pytest.mark.parametrize("order", [1, -1], ids=["our order", "another order"])
def test_an_envelope_is_read_in_any_order(import_id: str, order: int) -> None:
    headers = unpack(EVENT._replace(import_id=import_id).pack(), b"/arus/ingest", 5)
    read = Reader("anomaly/fuel", Projection("fuel", ("fuel.transaction.v1",)))
    meta, sequence, *_ = read.read(Fetched("fuel.transaction.v1", 2, 7, b"t:k", None, headers[::order]))
    assert (meta, sequence) == (
        Meta("fuel.transaction.v1", 2, 7, "t:k", "id", EVENT.event_type, "t", "/arus/ingest", EVENT.time,
             "00-00000000000000000000000000000000-0000000000000000-00", import_id), 5,
    )  # fmt: skip


def test_headers_kept_as_they_are_come_out_so() -> None:
    headers = [("a", b"\0"), ("a", b""), ("ö", b"x" * 300)]
    assert unpack(pack_headers(headers), b"/arus/x", 1) == headers


@given(st.text(max_size=20))
def test_a_derived_id_is_the_standards_uuid5(label: str) -> None:
    assert derived_id(CAUSE, label) == str(uuid.uuid5(uuid.UUID(CAUSE), label))


def test_a_parked_record_says_why_and_where_it_stood() -> None:
    headers = {name: value.decode() for name, value in parked().headers}
    assert headers["ce_source"] == "/arus/ingest"
    assert headers["dlq_detail"] == "volume_ul must be > 0 µL, got -5 µL"
    assert (headers["dlq_topic"], headers["dlq_partition"], headers["dlq_offset"]) == (
        "fuel.transaction.v1", "2", "7",
    )  # fmt: skip


def test_a_record_comes_back_under_a_new_sequence_for_the_worker_that_parked_it() -> None:
    message = dlq.redriven(parked(), "run", 3)
    headers = dict(message.headers)
    assert (message.topic, message.key, message.value) == ("fuel.transaction.v1", b"t:k", b"v")
    assert (headers["ce_source"], headers["ce_sequence"]) == (b"/arus/redrive/run", b"3")
    assert headers["dlq_worker"] == b"anomaly/fuel"
    assert "dlq_reason" not in headers


def test_a_value_that_was_cut_does_not_come_back() -> None:
    record = Fetched("fuel.transaction.v1", 0, 0, b"t:k", b"x" * 1_000_000, [])
    outgoing = dlq.parked(record, "anomaly/fuel", "t", "oversized", "")
    cut = Fetched(outgoing.topic, 0, 0, b"t:k", outgoing.value, unpack(outgoing.headers, b"", 0))
    with pytest.raises(ValueError, match="cut from 1000000 to 900000 bytes"):
        dlq.redriven(cut, "run", 1)
