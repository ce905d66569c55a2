"""How the values of enums are said outside of events."""

import re
from functools import lru_cache

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper


@lru_cache(maxsize=1_024)
def word(kind: EnumTypeWrapper, value: int) -> str:
    """Return a value without the name of its enum, as "in_progress"; raises ValueError for any other."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.DESCRIPTOR.name).upper()
    return kind.Name(value).removeprefix(f"{name}_").lower()
