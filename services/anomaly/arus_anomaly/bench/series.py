"""Labelled data as files hold them."""

import csv
from collections.abc import Generator, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf, isinf, isnan, nan
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from arus_anomaly.rules.learned.columns import Floats, Ints

Flags = npt.NDArray[np.bool_]

_UNIX_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S: Final = 86_400
_MONTH_DAYS: Final = 365.25 / 12


class UnreadableData(ValueError):  # noqa: N818 - it says what happened
    """A file is not labelled data; the message says why."""


VALUES: Final = frozenset({"key", "timestamp", "value", "label"})
"""The columns of a file of many keys' values."""


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
    return [one for file in files for one in _keyed(file, {"timestamp", "value", "label"}, least=-inf)]


def labelled(path: Path) -> list[Series]:
    """Return a file of many keys: key, timestamp, value, label."""
    return [_in_order(one) for one in _keyed(path, VALUES, least=0)]


def columns_of(path: Path) -> frozenset[str]:
    """Return the columns of a file; raises UnreadableData."""
    with _opened(path) as reader:
        return frozenset(reader.fieldnames or ())


def rows_of(path: Path, needed: AbstractSet[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each row with the number of its line; cells that a line lacks are "". Raises UnreadableData."""
    with _opened(path) as reader:
        if missing := needed - set(reader.fieldnames or ()):
            wanted = ", ".join(sorted(needed))
            raise UnreadableData(
                f"{path.name} must have the columns {wanted}, with commas between them, lacks"
                f" {', '.join(sorted(missing))}"
            )
        for row in reader:
            yield reader.line_num, row


@contextmanager
def _opened(path: Path) -> Generator["csv.DictReader[Any]"]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield csv.DictReader(file, restval="")
    except UnicodeDecodeError as error:
        raise UnreadableData(f"{path.name} must be UTF-8, byte {error.start} is not") from None
    except csv.Error as error:
        raise UnreadableData(f"{path.name} must be CSV: {error}") from None


def _keyed(path: Path, needed: AbstractSet[str], *, least: float) -> list[Series]:
    found: dict[str, list[tuple[int, float, bool]]] = {}
    for line, row in rows_of(path, needed):
        try:
            fact = _fact(row, least)
        except ValueError as error:
            raise UnreadableData(f"{path.name}, line {line}: {error}") from None
        if fact:
            found.setdefault(row.get("key", path.stem), []).append(fact)
    return [_series(key, facts) for key, facts in found.items()]


def number_of(row: Mapping[str, str], column: str, *, least: float = -inf, empty: float = nan) -> float:
    """Return the number in a cell, empty for none; raises ValueError that names the column."""
    text = row.get(column, "").strip()
    try:
        value = float(text or empty)
    except ValueError:
        raise ValueError(f"{column} must be a number, got {text!r}") from None
    if isinf(value) or value < least:
        raise ValueError(f"{column} must be {'finite' if isinf(least) else f'>= {least:g}'}, got {text}")
    return value


def _fact(row: Mapping[str, str], least: float) -> tuple[int, float, bool] | None:
    """Return a row's time, value and label; None where there is no value."""
    value, label = number_of(row, "value", least=least), number_of(row, "label", empty=0)
    return None if isnan(value) else (_seconds(row["timestamp"]), value, label > 0)


def _series(key: str, facts: list[tuple[int, float, bool]]) -> Series:
    at_s, values, is_anomaly = zip(*facts, strict=True)
    return Series(key, np.array(at_s, np.int64), np.array(values, np.float64), np.array(is_anomaly, np.bool_))


def _in_order(series: Series) -> Series:
    order = np.argsort(series.at_s, kind="stable")
    return Series(series.key, series.at_s[order], series.values[order], series.is_anomaly[order])


def _seconds(text: str) -> int:
    when = datetime.fromisoformat(text)
    return int(((when if when.tzinfo else when.replace(tzinfo=UTC)) - _UNIX_EPOCH).total_seconds())
