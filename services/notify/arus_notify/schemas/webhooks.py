"""Webhooks, as REST shows and takes them."""

from datetime import datetime
from typing import Annotated, Any, Self

from arus_runtime.ids import Ulid
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from arus_notify.schemas.levels import SeverityName, kept, name_of, severity_of
from arus_notify.store.webhooks import Hook

LOCATIONS_MOST = 500

NEW: JsonDict = {
    "name": "Ruang kendali",
    "url": "https://hooks.example.com/arus",
    "least": "warning",
    "location_ids": None,
}
RECORD: JsonDict = {
    **NEW,
    "id": "01JH8PV6W4RZ3M0T5X9K2C7B1N",
    "is_active": True,
    "version": 1,
    "created_by": "01JGJ4M3ZB0000000000000000",
    "created_at": "2025-01-10T10:15:01Z",
    "updated_at": "2025-01-10T10:15:01Z",
}
SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD7RTOvs3Cgqg="  # noqa: S105 - an example

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"\S")]
Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$")]
Places = Annotated[list[Ulid], Field(min_length=1, max_length=LOCATIONS_MOST)]


class NewWebhook(BaseModel):
    """Where events go. https to the public internet only."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [NEW]})

    name: Name
    url: Url
    least: SeverityName = "warning"
    location_ids: Places | None = Field(default=None, description="Null: everywhere.")


class WebhookPatch(BaseModel):
    """What is sent is changed, the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"is_active": False}]})

    name: Name = kept()
    url: Url = kept()
    least: SeverityName = kept()
    location_ids: Places | None = None
    is_active: Annotated[bool, Field(strict=True)] = kept()

    def values(self) -> dict[str, Any]:
        """Return the fields that were sent, by their names in the store."""
        sent = self.model_dump(exclude_unset=True)
        return sent | ({"least": int(severity_of(sent["least"]))} if "least" in sent else {})


class WebhookRecord(BaseModel):
    """A webhook without its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [RECORD]})

    id: str
    name: str
    url: str
    least: SeverityName
    location_ids: list[str] | None
    is_active: bool = Field(description="False: switched off, by somebody or by its receiver (410 Gone).")
    version: int
    created_by: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, hook: Hook, **more: Any) -> Self:
        """Show a webhook."""
        names = cls.model_fields.keys() - {"least", "secret"}
        values = {name: getattr(hook, name) for name in names}
        return cls.model_validate(values | {"least": name_of(hook.least)} | more)


class WebhookWithSecret(WebhookRecord):
    """A webhook with the secret that signs what it is sent. It is shown once."""

    model_config = ConfigDict(json_schema_extra={"examples": [RECORD | {"secret": SECRET}]})

    secret: str | None = Field(
        description="Null in a repeated answer of an Idempotency-Key: it is kept nowhere in plain.",
        examples=[SECRET],
    )


class TestStarted(BaseModel):
    """A test message is on its way; what becomes of it is told by its delivery."""

    delivery_id: str = Field(examples=["0b9d2c77-3f0a-5d44-8c55-9a1f0b6f2d10"])
