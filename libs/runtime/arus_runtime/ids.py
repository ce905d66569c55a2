"""Names of things: new ones in time order, those that a thing's own name gives it or its cause."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from uuid import NAMESPACE_OID, NAMESPACE_URL, UUID, uuid5

from pydantic import StringConstraints
from ulid import ULID, LaxMonotonicPolicy, ULIDGenerator

NAMESPACE: Final = uuid5(NAMESPACE_OID, "arus")
ULID_PATTERN: Final = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_IS_ULID: Final = re.compile(ULID_PATTERN).match
# One generator per process, so that ids made in the same millisecond still rise in the order they were made.
_generator: Final = ULIDGenerator(policy=LaxMonotonicPolicy())

Ulid = Annotated[str, StringConstraints(pattern=ULID_PATTERN)]
"""A REST field or parameter that holds the id of a record."""


def new_ulid() -> str:
    """Return a new id of 26 characters that sorts after every id this process made before."""
    return str(_generator.generate())


def ulid_at(at: datetime, cause: str) -> str:
    """Return the id of what a cause brought about at the moment: always the same, in the order of moments."""
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + named_id(cause).bytes[:10]))


def is_ulid(text: str) -> bool:
    """Say whether text could be the id of a record."""
    return _IS_ULID(text) is not None


def named_id(name: str) -> UUID:
    """Return the id of what has this name: always the same, whoever asks."""
    return uuid5(NAMESPACE, name)


def derived_id(cause: str, label: str) -> str:
    """Return the id of what follows from a cause: ``uuid5(cause, label)`` as text, at a third of its cost.

    A cause that is not a UUID is made one first.
    """
    try:
        namespace = bytes.fromhex(cause.replace("-", ""))
    except ValueError:
        namespace = b""
    if len(namespace) != 16:
        namespace = uuid5(NAMESPACE_URL, cause).bytes
    text = hashlib.sha1(namespace + label.encode(), usedforsecurity=False).hexdigest()
    # version 5, and a variant digit whose first two bits are 10
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


_VARIANT: Final = {f"{digit:x}": f"{digit & 3 | 8:x}" for digit in range(16)}
