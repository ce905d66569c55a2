"""Bring a service's schema to its newest revision, with alembic and plain SQL."""

import importlib.util
import time
from pathlib import Path
from typing import Final

from alembic import command, context
from alembic.config import Config
from psycopg import errors
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import OperationalError

from arus_runtime.settings import Settings

_LOCK: Final = "select pg_advisory_lock(hashtextextended('arus.migrate.' || :schema, 0))"
_WAIT: Final = "set lock_timeout = '500ms'"
"""A migration gives up before anybody looks for a deadlock, and what waits behind it goes on."""
_WAIT_LONGER: Final = """
select set_config('lock_timeout', (setting::int + 500)::text, false)
from pg_settings where name = 'deadlock_timeout'
"""
"""Only who waits until PostgreSQL looks for a deadlock makes an autovacuum give way."""
_TRIES: Final = 60
_LONGER_EVERY: Final = 5
_PAUSE_S: Final = 0.5


def upgrade(service: str, url: str, *, revision: str = "head", migrations: Path | None = None) -> None:
    """Run the service's migrations as its owner; url is the owner's. Two callers at once take turns.

    A migration that has to wait for services at work or an autovacuum is tried again, for about a minute.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations or _folder(service)).replace("%", "%%"))
    config.attributes["schema"] = service
    config.attributes["url"] = url
    for number in range(1, _TRIES):
        config.attributes["wait"] = _WAIT_LONGER if number % _LONGER_EVERY == 0 else _WAIT
        try:
            command.upgrade(config, revision)
        except OperationalError as error:
            if not isinstance(error.orig, errors.LockNotAvailable | errors.DeadlockDetected):
                raise
            time.sleep(_PAUSE_S)
        else:
            return
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
        connection.execute(text(context.config.attributes.get("wait", _WAIT)))
        connection.commit()
        context.configure(connection=connection, version_table_schema=schema, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


def _folder(service: str) -> Path:
    spec = importlib.util.find_spec(f"arus_{service}")
    if spec is None or spec.origin is None:
        raise LookupError(f"service {service} is not installed")
    return Path(spec.origin).parent.parent / "migrations"
