"""Wire to domain and back: ULIDs and dates to what compares fast, histories to bytes."""

import sys
from array import array
from struct import Struct
from typing import Final

from arus_anomaly.state import ID_BYTES, FuelHistory, Rows
from arus_runtime.worker import Pages

_ROW_BYTES: Final = 4 + ID_BYTES + 8
_HEAD: Final = Struct("<HqI16s16s")


def dump_rows(rows: Rows) -> bytes:
    """Return rows as bytes: days (int32), values (int64), ids, little-endian."""
    return b"".join((_little(rows.days), _little(rows.values), rows.ids))


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
        history.next_page,
        history.highest_id,
        history.highest_archived_id,
    )
    return head + dump_rows(history.hot)


def load_history(value: bytes, pages: Pages[Rows]) -> FuelHistory:
    """Return the history whose head is value."""
    window_start, window_sum_ul, next_page, highest_id, highest_archived_id = _HEAD.unpack_from(value)
    hot = load_rows(value, _HEAD.size)
    return FuelHistory(hot, window_start, window_sum_ul, highest_id, highest_archived_id, next_page, pages)


def _little(column: "array[int]") -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()
