"""Settings of the local stack, read from the environment and from a `.env` file (prefix ARUS_)."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from arus_stack.errors import Refused
from arus_stack.house import root

DOTENV = root() / ".env"
ADMINISTRATORS = frozenset(
    ("ARUS_POSTGRES_URL", "ARUS_KAFKA_URL", "ARUS_MQTT_URL", "ARUS_ADMIN_EMAIL", "ARUS_ADMIN_PASSWORD")
)
"""Variables no service is given, unless it is the one that needs it."""

_SCHEMES = {"postgres_url": ("postgresql", "postgres"), "mqtt_url": ("mqtt", "mqtts")}


class StackSettings(BaseSettings):
    """How and where the stack runs. Every name is an ARUS_… variable; none needs to be set."""

    model_config = SettingsConfigDict(
        env_prefix="ARUS_", env_file=DOTENV, extra="ignore", frozen=True, env_ignore_empty=True
    )

    home: Path = Field(
        default=root() / ".arus",
        description="Folder of data, logs, secrets and remembered ports (default .arus).",
    )
    host: str = Field(
        default="127.0.0.1", description="Address people reach; anything but loopback demands TLS."
    )
    gateway_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port of the gateway; empty = 8080 or the next free one, 0 = any.",
    )
    tls: bool = Field(default=False, description="Serve gateway, MQTT and Kafka over TLS with the local CA.")
    postgres_url: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "An existing PostgreSQL, 16 or newer, as one who may create roles: "
            "postgresql://user:password@host/arus."
        ),
    )
    kafka_url: SecretStr = Field(
        default=SecretStr(""),
        description="An existing Kafka, as administrator: kafka://user:password@host:9092, kafkas://…?ca=FILE.",
    )
    mqtt_url: SecretStr = Field(
        default=SecretStr(""), description="An existing MQTT broker: mqtt://user:password@host."
    )
    mqtt_broker: Literal["mosquitto", "amqtt", ""] = Field(
        default="", description="Which broker to start; empty = mosquitto when installed, else amqtt."
    )
    console: bool = Field(default=True, description="Build the console when its sources changed.")
    log_mb: int = Field(
        default=20, ge=1, le=10_000, description="Size from which a log is rotated, in MB (1 to 10,000)."
    )
    log_kept: int = Field(
        default=3, ge=1, le=100, description="How many rotated files a log keeps (1 to 100)."
    )
    admin_email: str = Field(
        default="", description="First administrator; with `arus up`, empty = admin@arus.localdomain."
    )
    admin_password: SecretStr = Field(
        default=SecretStr(""),
        description="Password of the first administrator; with `arus up`, empty = made up and shown once.",
    )

    @field_validator("postgres_url", "mqtt_url")
    @classmethod
    def _has_its_scheme(cls, url: SecretStr, about: ValidationInfo) -> SecretStr:
        schemes = _SCHEMES[about.field_name or ""]
        if url and urlsplit(url.get_secret_value()).scheme not in schemes:
            raise ValueError(f"begins with {'://, '.join(schemes)}://")
        return url

    def __init__(self, **given: Any) -> None:
        """Read the settings, the given ones before all others; raises Refused when one cannot be."""
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise Refused(
                "; ".join(f"ARUS_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()),
                "Set it right in the environment or in .env: docs/configuration.md has every setting.",
            ) from None


def dotenv() -> Mapping[str, str]:
    """Return the ARUS_ variables of the `.env` file: services get them as if they were exported."""
    found = dotenv_values(DOTENV)
    return {
        name: value
        for name, value in found.items()
        if name.startswith("ARUS_") and name not in ADMINISTRATORS and value is not None
    }


def example(*models: type[BaseSettings]) -> str:
    """Return a documented `.env` in which every setting is commented out with its default."""
    return "\n".join(_example_lines(models)) + "\n"


def _example_lines(models: tuple[type[BaseSettings], ...]) -> Iterator[str]:
    yield "# Generated from the settings by `make env-example`: copy to .env and change what you need."
    seen: set[str] = set()
    for model in models:
        summary = (model.__doc__ or "").splitlines()[0]
        yield f"\n# --- {summary}"
        for name, field in model.model_fields.items():
            if name in seen:
                continue
            seen.add(name)
            yield f"# {field.description or name}"
            default = field.get_default(call_default_factory=True, validated_data={})
            yield f"#ARUS_{name.upper()}={_shown(default)}"


_REFERENCE = """\
# Configuration

Generated from the settings by `make env-example`. Each is a variable of the environment, or a line of `.env`
(`.env.example` has them all); none needs to be set. `arus up` tells a service what it must know; in clusters
`arus credentials` says what that is."""


def reference(*models: type[BaseSettings]) -> str:
    """Return the page of every setting: its variable, its default, what it means."""
    return "\n".join(_reference_lines(models)) + "\n"


def _reference_lines(models: tuple[type[BaseSettings], ...]) -> Iterator[str]:
    yield _REFERENCE
    seen: set[str] = set()
    for model in models:
        title = re.split("[.;]", model.__doc__ or "")[0]
        yield from ("", f"## {title}", "| variable | default | what it means |", "|---|---|---|")
        for name, field in model.model_fields.items():
            if name not in seen:
                yield f"| `ARUS_{name.upper()}` | {_cell(field)} | {field.description or ''} |"
        seen |= set(model.model_fields)


def _cell(field: FieldInfo) -> str:
    shown = _shown(field.get_default(call_default_factory=True, validated_data={}))
    return f"`{shown}`" if shown else ""


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return str(value).lower()
        case Path():
            return str(value.relative_to(root())) if value.is_relative_to(root()) else str(value)
        case set() | frozenset():
            return ",".join(sorted(map(str, value)))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - members of a setting's own set
        case dict():
            return "{}"
        case _:
            return str(value)
