"""A system that tests share lives from the first of their files to the last."""

import os
import subprocess
import sys
from pathlib import Path

FIXTURES = """
import pytest
from pathlib import Path

@pytest.fixture
def tell():
    return say

def say(word):
    with Path("told").open("a") as told:
        told.write(word + "\\n")

@pytest.fixture(scope="session")
def stack():
    say("up")
    yield
    say("down")

@pytest.fixture(scope="session")
def made(stack):
    yield
    say("made goes")
"""
FILES = {
    "libs/test_short.py": "def test_short(tell): tell('short')",
    "libs/test_stack.py": "def test_asks(stack, tell): tell('asks')\n\ndef test_beside(tell): tell('beside')",
    "tests/test_long.py": "def test_long(tell): tell('long')",
    "tests/test_stack_too.py": "def test_makes(made, tell): tell('makes')",
}


def test_files_that_share_a_system_come_first_and_end_it(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(FIXTURES)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "."],
        cwd=tmp_path, env=env, capture_output=True, check=True,
    )  # fmt: skip
    assert (tmp_path / "told").read_text().split("\n") == [
        "up", "makes", "asks", "beside", "made goes", "down", "long", "short", "",
    ]  # fmt: skip
