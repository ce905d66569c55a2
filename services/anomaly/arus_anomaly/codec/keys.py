"""Keys, ids and dates as what compares fast, and back."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from arus.anomaly.v1.events_pb2 import VerdictReached, VerdictWithdrawn
from arus.fuel.v1.events_pb2 import (
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)
from arus_runtime.tuples import new
from arus_runtime.worker import Reject

from arus_anomaly.state import ID_BYTES

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
YEARS: Final = (1900, 2999)
"""Dates lie within these years, so that the days around them are dates, too."""
_ULID_LENGTH: Final = 26
_ULID_END: Final = "76EZ91ZPZZ"
"""The last millisecond of the year 9999 as a ULID begins with it."""
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
    event: FuelTransactionRecorded
    | FuelTransactionCorrected
    | FuelTransactionVoided
    | VerdictReached
    | VerdictWithdrawn,
    record_key: str,
) -> Key:
    """Return whose history an event belongs to.

    Raises ``Reject`` when it came under another's key, or under one that cannot be taken apart again.
    """
    tenant_id, location_id, product_id = event.tenant_id, event.location_id, event.product_id
    said = f"{tenant_id}:{location_id}:{product_id}"
    if said != record_key:
        # A fact under another's key would be judged against a stranger's history.
        raise Reject(f"record key must be {said!r}, got {record_key!r}")
    if said.count(":") != 2:
        raise Reject(f"no part of a record key may hold ':', got {record_key!r}")
    return new(Key, (tenant_id, location_id, product_id))


def milliseconds(at: datetime) -> int:
    """Return a time as milliseconds since 1970, rounded down."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


@lru_cache(maxsize=64)
def instant_ms(text: str) -> int:
    """Return an RFC 3339 time as milliseconds since 1970 (>= 0); raises ``Reject`` for any other text."""
    try:
        return max(0, milliseconds(datetime.fromisoformat(text)))
    except (ValueError, TypeError):
        raise Reject(f"a time must be RFC 3339 with its zone, got {text[:40]!r}") from None


def ulid_start(at: datetime) -> bytes:
    """Return what the bytes of ULIDs of this time and later are greater than."""
    return milliseconds(at).to_bytes(6, "big")


def ulid_bytes(text: str) -> bytes:
    """Return the 16 bytes of a ULID, which sort as its text does; raises ``Reject`` for any other text."""
    if len(text) == _ULID_LENGTH and text[:10] <= _ULID_END:
        try:
            return int(text.encode().translate(_DIGITS), 32).to_bytes(ID_BYTES, "big")
        except ValueError:
            pass
    raise Reject(f"transaction_id must be a ULID, got {text[:40]!r}")


def ulid_text(value: bytes) -> str:
    """Return the 26 characters of a ULID."""
    number, pairs = int.from_bytes(value, "big"), _PAIRS
    return "".join([pairs[number >> shift & 1023] for shift in range(120, -1, -10)])


@lru_cache(maxsize=4096)
def business_date(day: int) -> tuple[date, str]:
    """Return the date of a day, also as text."""
    when = date.fromordinal(day)
    return when, when.isoformat()


@lru_cache(maxsize=4096)
def dated(text: str) -> date | None:
    """Return a date as text, None for what is none or lies beyond the years."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if YEARS[0] <= day.year <= YEARS[1] else None


def ordinal(text: str) -> int:
    """Return the day of a date as text; raises ``Reject`` when it is none."""
    day = dated(text)
    if day is None:
        raise Reject(
            f"business_date must be a date YYYY-MM-DD from {YEARS[0]} to {YEARS[1]}, got {text[:40]!r}"
        )
    return day.toordinal()
