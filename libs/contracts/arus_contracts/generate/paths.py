"""Where the generator reads and writes."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
PROTOS = ROOT / "protos"
CONTRACTS = ROOT / "libs/contracts"
