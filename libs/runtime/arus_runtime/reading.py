"""What a worker makes of one record: its envelope, who handles it, and its value decoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from google.protobuf.message import DecodeError, Message

from arus_runtime import catalogue, dlq
from arus_runtime.envelope import IMPORT, NAMES, check_time
from arus_runtime.log.port import Record
from arus_runtime.tuples import new
from arus_runtime.worker import AnyWorker, Handler, Meta

MAX_KEY_BYTES: Final = 1_000  # a key stands in an index, whose rows end at 2,700 bytes
MAX_TEXT_BYTES: Final = 1_000  # a source stands in an index, too; the others come along in envelopes
MAX_SEQUENCE: Final = 2**63 - 1
MAX_REMEMBERED: Final = 1_000


Read = tuple[Meta, int, Handler | None, Message | None]
"""Envelope, sequence and decoded value of a record, and the handler of it; no handler: pass over."""


class Unreadable(NamedTuple):
    """A record to park."""

    record: Record
    tenant: str
    reason: dlq.Reason
    detail: str


class Reader:
    """Reads the records of one worker. name: the worker's, as a record sent again to it alone names it."""

    def __init__(self, name: str, worker: AnyWorker) -> None:
        self._name = name
        self._max_value_bytes = worker.max_value_bytes
        self._handlers: Mapping[str, tuple[Callable[[bytes], Any], Handler, bool]] = {
            kind.DESCRIPTOR.full_name: (
                kind.FromString,
                handler,
                "tenant_id" in kind.DESCRIPTOR.fields_by_name,
            )
            for kind, handler in worker.handlers.items()
        }
        # An envelope's texts that are nearly always the same few: their bytes, read once.
        self._kinds: dict[bytes, str] = {}
        self._sources: dict[bytes, str] = {}
        self._known = {message for topic in worker.topics for message in catalogue.topics()[topic].messages}

    def read(self, record: Record) -> Read | Unreadable:
        """Return what a record says, or why it is to be parked."""
        key, value = record.key, record.value
        try:
            event_id, kind, time, source, sequence, tenant, trace, imported, only_for = _texts(record.headers)
            kind = self._kinds.get(kind) or _remembered(self._kinds, kind)
            source = self._sources.get(source) or _remembered(self._sources, source)
            number = int(sequence) if sequence else -1
            if not -1 <= number <= MAX_SEQUENCE:
                raise ValueError(f"ce_sequence must be <= {MAX_SEQUENCE}, got {number}")  # noqa: TRY301
            if key is None or not 0 < len(key) <= MAX_KEY_BYTES or b"\0" in key:
                raise ValueError(f"key must be text of 1 to {MAX_KEY_BYTES} bytes")  # noqa: TRY301
            _check_text(event_id + tenant + trace + imported + time)
            tenant, only_for, at = tenant.decode(), only_for.decode(), time.decode()
            check_time(at)
            meta = new(Meta, (
                record.topic, record.partition, record.offset, key.decode(), event_id.decode(),
                kind, tenant, source, at, trace.decode(), imported.decode(),
            ))  # fmt: skip
        except (ValueError, AttributeError, TypeError) as error:  # the last two: of a header without a value
            return Unreadable(record, _tenant_of(key), "undecodable", f"envelope: {error}")
        if value is None or (only_for and only_for != self._name):
            return meta, number, None, None
        if len(value) > self._max_value_bytes:
            detail = f"value must be <= {self._max_value_bytes} bytes, got {len(value)} bytes"
            return Unreadable(record, tenant, "oversized", detail)
        decode, handler, is_a_tenants = self._handlers.get(kind, (None, None, False))
        if decode is None:
            if kind in self._known:
                return meta, number, None, None
            return Unreadable(
                record, tenant, "unknown_type", f"{kind or 'no ce_type'} does not ride on {record.topic}"
            )
        try:
            event = decode(value)
        except DecodeError as error:
            return Unreadable(record, tenant, "undecodable", f"{kind}: {error}")
        if is_a_tenants and not event.tenant_id == tenant == meta.key.partition(":")[0]:
            detail = (
                f"tenant_id, ce_tenant and the key's first part must name one tenant,"
                f" got {event.tenant_id[:40]!r}, {tenant[:40]!r} and {meta.key[:40]!r}"
            )
            return Unreadable(record, tenant, "rejected", detail)
        return meta, number, handler, event


def _check_text(texts: bytes) -> None:
    """Raise ValueError for texts of an envelope that cannot be stored."""
    if len(texts) > MAX_TEXT_BYTES or b"\0" in texts:
        raise ValueError(
            f"its texts must be <= {MAX_TEXT_BYTES} bytes and without NUL, got {len(texts)} bytes"
        )


def _remembered(texts: dict[bytes, str], value: bytes) -> str:
    _check_text(value)
    text = value.decode()
    if len(texts) < MAX_REMEMBERED:
        texts[value] = text
    return text


def _texts(
    headers: Sequence[tuple[str, bytes]],
) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]:
    """Return id, type, time, source, sequence, tenant, trace, import and the only worker meant.

    Nearly always the headers are just ours, in our order, an import's behind them: taken apart at once, at a
    quarter of zip's cost. Raises ValueError when there are none.
    """
    ours, imported = headers, None
    if len(headers) == len(NAMES) + 1 and headers[-1][0] == IMPORT:
        *ours, (_, imported) = headers
    if len(ours) == len(NAMES):
        (
            (n0, event_id), (n1, kind), (n2, time), (n3, source), (n4, sequence), (n5, tenant),
            (n6, _), (n7, _), (n8, _), (n9, _), (n10, trace),
        ) = ours  # fmt: skip
        if (n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10) == NAMES:
            return event_id, kind, time, source, sequence, tenant, trace, imported or b"", b""
    if not headers:
        raise ValueError("there are no headers")
    found = dict(headers)
    event_id, kind, time, source, sequence, tenant, _, _, _, _, trace, imported, only_for = [
        found.get(name) or b"" for name in (*NAMES, IMPORT, dlq.WORKER)
    ]
    return event_id, kind, time, source, sequence, tenant, trace, imported, only_for


def _tenant_of(key: bytes | None) -> str:
    """Return the tenant a key names, for a record whose envelope cannot be read; "" when it names none."""
    try:
        return (key or b"").partition(b":")[0].decode().replace("\0", "")
    except UnicodeDecodeError:
        return ""
