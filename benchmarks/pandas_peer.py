"""pandas as its manual shows it, in a process of its own: python pandas_peer.py FILE.

Reads a file of register reads whole and writes it with to_sql, ten thousand rows at a time: faster than with
method="multi", which the manual offers too.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine

ROWS = 10_000


def main(path: Path) -> None:
    """Read, write, and say how long it took."""
    began = time.monotonic()
    if path.suffix == ".csv":
        frame = pd.read_csv(path, sep=";", dtype={"Nomen": str, "Rayon": str})
    else:
        frame = pd.read_excel(path, dtype={"Nomen": str, "Rayon": str}, engine="calamine")
    engine = create_engine(os.environ["ARUS_BENCH_DB"].replace("postgresql://", "postgresql+psycopg://", 1))
    frame.to_sql("reads", engine, if_exists="replace", index=False, chunksize=ROWS)
    took_s = time.monotonic() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"took_s": took_s, "peak_mb": peak_mb}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
