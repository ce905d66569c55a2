"""Field keys and passwords in files are read again when they change."""

import os
from pathlib import Path

from arus_runtime.crypto import Keyring, new_key
from arus_runtime.log import AiokafkaLog, Security


def test_keys_of_a_file_are_those_it_holds_now_and_earlier_ones_still_open(tmp_path: Path) -> None:
    file = tmp_path / "field-keys"
    first = f"k1:{new_key()}"
    file.write_text(first)
    ring = Keyring("", str(file))
    sealed = ring.current.encrypt("0812", "place")
    assert ring.current is ring.current
    file.write_text(f"k2:{new_key()},{first}")
    os.utime(file, ns=(1, 1))
    assert ring.current.decrypt(sealed, "place") == "0812"
    assert not ring.current.is_current(sealed)
    assert ring.current.encrypt("0812", "place").startswith("v1.k2.")


def test_a_password_in_a_file_is_read_for_each_connection(tmp_path: Path) -> None:
    file = tmp_path / "kafka"
    security = Security("b:1", "u", "", password_file=str(file))
    given = AiokafkaLog(security).options()["sasl_plain_password"]
    for password in ("first", "second"):
        file.write_text(f"{password}\n")
        assert security.current_password == password
        assert given.encode("utf-8") == password.encode()
    assert Security("b:1", "u", "given").current_password == "given"
