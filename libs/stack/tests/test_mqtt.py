"""Both MQTT brokers let in who knows the password, plain and over TLS, and nobody else."""

import socket
import ssl
import struct
from pathlib import Path
from typing import Literal

import pytest
from arus_stack import certs, ports
from arus_stack.mqtt import USER, Mqtt
from arus_stack.testing import need, running

pytestmark = pytest.mark.integration

ACCEPTED = b"\x20\x02\x00\x00"


@pytest.mark.parametrize("kind", ["amqtt", "mosquitto"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_only_who_knows_the_password_gets_in(
    tmp_path: Path, kind: Literal["amqtt", "mosquitto"], tls: bool
) -> None:
    if kind == "mosquitto":
        need("mosquitto")
    files = certs.ensure(tmp_path / "tls") if tls else None
    broker = Mqtt(tmp_path / "mqtt", ports.free_port(), "s3cret_-", kind, tls=files)
    broker.prepare()
    assert "s3cret" not in (tmp_path / "mqtt" / "users").read_text("utf-8")
    with running(broker.command(), tmp_path / "log.txt", broker.ready):
        assert answer(broker, "s3cret_-") == ACCEPTED
        assert answer(broker, "wrong") != ACCEPTED
        assert answer(broker, None) != ACCEPTED


def answer(broker: Mqtt, password: str | None) -> bytes:
    """Return what the broker says to an MQTT 3.1.1 CONNECT."""
    login = b"" if password is None else text(USER) + text(password)
    flags = b"\x02" if password is None else b"\xc2"
    body = text("MQTT") + b"\x04" + flags + b"\x00\x0a" + text("test") + login
    with socket.create_connection((broker.host, broker.port), 10) as plain:
        if broker.tls is None:
            return asked(plain, body)
        trusted = ssl.create_default_context(cafile=str(broker.tls.ca))
        with trusted.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
            return asked(secure, body)


def asked(connection: socket.socket, body: bytes) -> bytes:
    connection.sendall(b"\x10" + bytes([len(body)]) + body)
    return connection.recv(4)


def text(value: str) -> bytes:
    return struct.pack(">H", len(value)) + value.encode()
