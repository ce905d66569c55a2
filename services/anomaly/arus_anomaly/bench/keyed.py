"""A file of many keys' labelled facts: how well the detector tells the anomalies, and at what price."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from arus_anomaly import calibrate
from arus_anomaly.bench import measures
from arus_anomaly.bench.peers import KEYED_PEERS
from arus_anomaly.bench.series import Flags, Series, labelled
from arus_anomaly.bench.streams import Progress
from arus_anomaly.rules.learned import fitting, many, stream
from arus_anomaly.rules.learned.calibration import Calibration
from arus_anomaly.rules.learned.columns import Floats, Ints, Memories
from arus_anomaly.rules.learned.detector import LEARNING_FACTS, SideInputs
from arus_anomaly.rules.learned.profile import PROFILES, Profile
from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.rules.learned.shipped import CALIBRATIONS

SENSOR: Final = "sensor"
NOMINAL: Final = (0.05, 0.01)
MINUTE_S: Final = 60
RATIO_CUT: Final = 150.0
PROTOCOL: Final = (
    "Every fact counts once. ap ranks all facts by −log10 p, also those of learning keys (0 before the "
    "eighth fact). precision, recall and false alarms: severity CRITICAL (p <= 1e-4), never before 21 facts, "
    "at the product's fixed cut. Calibration: with --clean it is fitted on that file, and the labelled file "
    "is judged with it; facts of --clean are judged by halves, each half of the keys with what the other "
    "half fitted; without --clean the labelled file is judged by such halves, fitted on facts not labelled. "
    "shipped: the same with the calibration that ships. false_alarms_per_key_month and calibration: on "
    "--clean when given, else on facts not labelled. Peers: cut set to cost 0.05 false alarms a key and "
    "month on those facts; ratio_rule_150 is the contract's."
)
SENSOR_PROTOCOL: Final = (
    "Medians of each minute, judged as a stream; a minute's score is that of all its values. Alarms: the "
    "product's threshold. Peers as elsewhere, on the values themselves."
)


class Scored(NamedTuple):
    """Facts in the order of their series: decades or another score, which of them alarm."""

    scores: Floats
    alarms: Flags


class Told(NamedTuple):
    """What the detector says of all facts of some series, in their order."""

    decades: Floats
    alarms: Flags
    facts: Ints
    is_positive: Flags


def measured(path: Path, domain: str, clean: Path | None, progress: Progress) -> dict[str, Any]:
    """Return what the detector and its peers reach on a file.

    domain: fuel, spend, meter or sensor; clean: a file without anomalies on which false alarms are counted.
    """
    dirty = labelled(path)
    honest = labelled(clean) if clean else None
    progress(f"learned: {len(dirty)} keys")
    ours = _sensor(dirty, honest) if domain == SENSOR else _ours(dirty, honest, PROFILES[domain])
    peers: dict[str, Any] = {}
    for name, peer in KEYED_PEERS.items():
        progress(f"{name}: {len(dirty)} keys")
        scores, on_clean = _each(peer, dirty), _each(peer, honest or dirty)
        if honest is None:
            on_clean = on_clean[~_labels(dirty)]
        cut = measures.cut_at(on_clean, _months(honest or dirty))
        peers[name] = _result(dirty, Scored(scores, scores > cut), on_clean > cut, _months(honest or dirty))
        if name == "ratio_rule":
            at_150 = Scored(scores, scores > RATIO_CUT)
            peers["ratio_rule_150"] = _result(dirty, at_150, on_clean > RATIO_CUT, _months(honest or dirty))
    return {
        **ours,
        "domain": domain,
        "keys": len(dirty),
        "facts": sum(len(one.values) for one in dirty),
        "anomalies": int(_labels(dirty).sum()),
        "peers": peers,
        "protocol": SENSOR_PROTOCOL if domain == SENSOR else PROTOCOL,
    }


def _ours(dirty: Sequence[Series], clean: Sequence[Series] | None, profile: Profile) -> dict[str, Any]:
    shipped = CALIBRATIONS[profile.name]
    honest = clean or [_without_anomalies(one) for one in dirty]
    try:
        halves = _fitted(honest[1::2], profile), _fitted(honest[::2], profile)
        of_all = _fitted(honest, profile) if clean else None
        whole = (of_all, of_all) if of_all else halves
        calibrated_on = "--clean" if clean else "the other half of the keys"
    except ValueError:
        halves = whole = shipped, shipped
        calibrated_on = "simulations: too few honest facts"
    return {
        **_found(dirty, honest, profile, whole, halves),
        "calibrated_on": calibrated_on,
        "shipped": _found(dirty, honest, profile, (shipped, shipped), (shipped, shipped)),
    }


def _fitted(honest: Sequence[Series], profile: Profile) -> Calibration:
    histories = [calibrate.History(one.days, np.maximum(one.values, 0.0)) for one in honest]
    return calibrate.own(f"{profile.name}-own", profile, histories)


def _found(
    dirty: Sequence[Series], honest: Sequence[Series], profile: Profile,
    whole: tuple[Calibration, Calibration], halves: tuple[Calibration, Calibration],
) -> dict[str, Any]:  # fmt: skip
    """Return the measures; whole, halves: what even and odd keys of the labelled and of honest facts get."""
    told, told_honest = _told(dirty, profile, whole), _told(honest, profile, halves)
    measures_ = _result(dirty, Scored(told.decades, told.alarms), told_honest.alarms, _months(honest))
    return {**measures_, "calibration": _calibration(told_honest)}


def _told(series: Sequence[Series], profile: Profile, calibrations: tuple[Calibration, Calibration]) -> Told:
    """Return what is said of all facts; calibrations: of the keys at even and at odd places."""
    parts: list[Told | None] = [None] * len(series)
    for half, calibration in enumerate(calibrations):
        for at, one in enumerate(_judged(series[half::2], SideInputs(profile, calibration))):
            parts[half + 2 * at] = one
    return Told._make(np.concatenate(column) for column in zip(*filter(None, parts), strict=True))


def _judged(series: Sequence[Series], side: SideInputs) -> list[Told]:
    keys = np.repeat(np.arange(len(series)), [len(one.values) for one in series])
    days = np.concatenate([one.days for one in series])
    values = np.maximum(np.concatenate([one.values for one in series]), 0.0)
    _, said = many.score(Memories.new(len(series)), keys, days, values, side)
    facts = np.concatenate([np.arange(len(one.values)) for one in series])
    ends = np.cumsum([len(one.values) for one in series])[:-1]
    columns = (said.decades, said.severity == Severity.CRITICAL, facts, values > 0.0)
    return [Told(*parts) for parts in zip(*(np.split(column, ends) for column in columns), strict=True)]


def _sensor(dirty: Sequence[Series], clean: Sequence[Series] | None) -> dict[str, Any]:
    scores = np.concatenate([_minutes(one) for one in dirty])
    alarms = scores >= stream.ALARM_DECADES
    if clean:
        false_alarms = np.concatenate([_minutes(one) for one in clean]) >= stream.ALARM_DECADES
        return _result(dirty, Scored(scores, alarms), false_alarms, _months(clean))
    return _result(dirty, Scored(scores, alarms), alarms[~_labels(dirty)], _months(dirty))


def _minutes(series: Series) -> Floats:
    """Return for each value what is said of the median of its minute."""
    minutes, at = np.unique(series.at_s // MINUTE_S, return_inverse=True)
    memory, decades = stream.StreamMemory(), np.zeros(len(minutes))
    for number, minute in enumerate(minutes.tolist()):
        middle = float(np.median(series.values[at == number]))
        memory, said = stream.score(memory, minute * MINUTE_S, middle)
        decades[number] = said.decades
    return decades[at]


def _calibration(told: Told) -> Mapping[str, Mapping[str, float]]:
    """Return by nominal share and history bucket the observed share over it; only positive facts count."""
    judged = told.is_positive & (told.facts >= LEARNING_FACTS)
    return {
        str(nominal): {
            f"{least}+": round(ratio, 3)
            for least, _, ratio in fitting.observed_over_nominal(
                told.decades[judged], told.facts[judged], nominal
            )
        }
        for nominal in NOMINAL
    }


def _without_anomalies(series: Series) -> Series:
    kept = ~series.is_anomaly
    return Series(series.key, series.at_s[kept], series.values[kept], series.is_anomaly[kept])


def _each(peer: Callable[[Floats], Floats], series: Sequence[Series]) -> Floats:
    return np.concatenate([peer(one.values) for one in series])


def _labels(series: Sequence[Series]) -> Flags:
    return np.concatenate([one.is_anomaly for one in series])


def _months(series: Sequence[Series]) -> float:
    return sum(one.months for one in series)


def _result(dirty: Sequence[Series], told: Scored, false_alarms: Flags, months: float) -> dict[str, Any]:
    labels = _labels(dirty)
    found = {
        "ap": measures.average_precision(labels, told.scores),
        "precision": measures.precision(labels, told.alarms),
        "recall": measures.recall(labels, told.alarms),
        "false_alarms_per_key_month": float(false_alarms.sum()) / months,
    }
    return {name: None if value is None else round(value, 4) for name, value in found.items()}
