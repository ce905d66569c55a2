"""What a Kubernetes cluster must be told that git must not hold."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arus_runtime.catalogue import topics

from arus_stack import house
from arus_stack.kafka import rights
from arus_stack.settings import dotenv
from arus_stack.system import System

_REMEMBERED = ("postgres.", "kafka.", "mqtt.", "field-keys", "people")
_TELLING = ("ARUS_SMTP_", "ARUS_MAIL_", "ARUS_WHATSAPP_")
_FILES = "ARUS_FILES_URL"
_OF_FILES = (_FILES, "AWS_", "GOOGLE_", "AZURE_")
_KEEPING_FILES = ("ingest", "anomaly")


def secrets(system: System) -> dict[str, Any]:
    """Return Kubernetes' secrets as a list: each service's, the signing key, what `arus migrate` must know.

    The same ARUS_HOME gives the same secrets. How mail and WhatsApp are sent, and the keys of an object store
    that ARUS_FILES_URL names, are taken from the environment.
    """
    told = {**dotenv(), **os.environ}
    telling = {name: value for name, value in told.items() if name.startswith(_TELLING) and value}
    [gateway] = [source for source in house.sources() if source.name == "gateway"]
    environment = system.environment(gateway)
    admin = {name: value for name, value in environment.items() if name.startswith("ARUS_ADMIN_")}
    own = system.credentials()
    own["gateway"] |= telling | admin
    own["notify"] |= telling
    if told.get(_FILES):
        keys = {name: value for name, value in told.items() if name.startswith(_OF_FILES) and value}
        for service in _KEEPING_FILES:
            own[service] |= keys
    key = Path(environment["ARUS_SIGNING_KEY_FILE"]).read_text("ascii")
    return {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            *(_secret(f"arus-{service}", values) for service, values in own.items()),
            _secret("arus-signing-key", {"key.pem": key}),
            _secret("arus-house", {"secrets.json": json.dumps(_remembered(system))}),
        ],
    }


def _remembered(system: System) -> Mapping[str, Any]:
    for user in rights.services(topics()):
        system.kafka_password(user)
    remembered = system.home.secrets.all()
    return {name: value for name, value in remembered.items() if name.startswith(_REMEMBERED)}


def _secret(name: str, values: Mapping[str, str]) -> dict[str, Any]:
    metadata = {"name": name, "labels": {"app.kubernetes.io/part-of": "arus"}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": dict(values)}
