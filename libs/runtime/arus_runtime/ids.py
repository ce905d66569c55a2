"""Names of things: new ones in time order, and those that a thing's own name gives it.

The id of what follows from an event or a command is another matter: ``arus_runtime.worker.derived_id``.
"""

import re
from typing import Annotated, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import StringConstraints
from ulid import LaxMonotonicPolicy, ULIDGenerator

NAMESPACE: Final = uuid5(NAMESPACE_OID, "arus")
ULID_PATTERN: Final = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
_IS_ULID: Final = re.compile(ULID_PATTERN).match
# One generator per process, so that ids made in the same millisecond still rise in the order they were made.
_generator: Final = ULIDGenerator(policy=LaxMonotonicPolicy())

Ulid = Annotated[str, StringConstraints(pattern=ULID_PATTERN)]
"""A REST field or parameter that holds the id of a record."""


def new_ulid() -> str:
    """Return a new id of 26 characters that sorts after every id this process made before."""
    return str(_generator.generate())


def is_ulid(text: str) -> bool:
    """Say whether text could be the id of a record."""
    return _IS_ULID(text) is not None


def named_id(name: str) -> UUID:
    """Return the id of what has this name: always the same, whoever asks."""
    return uuid5(NAMESPACE, name)
