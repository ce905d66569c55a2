"""A file of many keys' labelled facts: how well the detector tells the anomalies, and at what price."""

from collections.abc import Callable, Mapping, Sequence
from math import log10
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from arus_anomaly import calibrate
from arus_anomaly.bench import measures, meter
from arus_anomaly.bench.peers import KEYED_PEERS
from arus_anomaly.bench.series import VALUES, Flags, Series, UnreadableData, columns_of, labelled
from arus_anomaly.bench.streams import Progress
from arus_anomaly.rules.learned import many, stream
from arus_anomaly.rules.learned.calibration import HISTORY_BUCKETS, Calibration
from arus_anomaly.rules.learned.columns import Floats, Ints, Memories
from arus_anomaly.rules.learned.detector import SideInputs
from arus_anomaly.rules.learned.incidents import Incident
from arus_anomaly.rules.learned.profile import PROFILES, Profile
from arus_anomaly.rules.learned.severity import Severity
from arus_anomaly.rules.learned.shipped import CALIBRATIONS

SENSOR: Final = "sensor"
METER: Final = "meter"
NOMINAL: Final = (0.05, 0.01)
FOLDS: Final = 10
RESAMPLES: Final = 2_000
MINUTE_S: Final = 60
RATIO_CUT: Final = 150.0
PROTOCOL: Final = (
    "Every fact counts once. ap ranks all facts by −log10 p, also those of learning keys (0 before the "
    "eighth fact). precision, recall and false alarms: severity CRITICAL (p <= 1e-4), never while a key is "
    "learning (21 facts; meters 12), at the product's fixed cut. Calibration: with --clean it is fitted on "
    "that file, and the labelled file is judged with it; facts of --clean are judged by tenths, each tenth "
    "of the keys with what the other nine fitted; without --clean the labelled file is judged by such "
    "tenths, fitted on facts not labelled. shipped: the same with the calibration that ships. "
    "false_alarms_per_key_month and calibration: on --clean when given, else on facts not labelled. "
    "calibration: observed / nominal share by nominal share and least facts of history; "
    "register reads: uses of 30 days that were read, and rightly, against the other keys' median. "
    "calibration_interval_95: what 2,000 draws of as many keys give, the calibration held. Peers: "
    "cut set to cost 0.05 false alarms a key and month on those facts; ratio_rule_150 is the contract's."
)
SENSOR_PROTOCOL: Final = (
    "Medians of each minute, judged as a stream; a minute's score is that of all its values. Alarms: the "
    "product's threshold; false alarms are incidents opened where nothing is labelled. Peers as elsewhere, "
    "on the values themselves, their false alarms counted value by value."
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
    keys: Ints

    def part(self, which: Flags) -> "Told":
        """Return what is said of some facts."""
        return Told._make(column[which] for column in self)


def measured(path: Path, domain: str, clean: Path | None, progress: Progress) -> dict[str, Any]:
    """Return what the detector and its peers reach on a file.

    domain: fuel, spend, meter or sensor; clean: a file without anomalies on which false alarms are counted.
    """
    dirty = _series(path, domain)
    honest = _series(clean, domain) if clean else None
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
    rule = {"rule": meter.measured(path)} if meter.is_register_reads(path) else {}
    return {
        **ours,
        **rule,
        "domain": domain,
        "keys": len(dirty),
        "facts": sum(len(one.values) for one in dirty),
        "anomalies": int(_labels(dirty).sum()),
        "peers": peers,
        "protocol": SENSOR_PROTOCOL if domain == SENSOR else PROTOCOL,
    }


def _series(path: Path, domain: str) -> Sequence[Series]:
    columns = columns_of(path)
    is_of_reads = columns >= meter.COLUMNS or (domain == METER and not columns >= VALUES)
    found = meter.uses(path) if is_of_reads else labelled(path)
    if not found:
        raise UnreadableData(f"{path.name} must hold facts to judge by, found none")
    return found


def _ours(dirty: Sequence[Series], clean: Sequence[Series] | None, profile: Profile) -> dict[str, Any]:
    shipped = [CALIBRATIONS[profile.name]]
    honest = clean or dirty
    try:
        folds = [_fitted(_without_fold(honest, fold), profile) for fold in range(FOLDS)]
        whole = [_fitted(honest, profile)] if clean else folds
        calibrated_on = "--clean" if clean else "the other nine tenths of the keys"
    except ValueError:
        folds = whole = shipped
        calibrated_on = "simulations: too few honest facts"
    return {
        **_found(dirty, clean, profile, whole, folds),
        "calibrated_on": calibrated_on,
        "shipped": _found(dirty, clean, profile, shipped, shipped),
    }


def _without_fold(series: Sequence[Series], fold: int) -> Sequence[Series]:
    return [one for at, one in enumerate(series) if at % FOLDS != fold]


def _fitted(series: Sequence[Series], profile: Profile) -> Calibration:
    histories = [calibrate.History(one.days, np.maximum(one.values, 0.0), one.is_anomaly) for one in series]
    return calibrate.own(f"{profile.name}-own", profile, histories)


def _found(
    dirty: Sequence[Series], clean: Sequence[Series] | None, profile: Profile,
    whole: Sequence[Calibration], folds: Sequence[Calibration],
) -> dict[str, Any]:  # fmt: skip
    """Return the measures; whole, folds: what keys of the labelled and of the clean file are judged by."""
    told = _told(dirty, profile, whole)
    honest = _told(clean, profile, folds) if clean else told.part(~_labels(dirty))
    measures_ = _result(dirty, Scored(told.decades, told.alarms), honest.alarms, _months(clean or dirty))
    judged = honest.part(honest.is_positive & (honest.facts >= profile.learning_facts))
    return {
        **measures_,
        "calibration": _by_bucket(judged, _ratio),
        "calibration_interval_95": _by_bucket(judged, _interval),
    }


def _told(series: Sequence[Series], profile: Profile, calibrations: Sequence[Calibration]) -> Told:
    """Return what is said of all facts; the calibrations take turns, key by key."""
    parts: list[Told | None] = [None] * len(series)
    for fold, calibration in enumerate(calibrations):
        mine = slice(fold, None, len(calibrations))
        parts[mine] = _judged(series[mine], SideInputs(profile, calibration))
    found = Told._make(np.concatenate(column) for column in zip(*filter(None, parts), strict=True))
    return found._replace(keys=np.repeat(np.arange(len(series)), [len(one.values) for one in series]))


def _judged(series: Sequence[Series], side: SideInputs) -> list[Told]:
    if not series:
        return []
    keys = np.repeat(np.arange(len(series)), [len(one.values) for one in series])
    days = np.concatenate([one.days for one in series])
    values = np.maximum(np.concatenate([one.values for one in series]), 0.0)
    _, said = many.score(Memories.new(len(series)), keys, days, values, side)
    facts = np.concatenate([np.arange(len(one.values)) for one in series])
    ends = np.cumsum([len(one.values) for one in series])[:-1]
    columns = (said.decades, said.severity == Severity.CRITICAL, facts, values > 0.0, keys)
    return [Told(*parts) for parts in zip(*(np.split(column, ends) for column in columns), strict=True)]


def _sensor(dirty: Sequence[Series], clean: Sequence[Series] | None) -> dict[str, Any]:
    scores, _ = _minutes(dirty)
    opened = _minutes(clean)[1] if clean else _minutes(dirty)[1] & ~_labels(dirty)
    return _result(dirty, Scored(scores, scores >= stream.ALARM_DECADES), opened, _months(clean or dirty))


def _minutes(series: Sequence[Series]) -> tuple[Floats, Flags]:
    """Return for each value what is said of its minute's median, and whether an incident opens with it."""
    decades: list[Floats] = []
    opened: list[Flags] = []
    for one in series:
        of_value = one.at_s // MINUTE_S
        minutes, first, at = np.unique(of_value, return_index=True, return_inverse=True)
        memory, of_minute, opens = stream.StreamMemory(), np.zeros(len(minutes)), np.zeros(len(at), np.bool_)
        for number, minute in enumerate(minutes.tolist()):
            middle = float(np.median(one.values[at == number]))
            memory, said = stream.score(memory, minute * MINUTE_S, middle)
            of_minute[number] = said.decades
            opens[first[number]] = said.incident is Incident.OPENED
        decades.append(of_minute[at])
        opened.append(opens)
    return np.concatenate(decades), np.concatenate(opened)


def _by_bucket(judged: Told, of: Callable[[Told, float], Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return a measure by nominal share and history bucket."""
    buckets = np.searchsorted(HISTORY_BUCKETS, judged.facts, side="right") - 1
    return {
        str(nominal): {
            f"{HISTORY_BUCKETS[bucket]}+": of(judged.part(buckets == bucket), nominal)
            for bucket in np.unique(buckets).tolist()
        }
        for nominal in NOMINAL
    }


def _ratio(told: Told, nominal: float) -> float:
    return round(measures.observed_over_nominal(told.decades, nominal), 3)


def _interval(told: Told, nominal: float) -> tuple[float, float]:
    """Return between what the ratio lies in 95 of 100 draws of keys: facts of one key surprise together."""
    beyond = np.bincount(told.keys, told.decades >= -log10(nominal))
    facts = np.bincount(told.keys)
    beyond, facts = beyond[facts > 0], facts[facts > 0]
    draws = np.random.default_rng(1).multinomial(len(facts), np.full(len(facts), 1 / len(facts)), RESAMPLES)
    low, high = np.quantile(draws @ beyond / (draws @ facts) / nominal, (0.025, 0.975)).tolist()
    return round(low, 3), round(high, 3)


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
        "false_alarms_per_key_month": float(false_alarms.sum()) / months if months else None,
    }
    return {name: None if value is None else round(value, 4) for name, value in found.items()}
