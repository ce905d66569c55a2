"""The MQTT broker: mosquitto where it is installed, else amqtt from its wheel (MQTT 3.1.1 only)."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pwdlib import PasswordHash

from arus_stack import ports
from arus_stack.certs import Certificates
from arus_stack.errors import ServerFailed
from arus_stack.home import write_private
from arus_stack.unprivileged import unprivileged

USER = "arus"
OUT_OF_SIGHT = "/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/sbin:/opt/homebrew/bin"


def installed_broker() -> Literal["mosquitto", "amqtt"]:
    """Return which broker this machine runs."""
    return "mosquitto" if mosquitto() and password_tool() else "amqtt"


def mosquitto() -> str | None:
    """Return the mosquitto program; Debian keeps it where ordinary users do not look."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=OUT_OF_SIGHT)


def password_tool() -> str | None:
    """Return the program that hashes mosquitto's passwords."""
    return shutil.which("mosquitto_passwd") or shutil.which("mosquitto_passwd", path=OUT_OF_SIGHT)


@dataclass(frozen=True, slots=True)
class Mqtt:
    """A broker that lets in only users with a password."""

    folder: Path
    port: int
    password: str
    kind: Literal["mosquitto", "amqtt"]
    host: str = "127.0.0.1"
    advertised: str = "127.0.0.1"
    tls: Certificates | None = None

    @property
    def url(self) -> str:
        """Return where the broker listens, without the login."""
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.advertised}:{self.port}"

    def prepare(self) -> None:
        """Write the configuration and the password file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.kind == "mosquitto":
            self._prepare_mosquitto()
        else:
            self._prepare_amqtt()

    def command(self) -> Sequence[str]:
        """Return the command that runs the broker in the foreground."""
        if self.kind == "mosquitto":
            return [*unprivileged(), mosquitto() or "mosquitto", "-c", str(self.folder / "mosquitto.conf")]
        return [sys.executable, "-m", "amqtt.scripts.broker_script", "-c", str(self.folder / "amqtt.yaml")]

    def ready(self) -> bool:
        """Tell whether the broker listens."""
        return ports.answers(self.port, "127.0.0.1" if self.host == "0.0.0.0" else self.host)  # noqa: S104 - compared

    def _prepare_mosquitto(self) -> None:
        users = self.folder / "users"
        tool = password_tool()
        if tool is None:
            raise ServerFailed(
                "mosquitto is installed without mosquitto_passwd",
                "Install it, or set ARUS_MQTT_BROKER=amqtt.",
            )
        write_private(users, f"{USER}:{self.password}\n")
        subprocess.run([tool, "-U", str(users)], check=True, capture_output=True)  # noqa: S603 - hashes in place, off the command line
        lines = [
            f"listener {self.port} {self.host}",
            "allow_anonymous false",
            f"password_file {users}",
            "persistence true",
            f"persistence_location {self.folder}/",
            "autosave_interval 30",
            "log_dest stderr",  # standard output would be held back until a block is full
            "log_timestamp_format %Y-%m-%dT%H:%M:%S",
        ]
        if self.tls:
            lines += [f"certfile {self.tls.certificate}", f"keyfile {self.tls.key}", f"cafile {self.tls.ca}"]
        write_private(self.folder / "mosquitto.conf", "\n".join(lines) + "\n")

    def _prepare_amqtt(self) -> None:
        users = self.folder / "users"
        write_private(users, f"{USER}:{PasswordHash.recommended().hash(self.password)}\n")
        listener = {"type": "tcp", "bind": f"{self.host}:{self.port}"}
        if self.tls:
            listener |= {"ssl": True, "certfile": str(self.tls.certificate), "keyfile": str(self.tls.key)}
        config = {
            "listeners": {"default": listener},
            "plugins": {"amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(users)}},
        }
        write_private(self.folder / "amqtt.yaml", yaml.safe_dump(config))
