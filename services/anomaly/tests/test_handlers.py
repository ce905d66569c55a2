"""Events in, effects out: the golden records of protos/examples, and what is parked."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from arus.anomaly.v1.events_pb2 import (
    IncidentAnswered,
    IncidentChanged,
    OpinionReached,
    OpinionWithdrawn,
    VerdictReached,
    VerdictWithdrawn,
)
from arus.fuel.v1.events_pb2 import (
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)
from arus_anomaly import codec, handlers
from arus_anomaly.handlers.fuel import TOLD, Told, judge
from arus_anomaly.state import FuelHistory, new_history
from arus_runtime.side_inputs import Known
from arus_runtime.wire import Encoded
from arus_runtime.worker import Effect, Meta, Pages, Reject, Row, Supersede
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message
from ulid import ULID

EXAMPLES = Path(__file__).parents[3] / "protos" / "examples"
TYPES: dict[str, type[Message]] = {
    kind.DESCRIPTOR.full_name: kind
    for kind in (
        FuelTransactionRecorded,
        FuelTransactionCorrected,
        FuelTransactionVoided,
        IncidentAnswered,
        IncidentChanged,
        OpinionReached,
        OpinionWithdrawn,
        VerdictReached,
        VerdictWithdrawn,
    )
}
KEY = "T:L:P"
FOR_EVER_MS = (1 << 48) - 1
BUILT_IN: Known[Told] = Known(TOLD.empty, FOR_EVER_MS)
FACT = "01JH8PV6W4RZ3M0T5X9K2C7B1N"


def example(path: str) -> tuple[Any, Meta]:
    record = json.loads((EXAMPLES / f"{path}.json").read_text("utf-8"))
    headers = record["headers"]
    meta = Meta(
        topic=path.partition("/")[0],
        partition=0,
        offset=0,
        key=record["key"],
        event_id=headers["ce_id"],
        event_type=headers["ce_type"],
        tenant=headers["ce_tenant"],
        source=headers["ce_source"],
        time=headers["ce_time"],
        traceparent=headers["traceparent"],
        import_id="",
    )
    return ParseDict(record["value"], TYPES[record["type"]]()), meta


def batch(
    history: FuelHistory, *records: tuple[Any, Meta], known: Known[Told] = BUILT_IN
) -> tuple[FuelHistory, Sequence[Effect]]:
    effects: list[Effect] = []
    deferred: Meta | None = None
    for event, meta in records:
        outcome = handlers.fuel.handlers[type(event)](history, event, meta, known)
        if isinstance(outcome, FuelHistory):
            history, deferred = outcome, meta
        else:
            history, more = outcome
            effects += more
    if deferred is None:
        return history, effects
    history, more = judge(history, deferred, known)
    return history, [*effects, *more]


def told(effects: Sequence[Effect]) -> list[Message]:
    return [
        VerdictReached.FromString(effect.event.value) if isinstance(effect.event, Encoded) else effect.event
        for effect in effects
        if isinstance(effect, Row) and effect.event
    ]


def meta(key: str = KEY) -> Meta:
    return Meta("fuel.transaction.v1", 0, 0, key, "", "", "T", "", "2025-01-10T09:00:00.000000Z", "", "")


def recording(
    transaction_id: str = FACT, day: str = "2025-01-10", volume_ul: int = 5, location_id: str = "L"
) -> Any:
    return FuelTransactionRecorded(
        tenant_id="T",
        location_id=location_id,
        product_id="P",
        transaction_id=transaction_id,
        business_date=day,
        volume_ul=volume_ul,
    )


GOLDEN = [
    example(f"fuel.transaction.v1/{name}")
    for name in ("2025-01-07-300-l", "2025-01-08-300-l", "2025-01-09-300-l", "2025-01-10-520-l")
]


def test_the_golden_records_end_in_the_golden_verdict() -> None:
    _, effects = batch(new_history(Pages()), *GOLDEN)
    expected, _ = example("anomaly.verdict.v1/golden-520-l-is-anomali")
    assert told(effects)[-1] == expected
    assert [message.reason_code for message in told(effects)[:-1]] == ["BASELINE_KURANG"] * 3  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


def test_a_verdict_row_says_what_it_is_found_by() -> None:
    _, effects = batch(new_history(Pages()), *GOLDEN)
    row = effects[-1]
    assert isinstance(row, Row)
    event, source = GOLDEN[-1]
    assert row.values == (
        event.tenant_id,
        event.transaction_id,
        event.location_id,
        event.product_id,
        "fuel",
        date(2025, 1, 10),
        3,
        source.at,
    )


def test_a_correction_replaces_the_verdict_and_voiding_withdraws_it() -> None:
    history, _ = batch(new_history(Pages()), *GOLDEN)
    history, effects = batch(history, example("fuel.transaction.v1/corrected-to-320-l"))
    supersede, row = effects
    golden, _ = example("anomaly.verdict.v1/golden-520-l-is-anomali")
    entity = (golden.tenant_id, golden.fact_id, golden.location_id, golden.product_id)
    assert supersede == Supersede(handlers.VERDICTS, [entity])
    (verdict,) = told([row])
    assert isinstance(verdict, VerdictReached)
    assert (verdict.risk_score, verdict.reason_code) == ("106.6667", "FUEL_NORMAL")
    history, effects = batch(history, example("fuel.transaction.v1/voided"))
    supersede, row, not_standing = effects
    assert supersede == not_standing == Supersede(handlers.VERDICTS, [entity])
    assert told([row]) == [example("anomaly.verdict.v1/withdrawn")[0]]
    assert isinstance(row, Row)
    assert row.values[6] == 0


def test_the_same_record_again_changes_nothing() -> None:
    history, _ = batch(new_history(Pages()), *GOLDEN)
    again, effects = batch(history, *GOLDEN, *GOLDEN)
    assert list(effects) == []
    assert codec.dump_history(again) == codec.dump_history(history)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (recording(volume_ul=0), "volume_ul must be > 0 and <= 1000000000000000 µL, got 0 µL"),
        (recording(volume_ul=-5), "volume_ul must be > 0 and <= 1000000000000000 µL, got -5 µL"),
        (recording(volume_ul=10**15 + 1), "got 1000000000000001 µL"),
        (recording(volume_ul=2**63 - 1), "got 9223372036854775807 µL"),
        (recording(day="2025-02-30"), "a date YYYY-MM-DD from 1900 to 2999, got '2025-02-30'"),
        (recording(day="1899-12-31"), "a date YYYY-MM-DD from 1900 to 2999"),
        (recording(day="9999-12-31"), "a date YYYY-MM-DD from 1900 to 2999"),
        (recording(day=""), "business_date must be a date"),
        (recording(transaction_id="x"), "transaction_id must be a ULID, got 'x'"),
        (recording(transaction_id=FACT.lower()), "transaction_id must be a ULID"),
        (recording(transaction_id="8" + FACT[1:]), "transaction_id must be a ULID"),
        (recording(transaction_id="76EZ920000" + FACT[10:]), "transaction_id must be a ULID"),
        (recording(transaction_id="01JH8PV6W4RZ3M0T5X9K2C7B1I"), "transaction_id must be a ULID"),
        (recording(transaction_id="01JH8PV6W4RZ3M0T5X9K2C7B_N"), "transaction_id must be a ULID"),
        (recording(transaction_id="01JH8PV6W4RZ3M0T5X9K2C7B1é"), "transaction_id must be a ULID"),
        (
            FuelTransactionCorrected(
                tenant_id="T",
                location_id="L",
                product_id="P",
                transaction_id=FACT,
                business_date="2025-01-10",
                volume_ul=5,
            ),
            "to correct is not recorded under this key",
        ),
        (
            FuelTransactionVoided(tenant_id="T", location_id="L", product_id="P", transaction_id=FACT),
            "to void is not recorded under this key",
        ),
    ],
)
def test_what_can_never_succeed_is_parked_with_its_reason(event: Any, words: str) -> None:
    with pytest.raises(Reject, match=words.replace("(", "\\(")):
        batch(new_history(Pages()), (event, meta()))


def test_a_fact_under_anothers_key_is_parked() -> None:
    with pytest.raises(Reject, match="record key must be 'T:L:P', got 'T2:L:P'"):
        batch(new_history(Pages()), (recording(), meta("T2:L:P")))


def test_a_key_that_cannot_be_taken_apart_again_is_parked() -> None:
    with pytest.raises(Reject, match="no part of a record key may hold ':', got 'T:L:X:P'"):
        batch(new_history(Pages()), (recording(location_id="L:X"), meta("T:L:X:P")))


def test_another_fact_of_the_same_id_is_parked() -> None:
    history, _ = batch(new_history(Pages()), (recording(), meta()))
    for other in (recording(volume_ul=6), recording(day="2025-01-11")):
        with pytest.raises(Reject, match="recorded already, with another date or volume"):
            batch(history, (other, meta()))


def test_a_voided_fact_may_be_recorded_again() -> None:
    void = FuelTransactionVoided(tenant_id="T", location_id="L", product_id="P", transaction_id=FACT)
    history, _ = batch(new_history(Pages()), (recording(), meta()))
    history, _ = batch(history, (void, meta()))
    _, effects = batch(history, (recording(), meta()))
    assert [type(effect) for effect in effects] == [Row]


def test_ulids_and_their_bytes_are_one_to_one_and_sort_alike() -> None:
    texts = [str(ULID.from_timestamp(seconds)) for seconds in (0.0, 1.7e9, 1.7e9 + 1, 2.5e11)]
    texts += ["0" * 26, "76EZ91ZPZZ" + "Z" * 16]
    assert [codec.ulid_text(codec.ulid_bytes(text)) for text in texts] == texts
    assert sorted(texts) == [codec.ulid_text(value) for value in sorted(map(codec.ulid_bytes, texts))]
    assert all(codec.ulid_bytes(text) == ULID.from_str(text).bytes for text in texts)


def test_time_comes_from_the_envelope() -> None:
    _, effects = batch(new_history(Pages()), *GOLDEN)
    (row,) = [effect for effect in effects[-1:] if isinstance(effect, Row)]
    assert row.values[-1] == datetime(2025, 1, 10, 9, 0, tzinfo=UTC)
