"""Events of a hot path as wire bytes, written by functions compiled once per message type.

Such a function gives the bytes that building a protobuf message field by field and serialising it gives, at
less than half the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby
from typing import Any, Final, NamedTuple

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from arus_runtime.tuples import new

_TEXT: Final = FieldDescriptor.TYPE_STRING
_INTEGERS: Final = {
    FieldDescriptor.TYPE_INT32,
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_ENUM,
}


class Encoded(NamedTuple):
    """An event as it travels. kind: full protobuf name."""

    kind: str
    value: bytes


def encoder(message: type[Message]) -> Callable[..., Encoded]:
    """Return a function from a message's fields, all of them in order of their numbers, to its wire bytes.

    Fields must be singular strings, int32, int64 or enums; an empty one is not written, as proto3 has it.
    Raises TypeError for a message with others.
    """
    fields: list[Any] = sorted(message.DESCRIPTOR.fields, key=lambda field: field.number)
    names = [f"f{field.number}" for field in fields]
    parts: list[str] = []
    for is_text, group in groupby(zip(fields, names, strict=True), _is_near_text):
        if is_text:
            parts.append(_text(list(group)))
            continue
        for field, name in group:
            if field.type == _TEXT and not field.is_repeated:
                written = f"f'{{chars[len({name})]}}{{{name}}}'.encode('ascii')"
                parts.append(f"(b'{_tag(field, 2)}' + {written} if {name} else b'')")
                continue
            if field.is_repeated or field.type not in _INTEGERS:
                raise TypeError(f"{field.full_name} is neither a singular string nor a singular integer")
            parts.append(f"(b'{_tag(field, 0)}' + varint({name}) if {name} else b'')")
    kind = message.DESCRIPTOR.full_name
    arguments = ", ".join(names)

    def whole(*values: Any) -> Encoded:
        given = {field.name: value for field, value in zip(fields, values, strict=True)}
        return Encoded(kind, message(**given).SerializeToString())

    source = (
        f"def encode({arguments}):\n"
        f"    try:\n"
        f"        return new(Encoded, (kind, {' + '.join(parts)}))\n"
        f"    except (UnicodeEncodeError, IndexError):\n"  # text that is long or not ASCII, a negative number
        f"        return whole({arguments})\n"
    )
    scope: dict[str, Any] = {
        "Encoded": Encoded,
        "new": new,
        "kind": kind,
        "chars": [chr(length) for length in range(128)],
        "varint": _varint_writer(),
        "whole": whole,
    }
    # Compiled from the message's declaration, never from input.
    exec(source, scope)  # noqa: S102
    return scope["encode"]


def _is_near_text(pair: tuple[Any, str]) -> bool:
    """Say whether a field is a string whose tag is one ASCII character: it goes with its neighbours."""
    field, _ = pair
    return field.type == _TEXT and field.number < 16


def _text(group: Sequence[tuple[Any, str]]) -> str:
    """Return the expression of neighbouring strings: mostly none is empty, and one literal holds them all."""
    if any(field.is_repeated for field, _ in group):
        raise TypeError(f"{group[0][0].full_name} or a neighbour of it is repeated")
    written = [f"{_tag(field, 2)}{{chars[len({name})]}}{{{name}}}" for field, name in group]
    apart = " + ".join(
        f"(f'{text}' if {name} else '')" for text, (_, name) in zip(written, group, strict=True)
    )
    return (
        f"(f'{''.join(written)}' if {' and '.join(name for _, name in group)} else {apart}).encode('ascii')"
    )


def _tag(field: Any, wire_type: int) -> str:
    return "".join(f"\\x{byte:02x}" for byte in _plain_varint(field.number << 3 | wire_type))


def _plain_varint(number: int) -> bytes:
    groups: list[int] = []
    while number >= 128:
        groups.append(number & 127 | 128)
        number >>= 7
    return bytes([*groups, number])


@cache
def _varint_writer() -> Callable[[int], bytes]:
    """Return the function that writes a number of at least 0; it raises IndexError for a negative one."""
    last = [_plain_varint(number) for number in range(1 << 14)]
    following = [bytes([number & 127 | 128, number >> 7 | 128]) for number in range(1 << 14)]

    def varint(number: int) -> bytes:
        if 0 <= number < 1 << 14:
            return last[number]
        if 0 <= number < 1 << 28:
            return following[number & 16383] + last[number >> 14]
        if 0 <= number < 1 << 42:
            return following[number & 16383] + following[number >> 14 & 16383] + last[number >> 28]
        if number < 0:
            raise IndexError(number)
        return _plain_varint(number)

    return varint
