"""Watches as bytes: a head, and pages of facts with what was remembered before them."""

from struct import Struct
from typing import Final

from arus_runtime.worker import Pages

from arus_anomaly.codec.histories import dump_rows, load_rows
from arus_anomaly.state import ID_BYTES, OpenIncident, Stretch, Trail, Watch
from arus_anomaly.state import memory as memories

_HEAD: Final = Struct("<iI16s16sII")
_TRAIL: Final = Struct("<H?H")
_INCIDENT: Final = Struct("<16sBii16sII")


def dump_watch(watch: Watch) -> bytes:
    """Return the head of a watch: what a fact that comes in order needs."""
    day, end_id = watch.end
    trail = _dump_trail(watch.trail)
    head = _HEAD.pack(day, len(trail), end_id, watch.highest_id, watch.oldest_page, watch.last_page)
    return head + trail + dump_stretch(watch.newest)


def load_watch(value: bytes, pages: Pages[Stretch]) -> Watch:
    """Return the watch whose head is value."""
    day, size, end_id, highest_id, oldest_page, last_page = _HEAD.unpack_from(value)
    newest_at = _HEAD.size + size
    trail, newest = _load_trail(value[_HEAD.size : newest_at]), load_stretch(value[newest_at:])
    return Watch(trail, newest, (day, end_id), highest_id, pages, oldest_page, last_page)


def dump_stretch(stretch: Stretch) -> bytes:
    """Return facts, and what was remembered before them, as bytes."""
    trail = _dump_trail(stretch.before)
    return len(trail).to_bytes(2, "little") + trail + dump_rows(stretch.rows)


def load_stretch(value: bytes) -> Stretch:
    """Return the facts that these bytes are."""
    rows_at = 2 + int.from_bytes(value[:2], "little")
    return Stretch(_load_trail(value[2:rows_at]), load_rows(value, rows_at))


def _dump_trail(trail: Trail) -> bytes:
    memory, incident = memories.dump(trail.memory), trail.incident
    head = _TRAIL.pack(len(memory), incident is not None, len(trail.left_out))
    told = b"" if incident is None else _INCIDENT.pack(*incident)
    return head + memory + told + b"".join(sorted(trail.left_out))


def _load_trail(value: bytes) -> Trail:
    size, is_open, left_out = _TRAIL.unpack_from(value)
    at = _TRAIL.size + size
    memory, incident = memories.load(value[_TRAIL.size : at]), None
    if is_open:
        incident, at = OpenIncident(*_INCIDENT.unpack_from(value, at)), at + _INCIDENT.size
    ids = (value[at + ID_BYTES * n : at + ID_BYTES * (n + 1)] for n in range(left_out))
    return Trail(memory, incident, frozenset(ids))
