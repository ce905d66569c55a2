"""Secrets changed while everything runs: the new one is known before the old one is forgotten."""

import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from arus_runtime import crypto
from arus_runtime.catalogue import topics
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from arus_stack import house, schemas
from arus_stack.errors import Refused, ServerFailed
from arus_stack.home import write_private
from arus_stack.kafka import rights
from arus_stack.kafka.admin import Admin
from arus_stack.postgres import is_ready
from arus_stack.system import System

KNOWN_S: Final = 6.0
"""How long a signing key is published before it signs: services ask for keys every 5 s at most."""
SIGNING_KEYS: Final = 3
TOLD_AT_THE_START: Final = frozenset(("database", "kafka", "field-keys"))
"""What services in containers read only when they start; those of `arus up` read files meanwhile."""
FIELD_KEYS: Final = 5
"""How many are kept: the newest, and earlier ones for what they signed or sealed."""
_PEM: Final = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was changed. of: whose secrets they are."""

    name: str
    of: list[str]


def rotate(system: System, name: str) -> Rotated:
    """Change one kind of secret; raises Refused for a name that is none."""
    try:
        act = KINDS[name]
    except KeyError:
        raise Refused(f"there is no secret {name}", f"There are {', '.join(KINDS)}.") from None
    return Rotated(name, act(system))


def _signing_key(system: System) -> list[str]:
    """Publish a new key, then let it sign; earlier ones stay as long as what they signed may live."""
    files = [one.path / "signing-key.pem" for one in (system.home, *system.home.parts)]
    file = next((file for file in files if file.exists()), None)
    if file is None:
        raise Refused(
            f"there is no signing key in {' or '.join(str(file.parent) for file in files)}",
            "The first `arus up` makes one; a gateway in a container has its own, see OPERATIONS, Secrets.",
        )
    keys = _PEM.findall(file.read_text("utf-8"))
    made = (
        Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )
    write_private(file, "".join([*keys, made]))
    time.sleep(KNOWN_S)
    write_private(file, "".join([made, *keys][:SIGNING_KEYS]))
    return ["gateway"]


def _database(system: System) -> list[str]:
    """Give each service's roles new passwords; connections that stand go on."""
    if not is_ready(system.postgres_url):
        raise Refused("PostgreSQL does not answer", "`arus up` starts it.")
    services = [source.name for source in house.sources() if source.migrates]
    roles = [f"{service}_{kind}" for service in services for kind in schemas.ROLE_KINDS]
    made = {role: secrets.token_urlsafe(24) for role in roles}
    system.home.secrets.must_be_kept("new passwords")
    schemas.set_passwords(system.postgres_url, made)
    for role, password in made.items():
        system.home.secrets.put(f"postgres.{role}", password)
    for service in services:
        system.write_credentials(service)
        for url in schemas.role_urls(system.postgres_url, service, system.database_password).values():
            if not is_ready(url):
                raise ServerFailed(f"{service} is not let in with its new password", "Run `arus migrate`.")
    return roles


def _kafka(system: System) -> list[str]:
    """Give each service's user a new password; connections that stand go on."""
    if not system.kafka_access.answers():
        raise Refused("Kafka does not answer", "`arus up` starts it.")
    users = sorted(rights.services(topics()))
    made = {user: secrets.token_urlsafe(24) for user in users}
    system.home.secrets.must_be_kept("new passwords")
    Admin(system.kafka_access).set_users(made)
    for user, password in made.items():
        system.home.secrets.put(f"kafka.{user}", password)
        system.write_credentials(user)
    return users


def _field_keys(system: System) -> list[str]:
    """Seal with a new key from now on; earlier ones open what they sealed, until it is sealed anew."""
    kept = system.field_keys.split(",")[: FIELD_KEYS - 1]
    number = max(int(re.sub(r"\D", "", key.partition(":")[0]) or "0") for key in kept) + 1
    system.home.secrets.put("field-keys", ",".join([f"k{number}:{crypto.new_key()}", *kept]))
    services = [source.name for source in house.sources() if source.migrates]
    for service in services:
        system.write_credentials(service)
    return services


KINDS: Final[Mapping[str, Callable[[System], list[str]]]] = {
    "signing-key": _signing_key,
    "database": _database,
    "kafka": _kafka,
    "field-keys": _field_keys,
}
