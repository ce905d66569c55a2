"""Severities and fields that several schemas share."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from pydantic.config import JsonDict

from arus_notify.state import Severity

SeverityName = Literal["info", "warning", "critical"]
Level = Literal["info", "warning", "critical", "off"]
ChannelName = Literal["in_app", "email", "whatsapp", "webhook"]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A local time of day, HH:MM."""


def name_of(severity: int) -> Any:
    """Return a severity as REST says it."""
    return Severity(severity).name.lower()


def severity_of(name: str) -> Severity:
    """Return the severity of this name."""
    return Severity[name.upper()]


def kept() -> Any:
    """Return a field that stays as it is when it is not sent; null is refused like any other wrong value."""
    return Field(default=None, json_schema_extra=_without_default)


def _without_default(schema: JsonDict) -> None:
    schema.pop("default", None)
