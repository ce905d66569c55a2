"""Facts from the wire, and what is said of them as messages."""

from dataclasses import dataclass
from typing import Final

from arus.anomaly.v1.events_pb2 import (
    STATUS_ANOMALI,
    STATUS_NORMAL,
    STATUS_UNSPECIFIED,
    STATUS_WASPADA,
    VerdictReached,
    VerdictWithdrawn,
)
from arus.fuel.v1.events_pb2 import FuelTransactionCorrected, FuelTransactionRecorded
from arus_contracts import reading
from arus_runtime.tuples import new
from arus_runtime.wire import Encoded, encoder
from arus_runtime.worker import Reject

from arus_anomaly.codec.keys import Key, business_date, ordinal, ulid_bytes
from arus_anomaly.rules import fuel
from arus_anomaly.state import Fact

FUEL: Final = "fuel"
MOST_UL: Final = 10**15
"""Of one fact, so that the sums of a history stay within 64 bits; the doors take a thousandth of it."""
_encode_reached: Final = encoder(VerdictReached)
_WIRE_STATUS: Final = (STATUS_UNSPECIFIED, STATUS_NORMAL, STATUS_WASPADA, STATUS_ANOMALI)
"""By status: an enum's member as a key would be hashed by its name, in Python."""


def fact(event: FuelTransactionRecorded | FuelTransactionCorrected) -> Fact:
    """Return what an event says stands now; raises ``Reject`` when that cannot be."""
    volume_ul = event.volume_ul
    if not 0 < volume_ul <= MOST_UL:
        raise Reject(f"volume_ul must be > 0 and <= {MOST_UL} µL, got {volume_ul} µL")
    return new(Fact, (ordinal(event.business_date), ulid_bytes(event.transaction_id), volume_ul))


def reached(judged: fuel.Judgement, fact_id: str, of: Key) -> Encoded:
    """Return a judgement as the event that tells it. fact_id: the ULID of the judged fact as text."""
    (day, _, volume_ul), window, status, reason_code, _, by = judged
    version_id, waspada_ppm, anomali_ppm, low_ppm, needed, _ = by
    if not version_id:  # as built in: a reader knows
        waspada_ppm = anomali_ppm = 0
    tenant_id, location_id, product_id = of
    sum_ul, size = window
    return _encode_reached(
        tenant_id, fact_id, FUEL, fact_id, location_id, product_id, business_date(day)[1],
        _WIRE_STATUS[status], volume_ul, sum_ul, size, fuel.risk_score(volume_ul, window, needed),
        reason_code, fuel.RULE, needed if version_id else 0, version_id, waspada_ppm, anomali_ppm, low_ppm,
    )  # fmt: skip


def withdrawn(fact_id: str, of: Key) -> VerdictWithdrawn:
    """Return the event that takes the verdict of a voided fact back."""
    return VerdictWithdrawn(
        tenant_id=of.tenant_id,
        verdict_id=fact_id,
        domain=FUEL,
        fact_id=fact_id,
        location_id=of.location_id,
        product_id=of.product_id,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a stored verdict says, beyond the columns it is found by.

    risk_score: "" when there is none. thresholds_id: "" for the built-in ones, history_needed is then 0.
    """

    domain: str
    volume_ul: int
    history_sum_ul: int
    history_count: int
    history_needed: int
    risk_score: str
    reason_code: str
    thresholds_id: str
    bounds: reading.Bounds | None


def verdict(value: bytes) -> Verdict:
    """Return what the bytes of a VerdictReached say."""
    event = VerdictReached.FromString(value)
    return Verdict(
        event.domain,
        event.volume_ul,
        event.history_sum_ul,
        event.history_count,
        event.history_needed,
        event.risk_score,
        event.reason_code,
        event.thresholds_id,
        reading.bounds(event.thresholds_id, event.waspada_ppm, event.anomali_ppm, event.low_ppm),
    )


def volume_ul(value: bytes) -> int:
    """Return the volume that the bytes of a VerdictReached speak of."""
    return VerdictReached.FromString(value).volume_ul
