"""A system that tests share lives from the first of their files to the last."""

import subprocess
import sys
from pathlib import Path

FIXTURES = """
import pytest

@pytest.fixture(scope="session")
def stack():
    print("up")
    yield "system"
    print("down")

@pytest.fixture(scope="session")
def made(stack):
    yield
    print("made goes")
"""
FILES = {
    "libs/test_short.py": "def test_short(): print('short')",
    "libs/test_stack.py": "def test_asks(stack): print('asks')\n\ndef test_beside(): print('beside')",
    "tests/test_long.py": "def test_long(): print('long')",
    "tests/test_stack_too.py": "def test_makes(made): print('makes')",
}


def test_files_that_share_a_system_come_first_and_end_it(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(FIXTURES)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = done.stdout.replace(".", "\n").split("\n")
    assert [line for line in said if line in {"up", "down", "made goes", "long", "short"}] == [
        "up", "made goes", "down", "long", "short",
    ]  # fmt: skip
