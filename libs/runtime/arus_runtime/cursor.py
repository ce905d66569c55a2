"""Positions in a list, opaque to clients and checked when they come back."""

import base64
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final, cast

import orjson

Value = str | int | date | datetime


class BadCursorError(ValueError):
    """A cursor that this service never gave out."""


def encode(*position: Value) -> str:
    """Return the opaque text of a position: the sort key of the last item shown."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in position]
    return base64.urlsafe_b64encode(orjson.dumps(plain)).decode().rstrip("=")


def decode(text: str, *kinds: type[Value]) -> tuple[Any, ...]:
    """Return the position in text, one value per kind; raises BadCursorError when it is not one."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        values: object = orjson.loads(raw)
        if not isinstance(values, list):
            raise BadCursorError(text)
        return tuple(
            _READ[kind](value) for kind, value in zip(kinds, cast("list[object]", values), strict=True)
        )
    except (ValueError, TypeError) as error:
        raise BadCursorError(text) from error


def _string(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError(value)
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
        raise TypeError(value)
    return value


def _date(value: object) -> date:
    return date.fromisoformat(_string(value))


def _datetime(value: object) -> datetime:
    moment = datetime.fromisoformat(_string(value))
    if moment.tzinfo is None:
        raise TypeError(value)
    return moment


_READ: Final[dict[type, Callable[[object], Value]]] = {
    str: _string,
    int: _integer,
    date: _date,
    datetime: _datetime,
}
