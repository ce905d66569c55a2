"""The time zone that a request may name."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("not_timezone", "must be an IANA time zone")
    return name


Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
