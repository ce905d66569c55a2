"""Settings of this service alone, read from the environment (prefix ``ARUS_``)."""

from arus_runtime.context import Context
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class NotifySettings(BaseSettings):
    """How people are told: whom, over WhatsApp, and through webhooks."""

    model_config = SettingsConfigDict(env_prefix="ARUS_", extra="ignore", frozen=True, env_ignore_empty=True)

    people_secret: SecretStr = Field(
        default=SecretStr(""),
        description="What notify shows to learn whom to tell, 32 characters at least; empty: nobody may.",
    )
    whatsapp_url: str = Field(
        default="https://graph.facebook.com/v23.0",
        description="Base of the WhatsApp Cloud API, its version included.",
    )
    whatsapp_token: SecretStr = Field(
        default=SecretStr(""), description="Access token of the WhatsApp Cloud API; empty: no WhatsApp."
    )
    whatsapp_phone_number_id: str = Field(
        default="", description="Id of the number that WhatsApp messages come from; empty: no WhatsApp."
    )
    whatsapp_template: str = Field(
        default="arus_alert",
        description="Approved template with three body parameters: what, why, link; in id and en.",
    )
    webhook_loopback: bool = Field(
        default=False,
        description="Let webhooks reach this machine itself, over http too: for trying them out only.",
    )

    @property
    def has_whatsapp(self) -> bool:
        """Say whether WhatsApp is set up."""
        return bool(self.whatsapp_token.get_secret_value() and self.whatsapp_phone_number_id)


def settings_of(context: Context) -> NotifySettings:
    """Return the settings of this process, read once."""
    return context.own.get("settings") or context.own.setdefault("settings", NotifySettings())
