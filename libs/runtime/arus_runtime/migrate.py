"""Bring a service's schema to its newest revision, with alembic and plain SQL."""

import importlib.util
from pathlib import Path
from typing import Final

from alembic import command, context
from alembic.config import Config
from sqlalchemy import create_engine, pool, text

from arus_runtime.settings import Settings

_LOCK: Final = "select pg_advisory_lock(hashtextextended('arus.migrate.' || :schema, 0))"


def upgrade(service: str, url: str, *, revision: str = "head", migrations: Path | None = None) -> None:
    """Run the service's migrations as its owner; url is the owner's. Two callers at once take turns."""
    config = Config()
    config.set_main_option("script_location", str(migrations or _folder(service)).replace("%", "%%"))
    config.attributes["schema"] = service
    config.attributes["url"] = url
    command.upgrade(config, revision)


def run_migrations() -> None:
    """Do what a migrations/env.py must do; it calls nothing else.

    The schema and the owner's URL come from ``upgrade``, or else from ARUS_SERVICE and ARUS_DB_OWNER_URL.
    """
    settings = Settings()
    schema: str = context.config.attributes.get("schema", settings.service)
    url: str = context.config.attributes.get("url", settings.db_owner_url.get_secret_value())
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        poolclass=pool.NullPool,
        connect_args={"options": f"-c search_path={schema}"},
    )
    with engine.connect() as connection:
        connection.execute(text(_LOCK), {"schema": schema})
        connection.commit()
        context.configure(connection=connection, version_table_schema=schema, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


def _folder(service: str) -> Path:
    spec = importlib.util.find_spec(f"arus_{service}")
    if spec is None or spec.origin is None:
        raise LookupError(f"service {service} is not installed")
    return Path(spec.origin).parent.parent / "migrations"
