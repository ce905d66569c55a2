"""Make the calibrations that ship with the product: python -m arus_anomaly.calibrate.

They come from simulated keys, so that they carry nobody's data: noise from normal to Student's t with five
degrees of freedom, scales, seasons and wandering levels drawn anew for every key. An organisation's own
calibration, fitted on its own honest facts, is better (`own`).
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from arus_runtime.isolated import Report

from arus_anomaly.rules.learned import fitting, many
from arus_anomaly.rules.learned.calendar import holiday
from arus_anomaly.rules.learned.calibration import HISTORY_BUCKETS, Calibration
from arus_anomaly.rules.learned.columns import Floats, Ints, Memories
from arus_anomaly.rules.learned.detector import PROVISIONAL_FACTS, SideInputs
from arus_anomaly.rules.learned.profile import PROFILES, Profile, phase
from arus_anomaly.rules.learned.scale import DEVIATION_FACTS, SIGMAS_PER_DEVIATION

SEED: Final = 20_260_101
KEYS: Final = 800
FIRST_DAY: Final = 739_252  # 2025-01-01
PLACES: Final = 6
COLUMNS: Final = 110
SHIPPED: Final = Path(__file__).parent / "rules" / "learned" / "shipped.py"
_ANY_SCALE: Final = 0.2


class Simulated(NamedTuple):
    """What keys of a domain are drawn from. Scales and sizes are logarithms."""

    step_days: int
    facts: int
    scale: float
    season: float
    wander: float
    zeros: float


DOMAINS: Final = {
    "fuel": Simulated(1, 300, 0.15, 0.12, 0.015, 0.0),
    "spend": Simulated(7, 150, 0.45, 0.2, 0.02, 0.08),
    "meter": Simulated(30, 120, 0.25, 0.0, 0.03, 0.02),
}


class History(NamedTuple):
    """Facts of one key, oldest first: days (``date.toordinal``) and values."""

    days: Ints
    values: Floats
    is_anomaly: npt.NDArray[np.bool_] | None = None
    """Facts that the memory sees, as it does in life, and that say nothing of how honest ones surprise."""


def own(version: str, profile: Profile, histories: Sequence[History]) -> Calibration:
    """Return the calibration of a domain from honest histories: first its usual scale, then its tail.

    Raises ValueError when they are too few.
    """
    memories, _, _ = _scored(profile, histories, _unfitted(_ANY_SCALE))
    known = memories.deviation[
        memories.deviation_facts >= min(DEVIATION_FACTS, max(memories.deviation_facts))
    ]
    usual = SIGMAS_PER_DEVIATION * float(np.median(known))
    _, z, facts = _scored(profile, histories, _unfitted(usual))
    return fitting.fitted(version, usual, z, facts, profile)


def fit(params: Mapping[str, Any], report: Report) -> dict[str, Any] | None:
    """Return an organisation's own calibration as it is stored, None when its facts are too few.

    The work of a job. params: domain, and histories as pairs of days and values.
    """
    histories = [
        History(np.array(days, np.int64), np.array(values, np.float64))
        for days, values in params["histories"]
        if len(days) >= PROVISIONAL_FACTS
    ]
    report(0.1, f"{len(histories)} histories")
    if not histories:
        return None
    try:
        fitted = own("own", PROFILES[params["domain"]], histories)
    except ValueError:  # too few facts of keys that know enough
        return None
    body = {name: value for name, value in fitted._asdict().items() if name != "version"}
    facts = sum(len(history.days) for history in histories)
    return {"domain": params["domain"], "facts": facts, "keys": len(histories), "body": body}


def _unfitted(usual_scale: float) -> Calibration:
    knots = ((0.0, 1.0),) * len(HISTORY_BUCKETS)
    return Calibration("unfitted", usual_scale, knots, (0.0, 0.5), 0.2, 0.6)


def _scored(
    profile: Profile, histories: Sequence[History], calibration: Calibration
) -> tuple[Memories, Floats, Ints]:
    """Return the memories after all facts; of each honest one with an expectation, z and the facts before."""
    keys = np.repeat(np.arange(len(histories)), [len(history.days) for history in histories])
    facts = np.concatenate([np.arange(len(history.days)) for history in histories])
    days = np.concatenate([history.days for history in histories])
    values = np.concatenate([history.values for history in histories])
    memories, said = many.score(
        Memories.new(len(histories)), keys, days, values, SideInputs(profile, calibration)
    )
    told = (facts >= PROVISIONAL_FACTS) & (values > 0.0)
    told &= ~np.concatenate([_anomalies(history) for history in histories])
    return memories, said.z[told], facts[told]


def _anomalies(history: History) -> npt.NDArray[np.bool_]:
    return np.zeros(len(history.days), np.bool_) if history.is_anomaly is None else history.is_anomaly


def simulated(profile: Profile, domain: Simulated, seed: int) -> list[History]:
    """Return honest histories of keys that never were."""
    chance = np.random.default_rng(seed)
    days = FIRST_DAY + domain.step_days * np.arange(domain.facts)
    phases = np.array([phase(profile.season, day) for day in days.tolist()])
    kinds = np.array([holiday(day) for day in days.tolist()])
    return [History(days, _key(chance, profile, domain, phases, kinds)) for _ in range(KEYS)]


def _key(
    chance: np.random.Generator, profile: Profile, domain: Simulated, phases: Ints, kinds: Ints
) -> Floats:
    size = len(phases)
    scale = domain.scale * float(np.exp(chance.normal(0.0, 0.35)))
    draws = (
        lambda: chance.normal(size=size),
        lambda: chance.laplace(scale=0.7, size=size),
        lambda: chance.standard_t(5, size=size) * 0.85,
    )
    noise = draws[int(chance.integers(len(draws)))]()
    level = 6.0 + np.cumsum(chance.normal(0.0, domain.wander, size))
    season = chance.normal(0.0, domain.season, 7)[phases]
    values = np.exp(level + season + scale * noise)
    for kind, doubt in enumerate(profile.holiday_doubts or ()):
        values[kinds == kind] *= np.exp(chance.normal(0.0, doubt))
    return np.where(chance.random(size) < domain.zeros, 0.0, values)


def _module(calibrations: Iterable[tuple[str, Calibration]]) -> str:
    lines = [
        '"""Calibrations that ship: generated by `python -m arus_anomaly.calibrate`, never edited."""',
        "",
    ]
    lines += [
        "from typing import Final",
        "",
        "from arus_anomaly.rules.learned.calibration import Calibration",
    ]
    lines += ["", "# fmt: off", "CALIBRATIONS: Final = {"]
    for name, one in calibrations:
        lines += [f'    "{name}": Calibration(']
        for field, value in one._asdict().items():
            lines += wrap(
                f"{field}={_literal(value)},", COLUMNS, initial_indent=" " * 8, subsequent_indent=" " * 12
            )
        lines += ["    ),"]
    return "\n".join([*lines, "}", ""])


def _literal(value: str | float | tuple[Any, ...]) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))})"
    return repr(round(value, PLACES))


def shipped() -> str:
    """Return the module of the calibrations that ship."""
    return _module(
        (name, own(f"{name}-simulated-2", PROFILES[name], simulated(PROFILES[name], domain, SEED)))
        for name, domain in DOMAINS.items()
    )


def main() -> None:
    """Write the module of the calibrations that ship."""
    text = shipped()
    SHIPPED.write_text(text, "utf-8")
    sys.stderr.write(f"{SHIPPED}: {len(text)} characters\n")


if __name__ == "__main__":
    main()
