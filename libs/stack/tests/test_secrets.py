"""Secrets of services that this stack does not run itself: in containers, each with a home of its own."""

import json
import re
from pathlib import Path

import pytest
from arus_stack import secrets
from arus_stack.errors import Refused
from arus_stack.home import Home, write_private
from arus_stack.settings import StackSettings
from arus_stack.system import System
from arus_stack.testing import arus


@pytest.fixture
def system(tmp_path: Path) -> System:
    home = Home(tmp_path)
    return System.as_it_is(StackSettings(home=tmp_path, gateway_port=0), home)


def test_the_signing_key_of_a_gateway_in_a_container_is_changed_where_it_lies(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "KNOWN_S", 0)
    key = system.home.path / "parts" / "gateway" / "signing-key.pem"
    first = "-----BEGIN PRIVATE KEY-----\nfirst\n-----END PRIVATE KEY-----\n"
    write_private(key, first)

    assert secrets.rotate(system, "signing-key").of == ["gateway"]

    kept = re.findall("-----BEGIN.+?END PRIVATE KEY-----\n", key.read_text("ascii"), re.DOTALL)
    assert kept[1:] == [first]
    assert not (system.home.path / "signing-key.pem").exists()


def test_a_signing_key_that_is_nowhere_is_refused_with_where_one_was_looked_for(system: System) -> None:
    with pytest.raises(Refused, match=re.escape(str(system.home.path))):
        secrets.rotate(system, "signing-key")


def test_who_changes_what_services_elsewhere_were_told_hears_that_they_must_be_told(tmp_path: Path) -> None:
    said = arus(tmp_path, "secrets", "rotate", "field-keys", "--json")
    assert json.loads(said.stdout)["name"] == "field-keys"
    assert "`arus credentials`" in said.stderr
