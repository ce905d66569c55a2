"""Wire to domain and back: ids and dates as what compares fast, verdicts as messages, histories as bytes."""

import sys
from array import array
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from struct import Struct
from typing import Final, NamedTuple

from arus.anomaly.v1.events_pb2 import (
    STATUS_ANOMALI,
    STATUS_NORMAL,
    STATUS_WASPADA,
    VerdictReached,
    VerdictWithdrawn,
)
from arus.fuel.v1.events_pb2 import (
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)
from arus_runtime.ids import NAMESPACE
from arus_runtime.worker import Pages, Reject, uuid5_text

from arus_anomaly.rules import fuel
from arus_anomaly.state import ID_BYTES, Archive, Fact, FuelHistory, Rows

FUEL: Final = "fuel"

_WIRE_STATUS: Final = {
    fuel.Status.NORMAL: STATUS_NORMAL,
    fuel.Status.WASPADA: STATUS_WASPADA,
    fuel.Status.ANOMALI: STATUS_ANOMALI,
}
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


def fact(event: FuelTransactionRecorded | FuelTransactionCorrected, record_key: str) -> Fact:
    """Return what an event says stands now; raises ``Reject`` when that cannot be."""
    _check_key(event, record_key)
    volume_ul = event.volume_ul
    if volume_ul <= 0:
        raise Reject(f"volume_ul must be > 0 µL, got {volume_ul} µL")
    return Fact(_ordinal(event.business_date), ulid_bytes(event.transaction_id), volume_ul)


def voided_id(event: FuelTransactionVoided, record_key: str) -> bytes:
    """Return the id of the fact that no longer stands; raises ``Reject`` when it cannot be one."""
    _check_key(event, record_key)
    return ulid_bytes(event.transaction_id)


def reached(judged: fuel.Judgement, of: Key) -> VerdictReached:
    """Return a judgement as the event that tells it."""
    (day, id_bytes, volume_ul), window, status, reason_code, _, fact_id = judged
    fact_id = fact_id or ulid_text(id_bytes)
    event = VerdictReached()  # keywords would cost half as much again
    event.tenant_id, event.location_id, event.product_id = of
    event.verdict_id = verdict_id(fact_id)
    event.domain = FUEL
    event.fact_id = fact_id
    event.business_date = business_date(day)[1]
    event.status = _WIRE_STATUS[status]
    event.volume_ul = volume_ul
    event.history_sum_ul, event.history_count = window
    event.risk_score = fuel.risk_score(volume_ul, window)
    event.reason_code = reason_code
    event.rule = fuel.RULE
    return event


def withdrawn(gone: Fact, of: Key) -> VerdictWithdrawn:
    """Return the event that takes the verdict of a voided fact back."""
    fact_id = ulid_text(gone.id)
    return VerdictWithdrawn(
        tenant_id=of.tenant_id,
        verdict_id=verdict_id(fact_id),
        domain=FUEL,
        fact_id=fact_id,
        location_id=of.location_id,
        product_id=of.product_id,
    )


def verdict_id(fact_id: str) -> str:
    """Return the id that follows from the judged fact: ``ids.derived_id`` as text, at less cost."""
    return uuid5_text(_NAMESPACE, fact_id)


def id_bytes(uuid_text: str) -> bytes:
    """Return the 16 bytes that a UUID is stored as."""
    return bytes.fromhex(uuid_text.replace("-", ""))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a stored verdict says, beyond the columns it is found by. risk_score: "" when there is none."""

    domain: str
    volume_ul: int
    history_sum_ul: int
    history_size: int
    risk_score: str
    reason_code: str


def verdict(value: bytes) -> Verdict:
    """Return what the bytes of a VerdictReached say."""
    event = VerdictReached.FromString(value)
    return Verdict(
        event.domain,
        event.volume_ul,
        event.history_sum_ul,
        event.history_count,
        event.risk_score,
        event.reason_code,
    )


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
    return _little(rows.days) + _little(rows.values) + rows.ids


def load_rows(value: bytes, start: int = 0) -> Rows:
    """Return the rows in value from start on."""
    count = (len(value) - start) // _ROW_BYTES
    values_at = start + 4 * count
    ids_at = values_at + 8 * count
    days, values = array("i", value[start:values_at]), array("q", value[values_at:ids_at])
    if sys.byteorder == "big":
        days.byteswap()
        values.byteswap()
    return Rows(days, value[ids_at:], values)


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
    return FuelHistory(load_rows(value, _HEAD.size), window_start, window_sum_ul, highest_id, archive)


_NAMESPACE: Final = NAMESPACE.bytes
_ROW_BYTES: Final = 4 + 8 + ID_BYTES
_HEAD: Final = Struct("<Hq16sI16s")


def _check_key(
    event: FuelTransactionRecorded | FuelTransactionCorrected | FuelTransactionVoided, record_key: str
) -> None:
    # A fact under another's key would be judged against a stranger's history.
    said = f"{event.tenant_id}:{event.location_id}:{event.product_id}"
    if said != record_key:
        raise Reject(f"record key must be {said!r}, got {record_key!r}")


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
