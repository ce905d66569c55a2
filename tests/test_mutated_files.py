"""Two hundred harsh files of the six families; `make bench-detect` reads two thousand."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_mutated_files_are_recognised_and_no_amount_is_read_wrongly_in_silence() -> None:
    command = [sys.executable, ROOT / "benchmarks" / "detect.py", "--files", "200", "--seed", "7", "--json"]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert found["type"] >= 0.99, found["wrong"]
    assert found["period"] >= 0.99, found["wrong"]
    assert found["columns"] >= 0.98, found["wrong"]
    assert found["silent"] == 0, found["wrong"]
    assert found["numbers"] > 10_000
