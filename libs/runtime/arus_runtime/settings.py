"""Settings of a service process, read from the environment (prefix ``ARUS_``)."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Role = Literal["api", "worker", "relay", "jobs"]


class Peer(BaseModel):
    """Where another service of the house answers."""

    http: str = ""
    grpc: str = ""


class Settings(BaseSettings):
    """What one process must know before it starts; every name is an ``ARUS_…`` variable."""

    model_config = SettingsConfigDict(env_prefix="ARUS_", extra="ignore", frozen=True, env_ignore_empty=True)

    service: str = Field(default="", description="Name of the service this process runs.")
    roles: Annotated[frozenset[Role], NoDecode] = Field(
        default=frozenset(("api", "worker", "relay", "jobs")),
        description="Which parts run in this process: api, worker, relay, jobs.",
    )
    http_host: str = Field(default="127.0.0.1", description="Address the HTTP server binds to.")
    http_port: int = Field(default=7000, ge=0, le=65535, description="Port of the HTTP server; 0 picks one.")
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of reverse proxies whose X-Forwarded-For and -Proto are believed,"
        " comma separated; empty: nobody's.",
    )
    grpc_port: int = Field(default=0, ge=0, le=65535, description="Port of the gRPC server; 0 picks one.")
    db_api_url: SecretStr = Field(
        default=SecretStr(""), description="PostgreSQL as <service>_api (row-level security)."
    )
    db_worker_url: SecretStr = Field(default=SecretStr(""), description="PostgreSQL as <service>_worker.")
    db_owner_url: SecretStr = Field(
        default=SecretStr(""), description="PostgreSQL as <service>_owner; migrations only."
    )
    db_pool: int = Field(default=8, ge=1, le=100, description="Most connections of the HTTP pool.")
    kafka_bootstrap: str = Field(default="", description="host:port[,host:port] of Kafka.")
    kafka_user: str = Field(default="", description="SCRAM-SHA-512 user; empty = no authentication.")
    kafka_password: SecretStr = Field(default=SecretStr(""), description="SCRAM-SHA-512 password.")
    kafka_password_file: str = Field(
        default="", description="File with that password instead; it may change while the service runs."
    )
    kafka_ca: str = Field(default="", description="CA file of Kafka's TLS; empty = no TLS.")
    jwks_url: str = Field(default="", description="Where the keys that sign access tokens are published.")
    peers: dict[str, Peer] = Field(
        default_factory=dict[str, Peer], description="JSON: service → its http and grpc."
    )
    instance: str = Field(
        default="",
        description="Name of this replica that stays when it restarts; its partitions then wait for it.",
    )
    presence_key: SecretStr = Field(
        default=SecretStr(""),
        description="Set by `arus up`, to which /readyz proves with it that no other program answers here.",
    )
    otlp_endpoint: str = Field(
        default="",
        description="OpenTelemetry collector that spans are sent to (OTLP over HTTP), http://host:4318;"
        " empty: none are made.",
    )
    trace_share: float = Field(
        default=0.05, ge=0, le=0.1, description="Share of the traces that begin here and are kept, 0 to 0.1."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level logged."
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="smtp[s]://user:password@host:port; empty = mail goes to the mail folder.",
    )
    mail_from: str = Field(default="Arus <arus@localhost>", description="Sender of every mail.")
    public_url: str = Field(
        default="http://127.0.0.1:7000", description="How people reach the gateway; used in mails."
    )
    home: Path = Field(default=Path(".arus"), description="Folder of local data.")
    tls_cert: str = Field(default="", description="Certificate file; with it HTTP and gRPC speak TLS.")
    tls_key: str = Field(default="", description="Key file of the certificate.")
    max_body_bytes: int = Field(
        default=8_388_608, ge=1024, description="Largest request body accepted, in bytes."
    )
    max_upload_bytes: int = Field(
        default=104_857_600, ge=1024, description="Largest request that brings files, in bytes."
    )
    files_url: str = Field(
        default="",
        description="Where files are kept: s3://bucket/folder, gs://…, az://…; empty: a folder in ARUS_HOME.",
    )
    field_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Field encryption keys, newest first: id:base64,id:base64 (32 bytes each).",
    )

    field_keys_file: str = Field(
        default="", description="File with those keys instead; it may change while the service runs."
    )

    @field_validator("roles", mode="before")
    @classmethod
    def _split_roles(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return frozenset(name.strip() for name in value.split(",") if name.strip())
