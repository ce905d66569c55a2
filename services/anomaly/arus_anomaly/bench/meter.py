"""A labelled file of register reads, judged by the seven rules: what each kind finds of what was planted."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np

from arus_anomaly.bench.series import Series, UnreadableData
from arus_anomaly.rules.meter import RULE, Kind, judge
from arus_anomaly.rules.meter.findings import counts
from arus_anomaly.rules.meter.opinions import Movements, Seen, levels
from arus_anomaly.state.meter import Period, Read

COLUMNS: Final = frozenset({"key", "read_date", "stand", "expected"})
LABELS: Final[Mapping[str, Kind]] = {
    "EXTREME_USAGE": Kind.EXTREME,
    "DROP_GT_50": Kind.DROP,
    "ZERO_USAGE": Kind.ZERO,
    "NEGATIVE_STAND": Kind.NEGATIVE,
    "ESTIMATED_READING": Kind.ESTIMATED,
    **{kind.upper(): kind for kind in Kind},
}
"""Labels of ``expected``; FIRST_READING, REPLACED, ROLLOVER and any other mean no anomaly."""
PROTOCOL: Final = (
    "rule: every read by the seven definitions, each label against the kind it stands for; a read that meets "
    "a definition by chance counts against precision. A replaced meter without its final and start stands is "
    "taken as a first read. kinds_without_label: found, but nothing in the file is labelled so."
)
_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_S: Final = 86_400
_REPLACED: Final = "METER_REPLACED"


def is_register_reads(path: Path) -> bool:
    """Say whether a file holds register reads with what is expected of them."""
    with path.open(encoding="utf-8", newline="") as file:
        return set(csv.DictReader(file).fieldnames or ()) >= COLUMNS


def uses(path: Path) -> list[Series]:
    """Return the uses of 30 days that the second opinion reads, all keys each other's peers."""
    judged = {key: judge([_period(row) for row in rows]) for key, rows in _by_key(path).items()}
    peers = Movements()
    for one in chain.from_iterable(judged.values()):
        if one.movement is not None:
            peers.add(one.period, one.movement)
    moved, found = levels(peers.medians()), list[Series]()
    for key, rows in _by_key(path).items():
        facts = [
            ((one.day - _EPOCH) * _DAY_S, Seen(one.period, one.day, one.use30_l).value(moved), _shows(row))
            for row, one in zip(rows, judged[key], strict=True)
            if counts(one.kinds, one.days)
        ]
        if facts:
            at_s, values, is_anomaly = zip(*facts, strict=True)
            found.append(
                Series(
                    key,
                    np.array(at_s, np.int64),
                    np.array(values, np.float64),
                    np.array(is_anomaly, np.bool_),
                )
            )
    return found


def _shows(row: Mapping[str, str]) -> bool:
    """Say whether a read is labelled as what a pattern of use can show."""
    return not _expected(row["expected"]).isdisjoint((Kind.EXTREME, Kind.DROP))


def measured(path: Path) -> dict[str, Any]:
    """Return precision and recall of each kind that the file labels."""
    planted: Counter[Kind] = Counter()
    found: Counter[Kind] = Counter()
    both: Counter[Kind] = Counter()
    for rows in _by_key(path).values():
        periods = [_period(row) for row in rows]
        for row, judged in zip(rows, judge(periods), strict=True):
            expected, said = _expected(row["expected"]), set(judged.kinds)
            planted.update(expected)
            found.update(said)
            both.update(expected & said)
    labelled = [kind for kind in Kind if planted[kind]]
    return {
        "name": RULE,
        "kinds": {kind.value: _shares(planted[kind], found[kind], both[kind]) for kind in labelled},
        "all": _shares(*(sum(of[kind] for kind in labelled) for of in (planted, found, both))),
        "kinds_without_label": {
            kind.value: found[kind] for kind in Kind if found[kind] and kind not in labelled
        },
        "protocol": PROTOCOL,
    }


def _shares(planted: int, found: int, both: int) -> dict[str, Any]:
    return {
        "planted": planted,
        "found": found,
        "precision": round(both / found, 4) if found else None,
        "recall": round(both / planted, 4) if planted else None,
    }


def _by_key(path: Path) -> Mapping[str, Sequence[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["key"], []).append(row)
    return {key: sorted(of, key=lambda row: row["read_date"]) for key, of in rows.items()}


def _expected(label: str) -> set[Kind]:
    return {LABELS[one] for one in re.split(r"\W+", label.upper()) if one in LABELS}


def _period(row: Mapping[str, str]) -> Period:
    try:
        on = date.fromisoformat(row["read_date"])
        read = Read(
            b"",
            on.toordinal(),
            _litres(row["stand"]),
            row.get("serial") or "",
            (row.get("quality") or "").strip().upper(),
            dials=int(row.get("dials") or 0),
            multiplier=int(row.get("multiplier") or 1),
            opens=(row.get("reason") or "") == _REPLACED,
        )
    except ValueError as error:
        raise UnreadableData(f"read of {row['key']} on {row['read_date']}: {error}") from None
    return Period(on.year * 12 + on.month - 1, (read,))


def _litres(stand: str) -> int | None:
    return round(float(stand) * 1_000) if stand.strip() else None


def lines(rule: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    """Yield a line of a table for each kind: kind, planted, found, precision, recall."""
    for kind, shares in rule["kinds"].items():
        yield (kind, *shares.values())
