"""A labelled file of register reads, judged by the seven rules: what each kind finds of what was planted."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from math import isnan
from pathlib import Path
from typing import Any, Final

import numpy as np

from arus_anomaly.bench.series import Series, UnreadableData, columns_of, number_of, rows_of
from arus_anomaly.rules.meter import RULE, Kind, judge
from arus_anomaly.rules.meter.findings import counts
from arus_anomaly.rules.meter.opinions import Movements, Seen, levels
from arus_anomaly.state.meter import ACTUAL, Period, Read

COLUMNS: Final = frozenset({"key", "read_date", "stand", "expected"})
LABELS: Final[Mapping[str, Kind]] = {
    "EXTREME_USAGE": Kind.EXTREME,
    "DROP_GT_50": Kind.DROP,
    "ZERO_USAGE": Kind.ZERO,
    "NEGATIVE_STAND": Kind.NEGATIVE,
    "ESTIMATED_READING": Kind.ESTIMATED,
    **{kind.upper(): kind for kind in Kind},
}
"""Labels of ``expected``; those of NONE and any other mean no anomaly."""
NONE: Final = frozenset({"FIRST_READING", "REPLACED", "ROLLOVER"})
AGAIN_DAYS: Final = 7
"""Reads of one month that are so near to each other are of one period."""
PROTOCOL: Final = (
    "rule: every period by the seven definitions, each label against the kind it stands for; a read that "
    "meets a definition by chance counts against precision. Reads of a key within a week of one month are of "
    "one period. A replaced meter without its final and start stands is taken as a first read. "
    "kinds_without_label: found, but nothing in the file is labelled so. labels_without_kind: taken as no "
    "anomaly."
)
_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_S: Final = 86_400
_REPLACED: Final = "METER_REPLACED"


Rows = Sequence[Mapping[str, str]]


def is_register_reads(path: Path) -> bool:
    """Say whether a file holds register reads with what is expected of them."""
    return columns_of(path) >= COLUMNS


def uses(path: Path) -> list[Series]:
    """Return the uses of 30 days that the second opinion reads, all keys each other's peers."""
    rows = _by_key(path)
    judged = {key: judge([_period(some) for some in its]) for key, its in rows.items()}
    peers = Movements()
    for one in chain.from_iterable(judged.values()):
        if one.movement is not None:
            peers.add(one.period, one.movement)
    moved, found = levels(peers.medians()), list[Series]()
    for key, its in rows.items():
        facts = [
            ((one.day - _EPOCH) * _DAY_S, Seen(one.period, one.day, one.use30_l).value(moved), _shows(some))
            for some, one in zip(its, judged[key], strict=True)
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


def _shows(rows: Rows) -> bool:
    """Say whether a period is labelled as what a pattern of use can show."""
    return not _expected(rows).isdisjoint((Kind.EXTREME, Kind.DROP))


def measured(path: Path) -> dict[str, Any]:
    """Return precision and recall of each kind that the file labels."""
    planted: Counter[Kind] = Counter()
    found: Counter[Kind] = Counter()
    both: Counter[Kind] = Counter()
    unknown: Counter[str] = Counter()
    for its in _by_key(path).values():
        for rows, judged in zip(its, judge([_period(rows) for rows in its]), strict=True):
            expected, said = _expected(rows), set(judged.kinds)
            planted.update(expected)
            found.update(said)
            both.update(expected & said)
            unknown.update(_labels(rows) - LABELS.keys() - NONE)
    labelled = [kind for kind in Kind if planted[kind]]
    return {
        "name": RULE,
        "kinds": {kind.value: _shares(planted[kind], found[kind], both[kind]) for kind in labelled},
        "all": _shares(*(sum(of[kind] for kind in labelled) for of in (planted, found, both))),
        "kinds_without_label": {
            kind.value: found[kind] for kind in Kind if found[kind] and kind not in labelled
        },
        "labels_without_kind": dict(unknown),
        "protocol": PROTOCOL,
    }


def _shares(planted: int, found: int, both: int) -> dict[str, Any]:
    return {
        "planted": planted,
        "found": found,
        "precision": round(both / found, 4) if found else None,
        "recall": round(both / planted, 4) if planted else None,
    }


def _by_key(path: Path) -> Mapping[str, Sequence[Rows]]:
    """Return each key's rows, the oldest first, those of one period together."""
    rows: dict[str, list[Mapping[str, str]]] = {}
    for line, row in rows_of(path, COLUMNS):
        try:
            _read(row)
        except ValueError as error:
            raise UnreadableData(f"{path.name}, line {line}: {error}") from None
        rows.setdefault(row["key"], []).append(row)
    return {key: _periods(sorted(its, key=_day)) for key, its in rows.items()}


def _periods(rows: Rows) -> Sequence[Rows]:
    periods: list[list[Mapping[str, str]]] = []
    for row in rows:
        day, before = _day(row), _day(periods[-1][-1]) if periods else date.min
        if (day.year, day.month) == (before.year, before.month) and (day - before).days <= AGAIN_DAYS:
            periods[-1].append(row)
        else:
            periods.append([row])
    return periods


def _day(row: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(row["read_date"])
    except ValueError:
        raise ValueError(f"read_date must be a date as 2025-01-31, got {row['read_date']!r}") from None


def _labels(rows: Rows) -> set[str]:
    return {label for row in rows for label in re.findall(r"\w+", row["expected"].upper())}


def _expected(rows: Rows) -> set[Kind]:
    return {LABELS[label] for label in _labels(rows) & LABELS.keys()}


def _period(rows: Rows) -> Period:
    last = _day(rows[-1])
    return Period(last.year * 12 + last.month - 1, tuple(map(_read, rows)))


def _read(row: Mapping[str, str]) -> Read:
    """Return a row as a read; raises ValueError that names the column."""
    stand = number_of(row, "stand")
    return Read(
        b"",
        _day(row).toordinal(),
        None if isnan(stand) else round(stand * 1_000),
        row.get("serial", ""),
        row.get("quality", ACTUAL).strip().upper(),
        dials=_whole(row, "dials", least=0),
        multiplier=_whole(row, "multiplier", least=1),
        opens=row.get("reason", "").strip().upper() == _REPLACED,
    )


def _whole(row: Mapping[str, str], column: str, *, least: int) -> int:
    """Return the whole number in a cell; the least one where there is none."""
    if not (value := number_of(row, column, least=least, empty=least)).is_integer():
        raise ValueError(f"{column} must be a whole number, got {row[column]}")
    return int(value)


def lines(rule: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    """Yield a line of a table for each kind: kind, planted, found, precision, recall."""
    for kind, shares in rule["kinds"].items():
        yield (kind, *shares.values())
