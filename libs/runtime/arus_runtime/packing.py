"""Rows as PostgreSQL's binary COPY wants them, packed by functions compiled once per table.

Columns of fixed width that are never null come first and are packed by one ``struct`` call; the others
follow. This costs a fraction of psycopg's ``write_row`` (docs/adr/0002).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import chain, repeat
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
    """Return the function that packs a row, and the order in which it writes the columns."""
    places = list(enumerate(columns))
    fixed = [at for at in places if at[1].type in _FIXED and not at[1].nullable]
    texts = [at for at in places if at[1].type == "text" and not at[1].nullable]
    others = [at for at in places if at not in fixed and at not in texts]
    codes = _HEAD + "?"
    arguments = [str(len(columns) + 6), "2", "p[0]", "8", "p[1]", "4", "p[2]", "1", "True"]
    for place, column in fixed:
        code, width, expression = _FIXED[column.type]
        codes += "i" + code
        arguments += [str(width), expression.format(f"v[{place}]")]
    head = f"fixed({', '.join(arguments)})"
    tail = [part for place, column in others for part in _varying(column, f"v[{place}]", f"b{place}")]
    tail += _optional("e[0]", "e[0]", "bv") + _optional("e[1]", "e[1]", "bh")
    whole = [part for place, column in texts for part in _varying(column, f"v[{place}]", f"b{place}")]
    line = "".join(f"{{lengths[len(v[{place}])]}}{{v[{place}]}}" for place, _ in texts)
    # Texts are mostly short and ASCII, so that their lengths are ASCII too, with three NULs each and one more
    # of an empty text: then one literal holds them all. Any other NUL is the text's own.
    nuls = " + ".join([str(3 * len(texts)), *(f"(not v[{place}])" for place, _ in texts)])
    source = (
        "def pack(p, v, e):\n"
        "    try:\n"
        f"        text = f'{line}'\n"
        "    except IndexError:\n"
        "        return whole(p, v, e)\n"
        f"    if text.count('\\0') != {nuls} or not text.isascii():\n"
        "        return whole(p, v, e)\n"
        f"    return join(({', '.join([head, 'text.encode()', *tail])}))\n"
        "def whole(p, v, e):\n"
        f"    return join(({', '.join([head, *whole, *tail])}))\n"
    )
    names: dict[str, Any] = {
        "join": b"".join,
        "fixed": struct.Struct(codes).pack,
        "length": _length,
        "lengths": ["\0\0\0" + chr(length) for length in range(128)],
        "null": NULL,
        "micros": _micros,
        "epoch_day": _EPOCH_DAY,
        "reject": _reject,
    }
    names |= {
        f"pack_{column.type}": struct.Struct(">" + _FIXED[column.type][0]).pack
        for _, column in others
        if column.type in _FIXED
    }
    # Compiled from the table's declaration, never from input, as dataclasses does: a closure per column
    # costs 3 µs.
    exec(source, names)  # noqa: S102
    return names["pack"], [column.name for _, column in [*fixed, *texts, *others]]


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
_INT8_OID: Final = 20
_TEXT_OID: Final = 25
_BYTEA_OID: Final = 17
_LENGTHS: Final = [_length(length) for length in range(4096)]


def int8_array(values: Sequence[int]) -> Array:
    """Return a ``bigint[]``."""
    body = struct.pack(f">{'iq' * len(values)}", *chain.from_iterable(zip(repeat(8), values)))
    return Array(_ARRAY.pack(1, 0, _INT8_OID, len(values), 1) + body)


def text_array(values: Sequence[str]) -> Array:
    """Return a ``text[]``."""
    return _array(_TEXT_OID, [value.encode() for value in values])


def bytea_array(values: Sequence[bytes | None]) -> Array:
    """Return a ``bytea[]``."""
    return _array(_BYTEA_OID, values)


def _array(oid: int, values: Sequence[bytes | None]) -> Array:
    short = len(_LENGTHS)
    body = [
        NULL if value is None else (_LENGTHS[size] if (size := len(value)) < short else _length(size)) + value
        for value in values
    ]
    return Array(_ARRAY.pack(1, 1, oid, len(values), 1) + b"".join(body))
