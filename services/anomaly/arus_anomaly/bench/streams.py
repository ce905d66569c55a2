"""A folder of streams, scored as the Numenta Anomaly Benchmark does."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from arus_anomaly.bench import nab
from arus_anomaly.bench.measures import average_precision
from arus_anomaly.bench.peers import STREAM_PEERS
from arus_anomaly.bench.series import Series, folder
from arus_anomaly.rules.learned import stream
from arus_anomaly.rules.learned.columns import Floats

Progress = Callable[[str], None]

SPLITS: Final = 10
PROTOCOL: Final = (
    "NAB's scoring, standard profile, one threshold for all files, the one that scores best, as NAB does; "
    "nab_standard_held_out: that threshold chosen on random halves of the files and scored on the others; "
    "nab_standard_shipped: the product's own threshold. All detectors share one incident rule: after an "
    "alarm none until a fiftieth of the history, at least 12 values, was quiet. point_ap: every value after "
    "probation counts, windows are not adjusted for. Values seen once, in order."
)


def learned(series: Series) -> Floats:
    """Return the detector's decades for a stream."""
    memory, decades = stream.StreamMemory(), np.zeros(len(series.values))
    for at, (at_s, value) in enumerate(zip(series.at_s.tolist(), series.values.tolist(), strict=True)):
        memory, said = stream.score(memory, at_s, value)
        decades[at] = said.decades
    return decades


def alarms(scores: Floats, threshold: float) -> list[int]:
    """Return where incidents open."""
    opened: list[int] = []
    last: int | None = None
    for at in np.flatnonzero(scores >= threshold).tolist():
        if last is None or at - last > max(stream.QUIET_SHARE * at, stream.LEAST_QUIET):
            opened.append(at)
        last = at
    return opened


def measured(path: Path, progress: Progress) -> dict[str, Any]:
    """Return what the detector and its peers reach on a folder."""
    streams = folder(path)
    files = [nab.File.of(one.is_anomaly) for one in streams]
    progress(f"learned: {len(streams)} files")
    decades = [learned(one) for one in streams]
    shipped = [alarms(one, stream.ALARM_DECADES) for one in decades]
    ours = _result(files, streams, decades)
    peers: dict[str, dict[str, Any]] = {}
    for name, peer in STREAM_PEERS.items():
        progress(f"{name}: {len(streams)} files")
        peers[name] = _result(files, streams, [peer(one.values) for one in streams])
    return {
        **ours,
        "nab_standard_shipped": round(nab.standard(files, shipped), 2),
        "files": len(files),
        "windows": sum(len(file.windows) for file in files),
        "values": sum(file.size for file in files),
        "peers": peers,
        "protocol": PROTOCOL,
    }


def _result(files: Sequence[nab.File], streams: Sequence[Series], scores: Sequence[Floats]) -> dict[str, Any]:
    best, threshold = nab.swept(files, scores, alarms)
    judged = [slice(nab.probation(file.size), None) for file in files]
    labels = np.concatenate([one.is_anomaly[part] for one, part in zip(streams, judged, strict=True)])
    pooled = np.concatenate([one[part] for one, part in zip(scores, judged, strict=True)])
    point_ap = average_precision(labels, pooled)
    return {
        "nab_standard": round(best, 2),
        "nab_standard_held_out": _held_out(files, scores),
        "point_ap": None if point_ap is None else round(point_ap, 4),
        "threshold": round(threshold, 4),
    }


def _held_out(files: Sequence[nab.File], scores: Sequence[Floats]) -> float | None:
    """Return the mean score of files whose threshold was chosen on other files."""
    found: list[float] = []
    for seed in range(SPLITS):
        order: list[int] = np.random.default_rng(seed).permutation(len(files)).tolist()
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        for chosen, scored in (halves, halves[::-1]):
            if not all(any(files[at].windows for at in part) for part in (chosen, scored)):
                continue
            mine = [files[at] for at in chosen], [scores[at] for at in chosen]
            _, threshold = nab.swept(*mine, alarms, steps=200)
            opened = [alarms(scores[at], threshold) for at in scored]
            found.append(nab.standard([files[at] for at in scored], opened))
    return round(float(np.mean(found)), 2) if found else None
