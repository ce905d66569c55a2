"""The CloudEvents envelope of an event: Kafka headers on the wire, a short blob at rest.

On the wire the names stand in one fixed order, so that a reader takes them by position. At rest only what
varies is kept; the relay adds source and sequence from where the row stands, and the constants.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from arus_runtime.ids import derived_id

Headers = Sequence[tuple[str, bytes | None]]
"""Kafka lets a header have no value; ours always have one."""

NAMES = (
    "ce_id",
    "ce_type",
    "ce_time",
    "ce_source",
    "ce_sequence",
    "ce_tenant",
    "ce_subject",
    "ce_specversion",
    "ce_dataschema",
    "content-type",
    "traceparent",
)
IMPORT = "ce_importid"
_AS_IS = b"\0"  # the blob holds names and values
_VARYING = b"\1"  # the blob holds the values of an Envelope
_FOLLOWS = b"\2"  # the blob holds the same, and in place of the id the two texts that it is derived from
_HEAD = struct.Struct(">c7H")
_FOLLOWS_HEAD = struct.Struct(">c8H")
_LENGTH = struct.Struct(">H")
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_TRACE = b"00-00000000000000000000000000000000-0000000000000000-00"


def timestamp(at: datetime) -> str:
    """Return a time as headers carry it: RFC 3339, UTC, microseconds, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def check_time(text: str, name: str = "ce_time") -> None:
    """Raise ValueError for a time that is not RFC 3339 with its zone, from 1970 to 9999 in UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    # Python reads more of ISO 8601 than RFC 3339 has, and than PostgreSQL reads: weeks, hours alone. An id
    # holds no time before 1970, and Python none behind 9999, whatever the zone.
    if (
        at is None
        or at.tzinfo is None
        or text[7] != "-"
        or text[10] != "T"
        or text[16:17] != ":"
        or not _FIRST <= at < _LAST
    ):
        raise ValueError(f"{name} must be RFC 3339 with its zone, from 1970 to 9999, got {text[:40]!r}")


class Envelope(NamedTuple):
    """What varies from event to event, apart from where it comes from."""

    event_id: str
    event_type: str
    time: str
    tenant: str
    subject: str
    traceparent: str
    import_id: str

    def pack(self) -> bytes:
        """Return the blob that a row keeps: seven lengths, then the seven texts."""
        texts = [text.encode() for text in self]
        return _HEAD.pack(_VARYING, *map(len, texts)) + b"".join(texts)


def pack_consequence(texts: tuple[str, str, str, str, str, str, str, str]) -> bytes:
    """Return the blob of an envelope whose id is derived when it is unpacked, which is not the worker's time.

    texts: cause and label of the id, then what follows the id in an ``Envelope``.
    """
    text = "".join(texts)
    blob = text.encode()
    if len(blob) == len(text):
        a, b, c, d, e, f, g, h = texts
        return (
            _FOLLOWS_HEAD.pack(_FOLLOWS, len(a), len(b), len(c), len(d), len(e), len(f), len(g), len(h))
            + blob
        )
    return _FOLLOWS_HEAD.pack(_FOLLOWS, *[len(value.encode()) for value in texts]) + blob


def pack_headers(headers: Headers) -> bytes:
    """Return the blob that keeps headers as they are; one without a value gets an empty one."""
    length = _LENGTH.pack
    texts = [text for name, value in headers for text in (name.encode(), value or b"")]
    return _AS_IS + b"".join([part for text in texts for part in (length(len(text)), text)])


def unpack(blob: bytes, source: bytes, sequence: int) -> list[tuple[str, bytes]]:
    """Return the headers of a stored event that stands at a sequence of a source."""
    if blob[:1] == _AS_IS:
        values = _split(blob)
        return [(name.decode(), value) for name, value in zip(values[::2], values[1::2], strict=True)]
    head = _FOLLOWS_HEAD if blob[:1] == _FOLLOWS else _HEAD
    at = head.size
    event_id, *texts, event_type, time, tenant, subject, traceparent, import_id = [
        blob[(at := at + length) - length : at] for length in head.unpack_from(blob)[1:]
    ]
    if texts:
        event_id = derived_id(event_id.decode(), texts[0].decode()).encode()
    headers = [
        ("ce_id", event_id),
        ("ce_type", event_type),
        ("ce_time", time),
        ("ce_source", source),
        ("ce_sequence", b"%d" % sequence),
        ("ce_tenant", tenant),
        ("ce_subject", subject),
        *_constants(event_type),
        ("traceparent", traceparent or _TRACE),
    ]
    if import_id:
        headers.append((IMPORT, import_id))
    return headers


def _split(blob: bytes) -> list[bytes]:
    values: list[bytes] = []
    at, end = 1, len(blob)
    length_at = _LENGTH.unpack_from
    while at < end:
        start = at + 2
        at = start + length_at(blob, at)[0]
        values.append(blob[start:at])
    return values


@lru_cache(maxsize=1024)
def _constants(event_type: bytes) -> tuple[tuple[str, bytes], ...]:
    package, _, _ = event_type.decode().rpartition(".")
    return (
        ("ce_specversion", b"1.0"),
        ("ce_dataschema", f"{package.replace('.', '/')}/events.proto".encode()),
        ("content-type", b"application/protobuf"),
    )
