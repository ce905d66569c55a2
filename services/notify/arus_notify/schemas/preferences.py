"""How a person wants to be told, as REST shows and takes it."""

from collections.abc import Collection
from datetime import time
from typing import Annotated, Any, Final, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from arus_notify.rules import MOST_ALARMS_PER_DAY
from arus_notify.schemas.levels import Clock, Level, kept, name_of, severity_of
from arus_notify.state import Channel, Preferences

_LEVELS: Final = ("in_app", "email", "whatsapp")

PREFERENCES: JsonDict = {
    "in_app": "info",
    "email": "warning",
    "whatsapp": "off",
    "whatsapp_number": None,
    "quiet_hours": {"from": "22:00", "to": "05:30"},
    "critical_passes": True,
    "digest_at": "07:00",
    "alarms_per_day": 20,
    "timezone": None,
    "organisation_timezone": "Asia/Jakarta",
    "whatsapp_available": True,
}


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("not_timezone", "must be an IANA time zone such as Asia/Jakarta")
    return name


Timezone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known_timezone)]
Number = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{7,14}$")]
"""A telephone number in E.164 form."""


class QuietHours(BaseModel):
    """Local times; over midnight where from is later than to."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    since: Clock = Field(alias="from", examples=["22:00"])
    until: Clock = Field(alias="to", examples=["05:30"])


class NotificationPreferences(BaseModel):
    """How a person wants to be told. Levels name the least severity that reaches a channel."""

    model_config = ConfigDict(json_schema_extra={"examples": [PREFERENCES]})

    in_app: Level
    email: Level
    whatsapp: Level
    whatsapp_number: str | None
    quiet_hours: QuietHours | None
    critical_passes: bool = Field(description="What is critical goes out in quiet hours too.")
    digest_at: Clock | None = Field(description="Local time of the daily mail with what did not go out.")
    alarms_per_day: int = Field(description="What comes after these waits for the digest.")
    timezone: str | None = Field(description="Null: the organisation's.")
    organisation_timezone: str = Field(description="That of most of its locations.")
    whatsapp_available: bool = Field(description="False: this installation has no WhatsApp number.")

    @classmethod
    def of(cls, prefs: Preferences, number: str, zone: str, usable: Collection[Channel]) -> Self:
        """Show preferences; number: opened."""
        quiet = None
        if prefs.quiet_from is not None and prefs.quiet_to is not None:
            quiet = {"from": f"{prefs.quiet_from:%H:%M}", "to": f"{prefs.quiet_to:%H:%M}"}
        return cls.model_validate(
            {
                **{level: name_of(getattr(prefs, level)) for level in _LEVELS},
                "whatsapp_number": number or None,
                "quiet_hours": quiet,
                "critical_passes": prefs.critical_passes,
                "digest_at": None if prefs.digest_at is None else f"{prefs.digest_at:%H:%M}",
                "alarms_per_day": prefs.alarms_per_day,
                "timezone": prefs.timezone or None,
                "organisation_timezone": zone,
                "whatsapp_available": Channel.WHATSAPP in usable,
            }
        )


class NotificationPreferencesPatch(BaseModel):
    """What is sent is changed, the rest stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"email": "critical", "quiet_hours": {"from": "22:00", "to": "05:30"}}]
        },
    )

    in_app: Level = kept()
    email: Level = kept()
    whatsapp: Level = kept()
    whatsapp_number: Number | None = None
    quiet_hours: QuietHours | None = None
    critical_passes: Annotated[bool, Field(strict=True)] = kept()
    digest_at: Clock | None = None
    alarms_per_day: Annotated[int, Field(ge=1, le=MOST_ALARMS_PER_DAY, strict=True)] = kept()
    timezone: Timezone | None = None

    def values(self) -> dict[str, Any]:
        """Return the fields that were sent, by their names in state; the number is not yet sealed."""
        sent = self.model_dump(exclude_unset=True, by_alias=True)
        values = {name: sent[name] for name in sent.keys() - {"quiet_hours"}}
        values |= {level: severity_of(values[level]) for level in _LEVELS if level in values}
        if "quiet_hours" in sent:
            quiet = sent["quiet_hours"] or {"from": None, "to": None}
            values |= {"quiet_from": _time(quiet["from"]), "quiet_to": _time(quiet["to"])}
        if "digest_at" in values:
            values["digest_at"] = _time(values["digest_at"])
        return values | {
            name: values[name] or "" for name in ("timezone", "whatsapp_number") if name in values
        }


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
