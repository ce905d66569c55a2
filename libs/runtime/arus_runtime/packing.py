"""Rows as PostgreSQL's binary COPY wants them, packed by functions compiled once per table.

Columns of fixed width that are never null come first and are packed by one ``struct`` call; the others
follow. This costs 0.6 µs a row where psycopg's ``write_row`` costs 10 (docs/adr/0002).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from psycopg.adapt import Dumper
from psycopg.pq import Format

from arus_runtime.worker import Column, Reject, Table

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
TRAILER: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"
RUNTIME_COLUMNS: Final = ("src_part", "src_off", "src_idx", "is_current")
_HEAD: Final = ">hihiqiii"  # number of columns, the first three with their lengths, length of is_current
_IS_CURRENT_AT: Final = struct.calcsize(_HEAD)

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(2000, 1, 1).toordinal()
_length: Final = struct.Struct(">i").pack

Place = tuple[int, int, int]
"""Where a row's cause stands: partition, offset, index within the record."""
StoredEvent = tuple[bytes | None, bytes | None]
"""Value and headers of the event that a row carries, or two times None."""
Pack = Callable[[Place, Sequence[Any], StoredEvent], bytes]

# type: struct code, width, and the expression that makes the struct's argument of a value
_FIXED: Final = {
    "int2": ("h", 2, "{}"),
    "int4": ("i", 4, "{}"),
    "int8": ("q", 8, "{}"),
    "bool": ("?", 1, "{}"),
    "float8": ("d", 8, "{}"),
    "uuid": ("16s", 16, "{}.bytes"),
    "timestamptz": ("q", 8, "micros({})"),
    "date": ("i", 4, "{}.toordinal() - epoch_day"),
}
_VARYING: Final = {
    "text": "{0}.encode() if '\\0' not in {0} else reject({1!r})",
    "jsonb": "b'\\1' + {0}.encode() if '\\\\u0000' not in {0} else reject({1!r})",
    "bytea": "{0}",
}


class Packer:
    """Packs the rows of one append table."""

    def __init__(self, table: Table) -> None:
        self.pack, order = _compile(table.columns)
        """Returns one row, current; raises ``Reject`` for text that PostgreSQL cannot hold."""
        self.columns = (*RUNTIME_COLUMNS, *order, "value", "headers")

    @staticmethod
    def superseded(row: bytes) -> bytes:
        """Return a packed row as one that is not current."""
        return row[:_IS_CURRENT_AT] + b"\0" + row[_IS_CURRENT_AT + 1 :]


def _compile(columns: tuple[Column, ...]) -> tuple[Pack, list[str]]:
    fixed = [
        (place, column)
        for place, column in enumerate(columns)
        if column.type in _FIXED and not column.nullable
    ]
    rest = [(place, column) for place, column in enumerate(columns) if (place, column) not in fixed]
    codes, parts = _HEAD + "?", list[str]()
    arguments = [str(len(columns) + 6), "2", "p[0]", "8", "p[1]", "4", "p[2]", "1", "True"]
    for place, column in fixed:
        code, width, expression = _FIXED[column.type]
        codes += "i" + code
        arguments += [str(width), expression.format(f"v[{place}]")]
    for place, column in rest:
        parts += _varying(column, f"v[{place}]", f"b{place}")
    parts += _optional("e[0]", "e[0]", "bv") + _optional("e[1]", "e[1]", "bh")
    source = f"lambda p, v, e: join((fixed({', '.join(arguments)}), {', '.join(parts)}))"
    names: dict[str, Any] = {
        "join": b"".join,
        "fixed": struct.Struct(codes).pack,
        "length": _length,
        "null": NULL,
        "micros": _micros,
        "epoch_day": _EPOCH_DAY,
        "reject": _reject,
    }
    names |= {
        f"pack_{column.type}": struct.Struct(">" + _FIXED[column.type][0]).pack
        for _, column in rest
        if column.type in _FIXED
    }
    # Compiled from the table's declaration, never from input, as dataclasses does: a closure per column
    # costs 3 µs.
    pack: Pack = eval(source, names)  # noqa: S307
    return pack, [column.name for _, column in [*fixed, *rest]]


def _varying(column: Column, value: str, name: str) -> list[str]:
    if column.type in _FIXED:
        _, _, expression = _FIXED[column.type]
        encoded = f"pack_{column.type}({expression.format(value)})"
    else:
        encoded = _VARYING[column.type].format(value, column.name)
    return (
        _optional(value, encoded, name) if column.nullable else [f"length(len({name} := ({encoded})))", name]
    )


def _optional(value: str, encoded: str, name: str) -> list[str]:
    return [
        f"null if {value} is None else length(len({name} := ({encoded})))",
        f"b'' if {value} is None else {name}",
    ]


def _micros(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _reject(column: str) -> bytes:
    raise Reject(f"{column} must not hold a NUL character")


class Array(bytes):
    """A parameter that is an array in PostgreSQL's binary form; the statement casts it."""

    __slots__ = ()


class ArrayDumper(Dumper):
    """Hands an ``Array`` to PostgreSQL as it is."""

    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        """Return the bytes unchanged."""
        return bytes(obj)


_ARRAY: Final = struct.Struct(">iiIii")
_TEXT_OID: Final = 25
_BYTEA_OID: Final = 17


def text_array(values: Sequence[str]) -> Array:
    """Return a ``text[]``."""
    return _array(_TEXT_OID, [value.encode() for value in values])


def bytea_array(values: Sequence[bytes | None]) -> Array:
    """Return a ``bytea[]``."""
    return _array(_BYTEA_OID, values)


def _array(oid: int, values: Sequence[bytes | None]) -> Array:
    length = _length
    body = [part for value in values for part in ((NULL,) if value is None else (length(len(value)), value))]
    return Array(_ARRAY.pack(1, 1, oid, len(values), 1) + b"".join(body))
