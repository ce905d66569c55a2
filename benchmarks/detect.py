"""Read mutated files: python benchmarks/detect.py [--files N] [--seed S] [--keep DIR] [--json].

type, period   share of files named right columns        share of columns given their field, and no other
silent         numbers read wrongly, or facts lost, without a question about the file's column or an error in
the cell asked          share of files with a question
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from arus_ingest.files import Detection, TypedRow, Unreadable, detect, read_rows
from harness import Benchmark, Length, Report, Result, Table, Target
from mutator import Truth, mutated

FILES: Final = {Length.FULL: 2_000, Length.QUICK: 500}
SEED: Final = 1


@dataclass(slots=True)
class Score:
    """What was right, and what was not, by file."""

    files: int = 0
    type: int = 0
    period: int = 0
    columns: int = 0
    columns_right: int = 0
    numbers: int = 0
    silent: int = 0
    asked: int = 0
    questions: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])

    def judge(self, truth: Truth) -> None:
        """Read one file and compare."""
        self.files += 1
        try:
            found = detect(truth.path)[0]
        except Unreadable as error:
            self.columns += len(truth.columns)
            self.wrong.append(f"{truth.path.name}: refused {error} [{truth.how}]")
            return
        self.type += found.type == truth.family
        self.period += found.period == truth.period
        self.asked += bool(found.questions)
        self.questions.update(one.code for one in found.questions)
        got = {name: " ".join(header.split()) for name, header in found.columns.items()}
        of_either = truth.columns.keys() | got.keys()
        self.columns += len(of_either)
        lost = {
            name: (truth.columns.get(name), got.get(name))
            for name in of_either
            if truth.columns.get(name) != got.get(name)
        }
        self.columns_right += len(of_either) - len(lost)
        silent = self._silent(truth, found) if found.type == truth.family else []
        self.silent += len(silent)
        if found.type != truth.family or found.period != truth.period or lost or silent:
            self.wrong.append(
                f"{truth.path}: {truth.family} {truth.period} read as {found.type} {found.period}, "
                f"columns {lost}, silent {silent[:3]} [{truth.how}] {[one.key for one in found.questions]}"
            )

    def _silent(self, truth: Truth, found: Detection) -> list[str]:
        asked = {one.key.split(":", 1)[1] for one in found.questions if ":" in one.key}
        rows = list(read_rows(truth.path, found))
        if len(rows) != len(truth.numbers):
            return [f"{len(rows)} facts instead of {len(truth.numbers)}"]
        silent: list[str] = []
        for row, numbers in zip(rows, truth.numbers, strict=True):
            for name, number in numbers.items():
                if name not in found.columns or found.columns[name] in asked:
                    continue
                self.numbers += 1
                if not _told(row, name) and Decimal(row.fields.get(name, "NaN")) != number:
                    silent.append(f"{name} {number} as {row.fields.get(name)}")
        return silent


def _told(row: TypedRow, name: str) -> bool:
    return any(error.field == name for error in row.errors)


def measured(files: int, seed: int, folder: Path) -> dict[str, Any]:
    """Return the shares of so many mutated files, with what was wrong."""
    score = Score()
    written = [mutated(number, seed, folder) for number in range(files)]
    began = time.process_time()
    for truth in written:
        score.judge(truth)
    return {
        "files": files,
        "seed": seed,
        "type": round(score.type / files, 4),
        "period": round(score.period / files, 4),
        "columns": round(score.columns_right / score.columns, 4),
        "numbers": score.numbers,
        "silent": score.silent,
        "asked": round(score.asked / files, 4),
        "questions": dict(score.questions.most_common()),
        "cpu_ms_per_file": round((time.process_time() - began) / files * 1000, 1),
        "wrong": score.wrong,
    }


def measure(length: Length) -> Result:
    """Read as many mutated files as the promise speaks of."""
    with tempfile.TemporaryDirectory() as away:
        found = measured(FILES[length], SEED, Path(away))
    return {**found, "wrong": len(found["wrong"])}


def report(result: Result) -> Report:
    """Return what was recognised."""
    rows = [
        ("files read without a flaw", f"{result['files'] - result['wrong']:,} of {result['files']:,}"),
        ("files with a question", f"{result['asked']:.1%}"),
        ("numbers compared", f"{result['numbers']:,}"),
        ("CPU ms a file", result["cpu_ms_per_file"]),
    ]
    notes = (
        (
            "Made by `benchmarks/mutator.py`: other separators, encodings, headers, titles, footers,"
            " notations of numbers and dates, merged cells, blank columns."
        ),
        (
            "Silent: a number read as another one, or a fact lost, without a question about its column"
            " or an error in its cell."
        ),
    )
    return Report((Table(("", ""), rows),), notes=notes)


BENCHMARK: Final = Benchmark(
    "detect",
    measure,
    report,
    (
        Target("type", ">=", 0.99, "share of files whose type is right", by_the_clock=False),
        Target("period", ">=", 0.99, "share of files whose period is right", by_the_clock=False),
        Target("columns", ">=", 0.98, "share of columns that are right", by_the_clock=False),
        Target("silent", "<=", 0, "amounts read wrongly in silence", by_the_clock=False),
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=FILES[Length.FULL])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="write the files here and keep them")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as away:
        found = measured(given.files, given.seed, given.keep or Path(away))
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for line in found.pop("wrong"):
            print(line, file=sys.stderr)
        for name, value in found.items():
            print(f"{name:16} {value}")


if __name__ == "__main__":
    main()
