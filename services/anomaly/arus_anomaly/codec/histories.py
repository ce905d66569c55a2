"""Histories as bytes: heads, and pages of rows."""

import sys
from array import array
from struct import Struct
from typing import Final

from arus_runtime.worker import Pages

from arus_anomaly.state import ID_BYTES, Archive, FuelHistory, Rows

_ROW_BYTES: Final = 4 + 8 + ID_BYTES
_HEAD: Final = Struct("<Hq16sI16s")


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


def _little(column: "array[int]") -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()
