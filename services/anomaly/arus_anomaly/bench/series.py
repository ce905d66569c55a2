"""Labelled data as files hold them."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from arus_anomaly.rules.learned.columns import Floats, Ints

Flags = npt.NDArray[np.bool_]

_UNIX_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S: Final = 86_400
_MONTH_DAYS: Final = 365.25 / 12


class UnreadableData(ValueError):  # noqa: N818 - it says what happened
    """A file is not labelled data; the message says why."""


@dataclass(frozen=True, slots=True)
class Series:
    """The facts of one key, oldest first. at_s: seconds since 1970; is_anomaly: as labelled."""

    key: str
    at_s: Ints
    values: Floats
    is_anomaly: Flags

    @property
    def days(self) -> Ints:
        """Return the dates as ``date.toordinal`` numbers."""
        return self.at_s // _DAY_S + _UNIX_EPOCH.toordinal()

    @property
    def months(self) -> float:
        """Return how many months the facts span."""
        return float(self.at_s[-1] - self.at_s[0]) / (_DAY_S * _MONTH_DAYS)


def folder(path: Path) -> list[Series]:
    """Return a folder of `<category>__<name>.csv` (timestamp, value, label), a series a file, as written."""
    files = sorted(path.glob("*__*.csv"))
    if not files:
        raise UnreadableData(f"{path} must hold files named <category>__<name>.csv, found none")
    return [one for file in files for one in _keyed(file, {"timestamp", "value", "label"})]


def labelled(path: Path) -> list[Series]:
    """Return a file of many keys: key, timestamp, value, label."""
    return [_in_order(one) for one in _keyed(path, {"key", "timestamp", "value", "label"})]


def _keyed(path: Path, needed: set[str]) -> list[Series]:
    found: dict[str, list[tuple[int, float, bool]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = set(reader.fieldnames or ())
        if missing := needed - columns:
            raise UnreadableData(
                f"{path.name} must have the columns {sorted(needed)}, lacks {sorted(missing)}"
            )
        for row in reader:
            try:
                fact = _fact(row)
            except ValueError as error:
                raise UnreadableData(f"{path.name}, line {reader.line_num}: {error}") from None
            if fact:
                found.setdefault(row.get("key", path.stem), []).append(fact)
    return [_series(key, facts) for key, facts in found.items()]


def _fact(row: Mapping[str, str]) -> tuple[int, float, bool] | None:
    """Return a row's time, value and label; None where there is no value."""
    value = float(row["value"] or "nan")
    return None if isnan(value) else (_seconds(row["timestamp"]), value, float(row["label"] or 0) > 0)


def _series(key: str, facts: list[tuple[int, float, bool]]) -> Series:
    at_s, values, is_anomaly = zip(*facts, strict=True)
    return Series(key, np.array(at_s, np.int64), np.array(values, np.float64), np.array(is_anomaly, np.bool_))


def _in_order(series: Series) -> Series:
    order = np.argsort(series.at_s, kind="stable")
    return Series(series.key, series.at_s[order], series.values[order], series.is_anomaly[order])


def _seconds(text: str) -> int:
    when = datetime.fromisoformat(text)
    return int(((when if when.tzinfo else when.replace(tzinfo=UTC)) - _UNIX_EPOCH).total_seconds())
