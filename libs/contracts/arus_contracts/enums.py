"""How the values of enums are said outside of events."""

import re
from functools import lru_cache

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper


class UnknownValue(ValueError):  # noqa: N818 - says what came
    """Raised for a value that this release's enum does not have: whoever wrote it may be newer."""


def full_name(kind: EnumTypeWrapper, value: int) -> str:
    """Return what the contracts call a value, as "STATUS_NORMAL"; raises UnknownValue for any other."""
    try:
        return kind.Name(value)
    except ValueError:
        raise UnknownValue(f"{kind.DESCRIPTOR.name} has no value {value} in this release") from None


@lru_cache(maxsize=1_024)
def word(kind: EnumTypeWrapper, value: int) -> str:
    """Return a value without the name of its enum, as "in_progress"; raises UnknownValue for any other."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.DESCRIPTOR.name).upper()
    return full_name(kind, value).removeprefix(f"{name}_").lower()
