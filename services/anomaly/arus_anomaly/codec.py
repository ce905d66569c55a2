"""Wire to domain and back: ids and dates as what compares fast, verdicts as messages, histories as bytes."""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from struct import Struct
from typing import Any, Final, NamedTuple

from arus.anomaly.v1.events_pb2 import (
    PROFILE_PLAIN,
    PROFILE_WEEKDAY,
    STATUS_ANOMALI,
    STATUS_NORMAL,
    STATUS_UNSPECIFIED,
    STATUS_WASPADA,
    ThresholdSet,
    VerdictReached,
    VerdictWithdrawn,
)
from arus.fuel.v1.events_pb2 import (
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)
from arus_contracts.reading import plain
from arus_runtime.tuples import new
from arus_runtime.wire import Encoded, encoder
from arus_runtime.worker import Pages, Reject

from arus_anomaly.rules import fuel
from arus_anomaly.rules.thresholds import PPM_PER_PCT, Scope, Thresholds, Version, Versions, with_versions
from arus_anomaly.state import ID_BYTES, Archive, Fact, FuelHistory, Rows

FUEL: Final = "fuel"
WEEKDAY: Final = "weekday"
PLAIN: Final = "plain"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_encode_reached: Final = encoder(VerdictReached)

_WIRE_STATUS: Final = (STATUS_UNSPECIFIED, STATUS_NORMAL, STATUS_WASPADA, STATUS_ANOMALI)
"""By status: an enum's member as a key would be hashed by its name, in Python."""
_ULID_LENGTH: Final = 26
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS: Final = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_DIGITS: Final = bytes(
    b"0123456789abcdefghijklmnopqrstuv"[_ALPHABET.index(letter)] if letter in _ALPHABET else ord("!")
    for letter in map(chr, range(256))
)
"""Crockford's alphabet to the digits of ``int(…, 32)``; everything else to what is no digit at all."""


class Key(NamedTuple):
    """Whose history it is: the parts of the record key."""

    tenant_id: str
    location_id: str
    product_id: str


def key(record_key: str) -> Key:
    """Return the parts of a record key."""
    return Key(*record_key.split(":"))


def key_of(
    event: FuelTransactionRecorded | FuelTransactionCorrected | FuelTransactionVoided, record_key: str
) -> Key:
    """Return whose history an event belongs to; raises ``Reject`` when it came under another's key."""
    tenant_id, location_id, product_id = event.tenant_id, event.location_id, event.product_id
    said = f"{tenant_id}:{location_id}:{product_id}"
    if said != record_key:
        # A fact under another's key would be judged against a stranger's history.
        raise Reject(f"record key must be {said!r}, got {record_key!r}")
    return new(Key, (tenant_id, location_id, product_id))


def fact(event: FuelTransactionRecorded | FuelTransactionCorrected) -> Fact:
    """Return what an event says stands now; raises ``Reject`` when that cannot be."""
    volume_ul = event.volume_ul
    if volume_ul <= 0:
        raise Reject(f"volume_ul must be > 0 µL, got {volume_ul} µL")
    return new(Fact, (_ordinal(event.business_date), ulid_bytes(event.transaction_id), volume_ul))


def reached(judged: fuel.Judgement, fact_id: str, of: Key) -> Encoded:
    """Return a judgement as the event that tells it. fact_id: the ULID of the judged fact as text."""
    (day, _, volume_ul), window, status, reason_code, _, by = judged
    version_id, needed = by.version_id, by.facts_needed
    tenant_id, location_id, product_id = of
    sum_ul, size = window
    return _encode_reached(
        tenant_id, fact_id, FUEL, fact_id, location_id, product_id, business_date(day)[1],
        _WIRE_STATUS[status], volume_ul, sum_ul, size, fuel.risk_score(volume_ul, window, needed),
        reason_code, fuel.RULE, needed if version_id else 0, version_id,
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
    history_size: int
    history_needed: int
    risk_score: str
    reason_code: str
    thresholds_id: str


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
    )


def ppm(percent: Decimal) -> int:
    """Return percent as millionths, exactly; raises ValueError for more than four places."""
    whole = percent * PPM_PER_PCT
    if whole != int(whole):
        raise ValueError(f"percent must have <= 4 decimal places, got {percent} %")
    return int(whole)


def percent(millionths: int) -> Decimal:
    """Return millionths as percent, exactly."""
    return Decimal(millionths) / PPM_PER_PCT


def milliseconds(at: datetime) -> int:
    """Return a time as milliseconds since 1970, rounded down."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def ulid_start(at: datetime) -> bytes:
    """Return what the bytes of ULIDs of this time and later are greater than."""
    return milliseconds(at).to_bytes(6, "big")


VERSION_COLUMNS: Final = (
    "tenant_id", "id", "location_id", "product_id", "valid_from", "waspada_pct", "anomali_pct", "low_pct",
    "facts_needed", "profile",
)  # fmt: skip
"""The columns of a stored version of thresholds, in the order that ``version`` takes them in."""


def version(row: Sequence[Any]) -> tuple[str, Version]:
    """Return a stored version of thresholds, and whose it is."""
    tenant_id, version_id, location_id, product_id, valid_from, waspada, anomali, low, needed, profile = row
    set_ = profile and Thresholds(
        version_id, ppm(waspada), ppm(anomali), 0 if low is None else ppm(low), needed, profile == WEEKDAY
    )
    scope = Scope(location_id or "", product_id or "")
    return tenant_id, Version(ulid_start(valid_from), version_id, scope, set_)


def profile(by: Thresholds) -> str:
    """Return how thresholds take the baseline, as it is stored."""
    return WEEKDAY if by.by_weekday else PLAIN


def add_versions(versions: Versions, rows: Sequence[Sequence[Any]]) -> Versions:
    """Return versions with stored ones added."""
    return with_versions(versions, map(version, rows))


def threshold_set(tenant_id: str, version: Version, valid_from: datetime, set_by: str) -> ThresholdSet:
    """Return a new version of thresholds as the event that tells it."""
    by = version.thresholds
    event = ThresholdSet(
        tenant_id=tenant_id,
        version_id=version.id,
        location_id=version.scope.location_id,
        product_id=version.scope.product_id,
        valid_from=valid_from.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        set_by=set_by,
    )
    if by is not None:
        event.thresholds.CopyFrom(
            ThresholdSet.Thresholds(
                waspada_pct=plain(percent(by.waspada_ppm)),
                anomali_pct=plain(percent(by.anomali_ppm)),
                facts_needed=by.facts_needed,
                low_pct=plain(percent(by.low_ppm)) if by.low_ppm else "",
                profile=PROFILE_WEEKDAY if by.by_weekday else PROFILE_PLAIN,
            )
        )
    return event


@lru_cache(maxsize=4096)
def business_date(day: int) -> tuple[date, str]:
    """Return the date of a day, also as text."""
    when = date.fromordinal(day)
    return when, when.isoformat()


def ulid_bytes(text: str) -> bytes:
    """Return the 16 bytes of a ULID, which sort as its text does; raises ``Reject`` for any other text."""
    if len(text) == _ULID_LENGTH and text[0] <= "7":
        try:
            return int(text.encode().translate(_DIGITS), 32).to_bytes(ID_BYTES, "big")
        except ValueError:
            pass
    raise Reject(f"transaction_id must be a ULID, got {text[:40]!r}")


def ulid_text(value: bytes) -> str:
    """Return the 26 characters of a ULID."""
    number, pairs = int.from_bytes(value, "big"), _PAIRS
    return "".join([pairs[number >> shift & 1023] for shift in range(120, -1, -10)])


def dump_rows(rows: Rows) -> bytes:
    """Return rows as bytes: days (int32), values (int64), ids, little-endian."""
    days, ids, values = rows.columns()
    return _little(days) + _little(values) + ids


def load_rows(value: bytes, start: int = 0) -> Rows:
    """Return the rows in value from start on."""
    count = (len(value) - start) // _ROW_BYTES
    values_at = start + 4 * count
    ids_at = values_at + 8 * count
    days, values = array("i", value[start:values_at]), array("q", value[values_at:ids_at])
    if sys.byteorder == "big":
        days.byteswap()
        values.byteswap()
    return Rows(days, bytearray(value[ids_at:]), values, count)


def dump_history(history: FuelHistory) -> bytes:
    """Return the head of a history: what a fact that comes in order needs."""
    head = _HEAD.pack(
        history.window_start,
        history.window_sum_ul,
        history.highest_id,
        history.archive.last_number,
        history.archive.highest_id,
    )
    return head + dump_rows(history.hot)


def load_history(value: bytes, pages: Pages[Rows]) -> FuelHistory:
    """Return the history whose head is value."""
    window_start, window_sum_ul, highest_id, last_page, highest_archived_id = _HEAD.unpack_from(value)
    archive = Archive(pages, last_page, highest_archived_id)
    return FuelHistory(load_rows(value, _HEAD.size), window_sum_ul, window_start, highest_id, archive)


_ROW_BYTES: Final = 4 + 8 + ID_BYTES
_HEAD: Final = Struct("<Hq16sI16s")


@lru_cache(maxsize=4096)
def _ordinal(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise Reject(f"business_date must be a date YYYY-MM-DD, got {text[:40]!r}") from None


def _little(column: "array[int]") -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()
