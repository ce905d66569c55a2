"""Public series as depots' use: real measurements, scaled by a constant to what a depot uses."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final

from arus_stack.errors import ServerFailed

# A million barrels a day becomes 1,000 L, a litre a second 100 L; ratios stay as they are.
SCALES: Final = {"us_gasoline_weekly.csv": Decimal(1000), "water_dma_daily.csv": Decimal(100)}


@dataclass(frozen=True, slots=True)
class Series:
    """One published series as (date, litres), oldest first."""

    code: str
    name: str
    volumes_l: tuple[tuple[date, Decimal], ...]


def series() -> list[Series]:
    """Return every series of the data folder."""
    return [one for file, scale in SCALES.items() for one in _read(file, scale)]


def _read(file: str, scale: Decimal) -> list[Series]:
    rows: dict[str, list[tuple[date, Decimal]]] = {}
    text = files("arus_stack.demo").joinpath("data", file).read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        volume = Decimal(row["value"]) * scale
        rows.setdefault(row["series"], []).append((date.fromisoformat(row["date"]), volume))
    return [_one(name, sorted(volumes)) for name, volumes in rows.items()]


def _one(published_name: str, volumes: Sequence[tuple[date, Decimal]]) -> Series:
    gasoline = published_name == "us_gasoline_b"
    name = "US gasoline" if gasoline else "Water " + published_name.removesuffix(" (L/s)")
    return Series("PUBLIC-" + name.upper().replace(" ", "-"), name, tuple(volumes))


def unexpected(item: Mapping[str, Any], errors: Sequence[Mapping[str, str]]) -> ServerFailed:
    """Return the failure of a demo item that was refused, which none should be."""
    reasons = "; ".join(error["message"] for error in errors)
    return ServerFailed(f"{item['date']}, {item['volume_l']} L was refused: {reasons}")
