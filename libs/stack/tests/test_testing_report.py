"""A failure is told when it comes: a run that is ended from outside has no summary."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = """
def test_fails():
    assert "said" == "wanted"

def test_passes_after_it():
    pass
"""


def test_a_failure_is_told_before_the_tests_after_it_have_run(tmp_path: Path) -> None:
    (tmp_path / "test_told.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", "."],
        cwd=tmp_path, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 1
    before = said.stdout.partition("test_passes_after_it")[0]
    assert "test_told.py::test_fails: call failed after 0 s" in before
    assert "wanted" in before
