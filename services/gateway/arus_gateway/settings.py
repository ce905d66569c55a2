"""Settings of the gateway, on top of every service's."""

from pathlib import Path
from typing import Annotated

from arus_runtime.settings import Settings
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from arus_gateway import rules

DAY_MINUTES = 24 * 60
SECRET_LEAST = 32


class GatewaySettings(Settings):
    """What the gateway must know before it starts."""

    admin_email: str = Field(default="", description="E-mail of the first administrator, made at start.")
    admin_password: SecretStr = Field(
        default=SecretStr(""), description="Password of the first administrator."
    )
    admin_organisation: str = Field(default="Arus", description="Organisation of the first administrator.")
    cors_origins: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        description="Origins of other web applications that may call the API, comma separated.",
    )
    rate_auth: str = Field(
        default="120/minute",
        pattern=rules.RATE_PATTERN,
        description="Sign-in requests of one address, over all replicas: number/second, minute, hour or day.",
    )
    rate_account: str = Field(
        default="6000/minute",
        pattern=rules.RATE_PATTERN,
        description="Requests of one person or key, over all replicas.",
    )
    access_token_minutes: int = Field(
        default=15, ge=1, le=DAY_MINUTES, description="Life of an access token."
    )
    people_secret: SecretStr = Field(
        default=SecretStr(""),
        description="What notify shows to learn whom to tell, 32 characters at least; empty: nobody may.",
    )
    signing_key_file: str = Field(
        default="", description="Ed25519 key (PEM) that signs tokens; empty: in ARUS_HOME."
    )
    web_dist: str = Field(
        default="", description="Folder of the built console; empty: web/dist beside the services."
    )
    support: str = Field(
        default="",
        max_length=200,
        description="Where people get help, shown in the console: an e-mail or web address, or a number.",
    )
    upstream_timeout_s: float = Field(
        default=30, gt=0, description="Longest silence of a service behind the gateway."
    )

    @field_validator("people_secret")
    @classmethod
    def _refuse_guessable(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value) < SECRET_LEAST:
            raise ValueError(f"people_secret must have >= {SECRET_LEAST} characters, got {len(value)}")
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return frozenset(origin for part in value.split(",") if (origin := part.strip()))

    @property
    def signing_key(self) -> Path:
        """Where the signing key lies."""
        return Path(self.signing_key_file) if self.signing_key_file else self.home / "signing-key.pem"

    @property
    def console(self) -> Path:
        """Where the built console lies."""
        return Path(self.web_dist) if self.web_dist else Path(__file__).parents[3] / "web" / "dist"
