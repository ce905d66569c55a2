"""What an embedded service logs in with, in files: it reads them as it connects, so they may change."""

from collections.abc import Mapping
from pathlib import Path

from arus_stack import schemas
from arus_stack.home import write_private

DATABASES = ("ARUS_DB_API_URL", "ARUS_DB_WORKER_URL")
FILES = {"ARUS_KAFKA_PASSWORD": "kafka", "ARUS_FIELD_KEYS": "field-keys"}
"""Variables whose values go into a file, whose path `…_FILE` then says."""


def written(found: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Write the secrets among a service's variables into a folder; return the variables without them."""
    write_private(folder / "pgpass", "".join(schemas.pgpass(found[name]) for name in DATABASES))
    for name, file in FILES.items():
        write_private(folder / file, found[name])
    return (
        {name: value for name, value in found.items() if name not in FILES}
        | {name: schemas.without_password(found[name]) for name in DATABASES}
        | {f"{name}_FILE": str(folder / file) for name, file in FILES.items()}
        | {"PGPASSFILE": str(folder / "pgpass")}
    )
