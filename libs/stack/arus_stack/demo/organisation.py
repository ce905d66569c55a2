"""A believable organisation: five depots in three time zones, four fuels, two years, four causes to be found.

Pure: the same seed and dates give the same records, and a record depends on its own date and the first run's,
so that a run of a later day continues an earlier one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

DAYS: Final = 730
DELIVERY_WEEKS: Final = 8


@dataclass(frozen=True, slots=True)
class Depot:
    """A place that uses fuel. week: share of a usual day's use, Monday first; 0 means closed."""

    code: str
    name: str
    timezone: str
    address: str
    latitude: float
    longitude: float
    capacity: int
    manager: str
    size: float
    week: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fuel:
    """A product. daily_l: usual use of a depot of size 1; lebaran: share of it around Idul Fitri."""

    code: str
    name: str
    daily_l: float
    lebaran: float


@dataclass(frozen=True, slots=True)
class Use:
    """Fuel used on a date, or delivered."""

    date: date
    depot: str
    fuel: str
    volume_l: Decimal
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Something planted: what a monitor should notice, where, and from when to when."""

    kind: str
    depot: str
    fuel: str
    first: date
    last: date
    about: str


INDUSTRY: Final = (1.05, 1.03, 1.02, 1.0, 1.04, 0.86, 0.7)
HARBOUR: Final = (0.98, 1.0, 1.02, 1.03, 1.08, 1.0, 0.89)
OFFICE: Final = (1.05, 1.03, 1.02, 1.0, 0.97, 0.72, 0.0)

DEPOTS: Final = (
    Depot("DEMO-CKG", "Depot Cakung", "Asia/Jakarta", "Jl. Raya Bekasi KM 24, Jakarta", -6.1829, 106.9478,
          48_000, "Siti Rahmawati", 1.3, INDUSTRY),
    Depot("DEMO-TPK", "Depot Tanjung Perak", "Asia/Jakarta", "Jl. Prapat Kurung, Surabaya", -7.2044, 112.7344,
          64_000, "Bambang Wijaya", 1.6, HARBOUR),
    Depot("DEMO-BPN", "Depot Balikpapan", "Asia/Makassar", "Jl. Yos Sudarso, Balikpapan", -1.2654, 116.8312,
          40_000, "Dewi Lestari", 1.0, OFFICE),
    Depot("DEMO-MKS", "Depot Makassar", "Asia/Makassar", "Jl. Nusantara, Makassar", -5.1286, 119.4110,
          32_000, "Andi Pratama", 0.8, HARBOUR),
    Depot("DEMO-SOQ", "Depot Sorong", "Asia/Jayapura", "Jl. Ahmad Yani, Sorong", -0.8762, 131.2558,
          24_000, "Yohana Mambrasar", 0.5, OFFICE),
)  # fmt: skip
FUELS: Final = (
    Fuel("SOLAR", "Solar", 900, 0.6),
    Fuel("PERTALITE", "Pertalite", 620, 1.3),
    Fuel("PERTAMAX", "Pertamax", 340, 1.2),
    Fuel("BIOSOLAR", "Bio Solar", 700, 0.65),
)
BY_WEEKDAY: Final = "DEMO-BPN"
"""The depot whose days are compared with their own kind: it is closed on Sundays and quiet on Saturdays."""
IDUL_FITRI: Final = tuple(
    map(
        date.fromisoformat,
        (
            "2020-05-24", "2021-05-13", "2022-05-02", "2023-04-22", "2024-04-10", "2025-03-31", "2026-03-20",
            "2027-03-10", "2028-02-27", "2029-02-14", "2030-02-05", "2031-01-25", "2032-01-14",
        ),
    )
)  # fmt: skip


def causes(planted: date) -> tuple[Cause, ...]:
    """Return what is planted, and ends, in the two years that end on the date of the first run."""

    def ago(days: int) -> date:
        return planted - timedelta(days=days)

    return (
        Cause("kebocoran", "DEMO-MKS", "SOLAR", ago(30), planted, "a leak: use creeps up by 2.5 % a day"),
        Cause(
            "penyalahgunaan",
            "DEMO-SOQ",
            "PERTALITE",
            ago(75),
            planted,
            "misuse: every other Saturday triples",
        ),
        Cause(
            "kesalahan pencatatan",
            "DEMO-CKG",
            "PERTAMAX",
            ago(200),
            planted,
            "a slipped comma: ten times too much",
        ),
        Cause("pemborosan", "DEMO-BPN", "BIOSOLAR", ago(60), planted, "waste: use grows by 1 % a day"),
    )


def uses(last: date, seed: int = 1, *, planted: date | None = None) -> Iterator[Use]:
    """Give two years of daily use that end on the last date, oldest first.

    planted: the last date of the first run, where what was planted ends; None makes this one the first.
    """
    at_work = {(cause.depot, cause.fuel): cause for cause in causes(planted or last)}
    for age in range(DAYS - 1, -1, -1):
        day = last - timedelta(days=age)
        for depot in DEPOTS:
            for fuel in FUELS:
                usual = _usual(depot, fuel, day, seed)
                if usual:
                    factor, note = _effect(at_work.get((depot.code, fuel.code)), day)
                    yield Use(day, depot.code, fuel.code, _tenths(usual * factor), note)


def deliveries(last: date, seed: int = 1) -> Iterator[Use]:
    """Give weekly deliveries of the last weeks, oldest first; a delivery refills about a week's use."""
    for week in range(DELIVERY_WEEKS - 1, -1, -1):
        monday = last - timedelta(days=last.weekday() + 7 * week)
        for depot in DEPOTS:
            for fuel in FUELS:
                chance = Random(f"{seed}:delivery:{depot.code}:{fuel.code}:{monday}")  # noqa: S311 — not a secret
                litres = fuel.daily_l * depot.size * sum(depot.week) * chance.uniform(0.95, 1.1)
                yield Use(monday, depot.code, fuel.code, Decimal(round(litres / 500) * 500), "Mobil tangki")


def _usual(depot: Depot, fuel: Fuel, day: date, seed: int) -> float:
    """Return the litres of an undisturbed day: weekday, growth, festival, and a chance of its own."""
    chance = Random(f"{seed}:{depot.code}:{fuel.code}:{day}")  # noqa: S311 — not a secret
    growth = 1.04 ** ((day - date(2024, 1, 1)).days / 365)
    return (
        fuel.daily_l
        * depot.size
        * depot.week[day.weekday()]
        * growth
        * _festival(fuel, day)
        * min(max(chance.gauss(1, 0.05), 0.85), 1.15)
    )


def _festival(fuel: Fuel, day: date) -> float:
    """Return the share of usual use around Idul Fitri: journeys before it, silence in the week of it."""
    for feast in IDUL_FITRI:
        away = (day - feast).days
        if -6 <= away <= -2 and fuel.lebaran > 1:
            return fuel.lebaran
        if -1 <= away <= 7:
            return min(fuel.lebaran, 0.7)
    return 1.0


def _effect(cause: Cause | None, day: date) -> tuple[float, str | None]:
    """Return by how much a planted cause changes a day, and what somebody noted then."""
    if cause is None or not cause.first <= day <= cause.last:
        return 1.0, None
    since = (day - cause.first).days
    match cause.kind:
        case "kebocoran":
            return 1.025**since, None
        case "pemborosan":
            return 1.01**since, None
        case "penyalahgunaan":
            return (3.0, "Genset cadangan") if day.weekday() == 5 and since // 7 % 2 == 0 else (1.0, None)
        case _:
            return (10.0, None) if (cause.last - day).days in {2, 38, 111, 199} else (1.0, None)


def _tenths(litres: float) -> Decimal:
    return Decimal(str(round(litres, 1)))
